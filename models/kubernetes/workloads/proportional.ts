// What becomes of the ReplicaSets of a Deployment that is scaled in the middle of a rollout, or while it is paused:
// each gets its share (k8s: pkg/controller/deployment/sync.go: scale;
// pkg/controller/deployment/util/deployment_util.go: GetReplicaSetProportion).
import { type ReplicaSetView, type Resize, sumOf } from './replica-sets.js';

/** What a Deployment asks for when it is scaled. */
export interface ProportionalScale {
  /** `spec.replicas` of the Deployment. */
  readonly desired: number;
  /** Surge in pods; 0 for Recreate. */
  readonly surge: number;
  /** The strategy is RollingUpdate: with Recreate, sets are not scaled in proportion. */
  readonly rolling: boolean;
  /** `status.replicas` of the Deployment, which stands in where a set has no annotation. */
  readonly statusReplicas: number;
}

/**
 * The sizes of the sets after a change of `spec.replicas`; sets that stay as they are are not listed.
 * @param fresh the set of the template that is asked for; null: none is there yet
 */
export function scaleInProportion(
  scale: ProportionalScale,
  fresh: ReplicaSetView | null,
  old: readonly ReplicaSetView[],
): readonly Resize[] {
  const all = fresh === null ? old : [fresh, ...old];
  const active = all.filter(({ specReplicas }) => specReplicas > 0);
  if (active.length <= 1) {
    const only = active[0] ?? fresh ?? newest(old);
    return only === null ? [] : changed([[only, scale.desired]]);
  }
  if (fresh !== null && isSaturated(fresh, scale.desired)) {
    return changed(old.filter(({ specReplicas }) => specReplicas > 0).map((set) => [set, 0]));
  }
  return scale.rolling ? changed(shares(scale, active)) : [];
}

/** The new set is what the Deployment asks for, and all of its pods are available. */
function isSaturated({ specReplicas, desiredReplicas, availableReplicas }: ReplicaSetView, desired: number): boolean {
  return specReplicas === desired && desiredReplicas === desired && availableReplicas === desired;
}

function shares(
  scale: ProportionalScale,
  active: readonly ReplicaSetView[],
): readonly (readonly [ReplicaSetView, number])[] {
  const allowed = scale.desired > 0 ? scale.desired + scale.surge : 0;
  const toAdd = allowed - sumOf(active, 'specReplicas');
  if (toAdd === 0) return [];
  // The largest set comes first; of two equally large ones the newer grows, and the older shrinks.
  const ordered = [...active].sort(
    (a, b) => b.specReplicas - a.specReplicas || (toAdd > 0 ? b.revision - a.revision : a.revision - b.revision),
  );
  let added = 0;
  const sizes = ordered.map((set) => {
    const part = fraction(scale, set);
    const share = toAdd > 0 ? Math.min(part, toAdd - added) : Math.max(part, toAdd - added);
    added += share;
    return set.specReplicas + share;
  });
  sizes[0] = Math.max(0, sizes[0]! + toAdd - added);
  return ordered.map((set, index) => [set, sizes[index]!]);
}

/** By how much a set would change if all sets changed alike. */
function fraction({ desired, surge, statusReplicas }: ProportionalScale, set: ReplicaSetView): number {
  if (desired === 0) return -set.specReplicas;
  const before = set.maxReplicas ?? statusReplicas;
  return Math.round((set.specReplicas * (desired + surge)) / before) - set.specReplicas;
}

function newest(sets: readonly ReplicaSetView[]): ReplicaSetView | null {
  return sets.reduce<ReplicaSetView | null>(
    (best, set) => (best === null || set.revision > best.revision ? set : best),
    null,
  );
}

function changed(sizes: readonly (readonly [ReplicaSetView, number])[]): readonly Resize[] {
  return sizes
    .filter(([{ specReplicas }, size]) => size !== specReplicas)
    .map(([{ revision }, replicas]) => ({ revision, replicas }));
}
