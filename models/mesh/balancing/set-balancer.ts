// Picks where hosts differ: first a priority, then a locality where these are told apart, then a host by the policy (envoy:
// source/extensions/load_balancing_policies/common/{load_balancer_impl,thread_aware_lb_impl}.cc: hostSourceToUse, chooseHostOnce).
import type { Draws } from '../../../sim/random/draws.js';
import { modulo64 } from '../policies/hash-table.js';
import type { HostSets, HostSource, PrioritySet } from '../policies/host-sets.js';
import { WHOLE } from '../policies/zone-aware.js';
import type { Call } from '../state/call.js';
import type { ClusterState, HostMaker, HostState } from '../state/cluster-state.js';
import type { HashKeys } from './hash-keys.js';
import { loadsForRetry } from './previous-priorities.js';

const TWO_32 = 4294967296;

export class SetBalancer {
  private readonly clusters: HostMaker;
  private readonly draws: Draws;
  private readonly hashKeys: HashKeys | null;

  constructor(clusters: HostMaker, draws: Draws, hashKeys: HashKeys | null) {
    this.clusters = clusters;
    this.draws = draws;
    this.hashKeys = hashKeys;
  }

  /** One pick; null where there is no host. @param attempt how often the pick of this try was refused before */
  pick(state: ClusterState, sets: HostSets, call: Call, hi: number, lo: number, attempt: number): HostState | null {
    sets.nowNs = this.clusters.nowNs;
    this.draws.pair(hi, lo);
    return sets.hashed ? this.hashed(state, sets, call, attempt) : this.spread(state, sets, call, hi, lo);
  }

  /** The hash of the request chooses its priority as well as its host. A request without one has a random hash, made of the pair drawn. */
  private hashed(state: ClusterState, sets: HostSets, call: Call, attempt: number): HostState | null {
    const { draws, hashKeys } = this;
    let hi = draws.first(TWO_32);
    let lo = draws.second(TWO_32);
    if (hashKeys?.of(call)) {
      hi = hashKeys.hi;
      lo = hashKeys.lo;
    }
    const set = this.priority(state, sets, sets.loadBelow, modulo64(hi, lo, 100));
    if (this.fails(state, sets, set) || set.table === null) return null;
    return this.clusters.host(state, set.candidates[set.table.lookup(hi, lo, attempt)]);
  }

  private spread(state: ClusterState, sets: HostSets, call: Call, hi: number, lo: number): HostState | null {
    const { worker } = call;
    const random = this.draws.first(TWO_32);
    const set = this.priority(state, sets, loadsOf(sets, call), random % 100);
    if (this.fails(state, sets, set)) return null;
    const source = this.source(set, worker, hi, lo);
    const { hosts, schedulers } = source;
    const count = hosts.length;
    if (count === 0) return null;
    if (count === 1) return this.clusters.host(state, hosts[0]);
    if (schedulers !== null) {
      const scheduler = schedulers[worker];
      const host = hosts[scheduler.next()];
      scheduler.requeue(sets.weight(host));
      return this.clusters.host(state, host);
    }
    switch (state.plan.balancer.policy) {
      case 'round_robin':
        return this.clusters.host(state, hosts[source.rotation[worker]++ % count]);
      case 'least_request':
        return this.leastRequest(state, hosts, hi, lo);
      case 'peak_ewma':
        return this.cheapest(state, hosts, hi, lo);
      default:
        // The draw that chose the priority chooses the host too.
        return this.clusters.host(state, hosts[random % count]);
    }
  }

  private priority(
    { counters }: ClusterState,
    { priorities }: HostSets,
    below: Float64Array,
    percent: number,
  ): PrioritySet {
    let chosen = 0;
    while (chosen < priorities.length - 1 && percent >= below[chosen]) chosen++;
    if (chosen > 0) counters.picksBeyondFirstPriority++;
    return priorities[chosen];
  }

  private fails(state: ClusterState, sets: HostSets, set: PrioritySet): boolean {
    if (!set.panic) return false;
    if (sets.failsInPanic) return true;
    state.counters.lbHealthyPanic++;
    return false;
  }

  /** All hosts in panic, else those of a locality where localities count, else all healthy ones. */
  private source(set: PrioritySet, worker: number, hi: number, lo: number): HostSource {
    if (set.panic) return set.all;
    if (set.localitySchedulers !== null) {
      const scheduler = set.localitySchedulers[worker];
      const chosen = scheduler.next();
      scheduler.requeue(set.effective[chosen]);
      return set.byLocality[set.weighted[chosen]];
    }
    if (set.zones === null) return set.healthy;
    const { local, residualBelow } = set.zones;
    if (local === WHOLE) return set.byLocality[set.ownZone];
    this.draws.pair(hi, ~lo);
    if (this.draws.first(WHOLE) < local) return set.byLocality[set.ownZone];
    const residual = residualBelow[residualBelow.length - 1];
    // Nobody has anything to spare: any zone.
    if (residual === 0) return set.byLocality[set.weighted[this.draws.second(set.weighted.length)]];
    const value = this.draws.second(residual);
    let zone = 0;
    while (value >= residualBelow[zone]) zone++;
    return set.byLocality[zone];
  }

  private leastRequest(state: ClusterState, hosts: Int32Array, hi: number, lo: number): HostState {
    const { clusters, draws } = this;
    draws.pair(~hi, lo);
    let best = clusters.host(state, hosts[draws.first(hosts.length)]);
    const second = clusters.host(state, hosts[draws.second(hosts.length)]);
    if (second.active < best.active) best = second;
    for (let drawn = 2; drawn < state.plan.balancer.choiceCount; drawn++) {
      draws.pair(~hi, (lo + drawn) | 0);
      const other = clusters.host(state, hosts[draws.first(hosts.length)]);
      if (other.active < best.active) best = other;
    }
    return best;
  }

  private cheapest(state: ClusterState, hosts: Int32Array, hi: number, lo: number): HostState {
    const { clusters, draws } = this;
    draws.pair(~hi, lo);
    const first = draws.first(hosts.length);
    const next = draws.second(hosts.length - 1);
    const one = clusters.host(state, hosts[first]);
    const other = clusters.host(state, hosts[next < first ? next : next + 1]);
    const { nowNs } = clusters;
    return (other.load?.cost(nowNs) ?? 0) < (one.load?.cost(nowNs) ?? 0) ? other : one;
  }
}

/** Cumulative percents by priority; those of a retry may leave out what was tried. A hash chooses its priority whatever was tried. */
function loadsOf(sets: HostSets, call: Call): Float64Array {
  if (call.attempts === 0) return sets.loadBelow;
  const frequency = call.site.retry?.previousPriorities ?? 0;
  return frequency === 0 ? sets.loadBelow : loadsForRetry(sets, call, frequency);
}
