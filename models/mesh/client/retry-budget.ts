// How many retries may be in flight at once (envoy: source/common/upstream/resource_manager_impl.h, RetryBudgetImpl).
import type { RetryBudgetPlan } from '../../plan/contract/plan.js';
import type { ClusterState } from '../state/cluster-state.js';

/** A share of the requests that are active or wait for a connection, retries among them, and at least the minimum. */
export function budgetedRetries(budget: RetryBudgetPlan, active: number, pending: number): number {
  return Math.max(Math.floor((budget.percent / 100) * (active + pending)), budget.minConcurrency);
}

/** What bounds the retries of a cluster now: its budget if it has one, else max_retries. */
export function retryLimit(cluster: ClusterState): number {
  const { retryBudget, limits } = cluster.plan;
  if (retryBudget === null) return limits.maxRetries;
  return budgetedRetries(retryBudget, cluster.activeRequests, cluster.pendingRequests);
}
