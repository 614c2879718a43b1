// A flow of calls as it was counted: parts that are compared with each other for an interval.
import type { CauseCount, OutcomeCount } from '../../models/mesh/recording/result.js';
import type { Histogram } from '../../sim/statistics/index.js';

/** One replication's (or one batch's) share of a flow. */
export interface FlowPart {
  readonly measuredNs: number;
  readonly offered: number;
  readonly calls: number;
  /** Answered as their sender expects; all others are errors. */
  readonly good: number;
  readonly errors: number;
  /** Answered by a proxy in the place of the service, expected or not (refusals.ts). */
  readonly refused: number;
  readonly attempts: number;
  readonly retries: number;
  readonly outcomes: readonly OutcomeCount[];
  /** Where bad (and expected bad) answers come from. */
  readonly causes: readonly CauseCount[];
  /** Of all calls, and of the good ones: what is judged. */
  readonly latency: Histogram;
  readonly goodLatency: Histogram;
  readonly intendedLatency: Histogram;
}

export interface FlowTally {
  /** In the order of replication numbers. */
  readonly parts: readonly FlowPart[];
  /** Consecutive batches of the only replication, in place of replications; empty where there are several (or no series). */
  readonly batches: readonly FlowPart[];
}
