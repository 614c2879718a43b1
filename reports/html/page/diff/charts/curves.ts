// The latency distributions of one request in both worlds: by percentile, with the tail drawn out as far as the data goes (Gil Tene's
// HdrHistogram plots its percentiles so); cumulative; and the difference of the two at each percentile.
import type { QuantileCurve } from '../../../../../scenarios/result/diff-result.js';
import { type Chart, type ChartContext, LATENCY_LABELS, logTicks, SHARE_LABELS } from '../../charts/chart.js';
import type { Palette } from '../../palette.js';

export type CurveForm = 'percentiles' | 'cumulative';

const WORLDS = ['base', 'candidate'] as const;
const HEIGHT = 300;
/** Percentiles that the axis names: 1 / (1 − p), which is the scale of the axis. */
const TAIL_TICKS = [1, 2, 10, 100, 1000, 10_000];
const TAIL_LABELS =
  "datum.value === 1 ? '0 %' : datum.value === 2 ? '50 %' : datum.value === 10 ? '90 %' : datum.value === 100 ? '99 %' : datum.value === 1000 ? '99.9 %' : '99.99 %'";

/** null where neither world has enough calls for any quantile. */
export function curvesChart(curve: QuantileCurve, form: CurveForm, context: ChartContext): Chart | null {
  const points = WORLDS.flatMap((world) =>
    curve.probabilities.flatMap((share, i) => {
      const ms = (world === 'base' ? curve.baseMs : curve.candidateMs)[i]!;
      return ms === null || ms <= 0 ? [] : [{ world, share, 'latency ms': ms, rarity: rarityOf(share) }];
    }),
  );
  if (points.length === 0) return null;
  const values = points.map((point) => point['latency ms']);
  const latencies: [number, number] = [Math.min(...values) * 0.93, Math.max(...values) * 1.07];
  const latency = {
    field: 'latency ms',
    type: 'quantitative' as const,
    scale: { type: 'log' as const, domain: latencies, nice: false },
    axis: {
      title: form === 'percentiles' ? null : 'latency',
      labelExpr: LATENCY_LABELS,
      values: logTicks(...latencies),
      grid: true,
      labelOverlap: true,
    },
  };
  const { width, palette } = context;
  const place =
    form === 'percentiles'
      ? { x: tailAxis(points.map(({ rarity }) => rarity)), y: latency }
      : {
          x: latency,
          y: {
            field: 'share',
            type: 'quantitative' as const,
            scale: { domain: [0, 1] },
            axis: { title: 'share of the answers that were faster', labelExpr: SHARE_LABELS, tickCount: 5 },
          },
        };
  return {
    rows: points.map(({ world, share, 'latency ms': ms }) => ({ world, share, 'latency ms': ms })),
    spec: {
      data: { values: points },
      width: Math.max(160, width - 76),
      height: HEIGHT,
      encoding: { ...place, order: { field: 'share', type: 'quantitative' } },
      layer: [
        {
          mark: { type: 'line', strokeWidth: 2.2 },
          encoding: { color: worldColor(palette), strokeDash: WORLD_DASH },
        },
        {
          mark: { type: 'point', filled: true, opacity: 0, size: 160, tooltip: { content: 'data' } },
          encoding: { color: worldColor(palette) },
        },
      ],
    },
  };
}

/** Candidate − base at each percentile, in percent of the base, against the margin. null where there is nothing to subtract. */
export function differenceChart(
  curve: QuantileCurve,
  marginShare: number,
  { width, palette }: ChartContext,
): Chart | null {
  const points = curve.probabilities.flatMap((share, i) => {
    const [base, candidate] = [curve.baseMs[i]!, curve.candidateMs[i]!];
    if (base === null || candidate === null || base <= 0) return [];
    return [
      { share, 'base ms': base, 'candidate ms': candidate, change: candidate / base - 1, rarity: rarityOf(share) },
    ];
  });
  if (points.length === 0) return null;
  const least = Math.min(-2 * marginShare, ...points.map(({ change }) => change));
  const most = Math.max(2 * marginShare, ...points.map(({ change }) => change));
  const room = (most - least) * 0.06;
  const y = {
    field: 'change',
    type: 'quantitative' as const,
    scale: { domain: [least - room, most + room], nice: false },
    axis: {
      title: null,
      labelExpr:
        "datum.value > 0 ? '+' + format(datum.value * 100, '~g') + ' %' : replace(format(datum.value * 100, '~g'), '-', '−') + ' %'",
      tickCount: 6,
    },
  };
  const x = tailAxis(points.map(({ rarity }) => rarity));
  return {
    rows: points.map(({ rarity: _rarity, ...row }) => row),
    spec: {
      data: { values: points },
      width: Math.max(160, width - 76),
      height: HEIGHT + 24,
      layer: [
        {
          data: { values: [{ from: -marginShare, to: marginShare }] },
          mark: { type: 'rect', fill: palette.grey, opacity: 0.16 },
          encoding: { y: { ...y, field: 'from' }, y2: { field: 'to' } },
        },
        {
          data: { values: [{ zero: 0 }] },
          mark: { type: 'rule', stroke: palette.muted },
          encoding: { y: { ...y, field: 'zero' } },
        },
        { mark: { type: 'line', stroke: palette.ink, strokeWidth: 1.4 }, encoding: { x, y } },
        {
          mark: { type: 'point', filled: true, size: 46, opacity: 1, tooltip: { content: 'data' } },
          encoding: {
            x,
            y,
            color: {
              condition: [
                { test: `datum.change > ${marginShare}`, value: palette.vermillion },
                { test: `datum.change < ${-marginShare}`, value: palette.green },
              ],
              value: palette.grey,
            },
            shape: {
              condition: [
                { test: `datum.change > ${marginShare}`, value: 'triangle-up' },
                { test: `datum.change < ${-marginShare}`, value: 'circle' },
              ],
              value: 'stroke',
            },
          },
        },
      ],
    },
  };
}

/** How much the distributions differ at most: the largest ratio of two quantiles, as a logarithm. */
export function curveDistance({ baseMs, candidateMs }: QuantileCurve): number {
  return baseMs.reduce<number>((max, base, i) => {
    const candidate = candidateMs[i]!;
    const isKnown = base !== null && candidate !== null && base > 0 && candidate > 0;
    return isKnown ? Math.max(max, Math.abs(Math.log(candidate / base))) : max;
  }, 0);
}

/** 1 / (1 − p): equal steps on a logarithmic axis for 90 %, 99 %, 99.9 % … */
function rarityOf(share: number): number {
  return Number((1 / (1 - share)).toPrecision(6));
}

function tailAxis(rarities: readonly number[]) {
  const most = Math.max(...rarities);
  return {
    field: 'rarity',
    type: 'quantitative' as const,
    scale: { type: 'log' as const, domain: [1, Math.max(most * 1.1, 12)], nice: false },
    axis: { title: 'percentile', values: TAIL_TICKS, labelExpr: TAIL_LABELS, grid: true, labelFlush: true },
  };
}

function worldColor({ blue, vermillion }: Palette) {
  return {
    field: 'world',
    type: 'nominal' as const,
    scale: { domain: [...WORLDS], range: [blue, vermillion] },
    legend: { title: null, symbolType: 'stroke' as const },
  };
}

const WORLD_DASH = {
  field: 'world',
  type: 'nominal' as const,
  scale: {
    domain: [...WORLDS],
    range: [
      [1, 0],
      [6, 3],
    ],
  },
  legend: { title: null, symbolType: 'stroke' as const },
};
