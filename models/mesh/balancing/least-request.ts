// Least request: the least busy of a few hosts that are drawn; among unequal hosts a schedule by weight and load (envoy:
// source/extensions/load_balancing_policies/least_request/least_request_lb.cc).
import { powReal } from '../../../sim/math.js';
import type { Draws } from '../../../sim/random/draws.js';
import type { HostSource } from '../policies/host-source.js';
import { type ClusterState, type Policy, UNDRAWN } from '../state/cluster-state.js';
import { PLAIN, type PolicyKind } from './policy.js';

class LeastRequest implements Policy {
  constructor(
    private readonly draws: Draws,
    private readonly choiceCount: number,
  ) {}

  /** The least busy of `choiceCount` draws with replacement; the first drawn wins ties. */
  pick(cluster: ClusterState, source: HostSource, _worker: number, hi: number, lo: number, drawn: number): number {
    const { draws } = this;
    const { count } = source;
    draws.pair(drawn === UNDRAWN ? hi : ~hi, lo);
    let best = source.at(draws.first(count));
    let least = cluster.activeAt(best);
    const second = source.at(draws.second(count));
    const active = cluster.activeAt(second);
    if (active < least) {
      best = second;
      least = active;
    }
    for (let draw = 2; draw < this.choiceCount; draw++) {
      draws.pair(~hi, (lo + draw) | 0);
      const other = source.at(draws.first(count));
      if (cluster.activeAt(other) >= least) continue;
      best = other;
      least = cluster.activeAt(other);
    }
    return best;
  }
}

export const LEAST_REQUEST: PolicyKind = {
  ...PLAIN,
  weighs: true,
  make: ({ choiceCount }, { draws }) => new LeastRequest(draws, choiceCount),
  weight: ({ activeRequestBias = 1 }, weight, active) =>
    activeRequestBias === 1 ? weight / (active + 1) : weight / powReal(active + 1, activeRequestBias),
};
