// Values of KEDA's triggers: what the HPA is told, whether the object is active, and what is told where a trigger
// cannot be read.
// Sources: keda: pkg/scalers/prometheus_scaler.go, pkg/scalers/cron_scaler.go, pkg/fallback/fallback.go.
import { type CronSchedule, nextCronSecond } from './cron.js';

/**
 * What is told in place of a trigger that cannot be read (`spec.fallback`). Only for targets of the type AverageValue.
 */
export interface KedaFallback {
  /** The fallback holds after more than so many failures in a row. */
  readonly failureThreshold: number;
  readonly replicas: number;
  readonly behavior: 'static' | 'currentReplicas' | 'currentReplicasIfHigher' | 'currentReplicasIfLower';
}

/** A trigger as the HPA sees it. */
export interface KedaTriggerSpec {
  /** `threshold`: the target of the metric, in its unit. */
  readonly target: number;
  /** `activationThreshold`, 0: the object is active strictly above. */
  readonly activation: number;
  readonly fallback: KedaFallback | null;
}

/** What the adapter tells of a trigger. */
export interface TriggerReading {
  /** In the unit of the metric; null: an error, for the HPA too. */
  readonly value: number | null;
  readonly active: boolean;
}

/**
 * One trigger, which counts how often it could not be read. Every fetch counts: polls of the loop and reads of the HPA.
 */
export class KedaTrigger {
  private failures = 0;

  constructor(private readonly spec: KedaTriggerSpec) {}

  /**
   * One fetch.
   * @param value in the unit of the metric; null: the fetch failed
   * @param replicas how many the target has now
   */
  read(value: number | null, replicas: number): TriggerReading {
    if (value !== null) {
      this.failures = 0;
      return { value, active: value > this.spec.activation };
    }
    this.failures += 1;
    const { fallback, target } = this.spec;
    if (fallback === null || this.failures <= fallback.failureThreshold) return { value: null, active: false };
    // The target is truncated to a whole number before it is multiplied (keda: doFallback).
    return { value: Math.trunc(target) * fallbackReplicas(fallback, replicas), active: true };
  }
}

function fallbackReplicas({ behavior, replicas: fixed }: KedaFallback, replicas: number): number {
  switch (behavior) {
    case 'static':
      return fixed;
    case 'currentReplicas':
      return replicas;
    case 'currentReplicasIfHigher':
      return Math.max(replicas, fixed);
    case 'currentReplicasIfLower':
      return Math.min(replicas, fixed);
  }
}

/**
 * The value of a Prometheus trigger; null: an error.
 * @param series the values of the instant query, one a series
 * @param ignoreNull `ignoreNullValues`, true: an empty answer, NaN or infinity count as 0
 */
export function prometheusValue(series: readonly number[], ignoreNull: boolean): number | null {
  if (series.length > 1) return null;
  const [value] = series;
  if (value !== undefined && Number.isFinite(value)) return value;
  return ignoreNull ? 0 : null;
}

/** `start` and `end` of a cron trigger, and by how many seconds its time zone is ahead of the driver's clock. */
export interface CronWindow {
  readonly start: CronSchedule;
  readonly end: CronSchedule;
  readonly offsetSeconds: number;
}

/**
 * The value of a cron trigger, for a target of 1 a pod: inside of its window the end comes before the next start.
 * @param nowSecond seconds since 1970 on the driver's clock
 */
export function cronReading(window: CronWindow, nowSecond: number, desiredReplicas: number): TriggerReading {
  const local = nowSecond + window.offsetSeconds;
  const nextStart = nextCronSecond(window.start, local) ?? Infinity;
  const nextEnd = nextCronSecond(window.end, local) ?? Infinity;
  return nextEnd < nextStart ? { value: desiredReplicas, active: true } : { value: 0, active: false };
}
