// What a caller's proxy is told of the hosts of a cluster: weights, localities, priorities. Most clusters need none of it.
import { componentStream } from '../../../sim/random/stream.js';
import type { ClusterPlan } from '../../plan/contract/plan.js';
import { MAX_PREPICKS } from '../policies/edf-scheduler.js';
import type { HashedHost, HashTable } from '../policies/hash-table.js';
import { HostSets } from '../policies/host-sets.js';
import { DEFAULT_TABLE_SIZE, MaglevTable } from '../policies/maglev.js';
import { DEFAULT_RING_SIZE, HashRing } from '../policies/ring-hash.js';
import type { ClusterState } from '../state/cluster-state.js';
import { type Pod, podAddress } from '../state/pod.js';
import type { HostOrder } from './host-order.js';

/** Makes the host sets of clusters whose hosts differ; keeps the hash tables that many proxies have in common. */
export class HostSetMaker {
  private readonly podsOf: readonly (readonly Pod[])[];
  private readonly order: HostOrder;
  private readonly seed: string;
  /** Tables of clusters with all their hosts, by plan and then by (locality of the caller, priority). */
  private readonly tables = new Map<ClusterPlan, Map<string, HashTable>>();

  constructor(podsOf: readonly (readonly Pod[])[], order: HostOrder, seed: string) {
    this.podsOf = podsOf;
    this.order = order;
    this.seed = seed;
  }

  /** Null where all hosts are alike for this caller. */
  make(state: ClusterState): HostSets | null {
    const { plan, caller } = state;
    const view = plan.localityViews?.[caller.locality] ?? null;
    if (view === null && !this.tellsHostsApart(plan)) return null;
    const places = this.order.of(plan);
    const localities = Int32Array.from(places, ({ locality }) => locality);
    return new HostSets(state, {
      weights: Float64Array.from(places, ({ group }) => plan.groups[group].weight),
      localities,
      priorities: Int32Array.from(places, ({ group, locality }) =>
        view === null ? 0 : view.priorities[group][locality],
      ),
      view,
      callers: this.callers(caller, localities),
      seeds: this.seeds(state),
      tableOf: (priority, hosts, shares, complete) => {
        const build = (): HashTable =>
          hashTable(
            plan,
            Array.from(hosts, (host, i) => ({
              address: `${podAddress(places[host].pod)}:${plan.port}`,
              share: shares[i],
            })),
          );
        return complete ? this.shared(plan, `${view === null ? '' : caller.locality} ${priority}`, build) : build();
      },
    });
  }

  private tellsHostsApart(plan: ClusterPlan): boolean {
    if (plan.zoneAware !== undefined || plan.failTrafficOnPanic === true) return true;
    switch (plan.balancer.policy) {
      case 'ring_hash':
      case 'maglev':
        return true;
      case 'random':
      case 'peak_ewma':
        return false;
      case 'round_robin':
      case 'least_request':
        return (
          plan.balancer.slowStart !== undefined || plan.groups.some((group) => group.weight !== plan.groups[0].weight)
        );
    }
  }

  /** The caller's workload by locality: as many entries as any pod here has localities. */
  private callers(caller: Pod, hosts: Int32Array): number[] {
    const callers = this.podsOf[caller.workload];
    const last = Math.max(0, ...callers.map(({ locality }) => locality), ...hosts);
    const counts = new Array<number>(last + 1).fill(0);
    for (const pod of callers) counts[pod.locality]++;
    return counts;
  }

  /** Each worker's balancer has a seed of its own. */
  private seeds({ caller, plan }: ClusterState): Float64Array {
    const owner = `${caller.plan.namespace}/${caller.plan.name}/${caller.ordinal}`;
    const stream = componentStream(this.seed, `balancer of ${owner} to ${plan.name}`);
    return Float64Array.from({ length: caller.workers }, () => stream.integer(MAX_PREPICKS));
  }

  private shared(plan: ClusterPlan, key: string, build: () => HashTable): HashTable {
    let tables = this.tables.get(plan);
    if (tables === undefined) {
      tables = new Map();
      this.tables.set(plan, tables);
    }
    const known = tables.get(key);
    if (known !== undefined) return known;
    const table = build();
    tables.set(key, table);
    return table;
  }
}

function hashTable({ balancer }: ClusterPlan, hosts: readonly HashedHost[]): HashTable {
  return balancer.policy === 'maglev'
    ? new MaglevTable(hosts, balancer.tableSize ?? DEFAULT_TABLE_SIZE)
    : new HashRing(hosts, balancer.tableSize ?? DEFAULT_RING_SIZE);
}
