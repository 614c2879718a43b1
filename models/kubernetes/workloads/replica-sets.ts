// What a Deployment knows of its ReplicaSets, and when a pod counts as available (k8s:
// pkg/controller/replicaset/replica_set_utils.go, pkg/api/v1/pod/util.go: IsPodAvailable).
import { SECOND_NS } from '../units.js';

/** A ReplicaSet as the controller of its Deployment sees it. Terminating pods are in none of the counts. */
export interface ReplicaSetView {
  /** A number that grows from set to set: the oldest ReplicaSet has the smallest. */
  readonly revision: number;
  /** `spec.replicas`. */
  readonly specReplicas: number;
  /** `status.replicas`: pods that exist and are not terminating. */
  readonly replicas: number;
  readonly readyReplicas: number;
  readonly availableReplicas: number;
  /**
   * The annotation `deployment.kubernetes.io/max-replicas`: replicas + surge when the Deployment last scaled the set;
   * null: never.
   */
  readonly maxReplicas: number | null;
  /** The annotation `deployment.kubernetes.io/desired-replicas`, of the same moment; null: never. */
  readonly desiredReplicas: number | null;
}

/** A new `spec.replicas` of a ReplicaSet. */
export interface Resize {
  readonly revision: number;
  readonly replicas: number;
}

/**
 * When a pod becomes available that is Ready since `readySinceNs`; it is then available as long as it stays Ready.
 * @param minReadySeconds whole seconds, >= 0
 */
export function availableAtNs(readySinceNs: number, minReadySeconds: number): number {
  return readySinceNs + minReadySeconds * SECOND_NS;
}

/** How many of the pods are available now, and when the next one of them becomes so; null: none is on its way. */
export function availability(
  readySinceNs: readonly number[],
  minReadySeconds: number,
  nowNs: number,
): { readonly available: number; readonly nextNs: number | null } {
  let available = 0;
  let nextNs: number | null = null;
  for (const since of readySinceNs) {
    const atNs = availableAtNs(since, minReadySeconds);
    if (atNs <= nowNs) available += 1;
    else nextNs = nextNs === null ? atNs : Math.min(nextNs, atNs);
  }
  return { available, nextNs };
}

/** The sum of a count over ReplicaSets. */
export function sumOf(
  sets: readonly ReplicaSetView[],
  field: 'specReplicas' | 'replicas' | 'readyReplicas' | 'availableReplicas',
): number {
  return sets.reduce((sum, set) => sum + set[field], 0);
}
