// Slow start: the weight of a host grows over a window (envoy: source/extensions/load_balancing_policies/common/load_balancer_impl.cc,
// EdfLoadBalancerBase::applySlowStartFactor).
import { powReal } from '../../../sim/math.js';
import type { SlowStartPlan } from '../../plan/contract/plan.js';

const NS_PER_MS = 1_000_000;

/** Part of its weight that a host has so long after it began; 1 from the end of the window on. */
export function slowStartFactor(plan: SlowStartPlan, elapsedNs: number): number {
  if (elapsedNs >= plan.windowNs) return 1;
  const time = Math.max(NS_PER_MS, elapsedNs) / plan.windowNs;
  const factor = plan.aggression === 1 ? time : powReal(time, 1 / plan.aggression);
  return Math.max(plan.minWeightPercent / 100, factor);
}
