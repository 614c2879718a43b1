// The same value every time.
import type { Distribution } from './distribution.js';

export class ConstantDistribution implements Distribution {
  readonly mean: number;
  readonly variance = 0;
  readonly min: number;
  readonly max: number;

  constructor(value: number) {
    this.mean = value;
    this.min = value;
    this.max = value;
  }

  sample(_u: number): number {
    return this.mean;
  }

  cdf(x: number): number {
    return x >= this.mean ? 1 : 0;
  }
}
