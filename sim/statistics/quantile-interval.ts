// Confidence interval of a quantile of independent observations, free of any distribution: the order statistics between which it
// lies. Source: Le Boudec, Performance Evaluation of Computer and Communication Systems (2010), §2.2 and its appendix on tables.
import { exp, log1p, normalQuantile, sqrt } from '../math.js';
import type { Histogram } from './histogram.js';

/** Ranks (1 = smallest) whose values bound the quantile. Rank 0 or n + 1: the sample does not bound it on that side. */
export interface RankInterval {
  readonly low: number;
  readonly high: number;
  /** The sample is too small for this quantile and level. */
  readonly insufficient: boolean;
}

/** Values that bound a quantile; ±Infinity where the sample does not. */
export interface QuantileInterval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
  readonly insufficient: boolean;
}

/** Expected observations on the thinner side from which the normal approximation n p ± z √(n p (1 − p)) serves. */
const NORMAL_FROM = 50;

/**
 * Ranks around the quantile `p` of n observations.
 * @param p within (0, 1). @param level within (0, 1).
 * @throws RangeError for values outside, or n not a non-negative integer.
 */
export function quantileRanks(n: number, p: number, level = 0.95): RankInterval {
  if (!Number.isSafeInteger(n) || n < 0 || !(p > 0 && p < 1) || !(level > 0 && level < 1)) {
    throw new RangeError(`no rank interval for n = ${n}, p = ${p}, level = ${level}`);
  }
  if (n === 0) return { low: 0, high: 1, insufficient: true };
  if (n * Math.min(p, 1 - p) >= NORMAL_FROM) {
    const spread = normalQuantile((1 + level) / 2) * sqrt(n * p * (1 - p));
    return ranks(Math.ceil(n * p - spread), Math.floor(n * p + spread) + 1, n);
  }
  if (p <= 0.5) {
    const { low, high } = exactRanks(n, p, level);
    return ranks(low, high, n);
  }
  const { low, high } = exactRanks(n, 1 - p, level);
  return ranks(n + 1 - high, n + 1 - low, n);
}

/** Interval of the quantile `p` of observations sorted in ascending order. */
export function sampleQuantileInterval(sorted: readonly number[], p: number, level = 0.95): QuantileInterval {
  const n = sorted.length;
  const estimate = n === 0 ? Number.NaN : sorted[Math.max(0, Math.ceil(n * p) - 1)];
  return fromRanks(estimate, n, quantileRanks(n, p, level), (rank) => sorted[rank - 1]);
}

/**
 * Interval of the quantile `p` of the records of a histogram, within the histogram's relative error. It holds for independent
 * records; latencies of neighbouring requests are not, so that it is a lower bound on the uncertainty of one run.
 */
export function histogramQuantileInterval(histogram: Histogram, p: number, level = 0.95): QuantileInterval {
  const n = histogram.count;
  return fromRanks(histogram.quantile(p), n, quantileRanks(n, p, level), (rank) => histogram.valueAtRank(rank));
}

function ranks(low: number, high: number, n: number): RankInterval {
  return { low: Math.max(0, low), high: Math.min(n + 1, high), insufficient: low < 1 || high > n };
}

function fromRanks(
  estimate: number,
  n: number,
  { low, high, insufficient }: RankInterval,
  valueAt: (rank: number) => number,
): QuantileInterval {
  return {
    estimate,
    low: low < 1 ? Number.NEGATIVE_INFINITY : valueAt(low),
    high: high > n ? Number.POSITIVE_INFINITY : valueAt(high),
    n,
    insufficient,
  };
}

/** With B binomial (n, p), p <= 1/2: the largest low with P(B < low) <= α/2 and the smallest high with P(B >= high) <= α/2. */
function exactRanks(n: number, p: number, level: number): { low: number; high: number } {
  const half = (1 - level) / 2;
  let probability = exp(n * log1p(-p));
  let below = 0;
  let low = 0;
  for (let k = 0; k < n; k++) {
    if (below <= half) low = k;
    below += probability;
    if (1 - below <= half) return { low, high: k + 1 };
    probability *= ((n - k) / (k + 1)) * (p / (1 - p));
  }
  return { low, high: n + 1 };
}
