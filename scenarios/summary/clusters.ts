// Envoy's counters over all replications: counts are added, peaks are the highest.

import type { ClusterResult, ReplicationResult } from '../../models/mesh/recording/result.js';
import { type MeshPlan, NO_LIMIT } from '../../models/plan/contract/plan.js';
import { setEntry } from '../../sim/lookup.js';
import type { ClusterSummary } from '../result/run-result.js';

const PEAKS: readonly (keyof ClusterResult)[] = [
  'peakActiveRequests',
  'peakConnections',
  'peakPendingRequests',
  'peakRetries',
];

export function summariseClusters(plan: MeshPlan, results: readonly ReplicationResult[]): ClusterSummary[] {
  return plan.clusters.map(({ name, host, subset, limits }, i) => {
    const own = results.map((result) => result.clusters[i]);
    const fields = own.length === 0 ? [] : (Object.keys(own[0]) as (keyof ClusterResult)[]);
    const counters: Record<string, number> = {};
    const peaks: Record<string, number> = {};
    for (const field of fields) {
      const values = own.map((counts) => counts[field]);
      if (PEAKS.includes(field)) setEntry(peaks, field, Math.max(...values));
      else
        setEntry(
          counters,
          field,
          values.reduce((sum, value) => sum + value, 0),
        );
    }
    return {
      name,
      host,
      subset,
      counters,
      peaks,
      limits: {
        connections: limitOf(limits.maxConnections),
        pendingRequests: limitOf(limits.maxPendingRequests),
        requests: limitOf(limits.maxRequests),
        retries: limitOf(limits.maxRetries),
      },
    };
  });
}

function limitOf(limit: number): number | null {
  return limit === NO_LIMIT ? null : limit;
}
