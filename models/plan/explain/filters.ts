// The HTTP filters that a request meets, and what is certain about them before a run.
import { type FilterPlan, ROUTE_FAULT } from '../filter-plan.js';
import { decisionOf } from '../filters/decider.js';
import type { MeshPlan } from '../plan.js';
import type { FilterView } from './explanation.js';

/** Without the fault filter, which is told with the route. */
export function filterViews(indices: readonly number[] | undefined, plan: MeshPlan): FilterView[] {
  return (indices ?? []).flatMap((index) => {
    const filter = index === ROUTE_FAULT ? undefined : plan.filters?.[index];
    if (filter === undefined) return [];
    const position = decisionOf(filter)?.policies[0]?.position ?? null;
    return [{ kind: filter.kind, name: filter.name, status: settledStatus(filter), position }];
  });
}

function settledStatus(filter: FilterPlan): number | null {
  switch (filter.kind) {
    case 'rbac':
    case 'jwt':
    case 'wasm':
      return filter.status;
    case 'fault':
    case 'local-rate-limit':
    case 'admission-control':
    case 'adaptive-concurrency':
    case 'rate-limit-service':
    case 'ext-authz':
      return null;
  }
}
