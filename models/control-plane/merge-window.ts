// When the workers of an Envoy hear of a change to the hosts of a cluster: what adds or removes hosts at once, what
// changes their health, weight or metadata alone at most once in a window (envoy:
// source/common/upstream/cluster_manager_impl.cc, scheduleUpdate and applyUpdates).
import { MS_NS, NEVER_NS, S_NS } from './time.js';

/** envoy: update_merge_window, where nobody sets it; Istio does not. */
export const MERGE_WINDOW_NS = S_NS;

/** What sets off an update of the hosts of one priority. */
export interface HostSetUpdate {
  /** Hosts were added or removed, also by a change of locality or priority. */
  readonly hasMembers: boolean;
  /** It came with an assignment, not from a health check or from outlier detection. */
  readonly isAssignment: boolean;
}

/**
 * Whether an update may wait.
 * @param exemptsAssignments later Envoys (after 1.39: enable_batch_aware_update) never let an assignment wait; Istio
 * 1.31 has an Envoy before these
 */
export function isMergeable({ hasMembers, isAssignment }: HostSetUpdate, exemptsAssignments = false): boolean {
  return !hasMembers && !(exemptsAssignments && isAssignment);
}

/** `post`: the workers are told now, of all that has changed so far; `wait`: at `nextNs`. */
export type MergeDecision = 'post' | 'wait';

/** One priority of one cluster. A swap of the cluster starts with a new window, and drops what waits. */
export class MergeWindow {
  /** Updates that waited and were overtaken by one that could not (`update_merge_cancelled`). */
  cancelled = 0;
  private lastNs = Number.NEGATIVE_INFINITY;
  private timerNs = NEVER_NS;

  /** @param windowNs whole milliseconds; 0: nothing ever waits */
  constructor(private readonly windowNs = MERGE_WINDOW_NS) {}

  /** When `fire` is to be called; `NEVER_NS`: nothing waits. */
  get nextNs(): number {
    return this.timerNs;
  }

  update(nowNs: number, mergeable: boolean): MergeDecision {
    if (this.windowNs === 0) return 'post';
    // Envoy compares whole milliseconds.
    const isQuiet = Math.floor((nowNs - this.lastNs) / MS_NS) > this.windowNs / MS_NS;
    if (mergeable && !isQuiet) {
      if (this.timerNs === NEVER_NS) this.timerNs = nowNs + this.windowNs;
      return 'wait';
    }
    if (this.timerNs !== NEVER_NS) this.cancelled++;
    this.timerNs = NEVER_NS;
    this.lastNs = nowNs;
    return 'post';
  }

  /** At `nextNs`: the workers are told of the hosts as they are now. */
  fire(nowNs: number): void {
    this.timerNs = NEVER_NS;
    this.lastNs = nowNs;
  }
}
