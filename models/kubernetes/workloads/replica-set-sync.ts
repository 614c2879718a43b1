// The ReplicaSet controller: how many pods to make, and which ones to delete (k8s:
// pkg/controller/replicaset/replica_set.go: syncReplicaSet, manageReplicas, getPodsToDelete; calculateStatus in
// replica_set_utils.go). A pod is replaced as soon as it has a deletionTimestamp, or has failed.
import { availability } from './replica-sets.js';
import { type VictimPod, victims } from './victims.js';

/** At most so many pods are made or deleted by one sync. */
const BURST_REPLICAS = 500;

/** A pod of a ReplicaSet. */
export interface OwnedPod extends Omit<VictimPod, 'phase'> {
  readonly name: string;
  readonly phase: VictimPod['phase'] | 'Succeeded' | 'Failed';
  readonly terminating: boolean;
}

/** What a sync decides. */
export interface ReplicaSetDecision {
  /** So many pods more. */
  readonly create: number;
  /** Names of pods to delete, each with its own grace period. */
  readonly remove: readonly string[];
}

/**
 * What the controller of a Deployment is told of a ReplicaSet, and when that next changes by itself; null: it does not.
 */
export interface ReplicaSetCounts {
  readonly replicas: number;
  readonly readyReplicas: number;
  readonly availableReplicas: number;
  readonly terminating: number;
  readonly nextNs: number | null;
}

/** One sync, to be repeated until nothing is left to do. */
export function syncReplicaSet(nowNs: number, replicas: number, pods: readonly OwnedPod[]): ReplicaSetDecision {
  const active = activePods(pods);
  const missing = replicas - active.length;
  if (missing >= 0) return { create: Math.min(missing, BURST_REPLICAS), remove: [] };
  const chosen = victims(nowNs, active, Math.min(-missing, BURST_REPLICAS));
  return { create: 0, remove: chosen.map((index) => active[index]!.name) };
}

/** `status` of a ReplicaSet. */
export function countReplicas(nowNs: number, minReadySeconds: number, pods: readonly OwnedPod[]): ReplicaSetCounts {
  const active = activePods(pods);
  const ready = active.flatMap(({ readySinceNs }) => (readySinceNs === null ? [] : [readySinceNs]));
  const { available, nextNs } = availability(ready, minReadySeconds, nowNs);
  return {
    replicas: active.length,
    readyReplicas: ready.length,
    availableReplicas: available,
    terminating: pods.filter(({ terminating, phase }) => terminating && phase !== 'Succeeded' && phase !== 'Failed')
      .length,
    nextNs,
  };
}

function activePods(pods: readonly OwnedPod[]): readonly (OwnedPod & VictimPod)[] {
  return pods.filter(
    (pod): pod is OwnedPod & VictimPod => !pod.terminating && pod.phase !== 'Succeeded' && pod.phase !== 'Failed',
  );
}
