// The usual shape of a service time: skewed to the right, its logarithm normal. Given by mean and coefficient of variation:
// sigma^2 = log(1 + cv^2), mu = log(mean) - sigma^2 / 2.
import { exp, expm1, log, log1p, normalCdf, normalQuantile, sqrt, toNormalQuantile } from '../math.js';
import type { Distribution } from './distribution.js';

const CELL = new Float64Array(1);

export class LognormalDistribution implements Distribution {
  readonly variance: number;
  readonly min: number;
  readonly max: number;
  private readonly mu: number;
  private readonly sigma: number;

  constructor(
    readonly mean: number,
    cv: number,
  ) {
    const sigmaSquared = log1p(cv * cv);
    this.variance = mean * cv * (mean * cv);
    this.sigma = sqrt(sigmaSquared);
    this.mu = log(mean) - sigmaSquared / 2;
    this.min = cv > 0 ? 0 : mean;
    this.max = cv > 0 ? Infinity : mean;
  }

  sample(u: number): number {
    CELL[0] = u;
    this.sampleIn(CELL);
    return CELL[0];
  }

  /** Puts the sample for the uniform number `cell[0]` in its place: as `sample`, where an allocation a call is too many (see toNormalQuantile). */
  sampleIn(cell: Float64Array): void {
    if (this.sigma === 0) {
      cell[0] = this.mean;
      return;
    }
    toNormalQuantile(cell);
    cell[0] = exp(this.mu + this.sigma * cell[0]);
  }

  cdf(x: number): number {
    if (this.sigma === 0) return x >= this.mean ? 1 : 0;
    return x > 0 ? normalCdf((log(x) - this.mu) / this.sigma) : 0;
  }
}

/**
 * Mean and coefficient of variation of the lognormal distribution with this median and this value at percentile `percent`
 * (50 < percent < 100, value > median).
 */
export function lognormalFromQuantiles(median: number, percent: number, value: number): { mean: number; cv: number } {
  const sigma = log(value / median) / normalQuantile(percent / 100);
  return { mean: median * exp((sigma * sigma) / 2), cv: sqrt(expm1(sigma * sigma)) };
}
