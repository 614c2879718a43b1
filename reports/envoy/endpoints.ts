// The endpoints of a cluster as the proxy of a workload ranks them: by priority and locality where the plan or the proxy tells these apart, else in one group
// (envoy: api/envoy/config/endpoint/v3/endpoint_components.proto, LocalityLbEndpoints).
import { localityView } from '../../models/plan/contract/cluster-plan.js';
import { type MeshPlan, NONE } from '../../models/plan/contract/plan.js';
import type { EndpointGroup, EndpointPlace, SocketAddress } from './cluster.js';

/** @param caller index of the workload; its first pod's locality ranks the endpoints */
export function endpointGroups(
  plan: MeshPlan,
  caller: number,
  cluster: number,
  addressOf: (workload: number, pod: number) => SocketAddress,
): EndpointGroup[] {
  const { groups, zoneAware } = plan.clusters[cluster];
  const view = localityView(plan.clusters[cluster], plan.workloads[caller].podLocalities[0] ?? 0);
  const apart = view !== null || zoneAware !== null;
  const found = new Map<string, EndpointGroup & { readonly endpoints: EndpointPlace[] }>();
  groups.forEach(({ workload, weight, passage }, index) => {
    const { podLocalities } = plan.workloads[workload];
    (passage === null ? podLocalities : [passage.locality]).forEach((locality, pod) => {
      const priority = view === null ? 0 : view.priorities[index][locality];
      if (priority === NONE) return;
      const key = apart ? `${priority} ${locality}` : '';
      const group = found.get(key) ?? {
        locality: apart ? plan.localities[locality] : null,
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

/** The pods of a workload: what its proxies see as their own cluster. */
export function ownEndpoints(
  plan: MeshPlan,
  workload: number,
  addressOf: (workload: number, pod: number) => SocketAddress,
): EndpointGroup[] {
  return plan.workloads[workload].podLocalities.map((locality, pod) => ({
    locality: plan.localities[locality],
    weight: null,
    priority: 0,
    endpoints: [{ ...addressOf(workload, pod), weight: 1 }],
  }));
}
