// Which nodes a pod may run on (k8s:
// pkg/scheduler/framework/plugins/{nodeunschedulable,tainttoleration,nodeaffinity,noderesources}). Spread constraints
// and affinities between pods look at other nodes too: spread.ts, pod-affinity.ts. Ports of the host and volumes are
// left out.
import { type NodeState, type NodeView, type PodView, type Taint, tolerates } from './cluster.js';
import { matches } from './selectors.js';

/** Why a pod may not run on a node. */
export type Unfit =
  | 'unschedulable'
  | 'taint'
  | 'node affinity'
  | 'resources'
  | 'spread'
  | 'pod affinity'
  | 'pod anti-affinity';

const UNSCHEDULABLE: Taint = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' };

/** Why the node by itself is not fit; null: it is. */
export function unfitNode(pod: PodView, state: NodeState): Unfit | null {
  const { node } = state;
  if (node.unschedulable && !isTolerated(pod, UNSCHEDULABLE)) return 'unschedulable';
  if (!toleratesNode(pod, node)) return 'taint';
  if (!fulfilsNodeAffinity(pod, node)) return 'node affinity';
  return hasRoom(pod, state) ? null : 'resources';
}

/** Whether a pod tolerates all taints of a node that keep pods away. */
export function toleratesNode(pod: PodView, { taints }: NodeView): boolean {
  return taints.every((taint) => taint.effect === 'PreferNoSchedule' || isTolerated(pod, taint));
}

/** Whether a pod tolerates a taint. */
export function isTolerated({ tolerations }: PodView, taint: Taint): boolean {
  return tolerations.some((toleration) => tolerates(toleration, taint));
}

/**
 * Whether the selector and one of the required terms of a pod hold for a node; a term without requirements holds for
 * none.
 */
export function fulfilsNodeAffinity({ nodeSelector, nodeTerms }: PodView, { labels }: NodeView): boolean {
  if (!matches(nodeSelector, labels)) return false;
  return nodeTerms === null || nodeTerms.some((term) => term.length > 0 && matches(term, labels));
}

/** Whether what the pods of a node request leaves room for another pod; limits and usage do not count. */
export function hasRoom(pod: PodView, state: NodeState): boolean {
  const { allocatable } = state.node;
  if (state.pods.size + 1 > (allocatable.get('pods') ?? 0)) return false;
  for (const [name, amount] of pod.requests) {
    if (amount > 0 && state.requested(name) + amount > (allocatable.get(name) ?? 0)) return false;
  }
  return true;
}
