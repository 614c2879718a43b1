// Heavy tails: P(X > x) = (min / x)^alpha, cut off at `max` (and scaled up again below it) where one is given.
import { exp, expm1, log, log1p } from '../math.js';
import type { Distribution } from './distribution.js';

export class ParetoDistribution implements Distribution {
  readonly mean: number;
  readonly variance: number;
  readonly max: number;
  /** The probability below `max` of the distribution without the cut. */
  private readonly kept: number;

  constructor(
    readonly min: number,
    private readonly alpha: number,
    max: number | null,
  ) {
    this.max = max ?? Infinity;
    this.kept = max === null ? 1 : -expm1(-alpha * log(max / min));
    this.mean = this.moment(1);
    this.variance = this.moment(2) === Infinity ? Infinity : Math.max(0, this.moment(2) - this.mean * this.mean);
  }

  sample(u: number): number {
    const x = this.min * exp(-log1p(-u * this.kept) / this.alpha);
    return Math.min(x, this.max);
  }

  cdf(x: number): number {
    if (x < this.min) return 0;
    return x >= this.max ? 1 : -expm1(-this.alpha * log(x / this.min)) / this.kept;
  }

  /** E[X^k] = min^k alpha / kept * integral of e^((k - alpha) y) over y = log(x / min). */
  private moment(k: 1 | 2): number {
    const scale = ((k === 1 ? this.min : this.min * this.min) * this.alpha) / this.kept;
    const rate = k - this.alpha;
    if (this.max === Infinity) return rate < 0 ? scale / -rate : Infinity;
    const span = log(this.max / this.min);
    return scale * (rate === 0 ? span : expm1(rate * span) / rate);
  }
}
