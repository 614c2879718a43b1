// Confidence interval of a mean from independent observations (replications, batch means): mean ± t · s / √n.
// Source: Law, Simulation Modeling and Analysis, 5th ed., §4.5 and §9.4 (replication and deletion).
import { sqrt } from '../math.js';
import { studentCritical, studentUpperTail } from './student.js';
import { Welford } from './welford.js';

/** A mean and how sure it is. With fewer than two observations nothing bounds it: `insufficient`, infinite half-width. */
export interface Interval {
  /** NaN without any observation. */
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly halfWidth: number;
  /** Number of observations. */
  readonly n: number;
  readonly insufficient: boolean;
}

/**
 * Interval of the mean of independent observations.
 * @param level confidence level within (0, 1).
 * @throws RangeError for another level.
 */
export function meanInterval(values: readonly number[], level = 0.95): Interval {
  return momentsInterval(Welford.of(values), level);
}

/** As `meanInterval`, from the moments of the observations alone. */
export function momentsInterval(moments: Welford, level = 0.95): Interval {
  if (!(level > 0 && level < 1)) throw new RangeError(`confidence level ${level} is not within (0, 1)`);
  const { mean, count: n } = moments;
  if (n < 2) {
    const infinity = Number.POSITIVE_INFINITY;
    return { mean, low: -infinity, high: infinity, halfWidth: infinity, n, insufficient: true };
  }
  const halfWidth = studentCritical(level, n - 1) * sqrt(moments.variance / n);
  return { mean, low: mean - halfWidth, high: mean + halfWidth, halfWidth, n, insufficient: false };
}

/**
 * One-sided p-value of the hypothesis that the true mean is at most `threshold`: small when the observations speak for more.
 * 1 with fewer than two observations. For "at least", negate the values and the threshold.
 */
export function pValueAbove(values: readonly number[], threshold: number): number {
  const moments = Welford.of(values);
  if (moments.count < 2) return 1;
  const excess = moments.mean - threshold;
  const standardError = sqrt(moments.variance / moments.count);
  if (standardError === 0) return excess > 0 ? 0 : 1;
  return studentUpperTail(excess / standardError, moments.count - 1);
}
