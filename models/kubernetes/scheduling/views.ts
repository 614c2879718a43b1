// Nodes and pods as plans have them, plain, become those of the scheduler, with maps.
import {
  type NodeView,
  PLAIN_POD,
  type PodTerm,
  type PodView,
  type SpreadConstraint,
  type Taint,
  type Toleration,
} from './cluster.js';
import type { Selector } from './selectors.js';

type Words = Readonly<Record<string, string>>;

interface Amounts {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
}

/** A node without maps. */
export interface PlainNode extends Amounts {
  readonly name: string;
  readonly labels: Words;
  readonly taints: readonly Taint[];
  readonly unschedulable: boolean;
  /** How many pods there is a place for. */
  readonly pods: number;
}

/** A pod without maps. */
export interface PlainPod {
  readonly namespace: string;
  readonly labels: Words;
  readonly requests: Amounts;
  readonly scored: Amounts;
  readonly nodeSelector: Selector;
  readonly nodeTerms: readonly Selector[] | null;
  readonly tolerations: readonly Toleration[];
  readonly spread: readonly SpreadConstraint[];
  readonly affinity: readonly PodTerm[];
  readonly antiAffinity: readonly PodTerm[];
}

export function nodeView({ name, labels, taints, unschedulable, cpuMilli, memoryBytes, pods }: PlainNode): NodeView {
  return {
    name,
    labels: new Map(Object.entries(labels)),
    taints,
    unschedulable,
    allocatable: new Map([
      ['cpu', cpuMilli],
      ['memory', memoryBytes],
      ['pods', pods],
    ]),
  };
}

/** Each call gives a pod of its own. */
export function podView(pod: PlainPod): PodView {
  const { namespace, labels, requests, scored, nodeSelector, nodeTerms, tolerations, spread, affinity, antiAffinity } =
    pod;
  return {
    ...PLAIN_POD,
    namespace,
    labels: new Map(Object.entries(labels)),
    requests: new Map([
      ['cpu', requests.cpuMilli],
      ['memory', requests.memoryBytes],
    ]),
    scored,
    nodeSelector,
    nodeTerms,
    tolerations,
    spread,
    affinity,
    antiAffinity,
  };
}
