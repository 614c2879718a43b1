// Affinity and anti-affinity between pods (k8s:
// pkg/scheduler/framework/plugins/interpodaffinity/{filtering,scoring}.go). Terms of pods that run already count as
// well: their anti-affinity keeps the new pod away, their preferences draw it near.
import type { NodeState, NodeView, PodTerm, PodView } from './cluster.js';
import type { Unfit } from './filters.js';
import { matches } from './selectors.js';

/** What a required affinity of a pod that runs weighs for one that comes (k8s: hardPodAffinityWeight). */
const HARD_WEIGHT = 1;

/** Whether a term of `owner` means another pod. */
function means({ namespaces, selector }: PodTerm, owner: PodView, other: PodView): boolean {
  return countsNamespace(namespaces, owner, other) && matches(selector, other.labels);
}

function countsNamespace(namespaces: PodTerm['namespaces'], owner: PodView, other: PodView): boolean {
  if (namespaces === 'all') return true;
  return namespaces === 'own' ? other.namespace === owner.namespace : namespaces.includes(other.namespace);
}

/** Counts by topology key and by its value. */
class Domains {
  private readonly counts = new Map<string, Map<string, number>>();

  add(key: string, node: NodeView, amount: number): void {
    const value = node.labels.get(key);
    if (value === undefined) return;
    const byValue = this.counts.get(key) ?? new Map<string, number>();
    this.counts.set(key, byValue);
    byValue.set(value, (byValue.get(value) ?? 0) + amount);
  }

  at(key: string, node: NodeView): number {
    const value = node.labels.get(key);
    return value === undefined ? 0 : (this.counts.get(key)?.get(value) ?? 0);
  }

  sumAt(node: NodeView): number {
    let sum = 0;
    for (const key of this.counts.keys()) sum += this.at(key, node);
    return sum;
  }

  get isEmpty(): boolean {
    return this.counts.size === 0;
  }
}

/** The filter of a pod's required terms, over the nodes as they are. */
export class PodAffinityFilter {
  /**
   * Pods that fulfil all affinity terms of the pod, pods that its anti-affinity means, and pods whose anti-affinity
   * means the pod.
   */
  private readonly wanted = new Domains();
  private readonly unwanted = new Domains();
  private readonly unwelcome = new Domains();

  constructor(
    private readonly pod: PodView,
    nodes: readonly NodeState[],
  ) {
    for (const { node, pods } of nodes) {
      for (const other of pods) {
        if (pod.affinity.length > 0 && pod.affinity.every((term) => means(term, pod, other))) {
          for (const { topologyKey } of pod.affinity) this.wanted.add(topologyKey, node, 1);
        }
        for (const term of pod.antiAffinity) {
          if (means(term, pod, other)) this.unwanted.add(term.topologyKey, node, 1);
        }
        for (const term of other.antiAffinity) {
          if (means(term, other, pod)) this.unwelcome.add(term.topologyKey, node, 1);
        }
      }
    }
  }

  /** Why the pod may not run on this node; null: it may. */
  unfit(node: NodeView): Unfit | null {
    if (!this.hasCompany(node)) return 'pod affinity';
    const isFree = this.pod.antiAffinity.every(({ topologyKey }) => this.unwanted.at(topologyKey, node) === 0);
    return isFree && this.unwelcome.sumAt(node) === 0 ? null : 'pod anti-affinity';
  }

  /** Where no pod anywhere fulfils the terms and the pod itself does, the pod is the first of its kind, and may run. */
  private hasCompany(node: NodeView): boolean {
    const { pod } = this;
    if (!pod.affinity.every(({ topologyKey }) => node.labels.has(topologyKey))) return false;
    if (pod.affinity.every(({ topologyKey }) => this.wanted.at(topologyKey, node) > 0)) return true;
    return this.wanted.isEmpty && pod.affinity.every((term) => means(term, pod, pod));
  }
}

/**
 * The scores of nodes by preferred terms, of the pod and of the pods that run, 0 to 100, in the order of `feasible`;
 * null: no term means anything.
 * @param all all nodes, whose pods are looked at
 */
export function podAffinityScores(
  pod: PodView,
  feasible: readonly NodeState[],
  all: readonly NodeState[],
): readonly number[] | null {
  const sums = new Domains();
  for (const { node, pods } of all) {
    for (const other of pods) {
      for (const { term, weight } of pod.preferred) {
        if (means(term, pod, other)) sums.add(term.topologyKey, node, weight);
      }
      for (const { term, weight } of other.preferred) {
        if (means(term, other, pod)) sums.add(term.topologyKey, node, weight);
      }
      for (const term of other.affinity) {
        if (means(term, other, pod)) sums.add(term.topologyKey, node, HARD_WEIGHT);
      }
    }
  }
  if (sums.isEmpty) return null;
  const raws = feasible.map(({ node }) => sums.sumAt(node));
  const min = Math.min(...raws);
  const range = Math.max(...raws) - min;
  return raws.map((raw) => (range > 0 ? Math.trunc((100 * (raw - min)) / range) : 0));
}
