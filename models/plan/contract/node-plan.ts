// The nodes that pods run on, as the scheduler and the drains of a run see them; plain data where models/kubernetes/scheduling has maps.
import type { PodTerm, SpreadConstraint, Taint, Toleration } from '../../kubernetes/scheduling/cluster.js';
import type { Selector } from '../../kubernetes/scheduling/selectors.js';

type Words = Readonly<Record<string, string>>;

export interface NodesPlan {
  /** Those that are there when a run begins, then those that pools may come to have. */
  readonly nodes: readonly NodePlan[];
  /** Pools that a Cluster Autoscaler sizes. */
  readonly pools: readonly NodePoolPlan[];
  /** Workloads whose pods are on these nodes. */
  readonly pods: readonly PodsOnNodesPlan[];
}

export interface NodePlan {
  readonly name: string;
  /** The pool of the scenario that it is of; '' = it is a Node of the YAML. */
  readonly pool: string;
  /** Index of its locality. */
  readonly locality: number;
  readonly labels: Words;
  readonly taints: readonly Taint[];
  /** It is cordoned. */
  readonly unschedulable: boolean;
  /** What pods may have of it. */
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly pods: number;
}

/** A pool that grows while pods find no room, and shrinks again. */
export interface NodePoolPlan {
  readonly name: string;
  /** Indices of all nodes that it may have at once: first those that are there when a run begins. */
  readonly nodes: readonly number[];
  /** How many are there when a run begins; it never has fewer. */
  readonly min: number;
  /** From the moment in which a node is asked for until it takes pods. */
  readonly bootsNs: number;
}

/** The pods of a workload as the scheduler sees them. */
export interface PodsOnNodesPlan {
  readonly workload: number;
  readonly namespace: string;
  readonly labels: Words;
  readonly requests: { readonly cpuMilli: number; readonly memoryBytes: number };
  /** Where containers without a request count as the scores have them. */
  readonly scored: { readonly cpuMilli: number; readonly memoryBytes: number };
  readonly nodeSelector: Selector;
  readonly nodeTerms: readonly Selector[] | null;
  readonly tolerations: readonly Toleration[];
  readonly spread: readonly SpreadConstraint[];
  readonly affinity: readonly PodTerm[];
  readonly antiAffinity: readonly PodTerm[];
  /** One pod on each node: where it goes is not for the scheduler to say. */
  readonly isDaemon: boolean;
  /** By ordinal, of the pods that are there at the start: index of the node. */
  readonly atStart: readonly number[];
}
