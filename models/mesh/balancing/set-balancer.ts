// Picks where hosts differ: first a priority, then a locality where these are told apart, then a host by the policy (envoy:
// source/extensions/load_balancing_policies/common/{load_balancer_impl,thread_aware_lb_impl}.cc: hostSourceToUse, chooseHostOnce).
import type { Draws } from '../../../sim/random/draws.js';
import { modulo64 } from '../policies/hash-table.js';
import type { HostSets, PrioritySet } from '../policies/host-sets.js';
import type { HostSource } from '../policies/host-source.js';
import { WHOLE } from '../policies/zone-aware.js';
import type { Call } from '../state/call.js';
import type { ClusterState, HostMaker, HostState } from '../state/cluster-state.js';
import type { HashKeys } from './hash-keys.js';
import { loadsForRetry } from './previous-priorities.js';

const TWO_32 = 4294967296;

export class SetBalancer {
  constructor(
    private readonly clusters: HostMaker,
    private readonly draws: Draws,
    private readonly hashKeys: HashKeys | null,
  ) {}

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
    if (source.count === 0) return null;
    return this.clusters.host(state, this.among(state, sets, source, worker, hi, lo, random));
  }

  /** @param drawn what has chosen the priority */
  private among(
    state: ClusterState,
    sets: HostSets,
    source: HostSource,
    worker: number,
    hi: number,
    lo: number,
    drawn: number,
  ): number {
    if (source.count === 1) return source.at(0);
    if (source.schedulers === null) return state.policy.pick(state, source, worker, hi, lo, drawn);
    const scheduler = source.schedulers[worker];
    const index = source.at(scheduler.next());
    scheduler.requeue(sets.weight(index));
    return index;
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
}

/** Cumulative percents by priority; those of a retry may leave out what was tried. A hash chooses its priority whatever was tried. */
function loadsOf(sets: HostSets, call: Call): Float64Array {
  if (call.attempts === 0) return sets.loadBelow;
  const frequency = call.site.retry?.previousPriorities ?? 0;
  return frequency === 0 ? sets.loadBelow : loadsForRetry(sets, call, frequency);
}
