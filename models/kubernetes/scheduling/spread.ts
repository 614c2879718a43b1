// Topology spread constraints: which nodes they forbid, and which they prefer (k8s:
// pkg/scheduler/framework/plugins/podtopologyspread/{common, filtering,scoring}.go). They hold when a pod is placed;
// what goes later may leave the pods uneven.
import { log } from '../../../sim/math.js';
import type { NodeState, NodeView, PodView, SpreadConstraint } from './cluster.js';
import { fulfilsNodeAffinity, toleratesNode } from './filters.js';
import { matches, type Selector } from './selectors.js';

/** The label of a node that names the node itself. */
export const HOSTNAME = 'kubernetes.io/hostname';
/** The label of a node that names its zone. */
export const ZONE = 'topology.kubernetes.io/zone';

/**
 * What a pod without constraints of its own has in a cluster that says nothing: the selector is that of its Service or
 * ReplicaSet.
 */
export function defaultConstraints(selector: Selector): readonly SpreadConstraint[] {
  const soft = {
    whenUnsatisfiable: 'ScheduleAnyway',
    selector,
    minDomains: 1,
    honorAffinity: true,
    honorTaints: false,
  } as const;
  return [
    { ...soft, topologyKey: HOSTNAME, maxSkew: 3 },
    { ...soft, topologyKey: ZONE, maxSkew: 5 },
  ];
}

interface HardCounts {
  readonly constraint: SpreadConstraint;
  readonly counts: ReadonlyMap<string, number>;
  /** The smallest count; 0 where there are fewer domains than are asked for. */
  readonly least: number;
  /** The pod itself matches the selector. */
  readonly self: number;
}

/** The filter of a pod's hard constraints, over the nodes as they are. */
export class SpreadFilter {
  private readonly hard: readonly HardCounts[];

  constructor(pod: PodView, nodes: readonly NodeState[]) {
    const constraints = pod.spread.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule');
    const keyed = nodes.filter(({ node }) => constraints.every(({ topologyKey }) => node.labels.has(topologyKey)));
    this.hard = constraints.map((constraint) => {
      const counts = new Map<string, number>();
      for (const state of keyed) {
        if (!isEligible(pod, state.node, constraint)) continue;
        const domain = state.node.labels.get(constraint.topologyKey)!;
        counts.set(domain, (counts.get(domain) ?? 0) + matching(pod, constraint, state));
      }
      const least = counts.size < constraint.minDomains ? 0 : Math.min(...counts.values());
      return { constraint, counts, least, self: matches(constraint.selector, pod.labels) ? 1 : 0 };
    });
  }

  /** Whether the pod on this node would leave no constraint with more than its skew. */
  allows({ labels }: NodeView): boolean {
    return this.hard.every(({ constraint, counts, least, self }) => {
      const domain = labels.get(constraint.topologyKey);
      return domain !== undefined && (counts.get(domain) ?? 0) + self - least <= constraint.maxSkew;
    });
  }
}

/**
 * The scores of nodes by the soft constraints of a pod, 0 to 100, in the order of `feasible`; null: the pod has none.
 * @param feasible the nodes that passed the filters
 * @param all all nodes, whose pods are counted
 */
export function spreadScores(
  pod: PodView,
  feasible: readonly NodeState[],
  all: readonly NodeState[],
): readonly number[] | null {
  const constraints = pod.spread.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'ScheduleAnyway');
  if (constraints.length === 0) return null;
  const counts = (node: NodeView): boolean =>
    pod.spreadByDefault || constraints.every(({ topologyKey }) => node.labels.has(topologyKey));
  const scored = feasible.filter(({ node }) => counts(node));
  const domains = constraints.map((constraint) => {
    const sums = new Map(scored.map(({ node }) => [node.labels.get(constraint.topologyKey) ?? '', 0]));
    const size = constraint.topologyKey === HOSTNAME ? scored.length : sums.size;
    for (const state of all) {
      const domain = state.node.labels.get(constraint.topologyKey) ?? '';
      const before = sums.get(domain);
      if (before === undefined || !counts(state.node) || !isEligible(pod, state.node, constraint)) continue;
      sums.set(domain, before + matching(pod, constraint, state));
    }
    return { constraint, sums, weight: log(size + 2) };
  });
  const raws = feasible.map((state): number | null => {
    if (!counts(state.node)) return null;
    let raw = 0;
    for (const { constraint, sums, weight } of domains) {
      const domain = state.node.labels.get(constraint.topologyKey);
      if (domain === undefined) continue;
      const count = constraint.topologyKey === HOSTNAME ? matching(pod, constraint, state) : (sums.get(domain) ?? 0);
      raw += count * weight + (constraint.maxSkew - 1);
    }
    return Math.round(raw);
  });
  return normalised(raws);
}

/** Fewer pods are better: 100 for the least. Nodes that do not count get 0. */
function normalised(raws: readonly (number | null)[]): readonly number[] {
  const present = raws.filter((raw): raw is number => raw !== null);
  const max = Math.max(0, ...present);
  const min = Math.min(...present);
  return raws.map((raw) => {
    if (raw === null) return 0;
    return max === 0 ? 100 : Math.trunc((100 * (max + min - raw)) / max);
  });
}

function isEligible(pod: PodView, node: NodeView, { honorAffinity, honorTaints }: SpreadConstraint): boolean {
  return (!honorAffinity || fulfilsNodeAffinity(pod, node)) && (!honorTaints || toleratesNode(pod, node));
}

function matching(pod: PodView, { selector }: SpreadConstraint, { pods }: NodeState): number {
  let count = 0;
  for (const other of pods) {
    if (!other.terminating && other.namespace === pod.namespace && matches(selector, other.labels)) count += 1;
  }
  return count;
}
