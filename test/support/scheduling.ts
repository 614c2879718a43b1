// Nodes and pods for the tests of the scheduler.
import { type NodeView, PLAIN_POD, type PodView } from '../../models/kubernetes/scheduling/cluster.js';
import { HOSTNAME, ZONE } from '../../models/kubernetes/scheduling/spread.js';

export const Gi = 1024 * 1024 * 1024;

/** A node of 4 CPU and 8 Gi in a zone. */
export function nodeOf(name: string, zone = 'a', fields: Partial<NodeView> = {}): NodeView {
  return {
    name,
    labels: new Map([
      [HOSTNAME, name],
      [ZONE, zone],
    ]),
    taints: [],
    unschedulable: false,
    allocatable: new Map([
      ['cpu', 4000],
      ['memory', 8 * Gi],
      ['pods', 110],
    ]),
    ...fields,
  };
}

/** A pod of an app that requests so many millicores. */
export function podOf(app: string, cpuMilli = 100, fields: Partial<PodView> = {}): PodView {
  return {
    ...PLAIN_POD,
    labels: new Map([['app', app]]),
    requests: new Map([['cpu', cpuMilli]]),
    scored: { cpuMilli, memoryBytes: 200 * 1024 * 1024 },
    ...fields,
  };
}
