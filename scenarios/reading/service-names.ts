// The names under which results speak of services: the short name, with the namespace where two namespaces share it.
import type { MeshPlan } from '../../models/plan/contract/plan.js';

/** One name per workload of the plan; workloads behind the same service share it. */
export function serviceNames(plan: MeshPlan): readonly string[] {
  const namespaces = new Map<string, Set<string>>();
  for (const { service, namespace } of plan.workloads) {
    const known = namespaces.get(service) ?? new Set();
    namespaces.set(service, known.add(namespace));
  }
  return plan.workloads.map(({ service, namespace }) =>
    (namespaces.get(service)?.size ?? 0) > 1 ? `${service}.${namespace}` : service,
  );
}
