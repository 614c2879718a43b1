// A few kinds of work, each exponential: more variable than exponential. u chooses the kind (small means first) and then, stretched over
// the kind, the value.
import { expm1, log1p, sqrt } from '../math.js';
import { type Distribution, firstAtLeast, insideUnit } from './distribution.js';
import { shareOut } from './mixture.js';

export class HyperexponentialDistribution implements Distribution {
  readonly mean: number;
  readonly variance: number;
  readonly min = 0;
  readonly max: number;
  private readonly means: Float64Array;
  private readonly shares: Float64Array;
  private readonly bounds: Float64Array;

  constructor(weights: readonly number[], means: readonly number[]) {
    const parts = shareOut(weights, means);
    this.means = Float64Array.from(parts.order, (index) => means[index]);
    this.shares = parts.shares;
    this.bounds = parts.bounds;
    let mean = 0;
    for (let i = 0; i < this.means.length; i++) mean += this.shares[i] * this.means[i];
    let variance = 0;
    for (let i = 0; i < this.means.length; i++) {
      const distance = this.means[i] - mean;
      variance += this.shares[i] * (this.means[i] * this.means[i] + distance * distance);
    }
    this.mean = mean;
    this.variance = variance;
    this.max = this.means[this.means.length - 1] > 0 ? Infinity : 0;
  }

  sample(u: number): number {
    const i = firstAtLeast(this.bounds, u, this.bounds.length - 1);
    const below = i === 0 ? 0 : this.bounds[i - 1];
    return -this.means[i] * log1p(-insideUnit((u - below) / this.shares[i]));
  }

  cdf(x: number): number {
    if (x < 0) return 0;
    let sum = 0;
    for (let i = 0; i < this.means.length; i++) {
      sum += this.shares[i] * (this.means[i] > 0 ? -expm1(-x / this.means[i]) : 1);
    }
    return sum;
  }
}

/** Two exponential phases with balanced means (each carries half of the work), for a mean and a coefficient of variation >= 1. */
export function balancedHyperexponential(
  mean: number,
  cv: number,
): { weights: [number, number]; means: [number, number] } {
  const often = (1 + sqrt((cv * cv - 1) / (cv * cv + 1))) / 2;
  return { weights: [often, 1 - often], means: [mean / (2 * often), mean / (2 * (1 - often))] };
}
