// What a storm cost: good answers that the same customers would have had without it.
import { type Occurrence, occurrencesOf } from '../../models/mesh/recording/phases.js';
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import type { TimelineEntryPlan } from '../../models/plan/contract/timeline-plan.js';
import { wholeRecovery } from '../recovery/after-entries.js';
import type { StormOutcome } from '../result/storm-result.js';

/** What clients sent and got in the measured window. */
export interface Answers {
  readonly offered: number;
  readonly good: number;
}

export function answersOf({ traffic }: Pick<ReplicationResult, 'traffic'>): Answers {
  return {
    offered: traffic.reduce((sum, { offered }) => sum + offered, 0),
    good: traffic.reduce((sum, { good }) => sum + good, 0),
  };
}

/** A request that a closed loop has not sent because it waits is lost as well. @param calm the same run without the storm */
export function outcomeOf(
  timeline: readonly TimelineEntryPlan[],
  result: ReplicationResult,
  calm: Answers,
): StormOutcome {
  const { offered, good } = answersOf(result);
  const sent = Math.max(offered, calm.offered);
  const goodShare = calm.offered === 0 ? 0 : calm.good / calm.offered;
  const lost = Math.max(0, sent * goodShare - good);
  const occurrences: Occurrence[] = occurrencesOf(timeline, Number.POSITIVE_INFINITY);
  const recovery = wholeRecovery(
    occurrences.sort((a, b) => a.beginNs - b.beginNs),
    result,
  );
  return {
    lost: Math.round(lost),
    lostShare: sent === 0 ? 0 : lost / sent,
    recovered: recovery !== 'not recovered' && !isBadAtTheEnd(result, goodShare),
  };
}

/** What of the run is its end. */
const END_SHARE = 0.1;
/** Of the good answers there: where so many are missing, requests are not as before, whatever the entries one by one say. */
const MISSING_SHARE = 0.2;
const MISSING_LEAST = 5;

function isBadAtTheEnd({ series }: ReplicationResult, goodShare: number): boolean {
  const from = Math.floor(series.intervals * (1 - END_SHARE));
  const sum = (values: readonly number[]): number => values.slice(from).reduce((total, value) => total + value, 0);
  let due = 0;
  let good = 0;
  for (const { offered, completed, errors } of series.traffic) {
    due += goodShare * Math.max(sum(offered), sum(completed));
    good += sum(completed) - sum(errors);
  }
  return due - good >= Math.max(MISSING_LEAST, MISSING_SHARE * due);
}

/** Below 0: the first is worse. What requests do not recover from goes on losing. */
export function byHarm(a: StormOutcome, b: StormOutcome): number {
  return Number(a.recovered) - Number(b.recovered) || b.lost - a.lost;
}

/** Of what the whole storm does. */
const NEARLY_SHARE = 0.8;

/** Whether a smaller storm does nearly as much as the whole one. */
export function isNearly(smaller: StormOutcome, whole: StormOutcome): boolean {
  return (whole.recovered || !smaller.recovered) && smaller.lost >= NEARLY_SHARE * whole.lost;
}
