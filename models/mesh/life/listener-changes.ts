// Which filter chains of servers differ between two versions of the configuration: the ports of workloads whose connections have to move (envoy:
// source/common/listener_manager/listener_impl.cc, diffFilterChain; istio: pilot/pkg/networking/core/listener_inbound.go, a chain for each port).

import type { ConfigurationFacts } from '../../plan/contract/configurations.js';
import type { EndpointArrivalPlan } from '../../plan/contract/plan.js';
import { actAlike } from '../../plan/contract/same-plan.js';
import type { RuntimePlan } from '../state/runtime.js';

/** By workload: the ports, as callers know them. */
export type ChangedListeners = ReadonlyMap<number, ReadonlySet<number>>;

export function changedListeners(
  { plan: from, facts: factsBefore }: RuntimePlan,
  { plan: to, facts: factsAfter }: RuntimePlan,
): ChangedListeners {
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
  // Another mode of mutual TLS is another chain.
  for (const [index, { port }] of to.clusters.entries()) {
    for (const workload of otherWelcomes(factsBefore?.welcomes[index] ?? [], factsAfter?.welcomes[index] ?? [])) {
      add(workload, port);
    }
  }
  return changed;
}

type Welcomes = ConfigurationFacts['welcomes'][number];

/** Workloads whose sidecars make something else of those who connect. */
function otherWelcomes(before: Welcomes, after: Welcomes): readonly number[] {
  return after
    .filter((welcome) => {
      const known = before.find(({ workload }) => workload === welcome.workload);
      return known !== undefined && !actAlike(known, welcome);
    })
    .map(({ workload }) => workload);
}
