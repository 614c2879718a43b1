// The scheduler: one pod at a time, the nodes that are fit for it, and the best of them; of equally good ones any.
// Sources: k8s: pkg/scheduler/schedule_one.go (findNodesThatPassFilters, numFeasibleNodesToFind, selectHost),
// pkg/scheduler/apis/config/v1/default_plugins.go.
// Preemption is left out: a pod that fits nowhere waits (queue.ts), whatever its priority.
// The room: cluster.ts nodes and pods; selectors.ts; filters.ts, spread.ts and pod-affinity.ts which nodes are fit;
// scores.ts which are good; queue.ts when a pod is tried again. The binding of a pod takes some 10 ms of the driver.
import { NodeState, type NodeView, type PodView } from './cluster.js';
import { type Unfit, unfitNode } from './filters.js';
import { PodAffinityFilter, podAffinityScores } from './pod-affinity.js';
import { balancedAllocation, leastAllocated, nodeAffinityScores, SCORE_WEIGHTS, taintScores } from './scores.js';
import { SpreadFilter, spreadScores } from './spread.js';

/** Where a pod goes. */
export type Placement =
  | { readonly kind: 'placed'; readonly node: string }
  /** No node is fit: how many nodes for which reason, the first that was met on each. */
  | { readonly kind: 'unschedulable'; readonly reasons: ReadonlyMap<Unfit, number> };

/** Nodes and pods of a cluster, and where the next pod goes. */
export class Scheduler {
  private readonly states = new Map<string, NodeState>();
  private startIndex = 0;

  /** @param pick a whole number below its argument (>= 1), by a draw of the driver: which one of equally good nodes */
  constructor(private readonly pick: (count: number) => number) {}

  /** A node has come, or has changed: its pods stay. */
  setNode(node: NodeView): void {
    const state = new NodeState(node);
    for (const pod of this.states.get(node.name)?.pods ?? []) state.add(pod);
    this.states.set(node.name, state);
  }

  /** A node has gone, and its pods with it. */
  removeNode(name: string): void {
    this.states.delete(name);
  }

  /** Puts a pod on a node by name, as a placement or a DaemonSet does. */
  bind(pod: PodView, node: string): void {
    this.states.get(node)?.add(pod);
  }

  /** A pod has gone from its node. */
  unbind(pod: PodView, node: string): void {
    this.states.get(node)?.remove(pod);
  }

  /** Where a pod is to go; `bind` puts it there. */
  place(pod: PodView): Placement {
    const all = [...this.states.values()];
    const reasons = new Map<Unfit, number>();
    const feasible = this.feasible(pod, all, reasons);
    if (feasible.length === 0) return { kind: 'unschedulable', reasons };
    const scores = totalScores(pod, feasible, all);
    const best = Math.max(...scores);
    const winners = feasible.filter((_, index) => scores[index] === best);
    const index = winners.length === 1 ? 0 : this.pick(winners.length);
    return { kind: 'placed', node: winners[index]!.node.name };
  }

  /** Whether a node that is not there would be fit for a pod, were it there and empty. */
  wouldTake(pod: PodView, node: NodeView): boolean {
    const state = new NodeState(node);
    const all = [...this.states.values(), state];
    if (unfitNode(pod, state) !== null || !new SpreadFilter(pod, all).allows(node)) return false;
    return new PodAffinityFilter(pod, all).unfit(node) === null;
  }

  /** Whether pods of a node would all find places on others, the first one first. */
  couldMove(pods: readonly PodView[], node: string): boolean {
    const without = this.copy(node);
    return pods.every((pod) => without.puts(pod));
  }

  /** Which of these pods have no node, were the others put on theirs one by one. */
  withoutPlace(pods: readonly PodView[]): PodView[] {
    const filled = this.copy(null);
    return pods.filter((pod) => !filled.puts(pod));
  }

  /** @param except a node that the copy does not have */
  private copy(except: string | null): Scheduler {
    const copy = new Scheduler(() => 0);
    for (const [name, state] of this.states) {
      if (name === except) continue;
      copy.setNode(state.node);
      for (const pod of state.pods) copy.bind(pod, name);
    }
    return copy;
  }

  private puts(pod: PodView): boolean {
    const placement = this.place(pod);
    if (placement.kind === 'placed') this.bind(pod, placement.node);
    return placement.kind === 'placed';
  }

  /** Large clusters are not searched to the end; the next search begins where this one stopped. */
  private feasible(pod: PodView, all: readonly NodeState[], reasons: Map<Unfit, number>): readonly NodeState[] {
    const enough = feasibleToFind(all.length);
    const spread = new SpreadFilter(pod, all);
    const affinity = new PodAffinityFilter(pod, all);
    const found: NodeState[] = [];
    let looked = 0;
    while (looked < all.length && found.length < enough) {
      const state = all[(this.startIndex + looked) % all.length]!;
      looked += 1;
      const unfit =
        unfitNode(pod, state) ?? (spread.allows(state.node) ? null : 'spread') ?? affinity.unfit(state.node);
      if (unfit === null) found.push(state);
      else reasons.set(unfit, (reasons.get(unfit) ?? 0) + 1);
    }
    if (all.length > 0) this.startIndex = (this.startIndex + looked) % all.length;
    return found;
  }
}

/** After how many fit nodes a search stops: all below 100 nodes, then a share that shrinks from 50 % to 5 %. */
export function feasibleToFind(nodes: number): number {
  if (nodes < 100) return nodes;
  const percent = Math.max(5, 50 - Math.trunc(nodes / 125));
  return Math.max(100, Math.trunc((nodes * percent) / 100));
}

/** The weighted scores of nodes, in the order of `feasible`. */
export function totalScores(
  pod: PodView,
  feasible: readonly NodeState[],
  all: readonly NodeState[],
): readonly number[] {
  const taints = taintScores(pod, feasible);
  const nodeAffinity = nodeAffinityScores(pod, feasible);
  const spread = spreadScores(pod, feasible, all);
  const podAffinity = podAffinityScores(pod, feasible, all);
  return feasible.map(
    (state, index) =>
      SCORE_WEIGHTS.taints * taints[index]! +
      SCORE_WEIGHTS.nodeAffinity * nodeAffinity[index]! +
      SCORE_WEIGHTS.spread * (spread?.[index] ?? 0) +
      SCORE_WEIGHTS.podAffinity * (podAffinity?.[index] ?? 0) +
      SCORE_WEIGHTS.leastAllocated * leastAllocated(pod, state) +
      SCORE_WEIGHTS.balanced * balancedAllocation(pod, state),
  );
}
