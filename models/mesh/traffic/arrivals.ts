// When requests arrive: Poisson or evenly spaced, at a rate that may change linearly between points. The non-homogeneous process is sampled by
// inverting the cumulative rate (Çinlar, "Introduction to Stochastic Processes", 1975; L. Devroye, "Non-Uniform Random Variate Generation", VI.1.3).
import { log, sqrt } from '../../../sim/math.js';

const NS_PER_S = 1_000_000_000;

export interface RatePoint {
  /** Nanoseconds on the run's time line, where 0 is the end of the warm-up. */
  readonly atNs: number;
  readonly ratePerSecond: number;
}

/** A piecewise linear rate, constant before its first point and after its last. */
export class RateProfile {
  private segment = 0;

  constructor(private readonly points: readonly RatePoint[]) {
    if (points.length === 0) throw new RangeError('a rate profile needs a point');
  }

  /**
   * Moves the time `at[0]` on to when the expected number of arrivals has grown by `amount`; to Infinity if it never does. Calls must go forward in
   * time. (By way of memory, because a time that is an argument or a result costs an allocation.)
   */
  goOn(at: Float64Array, amount: number): void {
    let atNs = at[0];
    let left = amount;
    for (;;) {
      while (this.segment < this.points.length && this.points[this.segment].atNs <= atNs) this.segment++;
      const rate = this.rateAt(atNs);
      if (this.segment === this.points.length || this.segment === 0) {
        // Constant: after the last point, or before the first.
        const endNs = rate > 0 ? atNs + (left / rate) * NS_PER_S : Number.POSITIVE_INFINITY;
        if (this.segment > 0 || endNs <= this.points[0].atNs) {
          at[0] = endNs;
          return;
        }
        left -= (rate * (this.points[0].atNs - atNs)) / NS_PER_S;
        atNs = this.points[0].atNs;
        continue;
      }
      const end = this.points[this.segment];
      const lengthS = (end.atNs - atNs) / NS_PER_S;
      const area = ((rate + end.ratePerSecond) / 2) * lengthS;
      if (left <= area && area > 0) {
        at[0] = Math.min(end.atNs, atNs + this.solve(rate, end.ratePerSecond, lengthS, left) * NS_PER_S);
        return;
      }
      left -= area;
      atNs = end.atNs;
    }
  }

  /** Requests per second at a time. */
  rateAt(atNs: number): number {
    const { points } = this;
    if (atNs < points[0].atNs) return points[0].ratePerSecond;
    for (let i = points.length - 1; i >= 0; i--) {
      const from = points[i];
      if (from.atNs > atNs) continue;
      const to = points[i + 1];
      if (to === undefined || to.atNs === from.atNs) return from.ratePerSecond;
      return (
        from.ratePerSecond + ((to.ratePerSecond - from.ratePerSecond) * (atNs - from.atNs)) / (to.atNs - from.atNs)
      );
    }
    return points[0].ratePerSecond;
  }

  /** Seconds until a rate that goes from a to b in `lengthS` has brought `amount` (the stable form of the quadratic's root). */
  private solve(a: number, b: number, lengthS: number, amount: number): number {
    const slope = (b - a) / lengthS;
    return (2 * amount) / (a + sqrt(Math.max(0, a * a + 2 * slope * amount)));
  }
}

/** The expected number of arrivals until the next one: exponential for Poisson, 1 for even spacing. */
export function nextAmount(process: 'poisson' | 'constant', u: number): number {
  return process === 'poisson' ? -log(u) : 1;
}
