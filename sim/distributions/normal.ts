// The bell curve. Negative values are possible: truncate it where a value is a duration.
import { normalCdf, normalQuantile } from '../math.js';
import type { Distribution } from './distribution.js';

export class NormalDistribution implements Distribution {
  readonly variance: number;
  readonly min: number;
  readonly max: number;

  constructor(
    readonly mean: number,
    private readonly sd: number,
  ) {
    this.variance = sd * sd;
    this.min = sd > 0 ? -Infinity : mean;
    this.max = sd > 0 ? Infinity : mean;
  }

  sample(u: number): number {
    return this.mean + this.sd * normalQuantile(u);
  }

  cdf(x: number): number {
    if (this.sd === 0) return x >= this.mean ? 1 : 0;
    return normalCdf((x - this.mean) / this.sd);
  }
}
