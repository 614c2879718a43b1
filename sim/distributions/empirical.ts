// A quantile function through measured points, such as p50, p90 and p99 of a dashboard. Between two points the value grows log-linearly
// in p where both values are positive, else linearly. Below the first point: linearly from 0 where the first value is positive, else the
// first value. Above the last point: the last piece goes on in its own manner up to p = 1, but to at most twice the last value (and
// not at all where the last value is not positive). A point at p = 0 or p = 1 ends the distribution there.
import { exp, expm1, log } from '../math.js';
import { type Distribution, firstAtLeast } from './distribution.js';

export class EmpiricalDistribution implements Distribution {
  readonly mean: number;
  readonly variance: number;
  readonly min: number;
  readonly max: number;
  private readonly probabilities: Float64Array;
  private readonly values: Float64Array;
  /** Growth over each piece: of log(value) where `logarithmic`, else of the value; per unit of probability. */
  private readonly growth: Float64Array;
  private readonly logarithmic: Uint8Array;
  private readonly last: number;

  constructor(quantiles: readonly (readonly [probability: number, value: number])[]) {
    const points = withEnds(quantiles);
    const pieces = points.length - 1;
    this.probabilities = Float64Array.from(points, (point) => point[0]);
    this.values = Float64Array.from(points, (point) => point[1]);
    this.growth = new Float64Array(pieces);
    this.logarithmic = new Uint8Array(pieces);
    this.last = pieces - 1;
    this.min = points[0][1];
    this.max = points[pieces][1];
    let mean = 0;
    for (let i = 0; i < pieces; i++) {
      this.logarithmic[i] = this.values[i] > 0 ? 1 : 0;
      this.growth[i] = growthPerProbability(points[i], points[i + 1]);
      mean += this.pieceMoment(i, 1, 0);
    }
    this.mean = mean;
    let variance = 0;
    for (let i = 0; i < pieces; i++) variance += this.pieceMoment(i, 2, mean);
    this.variance = Math.max(0, variance);
  }

  sample(u: number): number {
    const i = Math.max(0, firstAtLeast(this.probabilities, u, this.last + 1) - 1);
    const from = this.values[i];
    const step = (u - this.probabilities[i]) * this.growth[i];
    const value = this.logarithmic[i] === 1 ? from * exp(step) : from + step;
    return Math.min(value, this.values[i + 1]);
  }

  cdf(x: number): number {
    if (x < this.min) return 0;
    if (x >= this.max) return 1;
    // The last point that is not above x: pieces of constant value before it are wholly counted.
    let i = this.last;
    while (this.values[i] > x) i--;
    const from = this.values[i];
    const step = this.logarithmic[i] === 1 ? log(x / from) : x - from;
    return Math.min(this.probabilities[i] + step / this.growth[i], this.probabilities[i + 1]);
  }

  /** Integral of (value - about)^power over the probabilities of piece i. */
  private pieceMoment(i: number, power: 1 | 2, about: number): number {
    const width = this.probabilities[i + 1] - this.probabilities[i];
    const a = this.values[i];
    const b = this.values[i + 1];
    if (this.logarithmic[i] === 0 || a === b) {
      const middle = (a + b) / 2 - about;
      return width * (power === 1 ? middle : middle * middle + ((b - a) * (b - a)) / 12);
    }
    const ratio = log(b / a);
    const first = (a * expm1(ratio)) / ratio;
    if (power === 1) return width * (first - about);
    return width * ((a * a * expm1(2 * ratio)) / (2 * ratio) - 2 * about * first + about * about);
  }
}

type Point = readonly [probability: number, value: number];

function withEnds(quantiles: readonly Point[]): readonly Point[] {
  const first = quantiles[0];
  const points: Point[] = first[0] > 0 ? [[0, Math.min(first[1], 0)], ...quantiles] : [...quantiles];
  const last = points[points.length - 1];
  if (last[0] === 1) return points;
  const before = points[points.length - 2];
  const step = (1 - last[0]) * growthPerProbability(before, last);
  const grown = before[1] > 0 ? last[1] * exp(step) : last[1] + step;
  points.push([1, last[1] > 0 ? Math.min(grown, 2 * last[1]) : last[1]]);
  return points;
}

function growthPerProbability(from: Point, to: Point): number {
  const growth = from[1] > 0 ? log(to[1] / from[1]) : to[1] - from[1];
  return growth / (to[0] - from[0]);
}
