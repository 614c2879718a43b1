// How often which latency occurred, with the percentiles as lines. The axis is logarithmic, and so is the width of the columns: their
// height is a share per step of 10 %, whatever the width of the histogram's buckets.

import type { Measured } from '../../../../scenarios/result/measured.js';
import type { ClientSummary } from '../../../../scenarios/result/run-result.js';
import { formatDurationMs } from '../../../numbers.js';
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
  const plotWidth = width - 64;
  const marks = percentileMarks(flow.latency);
  const labels = placeLabels(marks, domain, plotWidth);
  const labelsHeight = (1 + Math.max(0, ...labels.map(({ row }) => row))) * LABEL_HEIGHT;
  const most = Math.max(...rows.map((row) => row['share per 10 % step']));
  const x = {
    field: 'from ms',
    type: 'quantitative' as const,
    scale: { type: 'log' as const, domain, nice: false },
    axis: { labelExpr: LATENCY_LABELS, values: logTicks(...domain), title: 'latency', labelOverlap: true },
  };
  return {
    rows,
    spec: {
      width: plotWidth,
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
              // Room for the labels above the highest column.
              scale: { domain: [0, (most * height) / Math.max(height / 2, height - labelsHeight - 6)], nice: false },
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
        ...labels.map(({ row, isLeft, ...mark }) => ({
          data: { values: [mark] },
          mark: {
            type: 'text' as const,
            align: isLeft ? ('right' as const) : ('left' as const),
            baseline: 'top' as const,
            dx: isLeft ? -4 : 4,
            fontWeight: 600 as const,
            fill: palette.ink,
          },
          encoding: {
            x: { ...x, field: 'latency ms' },
            y: { value: row * LABEL_HEIGHT },
            text: { field: 'label' },
          },
        })),
      ],
    },
  };
}

interface PercentileMark {
  /** `p99 204 ms` */
  readonly label: string;
  readonly 'latency ms': number;
}

function percentileMarks(latency: ClientSummary['latency']): PercentileMark[] {
  const all: readonly (readonly [string, Measured])[] = [
    ['p50', latency.p50Ms],
    ['p90', latency.p90Ms],
    ['p99', latency.p99Ms],
    ['p99.9', latency.p999Ms],
  ];
  return all.flatMap(([percentile, { value }]) =>
    value === null || value <= 0 ? [] : [{ label: `${percentile} ${formatDurationMs(value)}`, 'latency ms': value }],
  );
}

const LABEL_HEIGHT = 15;
/** Of a letter in bold, at most. */
const LETTER_WIDTH = 6.8;

/**
 * Labels beside their lines, each in the first row in which it touches no other; left of its line where the right has no room.
 * `domain` of the logarithmic axis, which is `width` pixels wide.
 */
export function placeLabels(
  marks: readonly PercentileMark[],
  domain: readonly [number, number],
  width: number,
): (PercentileMark & { readonly row: number; readonly isLeft: boolean })[] {
  const takenTo: { readonly from: number; readonly to: number }[][] = [];
  const scale = width / Math.log(domain[1] / domain[0]);
  return marks.map((mark) => {
    const at = Math.log(mark['latency ms'] / domain[0]) * scale;
    const length = mark.label.length * LETTER_WIDTH + 8;
    const isLeft = at + length > width;
    const [from, to] = isLeft ? [at - length, at] : [at, at + length];
    let row = 0;
    while (takenTo[row]?.some((other) => from < other.to && other.from < to)) row++;
    takenTo[row] = [...(takenTo[row] ?? []), { from, to }];
    return { ...mark, row, isLeft };
  });
}
