// The DaemonSet controller: one pod on each node, and how pods of an old template are replaced. Pods that are missing are made at once; a rolling
// update deletes old pods as far as others may be unavailable, or, with a surge, makes the new pod of a node beside the old one.
// Source: k8s: pkg/controller/daemon/update.go (rollingUpdate, findUpdatedPodsOnNode, updatedDesiredNodeCounts),
// pkg/controller/daemon/daemon_controller.go (podsShouldBeOnNode).
import { type IntOrPercent, scaledUp } from '../terms/int-or-percent.js';
import { availableAtNs } from './replica-sets.js';

/** `spec` of a DaemonSet, with its defaults. */
export interface DaemonSetSpec {
  readonly update: 'RollingUpdate' | 'OnDelete';
  readonly maxSurge: IntOrPercent;
  readonly maxUnavailable: IntOrPercent;
  readonly minReadySeconds: number;
}

/** A DaemonSet that says nothing. */
export const DEFAULT_DAEMON_SET: DaemonSetSpec = {
  update: 'RollingUpdate',
  maxSurge: 0,
  maxUnavailable: 1,
  minReadySeconds: 0,
};

/** A pod of a DaemonSet, by a number of the driver. */
export interface DaemonPod {
  readonly id: number;
  readonly node: number;
  readonly revision: number;
  readonly terminating: boolean;
  /** Since when the pod is Ready; null: the pod is not. */
  readonly readySinceNs: number | null;
}

/** What a sync decides. */
export interface DaemonSetDecision {
  /** Nodes that get a pod of the newest template. */
  readonly create: readonly number[];
  /** Numbers of pods to delete, each with its grace period. */
  readonly remove: readonly number[];
  /** When a pod that is Ready becomes available; null: none is on its way. */
  readonly nextNs: number | null;
}

/** One sync. @param nodes that are to have a pod @param revision of the template that is asked for */
export function syncDaemonSet(
  nowNs: number,
  spec: DaemonSetSpec,
  revision: number,
  nodes: readonly number[],
  pods: readonly DaemonPod[],
): DaemonSetDecision {
  const isAvailable = ({ readySinceNs }: DaemonPod): boolean =>
    readySinceNs !== null && availableAtNs(readySinceNs, spec.minReadySeconds) <= nowNs;
  const create: number[] = [];
  const remove: number[] = pods.filter(({ node, terminating }) => !terminating && !nodes.includes(node)).map(idOf);
  const byNode = nodes.map((node) => {
    const own = pods.filter((pod) => pod.node === node && !pod.terminating);
    if (own.length === 0) create.push(node);
    return {
      node,
      fresh: own.find((pod) => pod.revision === revision) ?? null,
      old: own.find((pod) => pod.revision !== revision) ?? null,
    };
  });
  if (spec.update === 'RollingUpdate') {
    const surge = scaledUp(spec.maxSurge, nodes.length);
    // Of nodes without any pod the new pod is on its way.
    let left = surge > 0 ? surge : scaledUp(spec.maxUnavailable, nodes.length) - create.length;
    for (const { fresh, old } of byNode) {
      if (surge > 0 ? fresh !== null && old !== null && !isAvailable(fresh) : fresh !== null && !isAvailable(fresh))
        left -= 1;
      if (surge === 0 && fresh === null && old !== null && !isAvailable(old)) left -= 1;
    }
    for (const { node, fresh, old } of byNode) {
      if (old === null) continue;
      if (fresh !== null) {
        if (isAvailable(fresh)) remove.push(old.id);
        continue;
      }
      // A pod that does not serve is replaced whatever the bound says.
      const isFree = !isAvailable(old);
      if (!isFree && left <= 0) continue;
      if (!isFree) left -= 1;
      if (surge > 0) create.push(node);
      else remove.push(old.id);
    }
  }
  return { create, remove, nextNs: nextOf(nowNs, spec, pods) };
}

function idOf({ id }: DaemonPod): number {
  return id;
}

function nextOf(nowNs: number, { minReadySeconds }: DaemonSetSpec, pods: readonly DaemonPod[]): number | null {
  let nextNs: number | null = null;
  for (const { readySinceNs, terminating } of pods) {
    if (readySinceNs === null || terminating) continue;
    const atNs = availableAtNs(readySinceNs, minReadySeconds);
    if (atNs > nowNs) nextNs = nextNs === null ? atNs : Math.min(nextNs, atNs);
  }
  return nextNs;
}
