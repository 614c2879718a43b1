// A comparison for a terminal: the verdict, what was changed, what that changes, and how far to trust it.
import { createColors } from 'picocolors';
import { leftOutIn, OBJECTS_LEFT_OUT } from '../../models/config/left-out.js';
import type {
  Comparison,
  DiffFact,
  DiffResult,
  FieldChange,
  MetricDifference,
  MetricVerdict,
  ResourceChange,
} from '../../scenarios/result/diff-result.js';
import { printable } from '../escape.js';
import {
  type Cell,
  type Colors,
  type Column,
  headed,
  renderTable,
  rule,
  type Style,
  type TableRow,
  wrapped,
} from '../layout.js';
import { formatMeasured } from '../numbers.js';
import { verdictMark } from '../summary/headline.js';
import { warningLines } from '../summary/notes.js';
import { becauseText, countFindings, shownFindings, shownLint } from './because.js';
import { headlineSentence, headlineWord, resultKind } from './headline.js';
import { refusalText, requestName, shareText, successRows } from './success-rows.js';
import {
  EVENT_TITLES,
  eventCells,
  PHASE_TITLES,
  phaseCells,
  phaseMetrics,
  timelineSentence,
  toneOf,
} from './timeline.js';
import { toldWarnings } from './told-warnings.js';
import {
  alsoText,
  changeText,
  countChanges,
  countVerdictsText,
  effortText,
  gateSentence,
  intervalText,
  marginText,
  metricName,
  plainText,
  resourceName,
  stopText,
  subjectName,
  VERDICT_MARKS,
  valueText,
} from './words.js';

export interface DiffTextOptions {
  readonly color: boolean;
  /** Columns of the terminal, at least 40; default 80. No line is longer. */
  readonly width?: number;
}

const FACTS_SHOWN_MAX = 12;
const OBJECTS_SHOWN_MAX = 10;
const FIELDS_SHOWN_MAX = 8;
const ENTITIES_SHOWN_MAX = 6;
const EVENTS_SHOWN_MAX = 15;

export function diffText(result: DiffResult, { color, width = 80 }: DiffTextOptions): string {
  const colors = createColors(color);
  const columns = Math.max(40, width);
  const told = toldWarnings(result);
  const blocks = [
    leftOutIn(told).flatMap((warning) => warningLines(warning, columns, colors)),
    headline(result, columns, colors),
    ...result.comparisons.flatMap((comparison) => comparisonBlocks(result, comparison, columns, colors)),
    trustLines(result, columns, colors),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function headline(result: DiffResult, width: number, colors: Colors): string[] {
  const { mark, style } = verdictMark(result.verdict, colors);
  const effort = [effortText(result), `seed ${printable(result.seed)}`, stopText(result.stop)].join(' · ');
  return [
    ...headed(
      `${mark} ${headlineWord(resultKind(result))}`,
      `  ${printable(result.scenario)}`,
      width,
      style,
      colors.bold,
    ),
    ...wrapped(effort, width, 1).map(colors.dim),
  ];
}

function comparisonBlocks(
  result: DiffResult,
  comparison: Comparison,
  width: number,
  colors: Colors,
): (readonly string[])[] {
  const { mark, style } = verdictMark(comparison.gate.verdict, colors);
  const arms = `${printable(result.base.name)} → ${printable(comparison.candidate.name)}`;
  return [
    [
      ...wrapped(arms, width, 1).map(colors.bold),
      ...timelineLead(result, comparison, width, colors),
      ...wrapped(`${mark} ${firstSentence(comparison)}`, width, 1).map(style),
      ...(headlineSentence(comparison) === '' ? [] : wrapped(gateSentence(comparison), width, 3)),
      ...thresholdLines(comparison, width, colors),
    ],
    eventLines(comparison, width, colors),
    phaseLines(comparison, width, colors),
    successLines(comparison, width, colors),
    findingLines(comparison, width, colors),
    configLines(comparison, width, colors),
    lintLines(comparison, width, colors),
    metricLines(comparison, width, colors),
    entityLines(comparison, width, colors),
  ];
}

/** Under a timeline the first line says which world gets over it better. */
function timelineLead(result: DiffResult, comparison: Comparison, width: number, colors: Colors): string[] {
  const sentence = timelineSentence(result, comparison);
  if (sentence === '') return [];
  const style = toned(toneOf(comparison.timeline?.verdict), colors);
  return wrapped(printable(`${sentence}.`), width, 1).map((line) => colors.bold(style(line)));
}

function toned(tone: ReturnType<typeof toneOf>, colors: Colors): Style {
  switch (tone) {
    case 'good':
      return colors.green;
    case 'bad':
      return colors.red;
    case 'plain':
      return String;
  }
}

function eventLines({ timeline }: Comparison, width: number, colors: Colors): string[] {
  if (timeline === undefined) return [];
  const rows = timeline.events.slice(0, EVENTS_SHOWN_MAX).map((event): TableRow => {
    const style = toned(toneOf(event.verdict), colors);
    const cells = eventCells(event).map((text, i) => ({ text: printable(text), ...(i % 2 === 0 ? { style } : {}) }));
    return { kind: 'cells', cells };
  });
  return [...renderTable(columnsOf(EVENT_TITLES), rows, width, colors), ...moreLine(timeline.events.length, colors)];
}

function phaseLines({ timeline }: Comparison, width: number, colors: Colors): string[] {
  if (timeline === undefined) return [];
  const rows = timeline.phases.slice(0, EVENTS_SHOWN_MAX).map((phase): TableRow => {
    const [name, ...numbers] = phaseCells(phase);
    const cells = phaseMetrics(phase).map((metric, i) => {
      return { text: numbers[i], style: toned(toneOf(metric?.verdict), colors) };
    });
    return { kind: 'cells', cells: [{ text: printable(name) }, ...cells] };
  });
  return [...renderTable(columnsOf(PHASE_TITLES), rows, width, colors), ...moreLine(timeline.phases.length, colors)];
}

function columnsOf([first, ...others]: readonly string[]): Column[] {
  return [{ title: first, align: 'left' }, ...others.map((title): Column => ({ title, align: 'right' }))];
}

function moreLine(count: number, colors: Colors): string[] {
  return count > EVENTS_SHOWN_MAX ? [colors.dim(` … and ${count - EVENTS_SHOWN_MAX} more in diff.json`)] : [];
}

/** `OUTAGE: 100 % of the requests that were good are refused …`. */
function firstSentence(comparison: Comparison): string {
  const sentence = headlineSentence(comparison);
  return printable(
    `${headlineWord(comparison.headline.kind)}: ${sentence === '' ? gateSentence(comparison) : sentence}`,
  );
}

/** Both worlds side by side; what is refused is told by its reason below. */
function successLines(comparison: Comparison, width: number, colors: Colors): string[] {
  if (comparison.isSamePlan || comparison.success.length === 0) return [];
  const { shown, hidden } = successRows(comparison);
  const titles = ['good before', 'after', 'refused before', 'after'];
  const columns = [
    { title: 'Success', align: 'left' as const },
    ...titles.map((title) => ({ title, align: 'right' as const })),
  ];
  const rows = shown.flatMap((change): TableRow[] => {
    const style = verdictStyle(change.verdict, colors);
    const shares = [change.base.good, change.candidate.good, change.base.refused, change.candidate.refused];
    const [before, after] = [refusalText(change.base), refusalText(change.candidate)];
    const text = `refused: ${before === '' ? 'none' : before} → ${after === '' ? 'none' : after}`;
    const name = printable(`${VERDICT_MARKS[change.verdict]} ${requestName(change)}`);
    const cells = [{ text: name, style }, ...shares.map((share) => ({ text: shareText(share) }))];
    const detail: TableRow = { kind: 'detail', cell: { text, style: colors.dim } };
    return [{ kind: 'cells', cells }, ...(before === after ? [] : [detail])];
  });
  const more = hidden > 0 ? [colors.dim(` … and ${hidden} more requests`)] : [];
  return [...renderTable(columns, rows, width, colors), ...more];
}

function findingLines(comparison: Comparison, width: number, colors: Colors): string[] {
  const { shown, hidden } = shownFindings(comparison);
  if (shown.length === 0) return [];
  const marks = { new: '+', changed: '~', gone: '−' } as const;
  return [
    ` ${colors.bold('Findings')}  ${countFindings(comparison.findings)}`,
    rule(width, colors),
    ...shown.flatMap((own) => {
      const because = printable(becauseText(own));
      return [
        ...wrapped(`${marks[own.change]} ${printable(own.finding.sentence)} (${own.finding.code})`, width, 1),
        ...(because === '' ? [] : wrapped(because, width, 3).map(colors.dim)),
      ];
    }),
    ...(hidden > 0 ? [colors.dim(` … and ${hidden} more, all of them in diff.json`)] : []),
  ];
}

function lintLines(comparison: Comparison, width: number, colors: Colors): string[] {
  const { shown, hidden } = shownLint(comparison);
  if (shown.length === 0) return [];
  return [
    ` ${colors.bold('Lint')}  ${comparison.lint.length} new`,
    rule(width, colors),
    ...shown.flatMap(({ code, message, resource, position }) => {
      const place = position === null ? resource : `${position.file}:${position.line}`;
      return wrapped(printable(`${code} ${place}: ${message}`), width, 1);
    }),
    ...(hidden > 0 ? [colors.dim(` … and ${hidden} more, all of them in diff.json`)] : []),
  ];
}

function thresholdLines({ gate }: Comparison, width: number, colors: Colors): string[] {
  return [
    ...gate.brokenThresholds.flatMap(({ text, value, unit }) => {
      const found = unit === 'share' ? `${formatMeasured(value, 100)} %` : formatMeasured(value);
      return wrapped(`✘ ${printable(text)}: now ${found}`, width, 3).map(colors.red);
    }),
    ...gate.missing.flatMap(({ subject, metric }) =>
      wrapped(`? ${printable(`${subjectName(subject)} ${metric}`)}: not in both`, width, 3).map(colors.yellow),
    ),
  ];
}

function configLines({ changes }: Comparison, width: number, colors: Colors): string[] {
  const shown = changes.slice(0, OBJECTS_SHOWN_MAX);
  const hidden = changes.length - shown.length;
  return [
    ...headed('Configuration', `  ${countChanges(changes)}`, width, colors.bold),
    ...(changes.length > 0 ? [rule(width, colors)] : []),
    ...shown.flatMap((change) => resourceLines(change, width, colors)),
    ...(hidden > 0 ? wrapped(`… and ${hidden} more objects, all of them in diff.json`, width, 1).map(colors.dim) : []),
  ];
}

function resourceLines(change: ResourceChange, width: number, colors: Colors): string[] {
  const { mark, style } = changeStyle(change.change, colors);
  const place = change.candidate ?? change.base;
  const file = place === null ? '' : `  ${printable(place.file)}:${place.line}`;
  const fields = change.fields.slice(0, FIELDS_SHOWN_MAX);
  const hidden = change.fields.length - fields.length;
  return [
    ...wrapped(`${mark} ${printable(resourceName(change))}${file}`, width, 1).map(style),
    ...fields.flatMap((field) => fieldLines(field, width, colors)),
    ...(hidden > 0 ? [colors.dim(`     … and ${hidden} more fields`)] : []),
  ];
}

function fieldLines(field: FieldChange, width: number, colors: Colors): string[] {
  const lines = `(${field.basePosition.line} → ${field.candidatePosition.line})`;
  const values = `${printable(plainText(field.base))} → ${printable(plainText(field.candidate))}`;
  const text = `${printable(field.path)}: ${values} ${lines}`;
  return wrapped(text, width, 5).map((line, i) => (i === 0 ? line : colors.dim(line)));
}

function changeStyle(change: ResourceChange['change'], colors: Colors): { mark: string; style: Style } {
  switch (change) {
    case 'added':
      return { mark: '+', style: colors.green };
    case 'removed':
      return { mark: '−', style: colors.red };
    case 'changed':
      return { mark: '~', style: colors.cyan };
  }
}

function metricLines(comparison: Comparison, width: number, colors: Colors): string[] {
  if (comparison.isSamePlan) return [];
  const shown = comparison.facts.slice(0, FACTS_SHOWN_MAX);
  const rest = comparison.facts.length > shown.length ? `${comparison.facts.length - shown.length} more changes; ` : '';
  const closing = `${rest}${countVerdictsText(comparison)}; all of them in diff.json. * primary`;
  if (shown.length === 0)
    return [` ${colors.bold('Behaviour')}  no change that matters`, ...wrapped(closing, width, 1).map(colors.dim)];
  const columns = [
    { title: 'Behaviour', align: 'left' as const },
    ...['before', 'after', 'change', '95 % interval'].map((title) => ({ title, align: 'right' as const })),
  ];
  const rows = shown.flatMap((fact) => factRows(fact, comparison, colors));
  return [...renderTable(columns, rows, width, colors), ...wrapped(closing, width, 1).map(colors.dim)];
}

/** The metric that speaks for a fact, and below it what else says the same. */
function factRows(fact: DiffFact, { metrics }: Comparison, colors: Colors): TableRow[] {
  const also = alsoText(fact, metrics);
  const detail: TableRow = { kind: 'detail', cell: { text: `also ${printable(also)}`, style: colors.dim } };
  return [
    ...fact.metrics.slice(0, 1).map((index) => metricRow(metrics[index], colors)),
    ...(also === '' ? [] : [detail]),
  ];
}

function metricRow(metric: MetricDifference, colors: Colors): TableRow {
  const style = verdictStyle(metric.verdict, colors);
  const primary = metric.isPrimary ? '*' : '';
  const name = `${VERDICT_MARKS[metric.verdict]} ${subjectName(metric.subject)} ${metricName(metric)}${primary}`;
  const cells: Cell[] = [
    { text: printable(name), style },
    { text: valueText(metric, metric.base) },
    { text: valueText(metric, metric.candidate) },
    { text: changeText(metric), style },
    { text: intervalText(metric), style: colors.dim },
  ];
  return { kind: 'cells', cells };
}

function verdictStyle(verdict: MetricVerdict, colors: Colors): Style {
  switch (verdict) {
    case 'worse':
      return colors.red;
    case 'better':
      return colors.green;
    case 'inconclusive':
      return colors.yellow;
    case 'new':
    case 'gone':
      return colors.cyan;
    case 'not-comparable':
    case 'changed':
    case 'same':
      return (text) => text;
  }
}

function entityLines({ entities }: Comparison, width: number, colors: Colors): string[] {
  return (['added', 'removed'] as const).flatMap((change) => {
    const names = entities.filter((entity) => entity.change === change).map(({ subject }) => subjectName(subject));
    if (names.length === 0) return [];
    const more = names.length > ENTITIES_SHOWN_MAX ? `, and ${names.length - ENTITIES_SHOWN_MAX} more` : '';
    const list = names.slice(0, ENTITIES_SHOWN_MAX).map(printable).join(', ');
    const { mark, style } = changeStyle(change, colors);
    return wrapped(`${mark} only ${change === 'added' ? 'after' : 'before'}: ${list}${more}`, width, 1).map(style);
  });
}

/** How far to trust it: warnings, and the margins that the verdicts are held against. */
function trustLines(result: DiffResult, width: number, colors: Colors): string[] {
  const lines = toldWarnings(result)
    .filter(({ code }) => code !== OBJECTS_LEFT_OUT)
    .flatMap((warning) => warningLines(warning, width, colors));
  const margins = `${marginText(result)}.`;
  return [...lines, ...wrapped(margins, width, 1).map(colors.dim)];
}
