// The scheduling queue: pods to try now, by priority and then by age; pods that failed and wait for their back-off; and
// pods that wait for the cluster to change.
// Source: k8s: pkg/scheduler/internal/queue/scheduling_queue.go (later backend/queue).
import { MINUTE_NS, SECOND_NS } from '../units.js';

/** Times of the queue. */
export interface QueueRules {
  /** `podInitialBackoffSeconds`. */
  readonly initialNs: number;
  /** `podMaxBackoffSeconds`. */
  readonly maxNs: number;
  /** How often back-offs that are over are looked for. */
  readonly backoffFlushNs: number;
  /** How often pods are looked for that have waited for `leftoverNs`. */
  readonly leftoverFlushNs: number;
  /** After so long without a change of the cluster a pod is tried all the same. */
  readonly leftoverNs: number;
  /** Gate SchedulerPopFromBackoffQ, on since 1.33: where no other pod is to be tried, one whose back-off runs is. */
  readonly popFromBackoff: boolean;
}

/** The times as the scheduler has them where nobody sets them. */
export const DEFAULT_QUEUE_RULES: QueueRules = {
  initialNs: SECOND_NS,
  maxNs: 10 * SECOND_NS,
  backoffFlushNs: SECOND_NS,
  leftoverFlushNs: 30 * SECOND_NS,
  leftoverNs: 5 * MINUTE_NS,
  popFromBackoff: true,
};

interface Waiting {
  readonly key: string;
  readonly priority: number;
  /** When the pod came, or its last try failed. */
  sinceNs: number;
  attempts: number;
  place: 'active' | 'backoff' | 'unschedulable';
}

/** Pods without a place, by a key of the driver. Times must not go back. */
export class SchedulingQueue {
  private readonly pods = new Map<string, Waiting>();

  /** @param phaseNs when the loops of the queue began */
  constructor(
    private readonly rules: QueueRules = DEFAULT_QUEUE_RULES,
    private readonly phaseNs = 0,
  ) {}

  get size(): number {
    return this.pods.size;
  }

  /** A pod that has no node. */
  add(nowNs: number, key: string, priority: number): void {
    this.pods.set(key, { key, priority, sinceNs: nowNs, attempts: 0, place: 'active' });
  }

  /** A pod has gone, or has found its node. */
  remove(key: string): void {
    this.pods.delete(key);
  }

  /** The pod to try now; null: none. After it, `remove` or `failed` is to be called. */
  pop(nowNs: number): string | null {
    this.flush(nowNs);
    const first = this.first('active') ?? (this.rules.popFromBackoff ? this.first('backoff') : null);
    if (first === null) return null;
    first.place = 'active';
    first.attempts += 1;
    return first.key;
  }

  /** No node was fit for the pod that was popped. */
  failed(nowNs: number, key: string): void {
    const pod = this.pods.get(key);
    if (pod === undefined) return;
    pod.sinceNs = nowNs;
    pod.place = 'unschedulable';
  }

  /** The cluster has changed in a way that may make room: a node came, a pod went. */
  clusterChanged(nowNs: number): void {
    for (const pod of this.pods.values()) if (pod.place === 'unschedulable') this.release(nowNs, pod);
  }

  /** When `pop` is to be asked again if nothing changes; null: the queue is empty. */
  get nextNs(): number | null {
    let nextNs: number | null = null;
    for (const pod of this.pods.values()) {
      const atNs = this.dueNs(pod);
      nextNs = nextNs === null ? atNs : Math.min(nextNs, atNs);
    }
    return nextNs;
  }

  private dueNs(pod: Waiting): number {
    switch (pod.place) {
      case 'active':
        return pod.sinceNs;
      case 'backoff':
        return this.rules.popFromBackoff ? pod.sinceNs : this.backoffFlushNs(pod);
      case 'unschedulable':
        return this.tickFrom(pod.sinceNs + this.rules.leftoverNs, this.rules.leftoverFlushNs);
    }
  }

  private first(place: Waiting['place']): Waiting | null {
    let first: Waiting | null = null;
    for (const pod of this.pods.values()) {
      if (pod.place === place && (first === null || isBefore(pod, first))) first = pod;
    }
    return first;
  }

  private flush(nowNs: number): void {
    for (const pod of this.pods.values()) {
      if (pod.place === 'active') continue;
      const overNs = pod.place === 'backoff' ? this.backoffFlushNs(pod) : this.dueNs(pod);
      if (overNs <= nowNs) pod.place = 'active';
    }
  }

  private release(nowNs: number, pod: Waiting): void {
    pod.place = this.backoffEndNs(pod) > nowNs ? 'backoff' : 'active';
  }

  private backoffFlushNs(pod: Waiting): number {
    return this.tickFrom(this.backoffEndNs(pod), this.rules.backoffFlushNs);
  }

  private backoffEndNs({ attempts, sinceNs }: Waiting): number {
    let waitNs = this.rules.initialNs;
    for (let attempt = 1; attempt < attempts && waitNs < this.rules.maxNs; attempt++) waitNs *= 2;
    return sinceNs + Math.min(waitNs, this.rules.maxNs);
  }

  /** The first tick of a loop at or after a time. */
  private tickFrom(atNs: number, periodNs: number): number {
    return this.phaseNs + Math.ceil((atNs - this.phaseNs) / periodNs) * periodNs;
  }
}

function isBefore(a: Waiting, b: Waiting): boolean {
  return a.priority !== b.priority ? a.priority > b.priority : a.sinceNs < b.sinceNs;
}
