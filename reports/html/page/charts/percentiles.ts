// The percentiles of each request with their confidence intervals, one line a request.
import type { RunResult } from '../../../../scenarios/result/run-result.js';
import { type Chart, type ChartContext, drawableNames, LATENCY_LABELS, logTicks, requestLabel } from './chart.js';

const REQUESTS_MAX = 30;
/** Each percentile has a hue and a shape; those that nobody could measure are not in the legend. */
const LOOKS = [
  { name: 'p50', hue: 'green', shape: 'circle' },
  { name: 'p90', hue: 'blue', shape: 'square' },
  { name: 'p99', hue: 'orange', shape: 'diamond' },
  { name: 'p99.9', hue: 'vermillion', shape: 'triangle-up' },
] as const;

export function percentilesChart({ traffic }: RunResult, { width, palette }: ChartContext): Chart | null {
  const flows = traffic
    .flatMap((source) =>
      source.requests.map((request) => ({ label: requestLabel(source.name, request.name), request })),
    )
    .sort((a, b) => (b.request.servedPerSecond.value ?? 0) - (a.request.servedPerSecond.value ?? 0))
    .slice(0, REQUESTS_MAX);
  const order = drawableNames(flows.map(({ label }) => label));
  const rows = flows.flatMap(({ request: { latency } }, at) =>
    [latency.p50Ms, latency.p90Ms, latency.p99Ms, latency.p999Ms].flatMap(({ value, low, high }, i) =>
      value === null || value <= 0
        ? []
        : [
            {
              request: order[at]!,
              percentile: LOOKS[i]!.name,
              'latency ms': value,
              'low ms': low === null ? null : Math.max(low, value / 100),
              'high ms': high,
            },
          ],
    ),
  );
  if (rows.length === 0) return null;
  const lowest = Math.min(...rows.map((row) => row['low ms'] ?? row['latency ms']));
  const highest = Math.max(...rows.map((row) => row['high ms'] ?? row['latency ms']));
  const domain: [number, number] = [lowest * 0.85, highest * 1.15];
  const x = {
    type: 'quantitative' as const,
    scale: { type: 'log' as const, domain, nice: false },
    axis: { grid: true, labelExpr: LATENCY_LABELS, values: logTicks(...domain), title: 'latency', labelOverlap: true },
  };
  const labels = labelWidth(order, labelsMost(width));
  const y = {
    field: 'request',
    type: 'nominal' as const,
    sort: order,
    axis: { title: null, grid: false, domain: false, labelLimit: labels - LABEL_PADDING },
  };
  const looks = LOOKS.filter(({ name }) => rows.some(({ percentile }) => percentile === name));
  const names = looks.map(({ name }) => name);
  const color = {
    field: 'percentile',
    type: 'nominal' as const,
    scale: { domain: names, range: looks.map(({ hue }) => palette[hue]) },
    legend: { title: null, symbolOpacity: 1 },
  };
  return {
    rows,
    spec: {
      data: { values: rows },
      width: Math.max(160, width - labels),
      height: { step: 30 },
      layer: [
        {
          mark: { type: 'rule', strokeWidth: 3, strokeCap: 'round', opacity: 0.55 },
          transform: [{ filter: "isValid(datum['low ms'])" }],
          encoding: { y, x: { ...x, field: 'low ms' }, x2: { field: 'high ms' }, color },
        },
        {
          mark: { type: 'point', filled: true, size: 70, opacity: 1, tooltip: { content: 'data' } },
          encoding: {
            y,
            x: { ...x, field: 'latency ms' },
            color,
            shape: {
              field: 'percentile',
              type: 'nominal',
              scale: { domain: names, range: looks.map(({ shape }) => shape) },
              legend: { title: null },
            },
          },
        },
      ],
    },
  };
}

/** Between labels and axis. */
export const LABEL_PADDING = 24;

/** What labels may take of a chart: all of a long name where there is room, and never most of the chart. */
export function labelsMost(width: number): number {
  return Math.min(300, width * 0.4);
}

/** Room for the longest of some labels at the left of a chart, at most what an axis gives them. */
export function labelWidth(labels: readonly string[], most = 220): number {
  const longest = labels.reduce((max, label) => Math.max(max, [...label].length), 0);
  return Math.min(most, longest * 6.6) + LABEL_PADDING;
}
