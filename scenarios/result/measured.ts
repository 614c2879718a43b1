// A number of a result, and how sure it is.

/** Why a number is missing or has no interval. */
export type MissingReason =
  /** Too few observations for this quantile or share: `value` is null too. */
  | 'too few samples'
  /** Nothing was called: `value` is null. */
  | 'no calls'
  /** Something was called, and not one answer was good: `value` is null. */
  | 'no good answers'
  /** Nothing was observed: `value` is null. */
  | 'no data'
  /** One replication that could not be cut into batches: `value` is there, its interval is not. */
  | 'one replication';

/** A number and how sure it is. `low`..`high` is the 95 % confidence interval. `reason` is null where both are there. */
export interface Measured {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly reason: MissingReason | null;
}
