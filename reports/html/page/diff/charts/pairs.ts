// One primary metric, pair by pair: each replication of the base beside the candidate's that met the same customers.
import type { MetricDifference } from '../../../../../scenarios/result/diff-result.js';
import { type Chart, type ChartContext, LATENCY_LABELS, SHARE_LABELS } from '../../charts/chart.js';

const LABELS: Readonly<Record<MetricDifference['unit'], string>> = {
  ms: LATENCY_LABELS,
  share: SHARE_LABELS,
  perSecond: "format(datum.value, '~g') + '/s'",
  perMinute: "format(datum.value, '~g') + '/min'",
  perCall: "format(datum.value, '~g')",
};

/** null without pairs. */
export function pairsChart({ pairs, unit }: MetricDifference, { width, palette }: ChartContext): Chart | null {
  if (pairs === null || pairs.base.length === 0) return null;
  const rows = pairs.base.map((base, r) => ({ pair: r + 1, base, candidate: pairs.candidate[r]! }));
  const x = {
    field: 'pair',
    type: 'ordinal' as const,
    axis: { title: 'pair of replications', labelAngle: 0, grid: false },
    scale: { paddingOuter: 0.6 },
  };
  const y = {
    type: 'quantitative' as const,
    scale: { zero: false },
    axis: { title: null, labelExpr: LABELS[unit], tickCount: 5 },
  };
  const worlds = ['base', 'candidate'];
  return {
    rows,
    spec: {
      width: Math.max(160, width - 80),
      height: 200,
      layer: [
        {
          data: { values: rows },
          mark: { type: 'rule', stroke: palette.muted, strokeWidth: 1.4, strokeOpacity: 0.7 },
          encoding: { x, y: { ...y, field: 'base' }, y2: { field: 'candidate' } },
        },
        {
          data: {
            values: rows.flatMap(({ pair, base, candidate }) => [
              { pair, world: 'base', value: base },
              { pair, world: 'candidate', value: candidate },
            ]),
          },
          mark: { type: 'point', filled: true, size: 80, opacity: 1, tooltip: { content: 'data' } },
          encoding: {
            x,
            y: { ...y, field: 'value' },
            color: {
              field: 'world',
              type: 'nominal',
              scale: { domain: worlds, range: [palette.blue, palette.vermillion] },
              legend: { title: null },
            },
            shape: {
              field: 'world',
              type: 'nominal',
              scale: { domain: worlds, range: ['circle', 'diamond'] },
              legend: { title: null },
            },
          },
        },
      ],
    },
  };
}
