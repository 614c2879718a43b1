// What became of a run that was to go on until requests are as before.
import { occurrencesOf } from '../../models/mesh/recording/phases.js';
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import { wholeRecovery } from '../recovery/after-entries.js';
import type { Verdict } from '../result/run-result.js';
import type { UntilRecoveredSummary } from '../result/timeline-result.js';
import type { RecoveryBounds } from '../running/until-recovered.js';

/** @param durationNs the run that was asked for */
export function summariseUntilRecovered(
  { timeline }: Pick<MeshPlan, 'timeline'>,
  durationNs: number,
  { boundNs }: RecoveryBounds,
  results: readonly ReplicationResult[],
): UntilRecoveredSummary {
  const occurrences = occurrencesOf(timeline, Number.POSITIVE_INFINITY).sort((a, b) => a.beginNs - b.beginNs);
  const kinds = results.map((result) => wholeRecovery(occurrences, result));
  const count = (wanted: (typeof kinds)[number]): number => kinds.filter((kind) => kind === wanted).length;
  const recovered = count('recovered');
  const notRecovered = count('not recovered');
  const verdict: Verdict = notRecovered > 0 ? 'fail' : recovered < results.length ? 'inconclusive' : 'pass';
  return { durationNs, boundNs, recovered, notRecovered, verdict };
}
