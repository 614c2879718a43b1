// Every metric of both worlds: the largest changes as a picture, all of them as a table, and what one world alone has.
import type {
  Comparison,
  DiffResult,
  DiffSubject,
  EntityChange,
  MetricDifference,
  MetricVerdict,
} from '../../../../../scenarios/result/diff-result.js';
import { changeText, intervalText, metricName, subjectName, valueText } from '../../../../diff/words.js';
import { type ScaleLimit, scaleLimit } from '../../../diff/interval.js';
import { nothingDiffers } from '../../../diff/sentences.js';
import { VERDICTS } from '../../../diff/verdict.js';
import { selectBox } from '../../controls.js';
import { type Child, h, named, replaceChildren } from '../../dom.js';
import { Figure } from '../../figure.js';
import { DataTable } from '../../table.js';
import { largestChart } from '../charts/largest.js';
import { intervalMark, verdictMark } from '../marks.js';
import { FAMILY_LABELS, familyOf, KIND_LABELS, type MetricFamily } from '../subjects.js';

const GLYPH = { width: 210, height: 20 };
/** No kind, metric or verdict is called so. */
const ANY = '*';
const ENTITIES_MAX = 200;

interface Row {
  readonly metric: MetricDifference;
  /** Place in the order of importance. */
  readonly rank: number;
  readonly subject: string;
  readonly searchText: string;
}

export function drawBehaviour(mount: HTMLElement, comparison: Comparison, { replications }: DiffResult): void {
  const { metrics, entities, counts } = comparison;
  const isCalm = nothingDiffers(comparison);
  const largest = new Figure({
    title: 'The largest changes',
    description:
      'The strongest changes with their 95 % intervals, in multiples of the margin; the band between −1 and 1 does not matter.',
    chart: (context) => largestChart(comparison, context),
    empty: 'No change is larger than its margin.',
  });
  const total = VERDICTS.reduce((sum, verdict) => sum + counts[verdict], 0);
  const hidden = total - metrics.length;
  replaceChildren(
    mount,
    isCalm
      ? h(
          'p',
          { class: 'calm' },
          `Nothing differs: all ${total} metrics are the same, number by number, in every pair.`,
        )
      : largest.element,
    metrics.length === 0
      ? h('p', { class: 'calm' }, 'There are no metrics to compare.')
      : metricTable(comparison, replications),
    hidden > 0
      ? h(
          'p',
          { class: 'footnote' },
          `${hidden} more metrics that are the same in both worlds are in diff.json and diff.csv only.`,
        )
      : null,
    entities.length === 0 ? null : entityList(entities),
  );
}

interface Choices {
  verdict: MetricVerdict | typeof ANY | 'not same';
  kind: DiffSubject['kind'] | typeof ANY;
  family: MetricFamily | typeof ANY;
}

function metricTable({ metrics }: Comparison, replications: number): Child {
  const rows = metrics.map((metric, rank): Row => {
    const subject = subjectName(metric.subject);
    const words = `${subject} ${metricName(metric)} ${metric.verdict} ${metric.isPrimary ? 'primary' : ''}`;
    return { metric, rank, subject, searchText: words };
  });
  const limit = scaleLimit(metrics);
  const isAnyOther = metrics.some(({ verdict }) => verdict !== 'same');
  const choices: Choices = { verdict: isAnyOther ? 'not same' : ANY, kind: ANY, family: ANY };
  const controls = [
    verdictBox(metrics, choices.verdict, (value) => {
      choices.verdict = value;
      table.refresh();
    }),
    chooserOf(
      'About',
      KIND_LABELS,
      metrics.map(({ subject }) => subject.kind),
      (value) => {
        choices.kind = value;
        table.refresh();
      },
    ),
    chooserOf(
      'Metric',
      FAMILY_LABELS,
      metrics.map(({ metric }) => familyOf(metric)),
      (value) => {
        choices.family = value;
        table.refresh();
      },
    ),
  ];
  const table: DataTable<Row> = new DataTable<Row>({
    caption: `All metrics, in ${replications} pairs of replications`,
    columns: columns(limit),
    rows,
    controls,
    keep: ({ metric }) => isChosen(metric, choices),
    searchText: (row) => row.searchText,
    searchHint: 'name, metric or verdict',
    sortBy: 0,
    descending: false,
  });
  return [
    h('h3', {}, 'All metrics'),
    h(
      'p',
      { class: 'footnote' },
      `The bars count margins: the shaded band is one margin to either side, the ends are ${limit} margins, the scale is logarithmic beyond the band.`,
    ),
    table.element,
  ];
}

function isChosen({ verdict, subject, metric }: MetricDifference, choices: Choices): boolean {
  const isVerdict =
    choices.verdict === ANY || (choices.verdict === 'not same' ? verdict !== 'same' : verdict === choices.verdict);
  return (
    isVerdict &&
    (choices.kind === ANY || subject.kind === choices.kind) &&
    (choices.family === ANY || familyOf(metric) === choices.family)
  );
}

function columns(limit: ScaleLimit): ConstructorParameters<typeof DataTable<Row>>[0]['columns'] {
  const size = ({ metric: { difference, sizeInMargins } }: Row): number | null =>
    difference === null || sizeInMargins === null ? null : Math.sign(difference.value) * sizeInMargins;
  return [
    {
      title: 'Verdict',
      hint: 'sorted by importance: verdict, primary metrics, size in margins',
      value: ({ metric }) => metric.verdict,
      rank: ({ rank }) => rank,
      cell: ({ metric }) => verdictMark(metric.verdict),
    },
    {
      title: 'About',
      value: ({ subject }) => subject,
      cell: ({ subject, metric }) => [
        named(subject),
        metric.isPrimary ? h('span', { class: 'chip primary-chip' }, 'primary') : null,
      ],
    },
    { title: 'Metric', value: ({ metric }) => metricName(metric), cell: ({ metric }) => named(metricName(metric)) },
    {
      title: 'Base',
      isNumber: true,
      value: ({ metric }) => metric.base,
      cell: ({ metric }) => valueText(metric, metric.base),
    },
    {
      title: 'Candidate',
      isNumber: true,
      value: ({ metric }) => metric.candidate,
      cell: ({ metric }) => valueText(metric, metric.candidate),
    },
    {
      title: 'Change',
      hint: 'with its paired 95 % interval; sorted by its size in margins',
      isNumber: true,
      value: ({ metric }) => metric.difference?.value ?? null,
      rank: size,
      cell: ({ metric }) => [changeText(metric), h('span', { class: 'interval' }, intervalText(metric))],
    },
    {
      title: 'In margins',
      hint: 'the interval against the band of the margin',
      value: size,
      cell: ({ metric }) => intervalMark(metric, limit, GLYPH) ?? h('span', { class: 'quiet' }, '–'),
    },
  ];
}

function verdictBox(
  metrics: readonly MetricDifference[],
  initial: Choices['verdict'],
  onChange: (value: Choices['verdict']) => void,
): HTMLElement {
  const counts = VERDICTS.map((verdict) => ({
    verdict,
    count: metrics.filter((metric) => metric.verdict === verdict).length,
  }));
  const choices = [
    { value: ANY, label: 'all' },
    { value: 'not same', label: 'all but same' },
    ...counts
      .filter(({ count }) => count > 0)
      .map(({ verdict, count }) => ({ value: verdict, label: `${verdict} (${count})` })),
  ];
  return selectBox('Verdict', choices, initial, (value) => onChange(value as Choices['verdict']));
}

/** A choice among the values that occur, in the order of their labels' table. */
function chooserOf<Value extends string>(
  label: string,
  labels: Readonly<Record<Value, string>>,
  values: readonly Value[],
  onChange: (value: Value | typeof ANY) => void,
): HTMLElement | null {
  const present = new Set(values);
  const known = (Object.keys(labels) as Value[]).filter((value) => present.has(value));
  if (known.length < 2) return null;
  const choices = [{ value: ANY, label: 'all' }, ...known.map((value) => ({ value, label: labels[value] }))];
  return selectBox(label, choices, ANY, (value) => onChange(value as Value | typeof ANY));
}

function entityList(entities: readonly EntityChange[]): Child {
  const rest = entities.length - ENTITIES_MAX;
  return [
    h('h3', {}, 'In one world only'),
    h('p', { class: 'footnote' }, 'These exist in one of the worlds; there is nothing to compare them with.'),
    h(
      'ul',
      { class: 'entities' },
      entities
        .slice(0, ENTITIES_MAX)
        .map(({ change, subject }) =>
          h(
            'li',
            {},
            h(
              'span',
              { class: `chip chip-${change}` },
              change === 'added' ? 'only in the candidate' : 'only in the base',
            ),
            named(subjectName(subject)),
          ),
        ),
      rest > 0 ? h('li', { class: 'quiet' }, `and ${rest} more, in diff.json`) : null,
    ),
  ];
}
