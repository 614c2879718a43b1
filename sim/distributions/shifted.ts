// Another distribution, later by a constant: a fixed floor under variable work.
import type { Distribution } from './distribution.js';

export class ShiftedDistribution implements Distribution {
  readonly mean: number;
  readonly variance: number;
  readonly min: number;
  readonly max: number;

  constructor(
    private readonly by: number,
    private readonly of: Distribution,
  ) {
    this.mean = by + of.mean;
    this.variance = of.variance;
    this.min = by + of.min;
    this.max = by + of.max;
  }

  sample(u: number): number {
    return this.by + this.of.sample(u);
  }

  cdf(x: number): number {
    return this.of.cdf(x - this.by);
  }
}
