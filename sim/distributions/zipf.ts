// Popularity: rank k of n is drawn with probability proportional to 1 / k^s (keys of a cache, tenants, paths).
import { powReal } from '../math.js';
import { type Distribution, firstAtLeast } from './distribution.js';

export class ZipfDistribution implements Distribution {
  readonly mean: number;
  readonly variance: number;
  readonly min = 1;
  readonly max: number;
  /** bounds[k - 1] = P(rank <= k). */
  private readonly bounds: Float64Array;

  constructor(n: number, s: number) {
    this.max = n;
    const bounds = new Float64Array(n);
    let total = 0;
    let first = 0;
    for (let k = 1; k <= n; k++) {
      const weight = powReal(k, -s);
      total += weight;
      first += k * weight;
      bounds[k - 1] = total;
    }
    for (let k = 0; k < n; k++) bounds[k] /= total;
    this.bounds = bounds;
    this.mean = first / total;
    let spread = 0;
    for (let k = 1; k <= n; k++) spread += powReal(k, -s) * (k - this.mean) * (k - this.mean);
    this.variance = spread / total;
  }

  sample(u: number): number {
    return firstAtLeast(this.bounds, u, this.max - 1) + 1;
  }

  cdf(x: number): number {
    const rank = Math.floor(x);
    if (!(rank >= 1)) return 0;
    return rank >= this.max ? 1 : this.bounds[rank - 1];
  }
}
