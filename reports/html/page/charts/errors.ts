// Failed calls of each request, stacked by what became of them; and their rate over the measured time.
import type { OutcomeSummary, RunResult } from '../../../../scenarios/run-result.js';
import type { Palette } from '../theme.js';
import { type Chart, type ChartContext, drawable, requestLabel, SHARE_LABELS } from './chart.js';
import { labelWidth } from './percentiles.js';

const REQUESTS_MAX = 30;
const LINES_MAX = 6;
/** A part of a bar that is longer than this share of the axis has room for its name. */
const NAMED_SHARE = 0.09;

/** null where nothing failed. */
export function errorsChart({ traffic }: RunResult, { width, palette }: ChartContext): Chart | null {
  const requests = traffic
    .flatMap((source) => source.requests.map((request) => ({ name: requestLabel(source.name, request.name), request })))
    .map(({ name, request }) => ({ name, failed: request.outcomes.filter(({ isError }) => isError) }))
    .filter(({ failed }) => failed.length > 0)
    .sort((a, b) => shareOf(b.failed) - shareOf(a.failed))
    .slice(0, REQUESTS_MAX);
  if (requests.length === 0) return null;
  const rows = requests.flatMap(({ name, failed }) =>
    failed.map(({ label, share, count }) => ({ request: drawable(name), outcome: label, share, calls: count })),
  );
  const highest = Math.max(...requests.map(({ failed }) => shareOf(failed)));
  const labelled = rows.filter(({ share }) => share > highest * NAMED_SHARE);
  const order = requests.map(({ name }) => drawable(name));
  const x = {
    field: 'share',
    type: 'quantitative' as const,
    stack: 'zero' as const,
    axis: { title: 'share of its calls that failed', labelExpr: SHARE_LABELS, grid: true, tickCount: 6 },
  };
  const y = {
    field: 'request',
    type: 'nominal' as const,
    sort: order,
    axis: { title: null, grid: false, domain: false },
  };
  const outcomes = [...new Set(rows.map(({ outcome }) => outcome))].sort();
  const detail = { field: 'outcome', type: 'nominal' as const };
  return {
    rows,
    spec: {
      data: { values: rows },
      width: Math.max(160, width - labelWidth(order)),
      height: { step: 30 },
      layer: [
        {
          mark: { type: 'bar', height: 18, stroke: palette.surface, strokeWidth: 1, tooltip: { content: 'data' } },
          encoding: {
            y,
            x,
            color: {
              ...detail,
              scale: { domain: outcomes, range: outcomes.map((_, i) => hueOf(palette, i)) },
              legend: { title: null, symbolType: 'square' },
            },
            order: { field: 'outcome' },
          },
        },
        {
          data: { values: labelled },
          mark: { type: 'text', fontSize: 10.5, fontWeight: 600, fill: '#10181f', clip: true },
          encoding: {
            y,
            x: { ...x, bandPosition: 0.5 },
            detail,
            order: { field: 'outcome' },
            text: { field: 'outcome' },
          },
        },
      ],
    },
  };
}

/** Errors a second of the requests with the most of them. null where nothing failed. */
export function errorsOverTimeChart({ series }: RunResult, { width, palette }: ChartContext): Chart | null {
  const flows = series.traffic
    .map((flow) => ({ ...flow, total: flow.errorsPerSecond.reduce((sum, rate) => sum + rate, 0) }))
    .filter(({ total }) => total > 0)
    .sort((a, b) => b.total - a.total)
    .slice(0, LINES_MAX);
  if (flows.length === 0) return null;
  const rows = flows.flatMap((flow) =>
    flow.errorsPerSecond.map((rate, i) => ({
      'time s': Number((i * series.intervalSeconds).toFixed(3)),
      request: drawable(requestLabel(flow.traffic, flow.request)),
      'errors per s': rate,
    })),
  );
  return {
    rows,
    spec: linesOverTime(rows, 'errors per s', 'request', { width, palette }, series.intervals * series.intervalSeconds),
  };
}

const DASHES: readonly (readonly number[])[] = [
  [1, 0],
  [6, 3],
  [2, 3],
  [8, 3, 2, 3],
  [3, 6],
  [12, 4],
];

/** A few named lines over the measured time, told apart by colour and by dashes. */
export function linesOverTime(
  rows: readonly Readonly<Record<string, string | number | null>>[],
  field: string,
  by: string,
  { width, palette }: ChartContext,
  seconds: number,
): Chart['spec'] {
  const names = [...new Set(rows.map((row) => String(row[by])))];
  return {
    data: { values: [...rows] },
    width: width - 64,
    height: 150,
    mark: { type: 'line' },
    encoding: {
      x: {
        field: 'time s',
        type: 'quantitative',
        scale: { domain: [0, seconds], nice: false },
        axis: { title: 'seconds after the warm-up', grid: false },
      },
      y: {
        field,
        type: 'quantitative',
        axis: { title: null, tickCount: 4, labelExpr: "format(datum.value, '~g')", minExtent: 48, maxExtent: 48 },
      },
      color: {
        field: by,
        type: 'nominal',
        scale: { domain: names, range: names.map((_, i) => hueOf(palette, i)) },
        legend: { title: null, symbolType: 'stroke', columns: width < 700 ? 1 : 3 },
      },
      strokeDash: {
        field: by,
        type: 'nominal',
        scale: { domain: names, range: names.map((_, i) => [...DASHES[i % DASHES.length]!]) },
      },
    },
  };
}

/** Hues in an order in which neighbours are easy to tell apart. */
export function hueOf(palette: Palette, index: number): string {
  const { vermillion, sky, orange, purple, green, blue, yellow, grey } = palette;
  const hues = [vermillion, sky, orange, purple, green, blue, yellow, grey];
  return hues[index % hues.length]!;
}

function shareOf(outcomes: readonly OutcomeSummary[]): number {
  return outcomes.reduce((sum, { share }) => sum + share, 0);
}
