// The endpoints of a cluster as the proxy of a workload ranks them: by priority and locality where the plan tells these apart, else in one group
// (envoy: api/envoy/config/endpoint/v3/endpoint_components.proto, LocalityLbEndpoints).
import { type MeshPlan, NONE } from '../../models/plan/plan.js';
import type { EndpointGroup, EndpointPlace, SocketAddress } from './cluster.js';

/** @param caller index of the workload; its first pod's locality ranks the endpoints */
export function endpointGroups(
  plan: MeshPlan,
  caller: number,
  cluster: number,
  addressOf: (workload: number, pod: number) => SocketAddress,
): EndpointGroup[] {
  const { groups, localityViews } = plan.clusters[cluster];
  const view = localityViews?.[plan.workloads[caller].podLocalities[0] ?? 0] ?? null;
  const found = new Map<string, EndpointGroup & { readonly endpoints: EndpointPlace[] }>();
  groups.forEach(({ workload, weight }, index) => {
    plan.workloads[workload].podLocalities.forEach((locality, pod) => {
      const priority = view === null ? 0 : view.priorities[index][locality];
      if (priority === NONE) return;
      const key = view === null ? '' : `${priority} ${locality}`;
      const group = found.get(key) ?? {
        locality: view === null ? null : plan.localities[locality],
        weight: view?.weights?.[priority]?.[locality] ?? null,
        priority,
        endpoints: [],
      };
      found.set(key, group);
      group.endpoints.push({ ...addressOf(workload, pod), weight: Math.max(1, weight) });
    });
  });
  return [...found.values()];
}
