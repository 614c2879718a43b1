// Which filter chains of servers differ between two versions of the configuration: the ports of workloads whose connections have to move (envoy:
// source/common/listener_manager/listener_impl.cc, diffFilterChain; istio: pilot/pkg/networking/core/listener_inbound.go, a chain for each port).

import type { ClusterPlan, EndpointArrivalPlan, MeshPlan } from '../../plan/contract/plan.js';
import { actAlike } from '../../plan/contract/same-plan.js';

/** By workload: the ports, as callers know them. */
export type ChangedListeners = ReadonlyMap<number, ReadonlySet<number>>;

export function changedListeners(from: MeshPlan, to: MeshPlan): ChangedListeners {
  const changed = new Map<number, Set<number>>();
  const add = (workload: number, port: number): void => {
    const ports = changed.get(workload) ?? new Set<number>();
    changed.set(workload, ports.add(port));
  };
  const differs = (chain: number): boolean => chain >= 0 && !actAlike(from.chains[chain], to.chains[chain]);
  const visit = (index: number, arrivals: readonly EndpointArrivalPlan[]): void => {
    const cluster = to.clusters[index];
    if (cluster === undefined || arrivals.length !== cluster.groups.length) return;
    for (const [group, { chain }] of arrivals.entries()) {
      if (differs(chain)) add(cluster.groups[group].workload, cluster.port);
    }
  };
  for (const { route } of to.sites) {
    if (route.action.kind !== 'forward') continue;
    const { destinations, mirrors } = route.action;
    for (const { cluster, arrivals } of [...destinations, ...mirrors.map(({ destination }) => destination)]) {
      visit(cluster, arrivals);
    }
  }
  // Another mode of mutual TLS shows in what its callers meet.
  for (const [index, after] of to.clusters.entries()) {
    const before = from.clusters[index];
    if (before === undefined || sameWelcome(before, after)) continue;
    for (const { workload } of after.groups) add(workload, after.port);
  }
  return changed;
}

function sameWelcome(before: ClusterPlan, after: ClusterPlan): boolean {
  return (
    before.reachable === after.reachable &&
    actAlike(
      before.endpointTls.map(({ reachable }) => reachable),
      after.endpointTls.map(({ reachable }) => reachable),
    )
  );
}
