// Nodes of small plans (plans.ts), all in the only zone, and the pods of `web` on them.
import type { NodePlan, NodesPlan, PodsOnNodesPlan } from '../../models/plan/contract/node-plan.js';

const Gi = 1024 * 1024 * 1024;

/** A node of 4 CPU and 16 Gi. */
export function smallNode(name: string, more: Partial<NodePlan> = {}): NodePlan {
  return {
    name,
    pool: 'general',
    locality: 0,
    labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': 'a' },
    taints: [],
    unschedulable: false,
    cpuMilli: 4000,
    memoryBytes: 16 * Gi,
    pods: 110,
    ...more,
  };
}

/** `count` nodes; pods of `web` request half a CPU, and are on the nodes one by one unless `atStart` says otherwise. */
export function nodesFor(
  count: number,
  pods: number,
  more: Partial<PodsOnNodesPlan> = {},
  node: Partial<NodePlan> = {},
): NodesPlan {
  return {
    nodes: Array.from({ length: count }, (_, number) => smallNode(`n${number}`, node)),
    pools: [],
    pods: [
      {
        workload: 1,
        namespace: 'default',
        labels: { app: 'web' },
        requests: { cpuMilli: 500, memoryBytes: 0 },
        scored: { cpuMilli: 500, memoryBytes: 200 * 1024 * 1024 },
        nodeSelector: [],
        nodeTerms: null,
        tolerations: [],
        spread: [],
        affinity: [],
        antiAffinity: [],
        isDaemon: false,
        atStart: Array.from({ length: pods }, (_, pod) => pod % count),
        ...more,
      },
    ],
  };
}

/** As `nodesFor`, of one pool that a Cluster Autoscaler may grow to `max` nodes. */
export function growingPool(
  count: number,
  max: number,
  pods: number,
  bootsNs: number,
  node: Partial<NodePlan> = {},
  more: Partial<PodsOnNodesPlan> = {},
): NodesPlan {
  const nodes = Array.from({ length: max }, (_, number) => smallNode(`n${number}`, node));
  const pool = { name: 'general', nodes: [...nodes.keys()], min: count, bootsNs };
  return { ...nodesFor(count, pods, more), nodes, pools: [pool] };
}
