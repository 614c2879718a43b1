// Who balances connections and not requests: an application behind a ztunnel keeps connections to a service open, and its next request takes the one
// that became free last; where none is, an endpoint is drawn by weight for a new one (ztunnel: src/state.rs, load_balance; go: net/http/transport.go,
// queueForIdleConn). HTTP/2 has a single connection, and so a single endpoint, as long as that lasts.
import type { Draws } from '../../sim/random/draws.js';
import type { ClusterState, HostState } from './cluster-state.js';
import type { Clusters } from './clusters.js';
import type { HostPlace } from './host-order.js';

export class FreeConnections {
  /** Hosts whose connections became free, the latest last; stale where these have been used or closed since. */
  private readonly hosts: HostState[] = [];
  private readonly indices: Int32Array;
  /** Cumulative weights, aligned with the indices. */
  private readonly below: Float64Array;
  private readonly http2: boolean;
  private last: HostState | null = null;

  constructor(state: ClusterState, places: readonly HostPlace[]) {
    const { plan, caller } = state;
    this.http2 = plan.protocol === 'http2';
    const view = plan.localityViews?.[caller.locality] ?? null;
    const all = places.map(({ group, locality }) => ({
      weight: plan.groups[group].weight,
      priority: view === null ? 0 : view.priorities[group][locality],
    }));
    const best = all.reduce(
      (lowest, { priority }) => (priority >= 0 && priority < lowest ? priority : lowest),
      Number.POSITIVE_INFINITY,
    );
    const nearest = all.flatMap(({ weight, priority }, index) => (priority === best ? [{ index, weight }] : []));
    let sum = 0;
    this.indices = Int32Array.from(nearest, ({ index }) => index);
    this.below = Float64Array.from(nearest, ({ weight }) => {
      sum += weight;
      return sum;
    });
  }

  freed(host: HostState): void {
    this.hosts.push(host);
  }

  /** The host of a free connection, else the one that a new connection is to go to; null: there is none. */
  pick(
    state: ClusterState,
    clusters: Clusters,
    draws: Draws,
    worker: number,
    hi: number,
    lo: number,
  ): HostState | null {
    const { hosts } = this;
    while (hosts.length > 0) {
      const host = hosts[hosts.length - 1];
      const free = host.pools[worker]?.hasFree === true;
      if (!free || !this.http2) hosts.pop();
      if (free) return host;
    }
    if (this.http2 && this.last?.pools[worker]?.hasConnection === true) return this.last;
    const host = this.draw(state, clusters, draws, hi, lo);
    this.last = host;
    return host;
  }

  private draw(state: ClusterState, clusters: Clusters, draws: Draws, hi: number, lo: number): HostState | null {
    const { below } = this;
    if (below.length === 0) return null;
    const value = draws.uniform(hi, lo) * below[below.length - 1];
    let chosen = 0;
    while (chosen < below.length - 1 && value >= below[chosen]) chosen++;
    return clusters.host(state, this.indices[chosen]);
  }
}
