// All balancing policies, by their names in the plan.
import type { BalancerPlan, BalancerPolicy } from '../../plan/contract/plan.js';
import type { Policy } from '../state/cluster-state.js';
import { CHEAPEST } from './cheapest.js';
import { LEAST_REQUEST } from './least-request.js';
import { MAGLEV } from './maglev.js';
import type { PickContext, PolicyKind } from './policy.js';
import { RANDOM } from './random.js';
import { RING_HASH } from './ring-hash.js';
import { ROUND_ROBIN } from './round-robin.js';

export const POLICIES: Readonly<Record<BalancerPolicy, PolicyKind>> = {
  round_robin: ROUND_ROBIN,
  least_request: LEAST_REQUEST,
  random: RANDOM,
  ring_hash: RING_HASH,
  maglev: MAGLEV,
  peak_ewma: CHEAPEST,
};

/** The policies of a run: clusters that are balanced in the same way share one. */
export class Policies {
  private readonly known = new Map<string, Policy>();

  constructor(private readonly context: PickContext) {}

  of(plan: BalancerPlan): Policy {
    const key = JSON.stringify(plan);
    let policy = this.known.get(key);
    if (policy === undefined) {
      policy = POLICIES[plan.policy].make(plan, this.context);
      this.known.set(key, policy);
    }
    return policy;
  }
}
