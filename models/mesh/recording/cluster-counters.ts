// What is counted of a cluster, from the end of the warm-up on; names follow Envoy's statistics (envoy: envoy/upstream/upstream.h).
import type { ClusterResult } from './result.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type ClusterCounters = Mutable<ClusterResult>;

export function newClusterCounters(): ClusterCounters {
  return {
    upstreamRqTotal: 0,
    upstreamRqRetry: 0,
    upstreamRqRetryOverflow: 0,
    upstreamRqRetryLimitExceeded: 0,
    upstreamRqPendingOverflow: 0,
    upstreamRqActiveOverflow: 0,
    upstreamRqPendingFailureEject: 0,
    upstreamRqTimeout: 0,
    upstreamRqPerTryTimeout: 0,
    upstreamRqCancelled: 0,
    upstreamCxTotal: 0,
    upstreamCxOverflow: 0,
    upstreamCxConnectFail: 0,
    upstreamCxMaxRequests: 0,
    upstreamCxIdleTimeout: 0,
    upstreamCxNoneHealthy: 0,
    lbHealthyPanic: 0,
    picksBeyondFirstPriority: 0,
    ejectionsEnforced: 0,
    ejectionsOverflow: 0,
    peakActiveRequests: 0,
    peakConnections: 0,
    peakPendingRequests: 0,
    peakRetries: 0,
    upstreamCxConnectTimeout: 0,
    upstreamCxMaxDuration: 0,
    upstreamRqRetrySuccess: 0,
    upstreamRqPerTryIdleTimeout: 0,
    upstreamRqMaxDurationReached: 0,
    ejectionsDetected: 0,
    healthCheckAttempt: 0,
    healthCheckFailure: 0,
    pendingWaits: 0,
    pendingWaitNs: 0,
    backoffNs: 0,
    ejectedAtStart: 0,
  };
}
