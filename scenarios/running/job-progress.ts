// How far a whole job is, pilot runs for the warm-up included: one measure from its beginning to its end.

import type { RunSettings } from '../reading/scenario.js';
import type { ReplicationProgress } from './replicate.js';
import { pilotOptions } from './warmup.js';

export interface RunProgress extends ReplicationProgress {
  readonly phase: 'warm-up' | 'replications';
  /** Replications of this phase: all, and those that are done. */
  readonly replications: number;
  readonly done: number;
  /** Simulated time of the whole job: so far, and as much as there will be at most (an estimate until the warm-up is known). */
  readonly jobSimulatedNs: number;
  readonly jobTotalNs: number;
}

/** Until the pilots have told: this share of the duration. */
const WARMUP_GUESS_SHARE = 0.2;

/** Collects the reports of all replications of a job. */
export class JobProgress {
  private readonly simulated = new Map<string, number>();
  private sumNs = 0;
  private readonly pilotsNs: number;
  private warmupNs: number;

  /**
   * @param replications at most so many, over all worlds.
   * @param worlds each has pilots of its own.
   */
  constructor(
    run: RunSettings,
    private readonly replications: number,
    worlds: number,
    private readonly onProgress: ((progress: RunProgress) => void) | undefined,
    /** Of a replication, at most. */
    private readonly longestNs: number = run.durationNs,
  ) {
    this.pilotsNs = worlds * pilotOptions(run).reduce((sum, { durationNs }) => sum + durationNs, 0);
    this.warmupNs = run.warmupNs ?? run.durationNs * WARMUP_GUESS_SHARE;
  }

  /** The warm-up that the pilots found. */
  warmupIs(warmupNs: number): void {
    this.warmupNs = warmupNs;
  }

  report(progress: ReplicationProgress, phase: RunProgress['phase'], replications: number, done: number): void {
    if (this.onProgress === undefined) return;
    const key = `${phase} ${progress.replication}`;
    this.sumNs += progress.simulatedNs - (this.simulated.get(key) ?? 0);
    this.simulated.set(key, progress.simulatedNs);
    const jobTotalNs = this.pilotsNs + this.replications * (this.warmupNs + this.longestNs);
    this.onProgress({ ...progress, phase, replications, done, jobSimulatedNs: this.sumNs, jobTotalNs });
  }
}
