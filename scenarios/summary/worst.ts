// The worst interval of the series in some phases: most errors, longest 99th percentile; all traffic and all replications together.
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import { Histogram } from '../../sim/statistics/index.js';
import type { ImpactSummary } from '../result/timeline-result.js';

const NS_PER_MS = 1e6;
const NS_PER_SECOND = 1e9;
/** An interval with fewer answers, all replications together, says nothing by itself. */
const ANSWERS_LEAST = 20;

export function worstOf(
  results: readonly ReplicationResult[],
  phases: readonly { readonly fromNs: number; readonly toNs: number }[],
): Pick<ImpactSummary, 'worstErrors' | 'worstP99'> {
  let worstErrors: ImpactSummary['worstErrors'] = null;
  let worstP99: ImpactSummary['worstP99'] = null;
  const intervalNs = results[0]?.series.intervalNs ?? 1;
  for (const { fromNs, toNs } of phases) {
    for (let i = Math.floor(fromNs / intervalNs); i * intervalNs < toNs; i++) {
      const { completed, errors, latency } = intervalOf(results, i);
      const atSeconds = (i * intervalNs) / NS_PER_SECOND;
      if (completed >= ANSWERS_LEAST && (worstErrors === null || errors / completed > worstErrors.share))
        worstErrors = { atSeconds, share: errors / completed };
      if (latency.count < ANSWERS_LEAST) continue;
      const ms = latency.quantile(0.99) / NS_PER_MS;
      if (worstP99 === null || ms > worstP99.ms) worstP99 = { atSeconds, ms };
    }
  }
  return { worstErrors, worstP99 };
}

function intervalOf(
  results: readonly ReplicationResult[],
  i: number,
): { readonly completed: number; readonly errors: number; readonly latency: Histogram } {
  let completed = 0;
  let errors = 0;
  const latency = new Histogram(results[0]?.series.traffic[0]?.latency[0]?.resolution);
  for (const { series } of results) {
    if (i >= series.intervals) continue;
    for (const flow of series.traffic) {
      completed += flow.completed[i];
      errors += flow.errors[i];
      if (flow.latency[i].count > 0) latency.merge(Histogram.fromData(flow.latency[i]));
    }
  }
  return { completed, errors, latency };
}
