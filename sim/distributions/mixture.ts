// One of several distributions, chosen by weight (bimodal: the fast path and the slow). u chooses the part, parts in the order of their
// means so that a small u stays a small value, and is then stretched over the part: monotone within a part, not across parts that
// overlap.
import { type Distribution, firstAtLeast, insideUnit } from './distribution.js';

export class MixtureDistribution implements Distribution {
  readonly mean: number;
  readonly variance: number;
  readonly min: number;
  readonly max: number;
  private readonly parts: readonly Distribution[];
  private readonly shares: Float64Array;
  private readonly bounds: Float64Array;

  constructor(weights: readonly number[], parts: readonly Distribution[]) {
    const shared = shareOut(
      weights,
      parts.map((part) => part.mean),
    );
    this.parts = shared.order.map((index) => parts[index]);
    this.shares = shared.shares;
    this.bounds = shared.bounds;
    const { parts: sorted, shares } = this;
    this.mean = sorted.reduce((sum, part, i) => sum + shares[i] * part.mean, 0);
    this.variance =
      this.mean === Infinity
        ? Infinity
        : sorted.reduce(
            (sum, part, i) => sum + shares[i] * (part.variance + (part.mean - this.mean) * (part.mean - this.mean)),
            0,
          );
    this.min = sorted.reduce((least, part) => Math.min(least, part.min), Infinity);
    this.max = sorted.reduce((greatest, part) => Math.max(greatest, part.max), -Infinity);
  }

  sample(u: number): number {
    const i = firstAtLeast(this.bounds, u, this.bounds.length - 1);
    const below = i === 0 ? 0 : this.bounds[i - 1];
    return this.parts[i].sample(insideUnit((u - below) / this.shares[i]));
  }

  cdf(x: number): number {
    let sum = 0;
    for (let i = 0; i < this.parts.length; i++) sum += this.shares[i] * this.parts[i].cdf(x);
    return Math.min(1, sum);
  }
}

/**
 * The parts with a weight above zero in the order of their means (equal means keep their place), their shares of 1 and the upper bounds
 * of their pieces of the unit interval.
 */
export function shareOut(
  weights: readonly number[],
  means: readonly number[],
): { readonly order: readonly number[]; readonly shares: Float64Array; readonly bounds: Float64Array } {
  const order = weights.map((_, index) => index).filter((index) => weights[index] > 0);
  order.sort((a, b) => (means[a] < means[b] ? -1 : means[a] > means[b] ? 1 : a - b));
  const total = order.reduce((sum, index) => sum + weights[index], 0);
  const shares = Float64Array.from(order, (index) => weights[index] / total);
  const bounds = new Float64Array(order.length);
  let bound = 0;
  for (let i = 0; i < order.length; i++) {
    bound += shares[i];
    bounds[i] = bound;
  }
  bounds[order.length - 1] = 1;
  return { order, shares, bounds };
}
