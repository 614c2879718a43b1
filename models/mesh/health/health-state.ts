// What a proxy holds of a host that it checks actively (envoy: source/extensions/health_checkers/common/health_checker_base_impl.cc,
// setHealthy, setUnhealthy, interval).
import type { HealthCheckPlan } from '../../plan/contract/plan.js';

/** How a check ended. */
export const CHECK = {
  passed: 0,
  /** No answer: time-out, lost connection, a status that may be retried. Counts towards the unhealthy threshold. */
  noAnswer: 1,
  /** An answer that says that the host is bad: unhealthy at once. */
  refused: 2,
} as const;

const TRANSITION = { unchanged: 0, pending: 1, changed: 2 } as const;

export class HealthState {
  failed: boolean;
  private first: boolean;
  private passes = 0;
  private failures = 0;
  private transition: number = TRANSITION.unchanged;
  private passed: boolean;

  /** @param known whether the first check is over, and has passed; a host that is new is unhealthy until its first check */
  constructor(known: boolean) {
    this.failed = !known;
    this.first = !known;
    this.passed = known;
  }

  /** Takes the result of a check in; true if the host has become healthy or unhealthy. */
  take(result: number, plan: HealthCheckPlan): boolean {
    this.passed = result === CHECK.passed;
    this.transition = this.passed ? this.pass(plan) : this.fail(result, plan);
    this.first = false;
    return this.transition === TRANSITION.changed;
  }

  private pass(plan: HealthCheckPlan): number {
    this.failures = 0;
    if (!this.failed) return TRANSITION.unchanged;
    if (!this.first && ++this.passes < plan.healthyThreshold) return TRANSITION.pending;
    this.failed = false;
    return TRANSITION.changed;
  }

  private fail(result: number, plan: HealthCheckPlan): number {
    this.passes = 0;
    if (this.failed) return TRANSITION.unchanged;
    if (result === CHECK.noAnswer && ++this.failures < plan.unhealthyThreshold) return TRANSITION.pending;
    this.failures = 0;
    this.failed = true;
    return TRANSITION.changed;
  }

  /** From the end of the last check to the next one, without jitter. @param used the cluster has had a connection */
  intervalNs(plan: HealthCheckPlan, used: boolean): number {
    if (!used) return this.passed ? plan.noTrafficHealthyIntervalNs : plan.noTrafficIntervalNs;
    if (this.transition === TRANSITION.pending)
      return this.passed ? plan.healthyEdgeIntervalNs : plan.unhealthyEdgeIntervalNs;
    return this.passed ? plan.intervalNs : plan.unhealthyIntervalNs;
  }
}

/**
 * An interval with its jitter: first the percentage of itself, then the fixed part; whole milliseconds.
 * @param u, v uniform in (0, 1)
 */
export function jitteredIntervalNs(intervalNs: number, plan: HealthCheckPlan, u: number, v: number): number {
  const share = Math.floor((plan.intervalJitterPercent / 100) * (intervalNs / NS_PER_MS));
  const fixed = Math.floor(plan.intervalJitterNs / NS_PER_MS);
  return intervalNs + (Math.floor(u * share) + Math.floor(v * fixed)) * NS_PER_MS;
}

const NS_PER_MS = 1_000_000;
