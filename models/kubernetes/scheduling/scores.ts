// How good a node is for a pod, 0 to 100, by the node itself (k8s:
// pkg/scheduler/framework/plugins/noderesources/{least_allocated, balanced_allocation}.go, tainttoleration,
// nodeaffinity, helper/normalize_score.go).
import type { NodeState, PodView } from './cluster.js';
import { isTolerated } from './filters.js';
import { matches } from './selectors.js';

/** Weights of the default profile (k8s: pkg/scheduler/apis/config/v1/default_plugins.go). ImageLocality is left out. */
export const SCORE_WEIGHTS = {
  taints: 3,
  nodeAffinity: 2,
  spread: 2,
  podAffinity: 2,
  leastAllocated: 1,
  balanced: 1,
} as const;

/** The share of CPU and memory that is left with the pod on the node: the mean of two whole percentages. */
export function leastAllocated(pod: PodView, { node, scored }: NodeState): number {
  const left = (allocatable: number, requested: number): number =>
    requested > allocatable ? 0 : Math.trunc(((allocatable - requested) * 100) / allocatable);
  const shares: number[] = [];
  const cpu = node.allocatable.get('cpu') ?? 0;
  const memory = node.allocatable.get('memory') ?? 0;
  if (cpu > 0) shares.push(left(cpu, scored.cpuMilli + pod.scored.cpuMilli));
  if (memory > 0) shares.push(left(memory, scored.memoryBytes + pod.scored.memoryBytes));
  return shares.length === 0 ? 0 : Math.trunc(shares.reduce((sum, share) => sum + share, 0) / shares.length);
}

/**
 * How alike the requested shares of CPU and of memory are, with the pod on the node; 0 for a pod that requests neither.
 */
export function balancedAllocation(pod: PodView, state: NodeState): number {
  const cpuRequest = pod.requests.get('cpu') ?? 0;
  const memoryRequest = pod.requests.get('memory') ?? 0;
  if (cpuRequest === 0 && memoryRequest === 0) return 0;
  const share = (resource: string, request: number): number | null => {
    const allocatable = state.node.allocatable.get(resource) ?? 0;
    return allocatable === 0 ? null : Math.min(1, (state.requested(resource) + request) / allocatable);
  };
  const cpu = share('cpu', cpuRequest);
  const memory = share('memory', memoryRequest);
  const deviation = cpu === null || memory === null ? 0 : Math.abs(cpu - memory) / 2;
  return Math.trunc((1 - deviation) * 100);
}

/** Taints of the effect PreferNoSchedule that the pod does not tolerate: fewer are better. */
export function taintScores(pod: PodView, nodes: readonly NodeState[]): readonly number[] {
  const raws = nodes.map(
    ({ node }) => node.taints.filter((taint) => taint.effect === 'PreferNoSchedule' && !isTolerated(pod, taint)).length,
  );
  return scaled(raws).map((score) => 100 - score);
}

/** The weights of the preferred node terms that hold. */
export function nodeAffinityScores(pod: PodView, nodes: readonly NodeState[]): readonly number[] {
  return scaled(
    nodes.map(({ node }) =>
      pod.preferredNodeTerms
        .filter(({ term }) => matches(term, node.labels))
        .reduce((sum, { weight }) => sum + weight, 0),
    ),
  );
}

/** The largest becomes 100. */
function scaled(raws: readonly number[]): readonly number[] {
  const max = Math.max(0, ...raws);
  return max === 0 ? raws : raws.map((raw) => Math.trunc((100 * raw) / max));
}
