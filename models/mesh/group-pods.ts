// The endpoints of a cluster's group as hosts: all pods of its workload; of a gateway between networks its address, in the place of its first pod.
import type { EndpointGroupPlan } from '../plan/plan.js';
import type { Pod } from './pod.js';

export function hostPods(
  { workload, passage }: EndpointGroupPlan,
  podsOf: readonly (readonly Pod[])[],
): readonly Pod[] {
  const pods = podsOf[workload];
  return passage === undefined ? pods : pods.slice(0, 1);
}

/** Where a host is, as its callers rank it. */
export function localityOf({ passage }: EndpointGroupPlan, pod: Pod): number {
  return passage?.locality ?? pod.locality;
}
