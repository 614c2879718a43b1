// What a plan says of the ends of calls: endpoints as callers see them, and the pods that answer, which may stand behind a gateway of another network.
import type { ClusterPlan, DestinationPlan, EndpointArrivalPlan, EndpointGroupPlan, MeshPlan } from './plan.js';

/** How many hosts a balancer sees of a group. */
export function hostsOf(plan: MeshPlan, { workload, passage }: EndpointGroupPlan): number {
  return passage === null ? plan.workloads[workload]!.podLocalities.length : 1;
}

export function hostCount(plan: MeshPlan, { groups }: ClusterPlan): number {
  return groups.reduce((sum, group) => sum + hostsOf(plan, group), 0);
}

/** What happens at the pods that calls to a destination end at. */
export function podArrivals({ arrivals }: DestinationPlan): readonly EndpointArrivalPlan[] {
  return arrivals.flatMap((arrival) => (arrival.beyond.length === 0 ? [arrival] : arrival.beyond));
}

/** Aligned with `podArrivals`: which part of the calls each gets, as the weights of the endpoints are; all 0 where there are none. */
export function podShares(plan: MeshPlan, { arrivals, cluster }: DestinationPlan): readonly number[] {
  const { groups } = plan.clusters[cluster]!;
  const sizes = groups.map((group) => group.weight * hostsOf(plan, group));
  const whole = sizes.reduce((sum, size) => sum + size, 0);
  return arrivals.flatMap(({ beyond }, index) => {
    const share = whole === 0 ? 0 : sizes[index]! / whole;
    const { passage } = groups[index]!;
    if (beyond.length === 0 || passage === null) return [share];
    const behind = plan.clusters[passage.cluster];
    const inner = beyond.map((_, group) => (behind === undefined ? 1 : hostsOf(plan, behind.groups[group]!)));
    const all = inner.reduce((sum, size) => sum + size, 0);
    return inner.map((size) => (all === 0 ? 0 : (share * size) / all));
  });
}
