// Streaming mean and variance that do not cancel. Sources: Welford, Technometrics 4 (1962); merging: Chan, Golub and LeVeque,
// The American Statistician 37 (1983).
import { sqrt } from '../math.js';

export class Welford {
  private n = 0;
  private average = 0;
  private squares = 0;

  /** The moments of a list. */
  static of(values: readonly number[]): Welford {
    const moments = new Welford();
    for (const value of values) moments.add(value);
    return moments;
  }

  /** Adds one observation. */
  add(value: number): void {
    this.n++;
    const delta = value - this.average;
    this.average += delta / this.n;
    this.squares += delta * (value - this.average);
  }

  /** Adds all observations of `other`. */
  merge(other: Welford): void {
    const total = this.n + other.n;
    if (total === 0) return;
    const delta = other.average - this.average;
    this.squares += other.squares + (delta * delta * this.n * other.n) / total;
    this.average += (delta * other.n) / total;
    this.n = total;
  }

  get count(): number {
    return this.n;
  }

  /** NaN without observations. */
  get mean(): number {
    return this.n === 0 ? Number.NaN : this.average;
  }

  /** Sum of the squared deviations from the mean. */
  get squaredDeviations(): number {
    return this.squares;
  }

  /** Unbiased sample variance (n − 1); NaN with fewer than two observations. */
  get variance(): number {
    return this.n < 2 ? Number.NaN : this.squares / (this.n - 1);
  }

  /** NaN with fewer than two observations. */
  get standardDeviation(): number {
    return sqrt(this.variance);
  }
}
