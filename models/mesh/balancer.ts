// Which host takes the next stream (envoy: source/extensions/load_balancing_policies/{round_robin,least_request,random},
// common/load_balancer_impl.cc). Health changes reach the candidates in host-updates.ts.
import type { Draws } from '../../sim/random/draws.js';
import type { ClusterState, HostState } from './cluster-state.js';
import type { Clusters } from './clusters.js';
import type { Call } from './objects.js';

export class Balancer {
  private readonly clusters: Clusters;
  private readonly draws: Draws;

  constructor(clusters: Clusters, draws: Draws) {
    this.clusters = clusters;
    this.draws = draws;
  }

  /**
   * Picks a host, or null if there is none. On a retry with the previous-hosts predicate it picks again, up to `extraPicks` times, while
   * the host is among those that the call has tried; the last pick is used even if it is (envoy: host_selection_retry_max_attempts).
   */
  pick(state: ClusterState, call: Call, hi: number, lo: number, extraPicks: number): HostState | null {
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

  private candidate(state: ClusterState, position: number): HostState {
    const index = state.candidates === null ? position : state.candidates[position];
    return state.hosts[index] ?? this.clusters.host(state, index);
  }
}

function tried(call: Call, host: HostState): boolean {
  for (let i = 0; i < call.triedCount; i++) if (call.tried[i] === host) return true;
  return false;
}
