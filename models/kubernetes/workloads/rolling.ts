// The arithmetic of a rolling update: how far the new ReplicaSet may grow and the old ones may shrink in one sync (k8s:
// pkg/controller/deployment/rolling.go, pkg/controller/deployment/util/deployment_util.go: NewRSNewReplicas,
// ResolveFenceposts).
import { type IntOrPercent, scaledDown, scaledUp } from '../int-or-percent.js';
import { type ReplicaSetView, type Resize, sumOf } from './replica-sets.js';

/** `strategy.rollingUpdate` as it is written; both default to 25 %. */
export interface RollingUpdate {
  readonly maxSurge: IntOrPercent;
  readonly maxUnavailable: IntOrPercent;
}

/** `strategy.rollingUpdate` where nothing is written. */
export const DEFAULT_ROLLING_UPDATE: RollingUpdate = {
  maxSurge: { percent: 25 },
  maxUnavailable: { percent: 25 },
};

/** Surge and unavailability as counts of pods. */
export interface Fenceposts {
  readonly surge: number;
  readonly unavailable: number;
}

/**
 * Surge is rounded up, unavailability down; where both are 0, one pod may be unavailable, and never more pods than
 * there are.
 */
export function fenceposts({ maxSurge, maxUnavailable }: RollingUpdate, desired: number): Fenceposts {
  const surge = scaledUp(maxSurge, desired);
  const unavailable = scaledDown(maxUnavailable, desired);
  return { surge, unavailable: Math.min(surge === 0 && unavailable === 0 ? 1 : unavailable, desired) };
}

/** What the new ReplicaSet is to have: as many more as surge leaves room for. `total` counts the new set too. */
export function newReplicas(desired: number, surge: number, total: number, newSpec: number): number {
  const room = desired + surge - total;
  return room <= 0 ? newSpec : newSpec + Math.min(room, desired - newSpec);
}

/**
 * One sync of a rolling update. The new set grows, or the old sets shrink, never both; an empty list: there is nothing
 * to do now.
 * @param fresh the ReplicaSet of the template that is asked for
 * @param old the other ReplicaSets, in any order
 */
export function rollingSync(
  desired: number,
  posts: Fenceposts,
  fresh: ReplicaSetView,
  old: readonly ReplicaSetView[],
): readonly Resize[] {
  const grown = sizeOfNew(desired, posts.surge, fresh, old);
  if (grown !== fresh.specReplicas) return [{ revision: fresh.revision, replicas: grown }];
  return shrinkOld(desired, posts.unavailable, fresh, old);
}

function sizeOfNew(desired: number, surge: number, fresh: ReplicaSetView, old: readonly ReplicaSetView[]): number {
  if (fresh.specReplicas >= desired) return desired;
  return newReplicas(desired, surge, sumOf([fresh, ...old], 'specReplicas'), fresh.specReplicas);
}

/**
 * Old pods that are not available go first, as many as the new set's own lack of available pods leaves; then old pods
 * that can be spared.
 */
export function shrinkOld(
  desired: number,
  unavailable: number,
  fresh: ReplicaSetView,
  old: readonly ReplicaSetView[],
): readonly Resize[] {
  const minAvailable = desired - unavailable;
  const newUnavailable = fresh.specReplicas - fresh.availableReplicas;
  const maxDown = sumOf([fresh, ...old], 'specReplicas') - minAvailable - newUnavailable;
  if (maxDown <= 0) return [];
  const cleaned = removeUnavailable(old, maxDown);
  const left = removeSpare(cleaned, sumOf([fresh, ...old], 'availableReplicas') - minAvailable);
  return left
    .filter(({ set, size }) => size !== set.specReplicas)
    .map(({ set, size }) => ({ revision: set.revision, replicas: size }));
}

/** A set and the size that the set is to have. */
export interface Sized {
  readonly set: ReplicaSetView;
  readonly size: number;
}

/** Takes pods that are not available from old sets, the oldest first, at most `max`. */
export function removeUnavailable(old: readonly ReplicaSetView[], max: number): readonly Sized[] {
  let left = max;
  return oldestFirst(old).map((set) => {
    const down = Math.max(0, Math.min(left, set.specReplicas - set.availableReplicas));
    left -= down;
    return { set, size: set.specReplicas - down };
  });
}

/** Takes `count` pods from old sets, in their order, and none if `count` is not above 0. */
export function removeSpare(old: readonly Sized[], count: number): readonly Sized[] {
  let left = Math.max(0, count);
  return old.map(({ set, size }) => {
    const down = Math.min(left, size);
    left -= down;
    return { set, size: size - down };
  });
}

function oldestFirst(sets: readonly ReplicaSetView[]): readonly ReplicaSetView[] {
  return [...sets].sort((a, b) => a.revision - b.revision);
}
