// The usual shape of a service time: skewed to the right, its logarithm normal. Given by mean and coefficient of variation:
// sigma^2 = log(1 + cv^2), mu = log(mean) - sigma^2 / 2.
import { exp, expm1, log, log1p, normalCdf, normalQuantile, sqrt } from '../math.js';
import type { Distribution } from './distribution.js';

export class LognormalDistribution implements Distribution {
  readonly mean: number;
  readonly variance: number;
  readonly min: number;
  readonly max: number;
  private readonly mu: number;
  private readonly sigma: number;

  constructor(mean: number, cv: number) {
    const sigmaSquared = log1p(cv * cv);
    this.mean = mean;
    this.variance = mean * cv * (mean * cv);
    this.sigma = sqrt(sigmaSquared);
    this.mu = log(mean) - sigmaSquared / 2;
    this.min = cv > 0 ? 0 : mean;
    this.max = cv > 0 ? Infinity : mean;
  }

  sample(u: number): number {
    return this.sigma === 0 ? this.mean : exp(this.mu + this.sigma * normalQuantile(u));
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
