// The condition Progressing of a Deployment: false once nothing has moved for progressDeadlineSeconds. Nothing is
// rolled back, and the rollout goes on (k8s: pkg/controller/deployment/progress.go,
// pkg/controller/deployment/util/deployment_util.go: DeploymentProgressing, DeploymentTimedOut).
import { SECOND_NS } from '../units.js';

/** What a Deployment has got to. */
export interface RolloutCounts {
  /** `spec.replicas`. */
  readonly desired: number;
  /** Pods of all sets. */
  readonly replicas: number;
  /** Pods of the new set. */
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
}

/** Why a Deployment is, or is not, progressing. */
export type ProgressReason =
  | 'NewReplicaSetCreated'
  | 'ReplicaSetUpdated'
  | 'NewReplicaSetAvailable'
  | 'ProgressDeadlineExceeded'
  | 'DeploymentPaused'
  | 'DeploymentResumed';

/** The condition Progressing. */
export interface Progress {
  readonly progressing: boolean;
  readonly reason: ProgressReason;
  /** When the deadline would be over; null: no deadline runs. */
  readonly nextNs: number | null;
}

/** Watches one Deployment. */
export class ProgressWatch {
  private reason: ProgressReason = 'NewReplicaSetCreated';
  private progressing = true;
  private sinceNs: number;
  private last: RolloutCounts | null = null;
  private paused = false;

  /**
   * @param deadlineSeconds `progressDeadlineSeconds`, 600
   * @param nowNs when the Deployment was made
   */
  constructor(
    private readonly deadlineSeconds: number,
    nowNs: number,
  ) {
    this.sinceNs = nowNs;
  }

  /** A new ReplicaSet was made for a new template. */
  created(nowNs: number): void {
    this.set(nowNs, true, 'NewReplicaSetCreated');
    this.last = null;
  }

  /** The Deployment was paused, or goes on: a pause stops the clock, and its end starts it afresh. */
  pause(nowNs: number, paused: boolean): void {
    if (paused === this.paused) return;
    this.paused = paused;
    this.set(nowNs, true, paused ? 'DeploymentPaused' : 'DeploymentResumed');
  }

  /** What the condition says after a sync. */
  look(nowNs: number, counts: RolloutCounts): Progress {
    if (this.paused) return { progressing: this.progressing, reason: this.reason, nextNs: null };
    const before = this.last;
    this.last = counts;
    const complete =
      counts.updated === counts.desired && counts.replicas === counts.desired && counts.available === counts.desired;
    if (complete) this.set(nowNs, true, 'NewReplicaSetAvailable');
    else if (before !== null && hasMoved(before, counts)) this.set(nowNs, true, 'ReplicaSetUpdated');
    else if (this.isOver(nowNs)) this.set(nowNs, false, 'ProgressDeadlineExceeded');
    const runs = this.reason !== 'NewReplicaSetAvailable' && this.progressing;
    return {
      progressing: this.progressing,
      reason: this.reason,
      // The deadline is over strictly after its last moment: the controller looks again a second later.
      nextNs: runs ? this.sinceNs + (this.deadlineSeconds + 1) * SECOND_NS : null,
    };
  }

  private isOver(nowNs: number): boolean {
    // A rollout that was complete once is not late: its pods are (k8s: DeploymentTimedOut).
    if (this.reason === 'NewReplicaSetAvailable' || !this.progressing) return false;
    return nowNs > this.sinceNs + this.deadlineSeconds * SECOND_NS;
  }

  private set(nowNs: number, progressing: boolean, reason: ProgressReason): void {
    this.progressing = progressing;
    this.reason = reason;
    this.sinceNs = nowNs;
  }
}

/** More updated pods, fewer old ones, or more of them ready or available. */
function hasMoved(before: RolloutCounts, now: RolloutCounts): boolean {
  return (
    now.updated > before.updated ||
    now.replicas - now.updated < before.replicas - before.updated ||
    now.ready > before.ready ||
    now.available > before.available
  );
}
