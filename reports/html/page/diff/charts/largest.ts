// The strongest changes as a forest of intervals, each in multiples of its own margin.
import type { Comparison, MetricDifference, MetricVerdict } from '../../../../../scenarios/result/diff-result.js';
import { changeText, metricName, mostImportant, subjectName } from '../../../../diff/words.js';
import { VERDICTS } from '../../../diff/verdict.js';
import { type Chart, type ChartContext, drawableNames } from '../../charts/chart.js';
import { labelWidth } from '../../charts/percentiles.js';
import type { Palette } from '../../palette.js';

/** How many of each verdict: the worst would else leave no room for what got better. */
const SHOWN_MAX: Readonly<Record<MetricVerdict, number>> = {
  worse: 10,
  better: 6,
  changed: 4,
  new: 0,
  gone: 0,
  'not-comparable': 0,
  inconclusive: 4,
  same: 0,
};
const NOTABLE_MAX = 2000;
const LABEL_LENGTH_MAX = 46;
const LABEL_WIDTH_MAX = 300;

const VERDICT_MARKERS: Readonly<Record<MetricVerdict, string>> = {
  worse: 'triangle-up',
  better: 'circle',
  changed: 'square',
  new: 'square',
  gone: 'square',
  'not-comparable': 'stroke',
  inconclusive: 'diamond',
  same: 'stroke',
};

function verdictHue(palette: Palette, verdict: MetricVerdict): string {
  switch (verdict) {
    case 'worse':
      return palette.vermillion;
    case 'better':
      return palette.green;
    case 'changed':
    case 'new':
    case 'gone':
      return palette.purple;
    case 'inconclusive':
      return palette.orange;
    case 'not-comparable':
    case 'same':
      return palette.grey;
  }
}

/** null where nothing is worth a line. */
export function largestChart(comparison: Comparison, { width, palette }: ChartContext): Chart | null {
  const notable = mostImportant(comparison, NOTABLE_MAX).filter(({ difference }) => difference !== null);
  const shown = VERDICTS.flatMap((verdict) =>
    notable.filter((metric) => metric.verdict === verdict).slice(0, SHOWN_MAX[verdict]),
  );
  if (shown.length === 0) return null;
  const order = drawableNames(shown.map(nameOf), LABEL_LENGTH_MAX);
  const rows = shown.map((metric, i) => rowOf(metric, order[i]!));
  const narrow = width < 560;
  const labels = Math.min(labelWidth(order, LABEL_WIDTH_MAX), narrow ? width * 0.45 : LABEL_WIDTH_MAX + 24);
  const furthest = Math.max(2, ...rows.flatMap((row) => [-row['low in margins'], row['high in margins']]));
  const least = Math.min(-2, ...rows.map((row) => row['low in margins']));
  const most = Math.max(2, ...rows.map((row) => row['high in margins']));
  const ticks = [1, 3, 10, 30, 100, 1000, 10_000].filter(
    (tick) => tick <= furthest && (furthest <= 100 || !/^3/.test(String(tick))),
  );
  const x = {
    type: 'quantitative' as const,
    scale: { type: 'symlog' as const, constant: 1, domain: [least * 1.2, most * 1.2], nice: false },
    axis: {
      title: 'change in multiples of its margin',
      grid: true,
      values: [...ticks.map((tick) => -tick), 0, ...ticks],
      labelExpr: "datum.value > 0 ? '+' + format(datum.value, ',') : replace(format(datum.value, ','), '-', '−')",
      labelOverlap: true,
    },
  };
  const y = {
    field: 'metric',
    type: 'nominal' as const,
    sort: order,
    axis: { title: null, grid: false, labelLimit: labels - 10 },
  };
  const present = VERDICTS.filter((verdict) => rows.some((row) => row.verdict === verdict));
  const color = {
    field: 'verdict',
    type: 'nominal' as const,
    scale: { domain: present, range: present.map((verdict) => verdictHue(palette, verdict)) },
    legend: { title: null, symbolOpacity: 1 },
  };
  return {
    rows,
    spec: {
      data: { values: rows },
      width: Math.max(120, width - labels - (narrow ? 16 : 24)),
      height: { step: 26 },
      layer: [
        {
          data: { values: [{ from: -1, to: 1 }] },
          mark: { type: 'rect', fill: palette.grey, opacity: 0.16 },
          encoding: { x: { ...x, field: 'from' }, x2: { field: 'to' } },
        },
        {
          mark: { type: 'rule', strokeWidth: 4, strokeCap: 'round', opacity: 0.5 },
          encoding: { y, x: { ...x, field: 'low in margins' }, x2: { field: 'high in margins' }, color },
        },
        {
          mark: { type: 'point', filled: true, size: 75, opacity: 1, tooltip: { content: 'data' } },
          encoding: {
            y,
            x: { ...x, field: 'in margins' },
            color,
            shape: {
              field: 'verdict',
              type: 'nominal',
              scale: { domain: present, range: present.map((verdict) => VERDICT_MARKERS[verdict]) },
              legend: { title: null, symbolOpacity: 1 },
            },
          },
        },
      ],
    },
  };
}

function nameOf(metric: MetricDifference): string {
  return `${metric.isPrimary ? '★ ' : ''}${subjectName(metric.subject)} ${metricName(metric)}`;
}

function rowOf(metric: MetricDifference, name: string) {
  const { difference, margin, verdict } = metric;
  const inMargins = (value: number): number => value / margin;
  return {
    metric: name,
    change: changeText(metric),
    'in margins': inMargins(difference!.value),
    'low in margins': inMargins(difference!.low),
    'high in margins': inMargins(difference!.high),
    verdict,
  };
}
