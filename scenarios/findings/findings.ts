// What acted in a run, where, which line, and what follows from it.
import type { ReplicationResult } from '../../models/mesh/result.js';
import type { MeshPlan } from '../../models/plan/plan.js';
import type { PlanSources } from '../../models/plan/sources.js';
import type { Finding } from '../findings-result.js';
import type { RunTally } from '../tally.js';

export interface FindingInput {
  readonly plan: MeshPlan;
  /** null: findings name no lines. */
  readonly sources: PlanSources | null;
  readonly results: readonly ReplicationResult[];
  readonly tally: RunTally;
}

export function findFindings(_input: FindingInput): Finding[] {
  return [];
}
