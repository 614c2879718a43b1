// What every distribution can do. Sampling is by inversion, so that the same uniform number means the same luck under every policy.

export interface Distribution {
  /**
   * The value for a uniform number u in the open interval (0, 1): the quantile function, non-decreasing in u up to rounding. In a mixture
   * (and a hyperexponential) u first chooses the part, parts in the order of their means, and is then stretched over the part:
   * non-decreasing within a part only. Allocates nothing.
   */
  sample(u: number): number;
  /** P(X <= x). */
  cdf(x: number): number;
  /** Infinity where the mean does not exist. */
  readonly mean: number;
  /** Infinity where the variance does not exist. */
  readonly variance: number;
  /** No sample is below; may be -Infinity. */
  readonly min: number;
  /** No sample is above; may be Infinity. */
  readonly max: number;
}

const SMALLEST_UNIFORM = 5.551115123125783e-17;
const LARGEST_UNIFORM = 0.9999999999999999;

/** Keeps a rescaled uniform number inside the open interval (0, 1). */
export function insideUnit(u: number): number {
  return u < SMALLEST_UNIFORM ? SMALLEST_UNIFORM : Math.min(u, LARGEST_UNIFORM);
}

/** The first index i < last with u <= bounds[i], else `last`; `bounds` rises. Binary search. */
export function firstAtLeast(bounds: Float64Array, u: number, last: number): number {
  let low = 0;
  let high = last;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (u <= bounds[middle]) high = middle;
    else low = middle + 1;
  }
  return low;
}
