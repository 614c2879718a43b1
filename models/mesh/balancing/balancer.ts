// Which host takes the next stream (envoy: source/extensions/load_balancing_policies/common/load_balancer_impl.cc). Here are the picks among hosts that
// are all alike, which most clusters have, and who may be picked of them; where hosts differ, set-balancer.ts says among which.
import type { Draws } from '../../../sim/random/draws.js';
import { inPanic } from '../policies/priority-load.js';
import type { Call } from '../state/call.js';
import { type ClusterState, type HostMaker, type HostState, UNDRAWN } from '../state/cluster-state.js';
import type { HashKeys } from './hash-keys.js';
import { SetBalancer } from './set-balancer.js';

export class Balancer {
  private readonly bySets: SetBalancer;

  /** @param hashKeys null: no request has anything to hash */
  constructor(
    private readonly clusters: HostMaker,
    draws: Draws,
    hashKeys: HashKeys | null = null,
  ) {
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
    if (state.alike.count === 0) return null;
    if (state.panic) state.counters.lbHealthyPanic++;
    let host = this.one(state, call.worker, hi, lo);
    for (let again = 1; again <= extraPicks && tried(call, host); again++) {
      host = this.one(state, call.worker, hi, (lo + again) | 0);
    }
    return host;
  }

  private one(state: ClusterState, worker: number, hi: number, lo: number): HostState {
    const { alike, policy } = state;
    const index = alike.count === 1 ? alike.at(0) : policy.pick(state, alike, worker, hi, lo, UNDRAWN);
    return state.hosts[index] ?? this.clusters.host(state, index);
  }
}

/** The balancer of a cluster learns which hosts are healthy, or how many pods the caller's own workload has. */
export function learnHealth(cluster: ClusterState, nowNs: number): void {
  if (cluster.sets !== null) cluster.sets.update(nowNs);
  else if (cluster.free !== null) cluster.free.membersChanged();
  else chooseAmongAlike(cluster);
}

/** The balancer of a cluster learns which hosts there are. @param kept by place in the list: the place before; NOTHING: a new host */
export function learnMembers(cluster: ClusterState, kept: Int32Array, nowNs: number): void {
  if (cluster.sets !== null) cluster.sets.membersChanged(kept, nowNs);
  else if (cluster.free !== null) cluster.free.membersChanged();
  else chooseAmongAlike(cluster);
}

function chooseAmongAlike(cluster: ClusterState): void {
  const { alike, unhealthyCount, endpoints } = cluster;
  const healthy = endpoints.length - unhealthyCount;
  cluster.panic = inPanic(healthy, endpoints.length, cluster.plan.panicThresholdPercent);
  if (cluster.panic || unhealthyCount === 0) {
    alike.chooseAll(endpoints.length);
    return;
  }
  const candidates = new Int32Array(healthy);
  let next = 0;
  for (let index = 0; index < endpoints.length; index++) {
    if (cluster.isHealthyAt(index)) candidates[next++] = index;
  }
  alike.choose(candidates);
}

function tried(call: Call, host: HostState): boolean {
  for (let i = 0; i < call.triedCount; i++) if (call.tried[i] === host) return true;
  return false;
}
