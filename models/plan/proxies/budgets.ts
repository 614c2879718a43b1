// The PodDisruptionBudgets of the YAML, and the workloads whose pods they select.
import { matchesLabels } from '../../config/kinds/label-selector.js';
import type { PodAmount } from '../../config/kinds/pod-disruption-budget.js';
import type { ResourceSet } from '../../config/load.js';
import type { IntOrPercent } from '../../kubernetes/terms/int-or-percent.js';
import type { BudgetPlan } from '../contract/budget-plan.js';
import type { Workloads } from '../registry/workload.js';

/** In the order of the YAML; a budget that selects no pod of the mesh is left out. */
export function budgetPlans({ podDisruptionBudgets }: ResourceSet, workloads: Workloads): BudgetPlan[] {
  return podDisruptionBudgets.flatMap(({ name, namespace, spec }): BudgetPlan[] => {
    const { selector, minAvailable, maxUnavailable, unhealthyPodEvictionPolicy } = spec;
    const amount = minAvailable ?? maxUnavailable;
    if (selector === null || amount === null) return [];
    const selected = workloads.all.filter(
      (workload) =>
        workload.pod !== null && workload.namespace === namespace && matchesLabels(selector, workload.labels),
    );
    if (selected.length === 0) return [];
    const kind = minAvailable === null ? 'maxUnavailable' : 'minAvailable';
    return [
      {
        name: `PodDisruptionBudget ${namespace}/${name}`,
        workloads: selected.map(({ index }) => index),
        spec: { limit: { kind, value: amountOf(amount) }, unhealthyPodEvictionPolicy },
      },
    ];
  });
}

function amountOf(amount: PodAmount): IntOrPercent {
  return 'pods' in amount ? amount.pods : amount;
}
