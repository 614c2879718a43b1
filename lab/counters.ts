// Which of Envoy's counters are compared: those that the results of a simulation have, under the same names.
// envoy: docs/root/configuration/upstream/cluster_manager/cluster_stats.rst.

/** Name in the results of a simulation → name of the statistic below `cluster.NAME.`. */
export const CLUSTER_STATISTICS: Readonly<Record<string, string>> = {
  upstreamRqTotal: 'upstream_rq_total',
  upstreamRqRetry: 'upstream_rq_retry',
  upstreamRqRetryOverflow: 'upstream_rq_retry_overflow',
  upstreamRqRetryLimitExceeded: 'upstream_rq_retry_limit_exceeded',
  upstreamRqPendingOverflow: 'upstream_rq_pending_overflow',
  upstreamRqActiveOverflow: 'upstream_rq_active_overflow',
  upstreamRqPendingFailureEject: 'upstream_rq_pending_failure_eject',
  upstreamRqTimeout: 'upstream_rq_timeout',
  upstreamRqPerTryTimeout: 'upstream_rq_per_try_timeout',
  upstreamRqPerTryIdleTimeout: 'upstream_rq_per_try_idle_timeout',
  upstreamRqMaxDurationReached: 'upstream_rq_max_duration_reached',
  upstreamRqRetrySuccess: 'upstream_rq_retry_success',
  upstreamRqCancelled: 'upstream_rq_cancelled',
  upstreamCxTotal: 'upstream_cx_total',
  upstreamCxOverflow: 'upstream_cx_overflow',
  upstreamCxConnectFail: 'upstream_cx_connect_fail',
  upstreamCxMaxRequests: 'upstream_cx_max_requests',
  upstreamCxIdleTimeout: 'upstream_cx_idle_timeout',
  upstreamCxNoneHealthy: 'upstream_cx_none_healthy',
  lbHealthyPanic: 'lb_healthy_panic',
  ejectionsEnforced: 'outlier_detection.ejections_enforced_total',
  ejectionsOverflow: 'outlier_detection.ejections_overflow',
};

/** Sums of a list of counters, by name; zeros are left out. */
export function sumCounters(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const name of Object.keys(CLUSTER_STATISTICS)) {
    const sum = all.reduce((total, counters) => total + (counters[name] ?? 0), 0);
    if (sum !== 0) sums[name] = sum;
  }
  return sums;
}
