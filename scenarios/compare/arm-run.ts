// One world of a comparison after its replications.
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import type { PlanSources } from '../../models/plan/contract/sources.js';
import { type RunTally, tallyRun } from '../tally/tally.js';
import { type PrimaryMetrics, wantedQuantiles } from './primary.js';
import { readArmMetrics, type SubjectReadings } from './readings.js';

/** A world and what its replications observed; replication r of two worlds is a pair. */
export interface ArmRun {
  readonly plan: MeshPlan;
  /** null: nobody knows who wrote what acts in it. */
  readonly sources: PlanSources | null;
  readonly results: readonly ReplicationResult[];
  readonly tally: RunTally;
  readonly readings: readonly SubjectReadings[];
}

export function readArmRun(
  plan: MeshPlan,
  results: readonly ReplicationResult[],
  primary: PrimaryMetrics,
  sources: PlanSources | null = null,
): ArmRun {
  const tally = tallyRun(plan, results);
  return { plan, sources, results, tally, readings: readArmMetrics(plan, results, tally, wantedQuantiles(primary)) };
}
