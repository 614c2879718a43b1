// What `seatrial storm` found: random timelines, the worst of them, each made as small as still does nearly as much. A pure function of the mesh, the
// seed and the number of storms.
import type { Mesh } from '../../models/plan/contract/plan.js';

export const STORM_SCHEMA = 'seatrial.storm/1';

export interface StormResult {
  readonly schema: typeof STORM_SCHEMA;
  readonly scenario: string;
  readonly seed: string;
  readonly istioVersion: string;
  readonly meshes: readonly Mesh[];
  /** Of each run. */
  readonly durationNs: number;
  readonly warmupNs: number;
  /** How many were asked for, and run. */
  readonly stormsRequested: number;
  readonly storms: number;
  readonly stop: 'storms' | 'budget' | 'interrupted';
  /** All runs, those in which storms were made smaller included. */
  readonly runs: number;
  /** The same run without a storm: requests, and the share of them that are answered well. */
  readonly calm: { readonly offered: number; readonly goodShare: number };
  /** Storms in which hardly anything was lost, and those that requests did not recover from. */
  readonly harmless: number;
  readonly notRecovered: number;
  /** The worst first. */
  readonly worst: readonly StormCase[];
}

/** One thing that a storm does. */
export interface StormEntry {
  /** As in a timeline: `14s`; `for` is absent where it is over at once. */
  readonly at: string;
  readonly for?: string | undefined;
  /** What is done, as reports call it: `kill 1 pod of cart`. */
  readonly name: string;
}

export interface StormOutcome {
  /** Good answers that the storm cost, and their share of what was sent in the run. */
  readonly lost: number;
  readonly lostShare: number;
  /** Requests were as before when the run ended, or too little is known to say that they were not. */
  readonly recovered: boolean;
}

export interface StormCase extends StormOutcome {
  /** From 1. */
  readonly storm: number;
  /** How the storm was drawn, and what that did. */
  readonly drawn: { readonly entries: readonly StormEntry[] } & StormOutcome;
  /** The fewest entries, and the smallest that were found, that do nearly as much. */
  readonly entries: readonly StormEntry[];
  /** Name of the scenario that plays it. */
  readonly file: string;
}
