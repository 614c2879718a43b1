// What PodDisruptionBudgets ask of whoever evicts pods.
import type { BudgetSpec } from '../../kubernetes/workloads/disruption.js';

/** A PodDisruptionBudget. */
export interface BudgetPlan {
  readonly name: string;
  /** Indices of the workloads whose pods it selects. */
  readonly workloads: readonly number[];
  readonly spec: BudgetSpec;
}
