// One replication, from its options to its result, with a report now and then; and a list of them on this thread.
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import type { RunOptions } from '../../models/mesh/run/run-options.js';
import { MeshSimulation } from '../../models/mesh/run/simulation.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import type { TimelineEntryPlan } from '../../models/plan/contract/timeline-plan.js';
import { defaultMemoryMaxBytes, isMemoryFull } from './memory-watch.js';
import { RecoveryWatch } from './until-recovered.js';

/** What to run, and how much memory the process may take meanwhile: default three quarters of the machine's. */
export interface ReplicationOptions extends RunOptions {
  readonly memoryMaxBytes?: number | undefined;
  /** The run is over at this time after the warm-up, or later, as soon as requests are as before its timeline; at the latest after `durationNs`. */
  readonly untilRecoveredNs?: number | undefined;
  /** What is done to the mesh, in place of the plan's own timeline. */
  readonly timeline?: readonly TimelineEntryPlan[] | undefined;
}

/** Where a replication is. `simulatedNs` counts from the start of the warm-up up to `totalNs`. */
export interface ReplicationProgress {
  readonly replication: number;
  readonly simulatedNs: number;
  readonly totalNs: number;
  readonly events: number;
  /** The last report of this replication. */
  readonly finished: boolean;
}

/** Wall time between two reports, and two looks at the memory. */
const REPORT_EVERY_MS = 100;
/** Steps in which a replication is simulated: between them it can report and be stopped. */
const STEPS = 2000;

/** Runs one replication to its end. `onProgress` is called about every 100 ms of wall time; it cannot change the result. The run stops where the memory is full. */
export function replicate(
  given: MeshPlan,
  options: ReplicationOptions,
  onProgress: (progress: ReplicationProgress) => void = () => {},
): ReplicationResult {
  const plan = options.timeline === undefined ? given : { ...given, timeline: options.timeline };
  const simulation = new MeshSimulation(plan, options);
  const { replication, warmupNs, durationNs } = options;
  const memoryMaxBytes = options.memoryMaxBytes ?? defaultMemoryMaxBytes();
  const totalNs = warmupNs + durationNs;
  const stepNs = Math.max(1, Math.ceil(totalNs / STEPS));
  const watch =
    options.untilRecoveredNs === undefined
      ? null
      : new RecoveryWatch(plan, options.untilRecoveredNs, options.intervalNs);
  const runTo = (untilNs: number): boolean => {
    while (watch !== null && watch.nextNs <= untilNs && watch.nextNs < durationNs) {
      if (!simulation.runUntil(watch.nextNs)) return false;
      if (watch.look(simulation.trafficSoFar())) {
        simulation.end();
        return false;
      }
    }
    return simulation.runUntil(untilNs);
  };
  let reportedAtMs = performance.now();
  for (let atNs = -warmupNs + stepNs; runTo(Math.min(atNs, durationNs)); atNs += stepNs) {
    const nowMs = performance.now();
    if (nowMs - reportedAtMs < REPORT_EVERY_MS) continue;
    reportedAtMs = nowMs;
    if (isMemoryFull(memoryMaxBytes)) simulation.stopForMemory();
    onProgress({
      replication,
      simulatedNs: simulation.nowNs + warmupNs,
      totalNs,
      events: simulation.events,
      finished: false,
    });
  }
  onProgress({ replication, simulatedNs: totalNs, totalNs, events: simulation.events, finished: true });
  return simulation.result();
}

export interface ReplicateOptions {
  /** Stops before the next replication (inline) or at once (pool). */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ReplicationProgress) => void) | undefined;
}

/**
 * Results in the order of `jobs`: fewer where the signal came, and then those of the first jobs. One thread; the caller's own,
 * so that a signal is seen between replications only.
 */
export function runReplicationsInline(
  plan: MeshPlan,
  jobs: readonly ReplicationOptions[],
  { signal, onProgress }: ReplicateOptions = {},
): ReplicationResult[] {
  const results: ReplicationResult[] = [];
  for (const job of jobs) {
    if (signal?.aborted) break;
    results.push(replicate(plan, job, onProgress));
  }
  return results;
}
