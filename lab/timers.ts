// Envoy's timers fire late: what the simulation ends to the nanosecond, a real Envoy ends when its event loop comes to it.
import type { FilterPlan } from '../models/plan/contract/filter-plan.js';
import type { MeshPlan, RetryPlan, RoutePlan } from '../models/plan/contract/plan.js';

const MS = 1_000_000;

/** The plan with every time-out and delay of the proxy so much later; what is 0 is none, and stays so. */
export function withLateTimers(plan: MeshPlan, timerMs: number): MeshPlan {
  const lateNs = Math.round(timerMs * MS);
  const late = (ns: number): number => (ns > 0 ? ns + lateNs : ns);
  const retry = (one: RetryPlan): RetryPlan => ({
    ...one,
    perTryTimeoutNs: late(one.perTryTimeoutNs),
    perTryIdleTimeoutNs: late(one.perTryIdleTimeoutNs),
  });
  const route = (one: RoutePlan): RoutePlan => ({
    ...one,
    timeoutNs: late(one.timeoutNs),
    maxStreamDurationNs: late(one.maxStreamDurationNs),
    streamIdleTimeoutNs: late(one.streamIdleTimeoutNs),
    fault: one.fault === null ? null : { ...one.fault, delayNs: late(one.fault.delayNs) },
    retry: one.retry === null ? null : retry(one.retry),
  });
  const filter = (one: FilterPlan): FilterPlan => (one.kind === 'fault' ? { ...one, delayNs: late(one.delayNs) } : one);
  return {
    ...plan,
    sites: plan.sites.map((site) => ({ ...site, route: route(site.route) })),
    clusters: plan.clusters.map((cluster) => ({ ...cluster, maxStreamDurationNs: late(cluster.maxStreamDurationNs) })),
    filters: plan.filters.map(filter),
  };
}
