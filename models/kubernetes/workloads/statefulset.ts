// The StatefulSet controller: which pods to create and to delete in one sync. Ordinals are names: a pod that is deleted
// comes back under its ordinal.
// Source: k8s: pkg/controller/statefulset/stateful_set_control.go, stateful_set_utils.go (newVersionedStatefulSetPod,
// getStatefulSetMaxUnavailable).
// Whoever drives it: a sync at each change of a pod, and at `nextNs`, when a Ready pod becomes available.
import { type IntOrPercent, scaledDown } from '../terms/int-or-percent.js';
import { availableAtNs } from './replica-sets.js';

/** `spec` of a StatefulSet, with its defaults. */
export interface StatefulSetSpec {
  readonly replicas: number;
  /** `ordinals.start`, 0. */
  readonly start: number;
  readonly podManagement: 'OrderedReady' | 'Parallel';
  readonly update: 'RollingUpdate' | 'OnDelete';
  /** `rollingUpdate.partition`, 0: only pods of this ordinal and above get the new revision. */
  readonly partition: number;
  /**
   * `rollingUpdate.maxUnavailable`, for the feature gate MaxUnavailableStatefulSet; null: not written, or no gate: one
   * at a time.
   */
  readonly maxUnavailable: IntOrPercent | null;
  readonly minReadySeconds: number;
}

/** A StatefulSet that says nothing. */
export const DEFAULT_STATEFUL_SET: StatefulSetSpec = {
  replicas: 1,
  start: 0,
  podManagement: 'OrderedReady',
  update: 'RollingUpdate',
  partition: 0,
  maxUnavailable: null,
  minReadySeconds: 0,
};

/** A pod of a StatefulSet. */
export interface StatefulPod {
  readonly ordinal: number;
  readonly revision: number;
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  readonly terminating: boolean;
  /** Since when the pod is Ready; null: the pod is not. */
  readonly readySinceNs: number | null;
}

/** Which revision old pods have, and which one is asked for. */
export interface StatefulRevisions {
  readonly current: number;
  readonly update: number;
}

/** What a sync decides. */
export interface StatefulSetDecision {
  readonly create: readonly { readonly ordinal: number; readonly revision: number }[];
  /** Ordinals of pods to delete, each with its grace period. */
  readonly remove: readonly number[];
  /** When a pod that is Ready becomes available; null: none is on its way. */
  readonly nextNs: number | null;
}

/** One sync: pods are created and scaled down first, and only then updated. */
export function syncStatefulSet(
  nowNs: number,
  spec: StatefulSetSpec,
  revisions: StatefulRevisions,
  pods: readonly StatefulPod[],
): StatefulSetDecision {
  return new Sync(nowNs, spec, revisions, pods).run();
}

class Sync {
  private readonly create: { ordinal: number; revision: number }[] = [];
  private readonly remove: number[] = [];
  private readonly byOrdinal: ReadonlyMap<number, StatefulPod>;
  private readonly condemned: readonly StatefulPod[];
  private readonly ordered: boolean;

  constructor(
    private readonly nowNs: number,
    private readonly spec: StatefulSetSpec,
    private readonly revisions: StatefulRevisions,
    private readonly pods: readonly StatefulPod[],
  ) {
    this.byOrdinal = new Map(pods.map((pod) => [pod.ordinal, pod]));
    this.ordered = spec.podManagement === 'OrderedReady';
    this.condemned = pods.filter(({ ordinal }) => !this.isWanted(ordinal)).sort((a, b) => b.ordinal - a.ordinal);
  }

  run(): StatefulSetDecision {
    if (this.fill() && this.shrink() && this.spec.update === 'RollingUpdate') this.update();
    return { create: this.create, remove: this.remove, nextNs: this.nextNs() };
  }

  /** Creates what is missing, from the lowest ordinal on; false: nothing else is done in this sync. */
  private fill(): boolean {
    const { start, replicas } = this.spec;
    for (let ordinal = start; ordinal < start + replicas; ordinal++) {
      const pod = this.byOrdinal.get(ordinal);
      if (pod === undefined) {
        this.create.push({ ordinal, revision: this.revisionOf(ordinal) });
        if (this.ordered) return false;
        continue;
      }
      if (pod.phase === 'Failed' || pod.phase === 'Succeeded') {
        if (!pod.terminating) this.remove.push(ordinal);
        if (this.ordered) return false;
        continue;
      }
      if (this.ordered && (pod.terminating || !this.isAvailable(pod))) return false;
    }
    return true;
  }

  /**
   * Deletes pods beyond the number of replicas, from the highest ordinal down; false: nothing else is done in this
   * sync.
   */
  private shrink(): boolean {
    const firstUnhealthy = this.firstUnhealthy();
    for (const pod of this.condemned) {
      if (pod.terminating) {
        if (this.ordered) return false;
        continue;
      }
      if (this.ordered && !this.isAvailable(pod) && pod !== firstUnhealthy) return false;
      this.remove.push(pod.ordinal);
      if (this.ordered) return false;
    }
    return true;
  }

  private update(): void {
    if (this.spec.maxUnavailable === null) this.updateOne();
    else this.updateSome(Math.max(1, scaledDown(this.spec.maxUnavailable, this.spec.replicas)));
  }

  /** The highest old pod goes; the way down stops at the first pod that is not healthy. */
  private updateOne(): void {
    for (const pod of this.updatable()) {
      if (pod.revision !== this.revisions.update && !pod.terminating) {
        this.remove.push(pod.ordinal);
        return;
      }
      if (!this.isHealthy(pod)) return;
    }
  }

  /** As many of the highest old pods go as may be unavailable, less those that already are, of whatever revision. */
  private updateSome(max: number): void {
    const wanted = this.present().filter(({ ordinal }) => this.isWanted(ordinal));
    let left = max - wanted.filter((pod) => !this.isHealthy(pod)).length;
    for (const pod of this.updatable()) {
      if (left <= 0) return;
      if (pod.revision === this.revisions.update || pod.terminating) continue;
      this.remove.push(pod.ordinal);
      left -= 1;
    }
  }

  /** Pods that an update concerns, from the highest ordinal down. */
  private updatable(): readonly StatefulPod[] {
    return this.present()
      .filter(({ ordinal }) => this.isWanted(ordinal) && ordinal >= this.spec.start + this.spec.partition)
      .sort((a, b) => b.ordinal - a.ordinal);
  }

  /** The pods that there are, those that this sync has made among them. */
  private present(): readonly StatefulPod[] {
    const made = this.create.map(
      (pod): StatefulPod => ({ ...pod, phase: 'Pending', terminating: false, readySinceNs: null }),
    );
    return [...this.pods, ...made];
  }

  private isWanted(ordinal: number): boolean {
    return ordinal >= this.spec.start && ordinal < this.spec.start + this.spec.replicas;
  }

  private revisionOf(ordinal: number): number {
    const { update, start, partition } = this.spec;
    const keepsOld = update === 'RollingUpdate' && ordinal < start + partition;
    return keepsOld ? this.revisions.current : this.revisions.update;
  }

  private firstUnhealthy(): StatefulPod | null {
    let first: StatefulPod | null = null;
    for (const pod of this.pods) {
      if (!this.isHealthy(pod) && (first === null || pod.ordinal < first.ordinal)) first = pod;
    }
    return first;
  }

  private isHealthy(pod: StatefulPod): boolean {
    return !pod.terminating && this.isAvailable(pod);
  }

  private isAvailable({ phase, readySinceNs }: StatefulPod): boolean {
    if (phase !== 'Running' || readySinceNs === null) return false;
    return availableAtNs(readySinceNs, this.spec.minReadySeconds) <= this.nowNs;
  }

  private nextNs(): number | null {
    let nextNs: number | null = null;
    for (const { readySinceNs, terminating } of this.pods) {
      if (readySinceNs === null || terminating) continue;
      const atNs = availableAtNs(readySinceNs, this.spec.minReadySeconds);
      if (atNs > this.nowNs) nextNs = nextNs === null ? atNs : Math.min(nextNs, atNs);
    }
    return nextNs;
  }
}
