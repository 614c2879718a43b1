// Random: a draw modulo the number of hosts (envoy: source/extensions/load_balancing_policies/random/random_lb.cc).
import type { Draws } from '../../../sim/random/draws.js';
import type { HostSource } from '../policies/host-source.js';
import { type ClusterState, type Policy, UNDRAWN } from '../state/cluster-state.js';
import { PLAIN, type PolicyKind } from './policy.js';

class Random implements Policy {
  constructor(private readonly draws: Draws) {}

  /** The draw that has chosen the priority chooses the host too. */
  pick(_cluster: ClusterState, source: HostSource, _worker: number, hi: number, lo: number, drawn: number): number {
    if (drawn !== UNDRAWN) return source.at(drawn % source.count);
    this.draws.pair(hi, lo);
    return source.at(this.draws.first(source.count));
  }
}

export const RANDOM: PolicyKind = { ...PLAIN, schedules: false, make: (_plan, { draws }) => new Random(draws) };
