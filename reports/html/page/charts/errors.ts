// Failed calls of each request, stacked by what became of them; and their rate over the measured time.
import type { OutcomeSummary, RunResult } from '../../../../scenarios/result/run-result.js';
import { type Chart, type ChartContext, drawableNames, requestLabel, SHARE_LABELS, timeAt } from './chart.js';
import { hueOf, linesOverTime } from './lines.js';
import { timeMarks } from './marks.js';
import { LABEL_PADDING, labelsMost, labelWidth } from './percentiles.js';

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
  const order = drawableNames(requests.map(({ name }) => name));
  const rows = requests.flatMap(({ failed }, i) =>
    failed.map(({ label, share, count }) => ({ request: order[i]!, outcome: label, share, calls: count })),
  );
  const highest = Math.max(...requests.map(({ failed }) => shareOf(failed)));
  const labelled = rows.filter(({ share }) => share > highest * NAMED_SHARE);
  const labels = labelWidth(order, labelsMost(width));
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
    axis: { title: null, grid: false, domain: false, labelLimit: labels - LABEL_PADDING },
  };
  const outcomes = [...new Set(rows.map(({ outcome }) => outcome))].sort();
  const detail = { field: 'outcome', type: 'nominal' as const };
  return {
    rows,
    spec: {
      data: { values: rows },
      width: Math.max(160, width - labels),
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
export function errorsOverTimeChart(result: RunResult, context: ChartContext): Chart | null {
  const { series } = result;
  const flows = series.traffic
    .map((flow) => ({ ...flow, total: flow.errorsPerSecond.reduce((sum, rate) => sum + rate, 0) }))
    .filter(({ total }) => total > 0)
    .sort((a, b) => b.total - a.total)
    .slice(0, LINES_MAX);
  if (flows.length === 0) return null;
  const names = drawableNames(flows.map((flow) => requestLabel(flow.traffic, flow.request)));
  const rows = flows.flatMap((flow, n) =>
    flow.errorsPerSecond.map((rate, i) => ({
      'time s': timeAt(i, series.intervalSeconds),
      request: names[n]!,
      'errors per s': rate,
    })),
  );
  return {
    rows,
    spec: linesOverTime(
      rows,
      'errors per s',
      'request',
      { ...context, marks: timeMarks(result) },
      series.intervals * series.intervalSeconds,
    ),
  };
}

function shareOf(outcomes: readonly OutcomeSummary[]): number {
  return outcomes.reduce((sum, { share }) => sum + share, 0);
}
