// What the control plane tells proxies of the endpoints of a cluster, in the order of an assignment: by locality, `region/zone` as words; those of a
// locality in the order of their groups (istio: pilot/pkg/xds/endpoints/endpoint_builder.go, generate).
import type { ClusterPlan, EndpointGroupPlan, LocalityPlan } from '../../plan/contract/plan.js';
import { type Endpoint, inOrder } from '../state/endpoint.js';
import type { Pod } from '../state/pod.js';

export class Assignments {
  /** By locality: its rank among the words. */
  private readonly ranks: readonly number[];
  private readonly known = new Map<ClusterPlan, readonly Endpoint[]>();
  private readonly ownKnown = new Map<number, readonly Endpoint[]>();

  /** @param podsOf by workload: the pods at the start of the run */
  constructor(
    private readonly podsOf: readonly (readonly Pod[])[],
    localities: readonly LocalityPlan[],
  ) {
    const words = localities.map(({ region, zone }) => `${region}/${zone}`);
    const sorted = [...words].sort(compare);
    this.ranks = words.map((word) => sorted.indexOf(word));
  }

  /** What a proxy that starts with the run hears first: one list for all of them. */
  first(plan: ClusterPlan): readonly Endpoint[] {
    const known = this.known.get(plan);
    if (known !== undefined) return known;
    const endpoints = plan.groups.flatMap((group, index) =>
      addressesOf(group, this.podsOf[group.workload]).map((pod) => this.endpoint(group, index, pod)),
    );
    endpoints.sort(inOrder);
    this.known.set(plan, endpoints);
    return endpoints;
  }

  private endpoint({ passage, weight }: EndpointGroupPlan, group: number, pod: Pod): Endpoint {
    const locality = passage?.locality ?? pod.locality;
    return { group, pod, locality, rank: this.ranks[locality], weight };
  }

  /** A workload as its own proxies hear of it: Envoy's local cluster, which zone-aware routing compares with. */
  own(workload: number): readonly Endpoint[] {
    const known = this.ownKnown.get(workload);
    if (known !== undefined) return known;
    const endpoints = this.podsOf[workload]
      .map((pod) => this.endpoint({ workload, weight: 1, passage: null }, 0, pod))
      .sort(inOrder);
    this.ownKnown.set(workload, endpoints);
    return endpoints;
  }
}

/** All pods of a group's workload; of a gateway between networks its address, in the place of its first pod. */
function addressesOf({ passage }: EndpointGroupPlan, pods: readonly Pod[]): readonly Pod[] {
  return passage === null ? pods : pods.slice(0, 1);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
