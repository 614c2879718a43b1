// Which pods go when a ReplicaSet shrinks (k8s: pkg/controller/controller_utils.go: ActivePodsWithRanks;
// pkg/controller/replicaset/replica_set.go: getPodsToDelete, getPodsRankedByRelatedPodsOnSameNode). Times are compared
// in powers of two of their age, so that of pods of about one age a random one goes (gate LogarithmicScaleDown, on
// since 1.21).

/** A pod of a ReplicaSet that shrinks. */
export interface VictimPod {
  readonly scheduled: boolean;
  readonly phase: 'Pending' | 'Unknown' | 'Running';
  /** Since when the pod is Ready; null: the pod is not. */
  readonly readySinceNs: number | null;
  /** The annotation `controller.kubernetes.io/pod-deletion-cost`, 0. */
  readonly deletionCost: number;
  /** How many pods of the same owner, of all its ReplicaSets, run on the same node. */
  readonly together: number;
  /** The highest restart count of a container of the pod. */
  readonly restarts: number;
  readonly createdNs: number;
  /** A random number that is the pod's own: where all else is equal, the smallest goes (k8s: the UID). */
  readonly luck: number;
}

/** Indices of the `count` pods that go, first the one that goes first. */
export function victims(nowNs: number, pods: readonly VictimPod[], count: number): readonly number[] {
  const order = pods.map((_, index) => index);
  order.sort((a, b) => compare(nowNs, pods[a]!, pods[b]!));
  return order.slice(0, count);
}

/** Below 0: `a` goes before `b`. */
function compare(nowNs: number, a: VictimPod, b: VictimPod): number {
  if (a.scheduled !== b.scheduled) return a.scheduled ? 1 : -1;
  if (a.phase !== b.phase) return phaseRank(a.phase) - phaseRank(b.phase);
  if ((a.readySinceNs === null) !== (b.readySinceNs === null)) return a.readySinceNs === null ? -1 : 1;
  if (a.deletionCost !== b.deletionCost) return a.deletionCost - b.deletionCost;
  if (a.together !== b.together) return b.together - a.together;
  if (a.readySinceNs !== null && b.readySinceNs !== null) {
    const ready = ageRank(nowNs, a.readySinceNs) - ageRank(nowNs, b.readySinceNs);
    if (ready !== 0) return ready;
  }
  if (a.restarts !== b.restarts) return b.restarts - a.restarts;
  return ageRank(nowNs, a.createdNs) - ageRank(nowNs, b.createdNs) || a.luck - b.luck;
}

function phaseRank(phase: VictimPod['phase']): number {
  switch (phase) {
    case 'Pending':
      return 0;
    case 'Unknown':
      return 1;
    case 'Running':
      return 2;
  }
}

/** The power of two of an age in nanoseconds, rounded down; -1 for no age. */
function ageRank(nowNs: number, sinceNs: number): number {
  let rank = -1;
  for (let ageNs = nowNs - sinceNs; ageNs >= 1; ageNs /= 2) rank += 1;
  return rank;
}
