// How often which latency occurred, with the percentiles as lines. The axis is logarithmic, and so is the width of the columns: their
// height is a share per step of 10 %, whatever the width of the histogram's buckets.
import type { ClientSummary, Measured } from '../../../../scenarios/run-result.js';
import { type Chart, type ChartContext, LATENCY_LABELS, logTicks, SHARE_LABELS } from './chart.js';

const STEP = Math.log(1.1);

/** `height` of the columns' area in pixels. null without any observation. */
export function distributionChart(flow: ClientSummary, { width, palette }: ChartContext, height: number): Chart | null {
  const { boundsMs, counts } = flow.latencyDistribution;
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const lowest = boundsMs.find((bound) => bound > 0) ?? 1;
  const rows = counts.map((count, i) => {
    const from = Math.max(boundsMs[i]!, lowest / 2);
    const to = boundsMs[i + 1]!;
    return {
      'from ms': from,
      'to ms': to,
      requests: count,
      share: count / total,
      'share per 10 % step': (count / total / Math.log(to / from)) * STEP,
    };
  });
  const domain: [number, number] = [rows[0]!['from ms'], rows.at(-1)!['to ms']];
  const marks = percentileMarks(flow.latency);
  const x = {
    field: 'from ms',
    type: 'quantitative' as const,
    scale: { type: 'log' as const, domain, nice: false },
    axis: { labelExpr: LATENCY_LABELS, values: logTicks(...domain), title: 'latency', labelOverlap: true },
  };
  return {
    rows,
    spec: {
      width: width - 64,
      height,
      data: { values: rows },
      layer: [
        {
          mark: {
            type: 'rect',
            fill: palette.sky,
            fillOpacity: 0.55,
            stroke: palette.surface,
            strokeWidth: 0.5,
            tooltip: { content: 'data' },
          },
          encoding: {
            x,
            x2: { field: 'to ms' },
            y: {
              field: 'share per 10 % step',
              type: 'quantitative',
              axis: { labelExpr: SHARE_LABELS, tickCount: 4, title: 'share of requests per 10 % step' },
            },
            y2: { datum: 0 },
          },
        },
        {
          data: { values: marks },
          mark: { type: 'rule', stroke: palette.ink, strokeWidth: 1.2, strokeDash: [4, 3] },
          encoding: { x: { ...x, field: 'latency ms' } },
        },
        {
          data: { values: marks },
          mark: { type: 'text', align: 'left', baseline: 'top', dx: 4, fontWeight: 600, fill: palette.ink },
          encoding: { x: { ...x, field: 'latency ms' }, y: { value: 0 }, text: { field: 'percentile' } },
        },
      ],
    },
  };
}

function percentileMarks(latency: ClientSummary['latency']): { percentile: string; 'latency ms': number }[] {
  const all: readonly (readonly [string, Measured])[] = [
    ['p50', latency.p50Ms],
    ['p90', latency.p90Ms],
    ['p99', latency.p99Ms],
    ['p99.9', latency.p999Ms],
  ];
  return all.flatMap(([percentile, { value }]) =>
    value === null || value <= 0 ? [] : [{ percentile, 'latency ms': value }],
  );
}
