// A power of an exponential: stretched tails for shape < 1, ageing for shape > 1.
import { exp, expm1, lnGamma, log1p, powReal } from '../math.js';
import type { Distribution } from './distribution.js';

export class WeibullDistribution implements Distribution {
  readonly mean: number;
  readonly variance: number;
  readonly min = 0;
  readonly max = Infinity;
  private readonly inverseShape: number;

  constructor(
    private readonly scale: number,
    private readonly shape: number,
  ) {
    this.inverseShape = 1 / shape;
    const logMean = lnGamma(1 + 1 / shape);
    this.mean = scale * exp(logMean);
    this.variance = this.mean * this.mean * expm1(lnGamma(1 + 2 / shape) - 2 * logMean);
  }

  sample(u: number): number {
    return this.scale * powReal(-log1p(-u), this.inverseShape);
  }

  cdf(x: number): number {
    return x > 0 ? -expm1(-powReal(x / this.scale, this.shape)) : 0;
  }
}

/** The scale that gives a Weibull distribution of this shape the mean `mean`. */
export function weibullScale(mean: number, shape: number): number {
  return mean / exp(lnGamma(1 + 1 / shape));
}
