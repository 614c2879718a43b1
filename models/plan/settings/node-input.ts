// The nodes of a cluster as the user gives them.
import type { SourcePosition } from '../../config/diagnostic.js';
import type { Taint } from '../../kubernetes/scheduling/cluster.js';
import type { LocalityPlan } from '../contract/plan.js';

/** Nodes that are alike. */
export interface NodeInput {
  /** Of the node, or of the pool: its nodes are `NAME-0`, `NAME-1` … */
  readonly name: string;
  readonly at: SourcePosition;
  readonly count: number;
  /** A Cluster Autoscaler may add nodes, up to so many in all, each after this time; null: none does. */
  readonly grows: { readonly max: number; readonly bootsNs: number } | null;
  /** What pods may have of each. */
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  /** Over which they are spread; a region of '' is that of the zone; empty: those of the scenario. */
  readonly zones: readonly LocalityPlan[];
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}
