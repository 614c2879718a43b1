// Cluster Autoscaler: every 10 s a scan. Pods that no node can hold make a group of nodes grow; else nodes that have
// been little used for 10 min go.
// Sources: autoscaler: cluster-autoscaler/FAQ.md, cluster-autoscaler/config/flags/flags.go, core/static_autoscaler.go,
// core/scaledown/{unneeded,planner,eligibility,budgets}.
// Whoever drives it: the boot of a node takes what the driver draws, and is told back by `upcoming`; whether the pods
// of a node would find a place elsewhere is the scheduler's word.
import { MINUTE_NS, SECOND_NS } from '../units.js';

/** Flags of the autoscaler. */
export interface ClusterAutoscalerFlags {
  readonly scanNs: number;
  /** `--new-pod-scale-up-delay`: pods younger than this are not looked at. */
  readonly newPodDelayNs: number;
  /** `--scale-down-delay-after-add`. */
  readonly delayAfterAddNs: number;
  /** `--scale-down-delay-after-delete`. */
  readonly delayAfterDeleteNs: number;
  /** `--scale-down-delay-after-failure`. */
  readonly delayAfterFailureNs: number;
  /** `--scale-down-unneeded-time`. */
  readonly unneededNs: number;
  /** `--scale-down-utilization-threshold`. */
  readonly utilizationThreshold: number;
  /** `--max-scale-down-parallelism`: how many nodes may be going at once. */
  readonly maxRemovals: number;
  /** `--max-drain-parallelism`: how many of these may be nodes with pods. */
  readonly maxDrains: number;
}

/** The flags as the autoscaler has them where nobody sets them. */
export const DEFAULT_CLUSTER_AUTOSCALER_FLAGS: ClusterAutoscalerFlags = {
  scanNs: 10 * SECOND_NS,
  newPodDelayNs: 0,
  delayAfterAddNs: 10 * MINUTE_NS,
  delayAfterDeleteNs: 0,
  delayAfterFailureNs: 3 * MINUTE_NS,
  unneededNs: 10 * MINUTE_NS,
  utilizationThreshold: 0.5,
  maxRemovals: 10,
  maxDrains: 1,
};

/** What a pod or a node has of CPU, memory and places for pods. */
export interface Capacity {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly pods: number;
}

/** A pod that the scheduler has found no place for. */
export interface UnschedulablePod {
  readonly pendingSinceNs: number;
  readonly requests: Omit<Capacity, 'pods'>;
  /** Groups whose nodes the pod could run on by its selectors, affinities and tolerations. */
  readonly groups: ReadonlySet<string>;
}

/** A group of like nodes that can grow and shrink. */
export interface NodeGroup {
  readonly name: string;
  readonly size: number;
  readonly min: number;
  readonly max: number;
  /** What a new node of the group has for pods, less DaemonSets. */
  readonly allocatable: Capacity;
  /** Nodes that have been asked for and are not Ready yet. */
  readonly upcoming: number;
}

/** A node of a group, as scale-down sees it. */
export interface ScaleDownNode {
  readonly name: string;
  readonly group: string;
  /** The larger one of requested CPU and requested memory, as a share of what the node can give. */
  readonly utilization: number;
  /** Pods that would have to be evicted: neither of DaemonSets nor mirrors of static pods. */
  readonly movablePods: number;
  /** All of these pods may be evicted and would find a place on other nodes. */
  readonly removable: boolean;
  /** The node has been told to go, and is still there. */
  readonly deleting: boolean;
}

/** What a scan sees. */
export interface ClusterObservation {
  readonly pending: readonly UnschedulablePod[];
  readonly groups: readonly NodeGroup[];
  readonly nodes: readonly ScaleDownNode[];
}

/** What a scan decides. */
export interface ClusterDecision {
  /** So many nodes more in a group. */
  readonly grow: readonly { readonly group: string; readonly nodes: number }[];
  /** Names of nodes to drain, if they have pods, and to delete. */
  readonly remove: readonly string[];
  readonly nextNs: number;
}

/** One Cluster Autoscaler. */
export class ClusterAutoscaler {
  private readonly unneededSinceNs = new Map<string, number>();
  private lastAddNs = -Infinity;
  private lastDeleteNs = -Infinity;
  private lastFailureNs = -Infinity;

  constructor(private readonly flags: ClusterAutoscalerFlags = DEFAULT_CLUSTER_AUTOSCALER_FLAGS) {}

  /** A node could not be deleted. */
  deletionFailed(nowNs: number): void {
    this.lastFailureNs = nowNs;
  }

  /** One scan. */
  scan(nowNs: number, observation: ClusterObservation): ClusterDecision {
    const nextNs = nowNs + this.flags.scanNs;
    const grow = this.scaleUp(nowNs, observation);
    if (grow.length > 0) {
      this.lastAddNs = nowNs;
      return { grow, remove: [], nextNs };
    }
    this.markUnneeded(nowNs, observation.nodes);
    return { grow, remove: this.scaleDown(nowNs, observation), nextNs };
  }

  /** Pods that fit on nodes which are on their way do not ask again; the rest goes to the group that wastes least. */
  private scaleUp(nowNs: number, { pending, groups }: ClusterObservation): ClusterDecision['grow'] {
    let waiting: readonly UnschedulablePod[] = pending.filter(
      ({ pendingSinceNs }) => nowNs - pendingSinceNs >= this.flags.newPodDelayNs,
    );
    for (const group of groups) waiting = packed(group, waiting, group.upcoming).left;
    const grow: { group: string; nodes: number }[] = [];
    const free = new Map(groups.map((group) => [group.name, group.max - group.size]));
    while (waiting.length > 0) {
      let best: { readonly group: NodeGroup; readonly packing: Packing } | null = null;
      for (const group of groups) {
        const room = free.get(group.name)!;
        if (room <= 0) continue;
        const packing = packed(group, waiting, room);
        if (packing.nodes > 0 && (best === null || packing.waste < best.packing.waste)) best = { group, packing };
      }
      if (best === null) break;
      grow.push({ group: best.group.name, nodes: best.packing.nodes });
      free.set(best.group.name, free.get(best.group.name)! - best.packing.nodes);
      waiting = best.packing.left;
    }
    return grow;
  }

  private markUnneeded(nowNs: number, nodes: readonly ScaleDownNode[]): void {
    const names = new Set(nodes.map(({ name }) => name));
    for (const name of this.unneededSinceNs.keys()) if (!names.has(name)) this.unneededSinceNs.delete(name);
    for (const { name, utilization, removable } of nodes) {
      if (utilization >= this.flags.utilizationThreshold || !removable) this.unneededSinceNs.delete(name);
      else if (!this.unneededSinceNs.has(name)) this.unneededSinceNs.set(name, nowNs);
    }
  }

  private scaleDown(nowNs: number, { nodes, groups }: ClusterObservation): readonly string[] {
    const { delayAfterAddNs, delayAfterDeleteNs, delayAfterFailureNs, maxRemovals, maxDrains } = this.flags;
    const waits =
      nowNs < this.lastAddNs + delayAfterAddNs ||
      nowNs < this.lastDeleteNs + delayAfterDeleteNs ||
      nowNs < this.lastFailureNs + delayAfterFailureNs;
    if (waits) return [];
    const above = new Map(groups.map(({ name, size, min }) => [name, size - min]));
    const take = (node: ScaleDownNode): boolean => {
      const since = this.unneededSinceNs.get(node.name);
      const spare = above.get(node.group) ?? 0;
      if (node.deleting || since === undefined || nowNs < since + this.flags.unneededNs || spare <= 0) return false;
      above.set(node.group, spare - 1);
      return true;
    };
    const going = nodes.filter(({ deleting }) => deleting);
    let drains = going.filter(({ movablePods }) => movablePods > 0).length;
    const remove: string[] = [];
    const isFull = (): boolean => going.length + remove.length >= maxRemovals;
    for (const node of nodes) {
      if (node.movablePods === 0 && !isFull() && take(node)) remove.push(node.name);
    }
    for (const node of nodes) {
      if (node.movablePods === 0 || isFull() || drains >= maxDrains || !take(node)) continue;
      remove.push(node.name);
      drains += 1;
    }
    if (remove.length > 0) this.lastDeleteNs = nowNs;
    for (const name of remove) this.unneededSinceNs.delete(name);
    return remove;
  }
}

interface Packing {
  /** Nodes that the packing fills, at least in part. */
  readonly nodes: number;
  readonly left: readonly UnschedulablePod[];
  /** The share of CPU and memory of these nodes that stays unused. */
  readonly waste: number;
}

/** First fit, the largest pods first, onto at most `room` new nodes of a group. */
function packed(group: NodeGroup, pods: readonly UnschedulablePod[], room: number): Packing {
  const { allocatable } = group;
  const free: { cpuMilli: number; memoryBytes: number; pods: number }[] = [];
  const left: UnschedulablePod[] = [];
  const size = ({ requests }: UnschedulablePod): number =>
    requests.cpuMilli / allocatable.cpuMilli + requests.memoryBytes / allocatable.memoryBytes;
  for (const pod of [...pods].sort((a, b) => size(b) - size(a))) {
    const { cpuMilli, memoryBytes } = pod.requests;
    const fits = (space: Capacity): boolean =>
      cpuMilli <= space.cpuMilli && memoryBytes <= space.memoryBytes && space.pods >= 1;
    let space = pod.groups.has(group.name) ? free.find(fits) : undefined;
    if (space === undefined && pod.groups.has(group.name) && free.length < room && fits(allocatable)) {
      space = { ...allocatable };
      free.push(space);
    }
    if (space === undefined) {
      left.push(pod);
      continue;
    }
    space.cpuMilli -= cpuMilli;
    space.memoryBytes -= memoryBytes;
    space.pods -= 1;
  }
  let unused = 0;
  for (const space of free) {
    unused += space.cpuMilli / allocatable.cpuMilli + space.memoryBytes / allocatable.memoryBytes;
  }
  return { nodes: free.length, left, waste: free.length === 0 ? Infinity : unused / free.length };
}
