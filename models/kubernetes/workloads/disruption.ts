// PodDisruptionBudgets, and what the API server answers who asks for an eviction. Budgets hold for evictions alone
// (drains, scale-down of nodes): not for rollouts, autoscalers, crashes or nodes that are lost.
// Sources: k8s: pkg/controller/disruption/disruption.go; pkg/registry/core/pod/storage/eviction.go.
import { type IntOrPercent, scaledUp } from '../int-or-percent.js';
import { MINUTE_NS } from '../units.js';

/** A pod that was evicted and does not go counts as one that goes for so long (k8s: DeletionTimeout). */
const DELETION_TIMEOUT_NS = 2 * MINUTE_NS;

/** `spec` of a PodDisruptionBudget. Percentages are rounded up. */
export interface BudgetSpec {
  readonly limit:
    | { readonly kind: 'minAvailable'; readonly value: IntOrPercent }
    | { readonly kind: 'maxUnavailable'; readonly value: IntOrPercent };
  readonly unhealthyPodEvictionPolicy: 'IfHealthyBudget' | 'AlwaysAllow';
}

/** A pod as budgets see it. */
export interface BudgetPod {
  readonly name: string;
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  readonly ready: boolean;
  readonly terminating: boolean;
}

/** `status` of a PodDisruptionBudget. */
export interface BudgetStatus {
  readonly currentHealthy: number;
  readonly desiredHealthy: number;
  readonly expectedPods: number;
  readonly disruptionsAllowed: number;
}

/** What the API server answers. */
export type EvictionAnswer =
  | {
      readonly status: 201;
      readonly reason: 'no budget' | 'pod is not running' | 'pod is not ready' | 'within the budget';
    }
  | { readonly status: 429; readonly reason: 'budget' | 'status is old'; readonly retryAfterSeconds: number }
  | { readonly status: 500; readonly reason: 'several budgets' };

/** One PodDisruptionBudget: its status is as old as the last `observe`, less what was evicted since. */
export class DisruptionBudget {
  private readonly disrupted = new Map<string, number>();
  private status: BudgetStatus | null = null;

  constructor(private readonly spec: BudgetSpec) {}

  /** The status; null: the disruption controller has not seen the budget, and evictions are refused. */
  get current(): BudgetStatus | null {
    return this.status;
  }

  /**
   * The disruption controller looks at the pods that the budget selects.
   * @param expectedPods the sum of `spec.replicas` of the controllers of the pods
   */
  observe(nowNs: number, pods: readonly BudgetPod[], expectedPods: number): BudgetStatus {
    const present = new Map(pods.map((pod) => [pod.name, pod]));
    for (const [name, atNs] of this.disrupted) {
      const pod = present.get(name);
      if (pod === undefined || pod.terminating || atNs + DELETION_TIMEOUT_NS <= nowNs) this.disrupted.delete(name);
    }
    const currentHealthy = pods.filter(
      ({ name, ready, terminating }) => ready && !terminating && !this.disrupted.has(name),
    ).length;
    const { expected, desiredHealthy } = this.wanted(pods.length, expectedPods);
    const spare = expected <= 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
    this.status = { currentHealthy, desiredHealthy, expectedPods: expected, disruptionsAllowed: spare };
    return this.status;
  }

  /** Takes a pod from the budget, if the budget allows. */
  evict(nowNs: number, pod: BudgetPod): EvictionAnswer {
    const { status } = this;
    if (!pod.ready && this.letsGo(status)) return { status: 201, reason: 'pod is not ready' };
    if (status === null) return { status: 429, reason: 'status is old', retryAfterSeconds: 10 };
    if (status.disruptionsAllowed <= 0) return { status: 429, reason: 'budget', retryAfterSeconds: 0 };
    this.status = { ...status, disruptionsAllowed: status.disruptionsAllowed - 1 };
    this.disrupted.set(pod.name, nowNs);
    return { status: 201, reason: 'within the budget' };
  }

  /** Whether a pod that is not Ready may go without counting. */
  private letsGo(status: BudgetStatus | null): boolean {
    if (this.spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
    return status !== null && status.desiredHealthy > 0 && status.currentHealthy >= status.desiredHealthy;
  }

  /** A count of minAvailable is of the pods that there are; all else is of the pods that there should be. */
  private wanted(
    podCount: number,
    expectedPods: number,
  ): { readonly expected: number; readonly desiredHealthy: number } {
    const { kind, value } = this.spec.limit;
    if (kind === 'maxUnavailable') {
      return { expected: expectedPods, desiredHealthy: Math.max(0, expectedPods - scaledUp(value, expectedPods)) };
    }
    if (typeof value === 'number') return { expected: podCount, desiredHealthy: value };
    return { expected: expectedPods, desiredHealthy: scaledUp(value, expectedPods) };
  }
}

/**
 * The answer to an eviction; 201: the pod is to be deleted, with its own grace period.
 * @param budgets all budgets that select the pod
 */
export function evict(nowNs: number, pod: BudgetPod, budgets: readonly DisruptionBudget[]): EvictionAnswer {
  if (pod.phase !== 'Running' || pod.terminating) return { status: 201, reason: 'pod is not running' };
  const [budget] = budgets;
  if (budget === undefined) return { status: 201, reason: 'no budget' };
  if (budgets.length > 1) return { status: 500, reason: 'several budgets' };
  return budget.evict(nowNs, pod);
}
