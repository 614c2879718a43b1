// Retries that keep away from the priorities that were tried: after every so many tries those of all tried hosts are left out, and the load is
// spread over the others; when none is left, all count again (envoy: source/extensions/retry/priority/previous_priorities/previous_priorities.cc).
import type { HostSets } from '../policies/host-sets.js';
import type { Call } from '../state/call.js';

/**
 * Spreads all load over the priorities that are not excluded, by their availability in percent; what rounding leaves goes round again.
 * Writes cumulative percents to `below`; false where nothing is available.
 */
export function remainingLoads(available: Float64Array, excluded: Uint8Array, below: Float64Array): boolean {
  let sum = 0;
  for (let priority = 0; priority < available.length; priority++) {
    if (excluded[priority] === 0) sum += available[priority];
  }
  const total = Math.min(100, sum);
  if (total === 0) return false;
  below.fill(0);
  let rest = 100;
  while (rest > 0) {
    for (let priority = 0; priority < available.length; priority++) {
      if (excluded[priority] !== 0) continue;
      const load = Math.min(rest, Math.floor((available[priority] * 100) / total));
      below[priority] += load;
      rest -= load;
    }
  }
  for (let priority = 1; priority < below.length; priority++) below[priority] += below[priority - 1];
  return true;
}

/** Cumulative percents by priority for the next try of a call. @param frequency tries after which the tried priorities are looked at anew */
export function loadsForRetry(sets: HostSets, call: Call, frequency: number): Float64Array {
  const attempted = call.triedCount - call.triedFrom;
  if (attempted < frequency) return sets.loadBelow;
  const { available, excluded, retryBelow } = sets;
  const counted = attempted - (attempted % frequency);
  excluded.fill(0);
  for (let i = 0; i < counted; i++) excluded[sets.priorityOf(call.tried[call.triedFrom + i].endpoint)] = 1;
  if (remainingLoads(available, excluded, retryBelow)) return retryBelow;
  excluded.fill(0);
  call.triedFrom = call.triedCount;
  return remainingLoads(available, excluded, retryBelow) ? retryBelow : sets.loadBelow;
}
