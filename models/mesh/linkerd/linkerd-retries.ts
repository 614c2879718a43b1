// What Linkerd's retries have of their own: the budget of a ServiceProfile, at each client proxy, out of which retries follow at once; else a back-off
// with jitter (linkerd2-proxy: linkerd/app/outbound/src/http/retry.rs, linkerd/http/retry, linkerd/exp-backoff).

import { TokenBudget } from '../policies/token-budget.js';
import type { Call } from '../state/call.js';
import type { RetryRt } from '../state/runtime.js';

/** Whether the budget allows one more retry; there may be none to ask. */
export function mayRetry(call: Call, { linkerd }: RetryRt, nowNs: number): boolean {
  return linkerd === null || linkerd.budget === null || budgetOf(call, linkerd.budget, nowNs).withdraw(nowNs);
}

/** A call has ended with something that is not to be retried. */
export function endedWell(call: Call, { linkerd }: RetryRt, nowNs: number): void {
  if (linkerd !== null && linkerd.budget !== null) budgetOf(call, linkerd.budget, nowNs).deposit(nowNs);
}

function budgetOf(
  { pod }: Call,
  plan: NonNullable<NonNullable<RetryRt['linkerd']>['budget']>,
  nowNs: number,
): TokenBudget {
  let budget = pod.retryBudgets[plan.number];
  if (budget === undefined) {
    budget = new TokenBudget(plan, nowNs);
    pod.retryBudgets[plan.number] = budget;
  }
  return budget;
}

/** Before the retry after so many: the base, doubled each time up to the maximum, and up to as much again. */
export function linkerdBackoffMs(baseMs: number, maxMs: number, retriesBefore: number, u: number): number {
  let wait = baseMs;
  for (let i = 0; i < retriesBefore && wait < maxMs; i++) wait *= 2;
  return Math.min(wait, maxMs) * (1 + u);
}
