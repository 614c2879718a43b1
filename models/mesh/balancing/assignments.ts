// What the control plane tells proxies of the endpoints of a cluster, in the order of an assignment: by locality, `region/zone` as words; those of a
// locality in the order of their groups (istio: pilot/pkg/xds/endpoints/endpoint_builder.go, generate). What there is to be told changes: the log of
// changes is one for all proxies, and each has heard its first so many.
import { edsEntry, sendsUnhealthy, type UnhealthySettings } from '../../control-plane/endpoint-path.js';
import type { ConfigurationChange } from '../../plan/contract/configurations.js';
import type { ClusterPlan, EndpointGroupPlan, LocalityPlan } from '../../plan/contract/plan.js';
import { type Endpoint, inOrder } from '../state/endpoint.js';
import type { Pod } from '../state/pod.js';
import { ChangeLog } from './change-log.js';

/** Pods of a workload have come or gone, or have become ready or unready; or there is another configuration, which is about no workload (NONE). */
export interface MembersChange {
  readonly workload: number;
  readonly configuration?: ConfigurationChange;
  readonly added: readonly Pod[];
  readonly removed: readonly Pod[];
  readonly ready: readonly Pod[];
  readonly unready: readonly Pod[];
}

/** Nothing has changed. */
export const NO_CHANGE: Omit<MembersChange, 'workload'> = { added: [], removed: [], ready: [], unready: [] };

export class Assignments {
  /** Every change of the run, in order. */
  readonly changes: MembersChange[] = [];
  /** By workload: the pods at the start of the run. */
  readonly atStart: readonly (readonly Pod[])[];
  /** By locality: its rank among the words. */
  private readonly ranks: readonly number[];
  private readonly known = new Map<ClusterPlan, readonly Endpoint[]>();
  private readonly ownKnown = new Map<number, readonly Endpoint[]>();
  readonly log: ChangeLog<MembersChange>;

  /** @param podsOf by workload: the pods at the start of the run */
  constructor(podsOf: readonly (readonly Pod[])[], localities: readonly LocalityPlan[]) {
    this.atStart = podsOf.map((pods) => [...pods]);
    this.log = new ChangeLog(this.changes, podsOf.length);
    const words = localities.map(({ region, zone }) => `${region}/${zone}`);
    const sorted = [...words].sort(compare);
    this.ranks = words.map((word) => sorted.indexOf(word));
  }

  /** What the proxy of a pod hears first, which has heard of the first changes: one list for all that start with the run. */
  first(plan: ClusterPlan, pod: Pod): readonly Endpoint[] {
    const { heard } = pod;
    if (heard > 0) {
      const absent = keepsUnready(plan, pod) ? new Set<Pod>() : this.unreadyAfter(heard, plan);
      return this.endpointsOf(plan, (workload) => this.podsAfter(workload, heard).filter((one) => !absent.has(one)));
    }
    let known = this.known.get(plan);
    if (known === undefined) {
      known = this.endpointsOf(plan, (workload) => this.atStart[workload]);
      this.known.set(plan, known);
    }
    return known;
  }

  /** The endpoints that some pods are in a cluster. A gateway's address stays whichever pods it has. */
  of(plan: ClusterPlan, pods: readonly Pod[]): readonly Endpoint[] {
    const endpoints = plan.groups.flatMap((group, index) => {
      const isThere = group.passage === null && group.absent === undefined;
      const own = isThere ? pods.filter(({ workload }) => workload === group.workload) : [];
      return own.map((pod) => this.endpoint(group, index, pod));
    });
    return endpoints.sort(inOrder);
  }

  private endpointsOf(plan: ClusterPlan, podsOf: (workload: number) => readonly Pod[]): readonly Endpoint[] {
    const endpoints = plan.groups.flatMap((group, index) =>
      addressesOf(group, podsOf(group.workload)).map((pod) => this.endpoint(group, index, pod)),
    );
    return endpoints.sort(inOrder);
  }

  private podsAfter(workload: number, heard: number): readonly Pod[] {
    let pods = [...this.atStart[workload]];
    for (const change of this.log.before(workload, heard)) {
      pods = [...pods.filter((pod) => !change.removed.includes(pod)), ...change.added];
    }
    return pods;
  }

  /** Pods of a cluster that are unready as a proxy knows them that has heard of the first `heard` changes. */
  unreadyAfter(heard: number, { groups }: Pick<ClusterPlan, 'groups'>): ReadonlySet<Pod> {
    const unready = new Set<Pod>();
    for (const { workload } of groups) {
      for (const change of this.log.before(workload, heard)) {
        for (const pod of change.unready) unready.add(pod);
        for (const pod of [...change.ready, ...change.removed]) unready.delete(pod);
      }
    }
    return unready;
  }

  private endpoint({ passage, weight }: EndpointGroupPlan, group: number, pod: Pod): Endpoint {
    const locality = passage?.locality ?? pod.locality;
    return { group, pod, locality, rank: this.ranks[locality], weight };
  }

  /** A workload as its own proxies hear of it: Envoy's local cluster, which zone-aware routing compares with. */
  own(workload: number, heard: number): readonly Endpoint[] {
    if (heard > 0) return this.ownOf(this.podsAfter(workload, heard));
    let known = this.ownKnown.get(workload);
    if (known === undefined) {
      known = this.ownOf(this.atStart[workload]);
      this.ownKnown.set(workload, known);
    }
    return known;
  }

  ownOf(pods: readonly Pod[]): readonly Endpoint[] {
    return pods.map((pod) => this.endpoint({ workload: pod.workload, weight: 1, passage: null }, 0, pod)).sort(inOrder);
  }
}

/**
 * Whether endpoints that are not ready stay among the hosts that the proxy of a pod has of a cluster, where they are not picked. Istio says so by its
 * release; Linkerd's controller sends ready endpoints alone (linkerd2: controller/api/destination/watcher/endpoints_watcher.go); ztunnels and the rules of
 * kube-proxy choose for new connections, and let those be that there are (ztunnel: src/state.rs; k8s: pkg/proxy/iptables/proxier.go).
 */
export function keepsUnready({ panicThresholdPercent, outlier, skipsOwnProxy }: ClusterPlan, caller: Pod): boolean {
  if (!caller.hasProxy || skipsOwnProxy) return true;
  if (caller.linkerd) return false;
  const minHealthPercent = outlier === null ? 0 : panicThresholdPercent;
  const settings = unhealthySettings(caller.config.plan.istioVersion, minHealthPercent);
  const policy = { keepsSessions: false, sendsUnhealthy: sendsUnhealthy(settings) };
  return edsEntry('unhealthy', policy) !== 'absent';
}

/** What nobody has set otherwise. @param istioVersion e.g. `1.31` @param minHealthPercent of the outlier detection; 0: none */
export function unhealthySettings(istioVersion: string, minHealthPercent: number): UnhealthySettings {
  return {
    istioMinor: Number(istioVersion.split('.')[1]),
    forcesUnhealthy: false,
    autoSendsUnhealthy: true,
    hasTrafficDistribution: false,
    minHealthPercent,
  };
}

/** All pods of a group's workload; of a gateway between networks its address, in the place of its first pod. */
function addressesOf({ passage, absent }: EndpointGroupPlan, pods: readonly Pod[]): readonly Pod[] {
  if (absent !== undefined) return [];
  return passage === null ? pods : pods.slice(0, 1);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
