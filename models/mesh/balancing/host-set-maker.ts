// What a caller's proxy is told of the hosts of a cluster: weights, localities, priorities. Most clusters need none of it.

import { componentStream } from '../../../sim/random/stream.js';
import { localityView } from '../../plan/contract/cluster-plan.js';
import type { ClusterPlan } from '../../plan/contract/plan.js';
import { MAX_PREPICKS } from '../policies/edf-scheduler.js';
import { HostSets } from '../policies/host-sets.js';
import type { ClusterState } from '../state/cluster-state.js';
import type { Endpoint } from '../state/endpoint.js';
import { ownerOf, podAddress } from '../state/pod.js';
import { HashTables } from './hash-tables.js';
import { POLICIES } from './registry.js';

/** The pods of a workload, as far as a proxy of the workload has heard of them. */
export interface OwnCluster {
  readonly endpoints: readonly Endpoint[];
}

/** Makes the host sets of clusters whose hosts may differ; keeps the hash tables that many proxies have in common. */
export class HostSetMaker {
  private readonly tables = new HashTables();

  constructor(private readonly seed: string) {}

  /** Sets that hosts are still to be put into; null where all hosts of the cluster are alike for this caller. */
  make(state: ClusterState, own: OwnCluster): HostSets | null {
    const { plan, caller } = state;
    const view = localityView(plan, caller.locality);
    if (view === null && !tellsHostsApart(plan) && !weightsDiffer(state)) return null;
    return new HostSets(state, {
      rules: POLICIES[plan.balancer.policy],
      view,
      own,
      seeds: this.seeds(state),
      tableOf: (hosts, shares, complete) =>
        this.tables.of(
          plan.balancer,
          Array.from(hosts, (host, i) => ({
            address: `${podAddress(state.endpoints[host].pod)}:${plan.port}`,
            share: shares[i],
          })),
          complete,
        ),
    });
  }

  /** Each worker's balancer has a seed of its own. */
  private seeds({ caller, plan }: ClusterState): Float64Array {
    const stream = componentStream(this.seed, `balancer of ${ownerOf(caller)} to ${plan.name}`);
    return Float64Array.from({ length: caller.workers }, () => stream.integer(MAX_PREPICKS));
  }
}

function tellsHostsApart({ balancer, groups, zoneAware, failTrafficOnPanic }: ClusterPlan): boolean {
  const { hashes, weighs } = POLICIES[balancer.policy];
  if (hashes || zoneAware !== null || failTrafficOnPanic) return true;
  return weighs && (balancer.slowStart !== undefined || groups.some(({ weight }) => weight !== groups[0].weight));
}

function weightsDiffer({ plan, endpoints }: ClusterState): boolean {
  return POLICIES[plan.balancer.policy].weighs && endpoints.some(({ weight }) => weight !== endpoints[0].weight);
}
