// The PodDisruptionBudgets of a run: who asks the API server for an eviction hears from them (k8s: pkg/registry/core/pod/storage/eviction.go).
import { type BudgetPod, DisruptionBudget, type EvictionAnswer, evict } from '../../kubernetes/workloads/disruption.js';
import type { BudgetPlan } from '../../plan/contract/node-plan.js';
import type { Member } from './keeper.js';

/** What budgets look at. */
export interface MembersOf {
  /** The pods of a workload, as their controller sees them. */
  membersOf(workload: number): readonly Member[];
  /** `spec.replicas`. */
  replicasOf(workload: number): number;
}

export class Budgets {
  private readonly budgets: readonly { readonly plan: BudgetPlan; readonly budget: DisruptionBudget }[];

  constructor(
    plans: readonly BudgetPlan[],
    private readonly pods: MembersOf,
  ) {
    this.budgets = plans.map((plan) => ({ plan, budget: new DisruptionBudget(plan.spec) }));
  }

  /** May a pod of a workload go? 201: it is to be deleted, with its grace period. The disruption controller has seen all pods as they are. */
  evict(nowNs: number, workload: number, id: number): EvictionAnswer {
    const own = this.budgets.filter(({ plan }) => plan.workloads.includes(workload));
    for (const { plan, budget } of own) {
      const members = plan.workloads.flatMap((index) => this.pods.membersOf(index));
      const expected = plan.workloads.reduce((sum, index) => sum + this.pods.replicasOf(index), 0);
      budget.observe(nowNs, members.map(budgetPod), expected);
    }
    const pod = this.pods.membersOf(workload).find((member) => member.id === id);
    if (pod === undefined) return { status: 201, reason: 'pod is not running' };
    return evict(
      nowNs,
      budgetPod(pod),
      own.map(({ budget }) => budget),
    );
  }
}

function budgetPod({ id, phase, readySinceNs, terminating }: Member): BudgetPod {
  return { name: String(id), phase, ready: readySinceNs !== null, terminating };
}
