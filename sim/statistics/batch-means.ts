// Interval of a mean from one long, correlated sequence: cut it into batches, treat their means as independent, and test whether
// they are. Sources: Schmeiser, Operations Research 30 (1982): 20 to 30 batches suffice; von Neumann's ratio as a test of batch
// means: Fishman, Principles of Discrete Event Simulation (1978), §5.
import { normalQuantile, sqrt } from '../math.js';
import { type Interval, meanInterval } from './confidence.js';

export interface BatchMeans {
  readonly interval: Interval;
  readonly means: readonly number[];
  /** Observations in a batch. */
  readonly batchSize: number;
  /** Correlation of neighbouring batch means by von Neumann's ratio: about 0 if they are independent. NaN with fewer than 3. */
  readonly correlation: number;
  /** The batch means are positively correlated (5 % test): the interval is too narrow, simulate for longer. */
  readonly correlated: boolean;
}

export interface BatchMeansOptions {
  /** Number of batches, an integer >= 2; 20 unless given. */
  readonly batches?: number;
  /** Confidence level; 0.95 unless given. */
  readonly level?: number;
}

/**
 * Batches of equal size; what does not fit is dropped from the front, where the start still shows. Fewer values than batches leave
 * the interval `insufficient`.
 * @throws RangeError if `batches` is not an integer >= 2.
 */
export function batchMeans(
  values: readonly number[],
  { batches = 20, level = 0.95 }: BatchMeansOptions = {},
): BatchMeans {
  if (!Number.isSafeInteger(batches) || batches < 2) throw new RangeError(`cannot make ${batches} batches`);
  const batchSize = Math.floor(values.length / batches);
  const means: number[] = [];
  if (batchSize > 0) {
    for (let start = values.length - batchSize * batches; start < values.length; start += batchSize) {
      let sum = 0;
      for (let i = start; i < start + batchSize; i++) sum += values[i];
      means.push(sum / batchSize);
    }
  }
  const interval = meanInterval(means, level);
  const correlation = neighbourCorrelation(means, interval.mean);
  const limit = normalQuantile(0.95) * sqrt((batches - 2) / (batches * batches - 1));
  return { interval, means, batchSize, correlation, correlated: correlation > limit };
}

/** 1 − V / 2 with V = Σ (y_{i+1} − y_i)² / Σ (y_i − ȳ)²; normal with mean 0 and variance (n − 2) / (n² − 1) if independent. */
function neighbourCorrelation(means: readonly number[], mean: number): number {
  if (means.length < 3) return Number.NaN;
  let steps = 0;
  let squares = 0;
  for (let i = 0; i < means.length; i++) {
    if (i > 0) steps += (means[i] - means[i - 1]) * (means[i] - means[i - 1]);
    squares += (means[i] - mean) * (means[i] - mean);
  }
  return squares === 0 ? 0 : 1 - steps / (2 * squares);
}
