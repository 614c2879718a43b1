// Counts in bins, such as the buckets of a Prometheus histogram: uniform within each bin.
import { type Distribution, firstAtLeast } from './distribution.js';

export class HistogramDistribution implements Distribution {
  readonly mean: number;
  readonly variance: number;
  readonly min: number;
  readonly max: number;
  private readonly edges: Float64Array;
  /** bounds[i] = P(X <= upper edge of bin i). */
  private readonly bounds: Float64Array;

  constructor(edges: readonly number[], counts: readonly number[]) {
    const bins = counts.length;
    const total = counts.reduce((sum, count) => sum + count, 0);
    this.edges = Float64Array.from(edges);
    this.bounds = new Float64Array(bins);
    let counted = 0;
    let mean = 0;
    for (let i = 0; i < bins; i++) {
      counted += counts[i];
      this.bounds[i] = counted / total;
      mean += (counts[i] / total) * ((edges[i] + edges[i + 1]) / 2);
    }
    let variance = 0;
    for (let i = 0; i < bins; i++) {
      const distance = (edges[i] + edges[i + 1]) / 2 - mean;
      const width = edges[i + 1] - edges[i];
      variance += (counts[i] / total) * (distance * distance + (width * width) / 12);
    }
    this.mean = mean;
    this.variance = variance;
    this.min = edges[counts.findIndex((count) => count > 0)];
    this.max = edges[counts.findLastIndex((count) => count > 0) + 1];
  }

  sample(u: number): number {
    const i = firstAtLeast(this.bounds, u, this.bounds.length - 1);
    const below = i === 0 ? 0 : this.bounds[i - 1];
    const share = Math.min(1, (u - below) / (this.bounds[i] - below));
    return this.edges[i] + share * (this.edges[i + 1] - this.edges[i]);
  }

  cdf(x: number): number {
    if (x <= this.min) return 0;
    if (x >= this.max) return 1;
    const i = firstAtLeast(this.edges, x, this.edges.length - 1) - 1;
    const below = i === 0 ? 0 : this.bounds[i - 1];
    return below + ((this.bounds[i] - below) * (x - this.edges[i])) / (this.edges[i + 1] - this.edges[i]);
  }
}
