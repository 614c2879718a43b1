// Replications of all worlds in fixed batches, until the primary metrics are precise enough, the most replications are done, or the wall
// time is spent. Precision is looked at between batches only, so that no machine stops elsewhere than another.

import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import type { RunSettings } from '../reading/scenario.js';
import type { StopReason } from '../result/diff-result.js';
import { JobProgress, type RunProgress } from '../running/job-progress.js';
import type { ReplicationOptions, ReplicationProgress } from '../running/replicate.js';
import { OutOfMemory } from '../running/thread-failure.js';
import { chooseWarmup, pilotOptions, type WarmupChoice } from '../running/warmup.js';
import type { ArmJob } from './arm-job.js';
import { type ArmRunner, openArmRunner } from './arm-pool.js';

export interface RunPairsOptions {
  /** The settings of all worlds. */
  readonly run: RunSettings;
  /** >= 1 */
  readonly batch: number;
  readonly replicationsMax: number;
  /** Exactly `replicationsMax`, whatever their precision and however long it takes. */
  readonly isFixed: boolean;
  /** Wall time for everything, pilots included; null = unlimited. */
  readonly budgetMs: number | null;
  /** Threads, >= 1; 0 = on the caller's own thread. */
  readonly workers: number;
  /** As of `runScenario`. */
  readonly memoryMaxBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
  /** Whether these pairs are enough; asked at the end of each batch. One list of results per world. */
  isPrecise(results: readonly (readonly ReplicationResult[])[]): boolean;
}

export interface PairRuns {
  /** One list per world, all of the same length: replications 0, 1, 2 …; empty where not one pair was done. */
  readonly results: readonly (readonly ReplicationResult[])[];
  /** One per world, all of the same length. */
  readonly warmups: readonly WarmupChoice[];
  readonly stop: StopReason;
}

/**
 * The first plan is the base. Rejects with a SimulationFault for a fault of the simulator itself, and with OutOfMemory where a thread's heap
 * was full before the first pair was done.
 */
export async function runPairs(plans: readonly MeshPlan[], options: RunPairsOptions): Promise<PairRuns> {
  const watch = watchTheClock(options);
  const runner = openArmRunner(plans, options.workers);
  try {
    return await new PairRunner(plans, options, runner, watch).run();
  } finally {
    watch.stop();
    await runner.close();
  }
}

interface Watch {
  readonly signal: AbortSignal;
  isSpent(): boolean;
  stop(): void;
}

/** One signal for Ctrl-C and for the end of the budget. */
function watchTheClock({ budgetMs, isFixed, signal }: RunPairsOptions): Watch {
  const controller = new AbortController();
  const onAbort = (): void => controller.abort();
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  const limitMs = isFixed ? null : budgetMs;
  let isSpent = false;
  const onSpent = (): void => {
    isSpent = true;
    onAbort();
  };
  const timer = limitMs === null ? undefined : setTimeout(onSpent, limitMs);
  return {
    signal: controller.signal,
    isSpent: () => isSpent,
    stop: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}

class PairRunner {
  private readonly results: ReplicationResult[][];
  private readonly progress: JobProgress;
  private outOfMemory: OutOfMemory | null = null;

  constructor(
    private readonly plans: readonly MeshPlan[],
    private readonly options: RunPairsOptions,
    private readonly runner: ArmRunner,
    private readonly watch: Watch,
  ) {
    this.results = plans.map(() => []);
    const { run, replicationsMax, onProgress } = options;
    this.progress = new JobProgress(run, replicationsMax * plans.length, plans.length, onProgress);
  }

  async run(): Promise<PairRuns> {
    const { run, batch, replicationsMax, isFixed } = this.options;
    const warmups = await this.findWarmup();
    if (warmups === null) return this.ended([], this.whyCut());
    const { memoryMaxBytes } = this.options;
    const { seed, durationNs, intervalNs, maxEvents } = run;
    const [{ warmupNs }] = warmups;
    this.progress.warmupIs(warmupNs);
    for (let first = 0; first < replicationsMax; first += batch) {
      const last = Math.min(first + batch, replicationsMax);
      const jobs: ArmJob[] = [];
      for (let replication = first; replication < last; replication++) {
        const options: ReplicationOptions = {
          seed,
          replication,
          warmupNs,
          durationNs,
          intervalNs,
          maxEvents,
          keepsCustomers: true,
          memoryMaxBytes,
        };
        this.plans.forEach((_, arm) => void jobs.push({ arm, isPilot: false, options }));
      }
      const done = await this.runJobs(jobs, 'replications', replicationsMax * this.plans.length);
      this.take(done);
      if (done.length < jobs.length) return this.ended(warmups, this.whyCut());
      if (!isFixed && last < replicationsMax && this.options.isPrecise(this.results)) {
        return this.ended(warmups, 'precision');
      }
      if (this.watch.signal.aborted && last < replicationsMax) return this.ended(warmups, this.whyCut());
    }
    if (isFixed) return this.ended(warmups, 'replications');
    return this.ended(warmups, this.options.isPrecise(this.results) ? 'precision' : 'max-replications');
  }

  /** The longest that a world needs is the warm-up of all; null where the pilots were cut off. */
  private async findWarmup(): Promise<WarmupChoice[] | null> {
    const { run } = this.options;
    const pilots = pilotOptions(run);
    const jobs = this.plans.flatMap((_, arm) => pilots.map((options): ArmJob => ({ arm, isPilot: true, options })));
    const done = await this.runJobs(jobs, 'warm-up', jobs.length);
    if (done.length < jobs.length) return null;
    const choices = this.plans.map((_, arm) =>
      chooseWarmup(run, done.slice(arm * pilots.length, (arm + 1) * pilots.length)),
    );
    const warmupNs = choices.reduce((longest, choice) => Math.max(longest, choice.warmupNs), 0);
    return choices.map((choice) => ({ ...choice, warmupNs }));
  }

  private async runJobs(
    jobs: readonly ArmJob[],
    phase: RunProgress['phase'],
    replications: number,
  ): Promise<readonly ReplicationResult[]> {
    const { plans, watch } = this;
    let done = phase === 'replications' ? this.results[0].length * plans.length : 0;
    const report = (job: ArmJob, progress: ReplicationProgress): void => {
      if (progress.finished) done += 1;
      const replication = progress.replication * plans.length + job.arm;
      this.progress.report({ ...progress, replication }, phase, replications, done);
    };
    try {
      return await this.runner.run(jobs, watch.signal, report);
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error;
      this.outOfMemory = error;
      return error.finished;
    }
  }

  /** Whole pairs only: jobs stand replication by replication. */
  private take(done: readonly ReplicationResult[]): void {
    const arms = this.plans.length;
    for (let first = 0; first + arms <= done.length; first += arms) {
      this.results.forEach((own, arm) => void own.push(done[first + arm]));
    }
  }

  private whyCut(): StopReason {
    if (this.outOfMemory !== null) return 'out-of-memory';
    return this.options.signal?.aborted !== true && this.watch.isSpent() ? 'budget' : 'interrupted';
  }

  private ended(warmups: readonly WarmupChoice[], stop: StopReason): PairRuns {
    if (this.outOfMemory !== null && this.results[0].length === 0) throw this.outOfMemory;
    return { results: this.results, warmups, stop };
  }
}
