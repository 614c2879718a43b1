// Which host takes the next stream (envoy: source/extensions/load_balancing_policies/{round_robin,least_request,random},
// common/load_balancer_impl.cc). Here are the picks among hosts that are all alike, which most clusters have; where they differ, set-balancer.ts picks.
import type { Draws } from '../../../sim/random/draws.js';
import type { Call } from '../state/call.js';
import type { ClusterState, HostMaker, HostState } from '../state/cluster-state.js';
import type { HashKeys } from './hash-keys.js';
import { SetBalancer } from './set-balancer.js';

export class Balancer {
  private readonly clusters: HostMaker;
  private readonly draws: Draws;
  private readonly bySets: SetBalancer;

  /** @param hashKeys null: no request has anything to hash */
  constructor(clusters: HostMaker, draws: Draws, hashKeys: HashKeys | null = null) {
    this.clusters = clusters;
    this.draws = draws;
    this.bySets = new SetBalancer(clusters, draws, hashKeys);
  }

  /**
   * Picks a host, or null if there is none. On a retry with the previous-hosts predicate it picks again, up to `extraPicks` times, while
   * the host is among those that the call has tried; the last pick is used even if it is (envoy: host_selection_retry_max_attempts).
   */
  pick(state: ClusterState, call: Call, hi: number, lo: number, extraPicks: number): HostState | null {
    const { sets, free } = state;
    if (free !== null) return free.pick(call.worker, hi, lo);
    if (sets !== null) {
      let host = this.bySets.pick(state, sets, call, hi, lo, 0);
      for (let again = 1; again <= extraPicks && host !== null && tried(call, host); again++) {
        host = this.bySets.pick(state, sets, call, hi, (lo + again) | 0, again);
      }
      return host;
    }
    const count = state.candidates === null ? state.hostCount : state.candidates.length;
    if (count === 0) return null;
    if (state.panic) state.counters.lbHealthyPanic++;
    let host = this.one(state, call.worker, count, hi, lo);
    for (let again = 1; again <= extraPicks && tried(call, host); again++) {
      host = this.one(state, call.worker, count, hi, (lo + again) | 0);
    }
    return host;
  }

  private one(state: ClusterState, worker: number, count: number, hi: number, lo: number): HostState {
    if (count === 1) return this.candidate(state, 0);
    switch (state.plan.balancer.policy) {
      case 'round_robin':
        return this.candidate(state, state.rotation[worker]++ % count);
      case 'random':
        this.draws.pair(hi, lo);
        return this.candidate(state, this.draws.first(count));
      case 'least_request':
        return this.leastRequest(state, count, hi, lo);
      case 'peak_ewma':
        return this.cheapest(state, count, hi, lo);
      case 'ring_hash':
      case 'maglev':
        throw new Error('hosts that are looked up by a hash stand in sets');
    }
  }

  /** The least busy of `choiceCount` draws with replacement; the first drawn wins ties. */
  private leastRequest(state: ClusterState, count: number, hi: number, lo: number): HostState {
    const draws = this.draws;
    draws.pair(hi, lo);
    let best = this.candidate(state, draws.first(count));
    const second = this.candidate(state, draws.second(count));
    if (second.active < best.active) best = second;
    for (let drawn = 2; drawn < state.plan.balancer.choiceCount; drawn++) {
      draws.pair(~hi, (lo + drawn) | 0);
      const other = this.candidate(state, draws.first(count));
      if (other.active < best.active) best = other;
    }
    return best;
  }

  /** Linkerd: the cheaper of two different hosts by its estimate; the first drawn wins ties (linkerd2-proxy: linkerd/pool/p2c). */
  private cheapest(state: ClusterState, count: number, hi: number, lo: number): HostState {
    this.draws.pair(hi, lo);
    const first = this.draws.first(count);
    const next = this.draws.second(count - 1);
    const one = this.candidate(state, first);
    const other = this.candidate(state, next < first ? next : next + 1);
    const { nowNs } = this.clusters;
    return costOf(other, nowNs) < costOf(one, nowNs) ? other : one;
  }

  private candidate(state: ClusterState, position: number): HostState {
    const index = state.candidates === null ? position : state.candidates[position];
    return state.hosts[index] ?? this.clusters.host(state, index);
  }
}

function tried(call: Call, host: HostState): boolean {
  for (let i = 0; i < call.triedCount; i++) if (call.tried[i] === host) return true;
  return false;
}

function costOf(host: HostState, nowNs: number): number {
  return host.load === null ? 0 : host.load.cost(nowNs);
}
