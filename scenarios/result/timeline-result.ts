// What a run with a timeline says over time: its phases, what each entry did to the requests, and what happened in which order. Seconds count from
// the end of the warm-up.
import type { HappeningKind } from '../../models/mesh/recording/happenings.js';
import type { Measured } from './measured.js';

/** Intervals come from replications alone: a phase of one replication has none. */
export interface PhaseFlowSummary {
  readonly offeredPerSecond: Measured;
  readonly servedPerSecond: Measured;
  readonly goodputPerSecond: Measured;
  /** Of what ended in the phase, 0..1. */
  readonly errorShare: Measured;
  /** Of the good answers. */
  readonly p50Ms: Measured;
  readonly p99Ms: Measured;
}

export interface PhaseSummary {
  /** `before`, `kill 1 pod of cart`, `after kill 1 pod of cart` … */
  readonly name: string;
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** Names of the entries that hold. */
  readonly entries: readonly string[];
  /** All traffic together. */
  readonly all: PhaseFlowSummary;
  readonly traffic: readonly ({ readonly name: string } & PhaseFlowSummary)[];
}

/** Whether, and when, requests are as they were before an entry: share of good answers and 99th percentile, within a margin. */
export interface RecoverySummary {
  /** What the time counts from: the entry's end, or, where it is over at once or never ends, its beginning. */
  readonly from: 'begin' | 'end';
  /** When that was; of an entry with several times the last of them. */
  readonly sinceSeconds: number;
  /** Of the replications that recovered after the last time; the longest that it took after any; 0: it was never out of the margin. */
  readonly seconds: Measured;
  /** Replications that recovered, and that did not; of all others there is too little to tell. */
  readonly recovered: number;
  readonly notRecovered: number;
  /** What there was to come back to, mean over the replications; null: too little was measured before, so good is what is almost without errors. */
  readonly before: { readonly errorShare: number; readonly p99Ms: number | null } | null;
  /** How the replications that did not recover were when the run ended, or the next entry began; null: all recovered. */
  readonly left: {
    /** The request, `traffic.request`, that was not as before; null: all traffic together. */
    readonly request: string | null;
    readonly errorShare: number;
    readonly p99Ms: number | null;
    /** From `from` on. */
    readonly afterSeconds: number;
    /** Name of the entry that began then; null: the run ended. */
    readonly until: string | null;
  } | null;
}

/** What an entry of the timeline did to the requests, until the next entry began. */
export interface ImpactSummary {
  readonly entry: string;
  /** How often it began within the run. */
  readonly times: number;
  /** Of the first time. `endSeconds` null: it lasts until the run ends; equal to `beginSeconds`: it is over at once. */
  readonly beginSeconds: number;
  readonly endSeconds: number | null;
  /** Bad answers above the share of before, for each time, mean over the replications; never below 0. */
  readonly lost: Measured;
  /** Of all intervals of the series, mean over the replications. null: too few answers for any. */
  readonly worstErrors: { readonly atSeconds: number; readonly share: number } | null;
  readonly worstP99: { readonly atSeconds: number; readonly ms: number } | null;
  readonly recovery: RecoverySummary;
  /** Of the objectives about traffic: bad requests above the share of before, as a share of what the objective lets fail in the whole run. */
  readonly budgets: readonly { readonly slo: string; readonly usedShare: Measured }[];
}

export type HappenedKind = HappeningKind | 'recovered' | 'not recovered';

/** Alike things that followed one entry, in all replications. */
export interface HappeningSummary {
  readonly kind: HappenedKind;
  /** Name of the entry that it is, or that it followed; `` for none. */
  readonly entry: string;
  /** Which of its times, from 1; 0: all of them together, with the times of the first. */
  readonly time: number;
  /** Medians over the replications of the first and of the last of them. */
  readonly atSeconds: number;
  readonly lastSeconds: number;
  /** The earliest and the latest in any replication. */
  readonly lowSeconds: number;
  readonly highSeconds: number;
  /** `name.namespace`; `` where it is about none, or about several. */
  readonly workload: string;
  /** How many workloads, and pods (or changes, median over the replications), it is about. */
  readonly workloads: number;
  readonly count: number;
  /** Replications in which it happened. */
  readonly replications: number;
}

/** Of a run that was to go on until requests are as they were before each entry of its timeline. Nanoseconds after the end of the warm-up. */
export interface UntilRecoveredSummary {
  /** The run that the scenario asks for. */
  readonly durationNs: number;
  /** Replications were over at the latest here. */
  readonly boundNs: number;
  /** Replications in which all was as before when they ended, and in which it was not; of all others nothing can be told. */
  readonly recovered: number;
  readonly notRecovered: number;
  /** `fail`: some replication has not recovered. */
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
}
