// The hosts of a cluster in the order of its assignment: by locality, `region/zone` as words; those of a locality in the order of their groups
// (istio: pilot/pkg/xds/endpoints/endpoint_builder.go, generate; envoy: source/common/upstream/upstream_impl.cc, updateDynamicHostList).
import type { ClusterPlan, EndpointGroupPlan, LocalityPlan } from '../../plan/contract/plan.js';
import type { Pod } from '../state/pod.js';

export interface HostPlace {
  /** Of the cluster's plan. */
  readonly group: number;
  readonly pod: Pod;
  /** As callers rank it. */
  readonly locality: number;
}

export class HostOrder {
  private readonly podsOf: readonly (readonly Pod[])[];
  /** By locality: its rank among the words. */
  private readonly ranks: readonly number[];
  private readonly known = new Map<ClusterPlan, readonly HostPlace[]>();

  constructor(podsOf: readonly (readonly Pod[])[], localities: readonly LocalityPlan[]) {
    this.podsOf = podsOf;
    const words = localities.map(({ region, zone }) => `${region}/${zone}`);
    const sorted = [...words].sort(compare);
    this.ranks = words.map((word) => sorted.indexOf(word));
  }

  of(plan: ClusterPlan): readonly HostPlace[] {
    const known = this.known.get(plan);
    if (known !== undefined) return known;
    const places = plan.groups.flatMap((group, index) =>
      podsOf(group, this.podsOf).map((pod) => ({
        group: index,
        pod,
        locality: group.passage?.locality ?? pod.locality,
      })),
    );
    places.sort((a, b) => this.ranks[a.locality] - this.ranks[b.locality]);
    this.known.set(plan, places);
    return places;
  }
}

/** All pods of a group's workload; of a gateway between networks its address, in the place of its first pod. */
function podsOf({ workload, passage }: EndpointGroupPlan, all: readonly (readonly Pod[])[]): readonly Pod[] {
  const pods = all[workload];
  return passage === undefined ? pods : pods.slice(0, 1);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
