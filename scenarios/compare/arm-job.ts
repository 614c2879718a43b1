// One replication of one world: what a thread of a comparison is handed, and what it does.
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import { type ReplicationOptions, type ReplicationProgress, replicate } from '../running/replicate.js';
import { pilotPlan } from '../running/warmup.js';

/** One replication of one world. */
export interface ArmJob {
  readonly arm: number;
  /** With the load of t = 0 all the time, to find the warm-up. */
  readonly isPilot: boolean;
  readonly options: ReplicationOptions;
}

export function runArmJob(
  plans: readonly MeshPlan[],
  { arm, isPilot, options }: ArmJob,
  onProgress: (progress: ReplicationProgress) => void,
): ReplicationResult {
  return replicate(isPilot ? pilotPlan(plans[arm]) : plans[arm], options, onProgress);
}
