// Every value between two bounds is as likely as any other.
import type { Distribution } from './distribution.js';

export class UniformDistribution implements Distribution {
  readonly mean: number;
  readonly variance: number;
  private readonly width: number;

  constructor(
    readonly min: number,
    readonly max: number,
  ) {
    this.width = max - min;
    this.mean = min + this.width / 2;
    this.variance = (this.width * this.width) / 12;
  }

  sample(u: number): number {
    return this.min + u * this.width;
  }

  cdf(x: number): number {
    if (x < this.min) return 0;
    return x >= this.max ? 1 : (x - this.min) / this.width;
  }
}
