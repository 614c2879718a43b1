// What tempers the proposals of an HPA: recommendations of the recent past, and scalings of the recent past (k8s:
// pkg/controller/podautoscaler/horizontal.go: stabilizeRecommendation…, storeScaleEvent).
// The memory is the controller's own: a controller that restarts has forgotten all of it.
import type { HpaBehavior, ScalingRules } from './hpa-spec.js';

/** A number of replicas and when it was recommended, or added or removed. */
export interface Dated {
  readonly atNs: number;
  readonly replicas: number;
}

/** The numbers of replicas between which an HPA may choose. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** The memory of one HPA. */
export class ScalingMemory {
  private readonly recommendations: Dated[] = [];
  private readonly ups: Dated[] = [];
  private readonly downs: Dated[] = [];

  /** The first thing that is ever recommended is what there is, so that nothing shrinks before a window has passed. */
  begin(nowNs: number, currentReplicas: number): void {
    if (this.recommendations.length === 0) this.recommendations.push({ atNs: nowNs, replicas: currentReplicas });
  }

  /** Without `behavior`: the highest recommendation of the window, which is recorded as it is proposed. */
  stabilize(nowNs: number, proposed: number, windowNs: number): number {
    const cutoffNs = nowNs - windowNs;
    let highest = proposed;
    for (const { atNs, replicas } of this.recommendations) if (atNs >= cutoffNs) highest = Math.max(highest, replicas);
    overwriteOld(this.recommendations, { atNs: nowNs, replicas: proposed }, cutoffNs);
    return highest;
  }

  /**
   * With `behavior`: no further up than the lowest recommendation of its window, no further down than the highest of
   * its window.
   */
  stabilizeWith(nowNs: number, current: number, proposed: number, behavior: HpaBehavior): number {
    const upCutoffNs = nowNs - behavior.scaleUp.stabilizationNs;
    const downCutoffNs = nowNs - behavior.scaleDown.stabilizationNs;
    let lowest = proposed;
    let highest = proposed;
    for (const { atNs, replicas } of this.recommendations) {
      if (atNs > upCutoffNs) lowest = Math.min(lowest, replicas);
      if (atNs > downCutoffNs) highest = Math.max(highest, replicas);
    }
    overwriteOld(this.recommendations, { atNs: nowNs, replicas: proposed }, Math.min(upCutoffNs, downCutoffNs));
    return Math.min(Math.max(current, lowest), highest);
  }

  /** With `behavior`: how far towards `desired` the policies and the bounds let the workload go. */
  limitWith(nowNs: number, current: number, desired: number, bounds: Bounds, behavior: HpaBehavior): number {
    if (desired > current) {
      const limit = Math.max(this.upLimit(nowNs, current, behavior.scaleUp), current);
      return Math.min(desired, bounds.max, limit);
    }
    if (desired < current) {
      const limit = Math.min(this.downLimit(nowNs, current, behavior.scaleDown), current);
      return Math.max(desired, bounds.min, limit);
    }
    return desired;
  }

  /** Remembers a scaling of this HPA, which counts for policies. Without `behavior` nothing asks for it. */
  record(nowNs: number, from: number, to: number, behavior: HpaBehavior): void {
    const [events, rules] = to > from ? [this.ups, behavior.scaleUp] : [this.downs, behavior.scaleDown];
    const longestNs = rules.policies.reduce((longest, { periodNs }) => Math.max(longest, periodNs), 0);
    overwriteOld(events, { atNs: nowNs, replicas: Math.abs(to - from) }, nowNs - longestNs);
  }

  private upLimit(nowNs: number, current: number, { selectPolicy, policies }: ScalingRules): number {
    if (selectPolicy === 'Disabled') return current;
    const limits = policies.map(({ kind, value, periodNs }) => {
      const start = this.atPeriodStart(nowNs, current, periodNs);
      return kind === 'Pods' ? start + value : Math.ceil(start * (1 + value / 100));
    });
    return selectPolicy === 'Min' ? Math.min(...limits) : Math.max(...limits);
  }

  private downLimit(nowNs: number, current: number, { selectPolicy, policies }: ScalingRules): number {
    if (selectPolicy === 'Disabled') return current;
    const limits = policies.map(({ kind, value, periodNs }) => {
      const start = this.atPeriodStart(nowNs, current, periodNs);
      return kind === 'Pods' ? start - value : Math.trunc(start * (1 - value / 100));
    });
    return selectPolicy === 'Min' ? Math.max(...limits) : Math.min(...limits);
  }

  /** How many replicas there were at the start of a period, by the scalings since. */
  private atPeriodStart(nowNs: number, current: number, periodNs: number): number {
    return current - within(this.ups, nowNs - periodNs) + within(this.downs, nowNs - periodNs);
  }
}

/** Without `behavior`: at most twice as many as there are, or 4, and within the bounds. */
export function limitWithoutBehavior(current: number, desired: number, bounds: Bounds): number {
  if (desired < bounds.min) return bounds.min;
  return Math.min(desired, bounds.max, Math.max(2 * current, 4));
}

/** What was added or removed strictly later than `cutoffNs`. */
function within(events: readonly Dated[], cutoffNs: number): number {
  let sum = 0;
  for (const { atNs, replicas } of events) if (atNs > cutoffNs) sum += replicas;
  return sum;
}

/**
 * Puts an entry in the place of the last one that is older than `cutoffNs`, so that the list grows only as long as its
 * window.
 */
function overwriteOld(list: Dated[], entry: Dated, cutoffNs: number): void {
  for (let index = list.length - 1; index >= 0; index--) {
    if (list[index]!.atNs < cutoffNs) {
      list[index] = entry;
      return;
    }
  }
  list.push(entry);
}
