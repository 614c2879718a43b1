// Nodes, and pods as the scheduler sees them (k8s: pkg/scheduler/framework/types.go: NodeInfo,
// pkg/api/v1/resource/helpers.go: PodRequests).
import type { Labels, Selector } from './selectors.js';

/** What a taint does to pods that do not tolerate it. */
export type TaintEffect = 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';

/** A taint of a node. */
export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: TaintEffect;
}

/** A toleration of a pod. */
export interface Toleration {
  /** null: every key, with the operator Exists. */
  readonly key: string | null;
  readonly operator: 'Exists' | 'Equal';
  readonly value: string;
  /** null: every effect. */
  readonly effect: TaintEffect | null;
  /** `tolerationSeconds`, for NoExecute; null: for ever. */
  readonly seconds: number | null;
}

/** Whether a toleration tolerates a taint (k8s: staging/src/k8s.io/api/core/v1/toleration.go, ToleratesTaint). */
export function tolerates({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect !== null && effect !== taint.effect) return false;
  if (key !== null && key !== taint.key) return false;
  return operator === 'Exists' || value === taint.value;
}

/**
 * A node. Amounts by the name of the resource: `cpu` in millicores, `memory` in bytes, `pods` as a count, others as
 * they are.
 */
export interface NodeView {
  readonly name: string;
  readonly labels: Labels;
  readonly taints: readonly Taint[];
  /** The node is cordoned. */
  readonly unschedulable: boolean;
  readonly allocatable: ReadonlyMap<string, number>;
}

/** A term of a pod affinity or anti-affinity. */
export interface PodTerm {
  readonly selector: Selector;
  readonly topologyKey: string;
  /** Namespaces of the pods that count; `own`: nothing is written, and that of the pod itself counts. */
  readonly namespaces: readonly string[] | 'own' | 'all';
}

/** A term that is preferred, with its weight of 1 to 100. */
export interface Weighted<Term> {
  readonly weight: number;
  readonly term: Term;
}

/** `topologySpreadConstraints[]`. */
export interface SpreadConstraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway';
  /** Matched by pods of the same namespace; `matchLabelKeys` are requirements here. */
  readonly selector: Selector;
  /** 1. */
  readonly minDomains: number;
  /** `nodeAffinityPolicy`: only nodes that the pod may run on by its selector and affinity count. */
  readonly honorAffinity: boolean;
  /** `nodeTaintsPolicy`: only nodes whose taints the pod tolerates count. */
  readonly honorTaints: boolean;
}

/** A pod. */
export interface PodView {
  readonly namespace: string;
  readonly labels: Labels;
  readonly priority: number;
  /** What the pod requests; its place among the pods of a node is not in here. */
  readonly requests: ReadonlyMap<string, number>;
  /**
   * CPU (millicores) and memory (bytes) where a container without a request counts as 100 m and 200 MiB: what some
   * scores go by.
   */
  readonly scored: { readonly cpuMilli: number; readonly memoryBytes: number };
  readonly nodeSelector: Selector;
  /** Terms of the required node affinity, of which one has to hold; null: none is written. */
  readonly nodeTerms: readonly Selector[] | null;
  readonly preferredNodeTerms: readonly Weighted<Selector>[];
  readonly tolerations: readonly Toleration[];
  readonly spread: readonly SpreadConstraint[];
  /** The spread constraints are the cluster's own: nodes without a key count, too. */
  readonly spreadByDefault: boolean;
  readonly affinity: readonly PodTerm[];
  readonly antiAffinity: readonly PodTerm[];
  /** Preferred terms; a negative weight is that of an anti-affinity. */
  readonly preferred: readonly Weighted<PodTerm>[];
  /** The pod has a deletionTimestamp: spread constraints do not count it. */
  readonly terminating: boolean;
}

/** A pod of a namespace that asks for nothing. */
export const PLAIN_POD: PodView = {
  namespace: 'default',
  labels: new Map(),
  priority: 0,
  requests: new Map(),
  scored: { cpuMilli: 100, memoryBytes: 200 * 1024 * 1024 },
  nodeSelector: [],
  nodeTerms: null,
  preferredNodeTerms: [],
  tolerations: [],
  spread: [],
  spreadByDefault: false,
  affinity: [],
  antiAffinity: [],
  preferred: [],
  terminating: false,
};

/** A container of a pod that is to be scheduled, and what it requests. */
export interface RequestingContainer {
  readonly role: 'init' | 'sidecar' | 'ordinary';
  readonly requests: ReadonlyMap<string, number>;
}

/**
 * What a pod requests: the sum of its containers and native sidecars, or the most that one init container needs beside
 * the sidecars before it, whichever is more; and the overhead of its runtime class.
 * @param containers in the order of the pod: `initContainers`, then `containers`
 */
export function podRequests(
  containers: readonly RequestingContainer[],
  overhead: ReadonlyMap<string, number> = new Map(),
): ReadonlyMap<string, number> {
  const names = new Set(containers.flatMap(({ requests }) => [...requests.keys()]).concat([...overhead.keys()]));
  const total = new Map<string, number>();
  for (const name of names) {
    let sidecars = 0;
    let running = 0;
    let starting = 0;
    for (const { role, requests } of containers) {
      const amount = requests.get(name) ?? 0;
      if (role === 'init') starting = Math.max(starting, sidecars + amount);
      else running += amount;
      if (role === 'sidecar') sidecars += amount;
    }
    total.set(name, Math.max(running, starting) + (overhead.get(name) ?? 0));
  }
  return total;
}

/**
 * What counts for scores of a pod: containers without a request of CPU or memory count as 100 m and 200 MiB (k8s:
 * GetNonzeroRequests).
 */
export function scoredRequests(containers: readonly RequestingContainer[]): PodView['scored'] {
  const filled = containers.map(({ role, requests }) => ({
    role,
    requests: new Map([
      ['cpu', requests.get('cpu') ?? PLAIN_POD.scored.cpuMilli],
      ['memory', requests.get('memory') ?? PLAIN_POD.scored.memoryBytes],
    ]),
  }));
  const total = podRequests(filled);
  return { cpuMilli: total.get('cpu') ?? 0, memoryBytes: total.get('memory') ?? 0 };
}

/** A node and the pods on it, with the sums that are asked for again and again. */
export class NodeState {
  private readonly placed = new Set<PodView>();
  private readonly used = new Map<string, number>();
  private scoredCpuMilli = 0;
  private scoredMemoryBytes = 0;

  constructor(readonly node: NodeView) {}

  get pods(): ReadonlySet<PodView> {
    return this.placed;
  }

  /** The sum of what the pods request of a resource; of `pods`, how many there are. */
  requested(resource: string): number {
    return resource === 'pods' ? this.placed.size : (this.used.get(resource) ?? 0);
  }

  /** The sum of what counts for scores. */
  get scored(): PodView['scored'] {
    return { cpuMilli: this.scoredCpuMilli, memoryBytes: this.scoredMemoryBytes };
  }

  add(pod: PodView): void {
    if (this.placed.has(pod)) return;
    this.placed.add(pod);
    this.count(pod, 1);
  }

  remove(pod: PodView): void {
    if (this.placed.delete(pod)) this.count(pod, -1);
  }

  private count(pod: PodView, sign: 1 | -1): void {
    for (const [name, amount] of pod.requests) this.used.set(name, (this.used.get(name) ?? 0) + sign * amount);
    this.scoredCpuMilli += sign * pod.scored.cpuMilli;
    this.scoredMemoryBytes += sign * pod.scored.memoryBytes;
  }
}
