// What the Nodes of the YAML say that a scenario need not: the zones over which pods are spread, and the cores that a pod without a CPU limit
// has to itself (kubernetes: pkg/scheduler/framework/plugins/nodeaffinity). Nothing is scheduled: pods find the smallest node that they may run on.
import type { ResourceSet } from '../config/load.js';
import type { LocalityPlan } from './plan.js';
import { selects } from './visibility.js';

type Nodes = ResourceSet['nodes'];

const ZONE = 'topology.kubernetes.io/zone';
const REGION = 'topology.kubernetes.io/region';

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

/** Whole cores of the smallest node that a pod with this selector may run on, at least 1; null where no node says. */
export function coresOfNodes(nodes: Nodes, nodeSelector: Readonly<Record<string, string>>): number | null {
  const millis = nodes
    .filter(({ labels, spec }) => spec.schedulable && selects(nodeSelector, labels))
    .flatMap(({ spec }) => (spec.allocatableCpuMillis === null ? [] : [spec.allocatableCpuMillis]));
  return millis.length === 0 ? null : Math.max(1, Math.floor(Math.min(...millis) / 1000));
}
