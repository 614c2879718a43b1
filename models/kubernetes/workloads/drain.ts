// `kubectl drain`: the node is cordoned, all evictions are asked for at once, and what is refused is asked for again
// every 5 s.
// Sources: kubernetes/kubectl: pkg/drain/drain.go (evictPods, filters.go); web:
// tasks/administer-cluster/safely-drain-node.md. A pod is replaced when its deletionTimestamp is set, before the pod
// itself has gone; the drain waits until all have gone.
import { SECOND_NS } from '../units.js';
import type { EvictionAnswer } from './disruption.js';

/** How long a drain waits after a 429. */
export const EVICTION_RETRY_NS = 5 * SECOND_NS;

/** Flags of `kubectl drain`. */
export interface DrainFlags {
  /** `--ignore-daemonsets`. */
  readonly ignoreDaemonSets: boolean;
  /** `--delete-emptydir-data`. */
  readonly deleteEmptyDirData: boolean;
  /** `--force`: pods without a controller go, too. */
  readonly force: boolean;
  /** `--timeout`; null: none. */
  readonly timeoutNs: number | null;
}

/** A pod on the node that is drained. */
export interface DrainPod {
  readonly name: string;
  readonly owner: 'DaemonSet' | 'other controller' | 'none' | 'static';
  readonly hasEmptyDir: boolean;
  /** Succeeded or Failed: such pods go without flags. */
  readonly finished: boolean;
}

/** Where a drain stands. */
export type DrainState =
  /** Nothing has been evicted: flags are missing for these pods. */
  | { readonly kind: 'refused'; readonly pods: readonly string[] }
  | { readonly kind: 'evicting' }
  | { readonly kind: 'waiting' } // all are evicted, some still there
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly reason: 'timeout' | 'several budgets' };

/** One drain of one node. */
export class Drain {
  private readonly asking: Map<string, number>;
  private readonly leaving = new Set<string>();
  private readonly deadlineNs: number;
  private failure: 'timeout' | 'several budgets' | null = null;
  private readonly refused: readonly string[];

  /** @param nowNs when the drain begins; the node takes no new pods from now on unless the drain is refused */
  constructor(nowNs: number, pods: readonly DrainPod[], flags: DrainFlags) {
    const concerned = pods.filter(
      ({ owner }) => owner !== 'static' && !(owner === 'DaemonSet' && flags.ignoreDaemonSets),
    );
    this.refused = concerned.filter((pod) => needsFlag(pod, flags)).map(({ name }) => name);
    this.asking = new Map(this.refused.length > 0 ? [] : concerned.map(({ name }) => [name, nowNs]));
    this.deadlineNs = flags.timeoutNs === null ? Infinity : nowNs + flags.timeoutNs;
  }

  get state(): DrainState {
    if (this.refused.length > 0) return { kind: 'refused', pods: this.refused };
    if (this.failure !== null) return { kind: 'failed', reason: this.failure };
    if (this.asking.size > 0) return { kind: 'evicting' };
    return { kind: this.leaving.size > 0 ? 'waiting' : 'done' };
  }

  /** When the drain wants to be asked again; null: only when a pod has gone, or never. */
  get nextNs(): number | null {
    if (this.failure !== null) return null;
    const nextNs = Math.min(this.deadlineNs, ...this.asking.values());
    return this.state.kind === 'done' || nextNs === Infinity ? null : nextNs;
  }

  /** Names of the pods whose evictions are due; each answer is told by `answered`. */
  due(nowNs: number): readonly string[] {
    if (this.failure !== null) return [];
    if (nowNs >= this.deadlineNs && this.state.kind !== 'done') {
      this.failure = 'timeout';
      return [];
    }
    return [...this.asking].filter(([, atNs]) => atNs <= nowNs).map(([name]) => name);
  }

  /** What the API server answered. */
  answered(nowNs: number, name: string, answer: EvictionAnswer): void {
    switch (answer.status) {
      case 201:
        this.asking.delete(name);
        this.leaving.add(name);
        return;
      case 429:
        this.asking.set(name, nowNs + EVICTION_RETRY_NS);
        return;
      case 500:
        this.failure = answer.reason;
        return;
    }
  }

  /** A pod has gone for good. */
  gone(name: string): void {
    this.asking.delete(name);
    this.leaving.delete(name);
  }
}

function needsFlag({ owner, hasEmptyDir, finished }: DrainPod, flags: DrainFlags): boolean {
  if (finished) return false;
  if (owner === 'DaemonSet') return true;
  return (owner === 'none' && !flags.force) || (hasEmptyDir && !flags.deleteEmptyDirData);
}
