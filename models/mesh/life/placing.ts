// Where pods go that a controller asks for, in a run that knows of nodes (nodes.ts).
import type { Pod } from '../state/pod.js';

/** A pod that is asked for and has no node yet. */
export interface PodRequest {
  /** Below 0. */
  readonly id: number;
  readonly workload: number;
  readonly ordinal: number;
  readonly revision: number;
  readonly createdNs: number;
  /** Of the timeline, or NOTHING. */
  readonly entry: number;
  /** What keys the draws of its start; null: its own key. */
  readonly key: number | null;
}

export interface Placing {
  /** Whether the pods of a workload are on nodes: of what is outside nobody knows. */
  has(workload: number): boolean;
  /** Looks for a node, now and later; `Controllers.placed` hears of it. */
  seek(request: PodRequest): void;
  /** A pod that has no place is not needed any more. */
  drop(id: number): void;
  /** A pod has gone from its node. */
  ended(pod: Pod): void;
  /** How many pods of its workload are on the node of a pod. */
  together(pod: Pod): number;
  /** Whether a pod on a silent node counts as ready. */
  seemsReady(pod: Pod): boolean;
  /** A pod on a silent node is deleted: it is gone when its node says so. */
  deleteSilent(pod: Pod): void;
}
