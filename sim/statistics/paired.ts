// Comparing two systems that met the same luck: the interval of the mean difference of pairs, and what the common random numbers
// gained. Source: Law, Simulation Modeling and Analysis, 5th ed., §10.2.1 (paired-t) and §11.2 (common random numbers).
import { type Interval, momentsInterval } from './confidence.js';
import { Welford } from './welford.js';

export interface PairedComparison {
  /** Of candidate − base. */
  readonly difference: Interval;
  /** Relative to the mean of the base: `difference.mean / mean(base)`; NaN if that is 0. */
  readonly relativeDifference: number;
  /**
   * (var base + var candidate) / var of the difference: how many times more independent replications the same precision would take.
   * Infinity if all differences are equal while the values are not; NaN with fewer than two pairs or if nothing varies.
   */
  readonly varianceReduction: number;
}

/**
 * Pair i is replication i of both.
 * @throws RangeError if the lengths differ or the level is not within (0, 1).
 */
export function comparePaired(base: readonly number[], candidate: readonly number[], level = 0.95): PairedComparison {
  if (base.length !== candidate.length) {
    throw new RangeError(`cannot pair ${base.length} with ${candidate.length} observations`);
  }
  const differences = Welford.of(base.map((value, i) => candidate[i] - value));
  const baseMoments = Welford.of(base);
  const difference = momentsInterval(differences, level);
  return {
    difference,
    relativeDifference: baseMoments.mean === 0 ? Number.NaN : difference.mean / baseMoments.mean,
    varianceReduction: (baseMoments.variance + Welford.of(candidate).variance) / differences.variance,
  };
}
