// Taints of the effect NoExecute delete pods: at once, or when the tolerations of the pod are over; a taint that goes
// before takes the deletion back.
// Source: k8s: pkg/controller/tainteviction/taint_eviction.go,
// plugin/pkg/admission/defaulttolerationseconds/admission.go (300 s). A ReplicaSet replaces a pod when its
// deletionTimestamp is set. A StatefulSet does not: the pod of a node that is silent stays Terminating until the node
// comes back, its Node object goes, or somebody taints it out-of-service.
import { SECOND_NS } from '../units.js';

/**
 * Admission gives each pod tolerations of `not-ready` and of `unreachable` for so long, where the pod has none of its
 * own.
 */
export const DEFAULT_TOLERATION_SECONDS = 300;

/** A pod on a node that has taints of the effect NoExecute. */
export interface TaintedPod {
  readonly name: string;
  /**
   * For each of the taints how long the pod tolerates it, in seconds: the shortest of the tolerations that tolerate the
   * taint; null: for ever; `'never'`: none tolerates it.
   */
  readonly tolerations: readonly (number | null | 'never')[];
}

/** When pods of tainted nodes are deleted. */
export class TaintEviction {
  private readonly dueNsByPod = new Map<string, number>();

  /**
   * The taints of a pod's node, or the tolerations of the pod, are these from now on. A deletion that is planned stays
   * where it is, but for pods that tolerate all taints for ever, or one of them not at all; no taint: the deletion is
   * taken back.
   */
  observe(nowNs: number, { name, tolerations }: TaintedPod): void {
    const seconds = tolerations.length === 0 ? null : shortest(tolerations);
    if (seconds === null) this.dueNsByPod.delete(name);
    else if (seconds <= 0) this.dueNsByPod.set(name, nowNs);
    else if (!this.dueNsByPod.has(name)) this.dueNsByPod.set(name, nowNs + seconds * SECOND_NS);
  }

  /** A pod has gone. */
  forget(name: string): void {
    this.dueNsByPod.delete(name);
  }

  /** When the next pod is due; null: none is. */
  get nextNs(): number | null {
    let nextNs: number | null = null;
    for (const dueNs of this.dueNsByPod.values()) nextNs = nextNs === null ? dueNs : Math.min(nextNs, dueNs);
    return nextNs;
  }

  /** Names of the pods to delete now, each with its own grace period. */
  due(nowNs: number): readonly string[] {
    const due = [...this.dueNsByPod].filter(([, dueNs]) => dueNs <= nowNs).map(([name]) => name);
    for (const name of due) this.dueNsByPod.delete(name);
    return due;
  }
}

/** How long the pod tolerates all of its taints; null: for ever. */
function shortest(tolerations: TaintedPod['tolerations']): number | null {
  let seconds: number | null = null;
  for (const toleration of tolerations) {
    if (toleration === 'never') return 0;
    if (toleration !== null) seconds = seconds === null ? toleration : Math.min(seconds, toleration);
  }
  return seconds;
}
