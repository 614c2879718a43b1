// A run from end to end: pilot runs for the warm-up, the replications, the summary, the verdict.
import type { ReplicationResult } from '../models/mesh/recording/result.js';
import type { MeshPlan } from '../models/plan/contract/plan.js';
import type { LoadedScenario } from './loading/load-scenario.js';
import type { RunResult, Verdict } from './result/run-result.js';
import { JobProgress, type RunProgress } from './running/job-progress.js';
import { runReplications } from './running/pool.js';
import { type ReplicationOptions, type ReplicationProgress, runReplicationsInline } from './running/replicate.js';
import { OutOfMemory } from './running/thread-failure.js';
import { longRunInterval, recoveryBounds } from './running/until-recovered.js';
import { chooseWarmup, pilotOptions, pilotPlan } from './running/warmup.js';
import { summarise } from './summary/summarise.js';

export interface RunScenarioOptions {
  /** Threads, >= 1; 0 = on the caller's own thread (nothing else happens there until the run is over). */
  readonly workers: number;
  /** Resident memory of the process at which replications stop; default three quarters of the machine's. */
  readonly memoryMaxBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
  /**
   * Each replication goes on past the scenario's duration until requests are as before each entry of the timeline, and at the latest until so many
   * nanoseconds after the last entry is over (after its beginning, where it lasts until the run ends).
   */
  readonly recoverWithinNs?: number | undefined;
}

/** How long a mesh has to recover in, unless somebody says so. */
export const RECOVER_WITHIN_NS = 600e9;

export interface RunOutcome {
  /** null: interrupted before the first replication was done. */
  readonly result: RunResult | null;
  /** Replications 0 .. k − 1 that the result comes from. */
  readonly completed: readonly number[];
  readonly interrupted: boolean;
  /** 0 good, 1 a threshold failed, 4 inconclusive or incomplete, 130 interrupted. */
  readonly exitCode: 0 | 1 | 4 | 130;
}

/**
 * Runs a scenario that was loaded without errors. The result does not depend on `workers`. An abort returns what was done until then.
 * Rejects with a SimulationFault for a fault of the simulator itself, and with OutOfMemory where a thread's heap was full before the first
 * replication was done; later the result is that of the finished ones, and says so.
 * @throws RangeError where `loaded` has no plan.
 */
export async function runScenario(
  loaded: Pick<LoadedScenario, 'plan' | 'relative'>,
  options: RunScenarioOptions,
): Promise<RunOutcome> {
  const { plan, relative } = loaded;
  if (plan === null || relative === null) throw new RangeError('the scenario was not loaded: look at its diagnostics');
  const { scenario, diagnostics, fidelity, sources } = relative;
  const { run } = scenario;
  const { recoverWithinNs } = options;
  const bounds = recoverWithinNs === undefined ? null : recoveryBounds(plan, run, recoverWithinNs);
  const longestNs = bounds?.boundNs ?? run.durationNs;
  const progress = new JobProgress(run, run.replications, 1, options.onProgress, longestNs);
  const pilots = await runPhase(pilotPlan(plan), pilotOptions(run), 'warm-up', options, progress);
  if (options.signal?.aborted) return nothingDone();
  const warmup = chooseWarmup(run, pilots);
  progress.warmupIs(warmup.warmupNs);
  const jobs = Array.from({ length: run.replications }, (_, replication): ReplicationOptions => {
    const { seed, durationNs, intervalNs, maxEvents } = run;
    const one = { seed, replication, warmupNs: warmup.warmupNs, durationNs, intervalNs, maxEvents };
    if (bounds === null) return one;
    const { leastNs, boundNs } = bounds;
    return {
      ...one,
      durationNs: boundNs,
      intervalNs: longRunInterval(intervalNs, boundNs),
      untilRecoveredNs: leastNs,
    };
  });
  const { results, isOutOfMemory } = await asFarAsMemoryGoes(runPhase(plan, jobs, 'replications', options, progress));
  if (results.length === 0) return nothingDone();
  const result = summarise({ plan, scenario, results, warmup, diagnostics, fidelity, sources, isOutOfMemory, bounds });
  const interrupted = results.length < jobs.length && !isOutOfMemory;
  return {
    result,
    completed: results.map(({ replication }) => replication),
    interrupted,
    exitCode: interrupted ? 130 : exitCodeOf(result.verdict),
  };
}

interface Finished {
  readonly results: readonly ReplicationResult[];
  readonly isOutOfMemory: boolean;
}

async function asFarAsMemoryGoes(running: Promise<ReplicationResult[]>): Promise<Finished> {
  try {
    return { results: await running, isOutOfMemory: false };
  } catch (error) {
    if (!(error instanceof OutOfMemory) || error.finished.length === 0) throw error;
    return { results: error.finished, isOutOfMemory: true };
  }
}

/** The exit code that a verdict asks for. */
export function exitCodeOf(verdict: Verdict): 0 | 1 | 4 {
  switch (verdict) {
    case 'pass':
      return 0;
    case 'fail':
      return 1;
    case 'inconclusive':
      return 4;
  }
}

function nothingDone(): RunOutcome {
  return { result: null, completed: [], interrupted: true, exitCode: 130 };
}

async function runPhase(
  plan: MeshPlan,
  runs: readonly ReplicationOptions[],
  phase: RunProgress['phase'],
  { workers, memoryMaxBytes, signal }: RunScenarioOptions,
  job: JobProgress,
): Promise<ReplicationResult[]> {
  const jobs = runs.map((run) => ({ ...run, memoryMaxBytes }));
  let done = 0;
  const report = (progress: ReplicationProgress): void => {
    if (progress.finished) done += 1;
    job.report(progress, phase, jobs.length, done);
  };
  const options = { signal, onProgress: report };
  return workers === 0 ? runReplicationsInline(plan, jobs, options) : runReplications(plan, jobs, workers, options);
}
