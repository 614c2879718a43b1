// CPU quota as Linux enforces it for a cgroup (linux: Documentation/scheduler/sched-bwc.rst): at each period boundary the pool is filled
// to `limit * period` (nothing is carried over), running threads drain it, and when it is empty all stop until the next boundary. Real
// kernels hand the pool to CPUs in slices of 5 ms; that grain is left out.

/** A quota of CPU time per period. */
export interface CfsQuota {
  /** Cores that may be used on average, > 0. */
  readonly limitCores: number;
  /** Length of a period, an integer > 0 (kubelet: 100 ms). */
  readonly periodNs: number;
  /** When the first boundary is, an integer in [0, periodNs). */
  readonly phaseNs: number;
}

/**
 * CPU time of one period, in nanoseconds.
 * @throws RangeError if the quota is outside its ranges or smaller than one nanosecond
 */
export function quotaNsPerPeriod(quota: CfsQuota): number {
  const { limitCores, periodNs, phaseNs } = quota;
  if (!(Number.isInteger(periodNs) && periodNs > 0))
    throw new RangeError(`periodNs must be an integer > 0, got ${periodNs}`);
  if (!(Number.isInteger(phaseNs) && phaseNs >= 0 && phaseNs < periodNs)) {
    throw new RangeError(`phaseNs must be an integer in [0, ${periodNs}), got ${phaseNs}`);
  }
  const quotaNs = Math.round(limitCores * periodNs);
  if (!(quotaNs >= 1))
    throw new RangeError(`a limit of ${limitCores} cores leaves no CPU time in a period of ${periodNs} ns`);
  return quotaNs;
}

/** Number of the period that `atNs` lies in; period n starts at phaseNs + n * periodNs, so the first may be -1. */
export function periodAt(atNs: number, periodNs: number, phaseNs: number): number {
  const sincePhaseNs = atNs - phaseNs;
  const period = Math.floor(sincePhaseNs / periodNs);
  return period * periodNs > sincePhaseNs ? period - 1 : period;
}
