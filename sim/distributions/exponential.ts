// Memoryless times: the gaps of a Poisson stream, and the textbook's service time.
import { expm1, log1p } from '../math.js';
import type { Distribution } from './distribution.js';

export class ExponentialDistribution implements Distribution {
  readonly variance: number;
  readonly min = 0;
  readonly max: number;

  constructor(readonly mean: number) {
    this.variance = mean * mean;
    this.max = mean > 0 ? Infinity : 0;
  }

  sample(u: number): number {
    return -this.mean * log1p(-u);
  }

  cdf(x: number): number {
    if (x < 0) return 0;
    return this.mean > 0 ? -expm1(-x / this.mean) : 1;
  }
}
