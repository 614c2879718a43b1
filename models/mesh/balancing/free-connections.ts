// Who balances connections and not requests: an application behind a ztunnel keeps connections to a service open, and its next request takes the one
// that became free last; where none is, an endpoint is drawn by weight for a new one (ztunnel: src/state.rs, load_balance; go: net/http/transport.go,
// queueForIdleConn). HTTP/2 has a single connection, and so a single endpoint, as long as that lasts.

import type { Draws } from '../../../sim/random/draws.js';
import { localityView } from '../../plan/contract/cluster-plan.js';
import type { ClusterState, FreeHosts, HostMaker, HostState } from '../state/cluster-state.js';
import type { Endpoint } from '../state/endpoint.js';

/** What the choice looks at in a pool of connections. */
export interface PoolFacts {
  /** A stream would have its connection at once. */
  readonly hasFree: boolean;
  /** There is one that takes streams, or will. */
  readonly hasConnection: boolean;
}

export class FreeConnections implements FreeHosts {
  /** Hosts whose connections became free, the latest last; stale where these have been used or closed since. */
  private hosts: HostState[] = [];
  /** Places in the cluster's list of those that a new connection may go to. */
  private indices = new Int32Array(0);
  /** Cumulative weights, aligned with the indices. */
  private below = new Float64Array(0);
  private readonly http2: boolean;
  private last: HostState | null = null;

  constructor(
    private readonly state: ClusterState,
    private readonly clusters: HostMaker,
    private readonly draws: Draws,
    /** Every pool of the run, by number. */
    private readonly pools: readonly PoolFacts[],
  ) {
    this.http2 = state.plan.protocol === 'http2';
  }

  membersChanged(): void {
    const { plan, caller, endpoints, hosts } = this.state;
    const view = localityView(plan, caller.locality);
    const priorityOf = ({ group, locality }: Endpoint): number =>
      view === null ? 0 : view.priorities[group][locality];
    const isReady = (index: number): boolean => hosts[index]?.unready !== true;
    const best = endpoints.reduce((lowest, endpoint, index) => {
      const priority = priorityOf(endpoint);
      return priority >= 0 && isReady(index) && priority < lowest ? priority : lowest;
    }, Number.POSITIVE_INFINITY);
    const nearest = endpoints.flatMap((endpoint, index) =>
      priorityOf(endpoint) === best && isReady(index) ? [{ index, weight: endpoint.weight }] : [],
    );
    let sum = 0;
    this.indices = Int32Array.from(nearest, ({ index }) => index);
    this.below = Float64Array.from(nearest, ({ weight }) => {
      sum += weight;
      return sum;
    });
    this.hosts = this.hosts.filter(({ isMember }) => isMember);
    if (this.last !== null && !this.last.isMember) this.last = null;
  }

  freed(host: HostState): void {
    if (host.isMember) this.hosts.push(host);
  }

  pick(worker: number, hi: number, lo: number): HostState | null {
    const { hosts } = this;
    while (hosts.length > 0) {
      const host = hosts[hosts.length - 1];
      const free = this.poolOf(host, worker)?.hasFree === true;
      if (!free || !this.http2) hosts.pop();
      if (free) return host;
    }
    const { last } = this;
    if (this.http2 && last !== null && this.poolOf(last, worker)?.hasConnection === true) return last;
    const host = this.draw(hi, lo);
    this.last = host;
    return host;
  }

  private poolOf(host: HostState, worker: number): PoolFacts | undefined {
    return this.pools[host.poolOf(worker)];
  }

  private draw(hi: number, lo: number): HostState | null {
    const { below } = this;
    if (below.length === 0) return null;
    const value = this.draws.uniform(hi, lo) * below[below.length - 1];
    let chosen = 0;
    while (chosen < below.length - 1 && value >= below[chosen]) chosen++;
    return this.clusters.host(this.state, this.indices[chosen]);
  }
}
