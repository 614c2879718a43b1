// Another distribution, given that its value lies within [min, max]: inversion within [P(X < min), P(X <= max)]. The inner one must be
// sampled by a true inverse of its cdf (compile.ts moves the cut into the parts of a mixture first).
// Mean and variance are integrals of the quantile function, by adaptive Gauss-Kronrod quadrature. Relative to max - min the error of the
// mean is below 1e-7, or below 1e-3 where the inner distribution has more than some fifty jumps (Zipf).
import { type Distribution, insideUnit } from './distribution.js';
import { integrateUnit } from './quadrature.js';

export class TruncatedDistribution implements Distribution {
  readonly mean: number;
  readonly variance: number;
  readonly min: number;
  readonly max: number;
  private readonly from: number;
  private readonly kept: number;

  constructor(
    min: number,
    max: number,
    private readonly of: Distribution,
  ) {
    this.from = probabilityBelow(of, min);
    this.kept = of.cdf(max) - this.from;
    // The bounds of what can be drawn: a rank or another atom may lie inside the cut.
    const to = this.from + this.kept;
    this.min = this.from > 0 ? Math.max(min, of.sample(this.from + this.kept * 1e-15)) : Math.max(min, of.min);
    this.max = to < 1 ? Math.min(max, of.sample(to)) : Math.min(max, of.max);
    const range = this.max - this.min;
    // Over a range of 1, so that the tolerance is relative to the range.
    const share = (u: number): number => (range > 0 ? (this.sample(u) - this.min) / range : 0);
    const mean = integrateUnit(share);
    this.mean = this.min + range * mean;
    this.variance = range * range * integrateUnit((u) => (share(u) - mean) * (share(u) - mean));
  }

  sample(u: number): number {
    const value = this.of.sample(insideUnit(this.from + u * this.kept));
    return value < this.min ? this.min : Math.min(value, this.max);
  }

  cdf(x: number): number {
    if (x < this.min) return 0;
    return x >= this.max ? 1 : (this.of.cdf(x) - this.from) / this.kept;
  }
}

/** The probability that `of` keeps within [min, max]. */
export function probabilityWithin(of: Distribution, min: number, max: number): number {
  return of.cdf(max) - probabilityBelow(of, min);
}

/** P(X < x): the cdf at the next smaller double, so that an atom at x does not count. */
function probabilityBelow(of: Distribution, x: number): number {
  return of.cdf(x === 0 ? -Number.MIN_VALUE : x - Math.abs(x) * 1.2e-16);
}
