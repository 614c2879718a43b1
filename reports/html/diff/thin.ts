// A comparison as its page needs it: no more digits than anyone reads, and of a very large mesh not every metric that is the same in both
// worlds. The shape stays that of the result.
import type { ArmSummary, Comparison, DiffResult, MetricDifference } from '../../../scenarios/result/diff-result.js';
import { roundAll, thinSeries } from '../thin.js';

/** Metrics of all candidates together. */
const METRICS_MAX = 60_000;

export function thinDiff(result: DiffResult, metricsMax = METRICS_MAX): DiffResult {
  const each = Math.floor(metricsMax / Math.max(1, result.comparisons.length));
  const comparisons = result.comparisons.map((comparison) => ({
    ...comparison,
    candidate: thinArm(comparison.candidate),
    metrics: thinMetrics(comparison.metrics, each),
  }));
  return roundAll({ ...result, base: thinArm(result.base), comparisons }) as DiffResult;
}

function thinArm(arm: ArmSummary): ArmSummary {
  return { ...arm, series: thinSeries(arm.series) };
}

/**
 * Whatever is not the same is kept, and what the map needs: the rates of services and edges. The order is kept; places in the gate's list
 * of metrics stay right, because primary metrics come first among those of their verdict.
 */
function thinMetrics(metrics: Comparison['metrics'], most: number): readonly MetricDifference[] {
  if (metrics.length <= most) return metrics;
  const isNeeded = ({ verdict, isPrimary, subject, metric }: MetricDifference): boolean =>
    verdict !== 'same' || isPrimary || (metric === 'served' && (subject.kind === 'service' || subject.kind === 'edge'));
  let room = most - metrics.filter(isNeeded).length;
  return metrics.filter((metric) => isNeeded(metric) || room-- > 0);
}
