// What the Nodes of the YAML say that a scenario need not: the zones over which pods are spread, and the cores that a pod without a CPU limit
// has to itself (kubernetes: pkg/scheduler/framework/plugins/nodeaffinity). Nothing is scheduled: pods find the smallest node that they may run on.
import { meets } from '../../config/kinds/affinity.js';
import type { PodTemplate } from '../../config/kinds/pod-template.js';
import type { ResourceSet } from '../../config/load.js';
import type { LocalityPlan } from '../contract/plan.js';
import { selects } from '../terms/visibility.js';

type Nodes = ResourceSet['nodes'];

export const ZONE = 'topology.kubernetes.io/zone';
export const REGION = 'topology.kubernetes.io/region';

/** Zones of the nodes that take pods, in the order of the nodes; empty where none says its zone. */
export function zonesOfNodes(nodes: Nodes): LocalityPlan[] {
  const zones = new Map<string, LocalityPlan>();
  for (const { labels, spec } of nodes) {
    const zone = labels[ZONE];
    if (zone === undefined || !spec.schedulable) continue;
    const region = labels[REGION] ?? zone;
    zones.set(`${region}/${zone}`, { region, zone });
  }
  return [...zones.values()];
}

/** Whole cores of the smallest node that a pod may run on by its selector and its affinity, at least 1; null where no node says. */
export function coresOfNodes(
  nodes: Nodes,
  { nodeSelector, affinity }: Pick<PodTemplate, 'nodeSelector' | 'affinity'>,
): number | null {
  const terms = affinity?.nodes ?? null;
  const millis = nodes
    .filter(
      ({ labels, spec }) =>
        spec.schedulable &&
        selects(nodeSelector, labels) &&
        (terms === null || terms.some((term) => term.length > 0 && meets(term, labels))),
    )
    .flatMap(({ spec }) => (spec.allocatableCpuMillis === null ? [] : [spec.allocatableCpuMillis]));
  return millis.length === 0 ? null : Math.max(1, Math.floor(Math.min(...millis) / 1000));
}
