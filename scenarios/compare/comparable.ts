// Which latencies may be compared. Those of good answers are: but where another share of the calls is answered well, they are other calls' (a proxy
// that refuses everybody is fast). Clients are followed one by one then: who is answered well in both worlds has a latency in both. Of calls
// inside the mesh nobody is followed: their latencies are not comparable. Nor are they where success has changed for some client, and a
// place therefore gets other calls than before. Nor, followed or not, where good answers were halved or doubled: whoever is still answered, or was,
// has had the servers nearly for himself.

import type { DiffSettings, MetricReason } from '../result/diff-result.js';
import type { CustomerPairs } from './customer-pairs.js';
import { pairUp, type ReadingPair, readingKey } from './differences.js';
import { latencyReadings } from './readings.js';

/** Customers who are answered well in both worlds that each replication needs. */
const LEAST_GOOD_IN_BOTH = 30;

/** All quantities of one subject, in the order in which they were read. */
export type SubjectPairs = readonly ReadingPair[];

/** The share of good answers differs by more than the margin, in one direction or the other. */
export function isSuccessMoved(pairs: SubjectPairs): boolean {
  return isMovedBeyondMargin(pairs.find(({ base }) => base.metric === 'errors'));
}

/**
 * @param customers of the subject; null: they cannot be followed.
 * @param quantiles wanted beside the usual ones.
 * @param isSuccessMovedElsewhere for some client, so that other calls come here.
 */
export function comparableLatencies(
  pairs: SubjectPairs,
  customers: () => CustomerPairs | null,
  quantiles: readonly number[],
  isSuccessMovedElsewhere: boolean,
  settings: DiffSettings,
): SubjectPairs {
  if (isSuccessMoved(pairs)) {
    const followed = customers();
    if (followed === null) return withoutLatency(pairs, 'other good answers');
    const among = amongGoodInBoth(pairs, followed, quantiles, settings);
    return isUpheaval(pairs) ? among.map(told) : among;
  }
  const hasOtherCalls =
    isSuccessMovedElsewhere && isMovedBeyondMargin(pairs.find(({ base }) => base.metric === 'served'));
  return hasOtherCalls ? withoutLatency(pairs, 'other calls') : pairs;
}

/** Share of the good answers of the one world that the other has at most. */
const UPHEAVAL = 0.5;

function isUpheaval(pairs: SubjectPairs): boolean {
  const errors = pairs.find(({ base }) => base.metric === 'errors');
  const [before, after] = [1 - (errors?.baseMean ?? 0), 1 - (errors?.candidateMean ?? 0)];
  return Math.min(before, after) <= UPHEAVAL * Math.max(before, after);
}

/** What was measured is told, and nothing is concluded from it. */
function told(pair: ReadingPair): ReadingPair {
  return pair.among === null ? pair : { ...pair, isComparable: false, reason: pair.reason ?? 'other good answers' };
}

function isMovedBeyondMargin(pair: ReadingPair | undefined): boolean {
  if (pair === undefined || pair.baseMean === null || pair.candidateMean === null) return false;
  return Math.abs(pair.candidateMean - pair.baseMean) > pair.margin;
}

function amongGoodInBoth(
  pairs: SubjectPairs,
  customers: CustomerPairs,
  quantiles: readonly number[],
  settings: DiffSettings,
): SubjectPairs {
  if (customers.base.some(({ count }) => count < LEAST_GOOD_IN_BOTH))
    return withoutLatency(pairs, 'too few good in both');
  const base = new Map(latencyReadings(customers.base, quantiles).map((reading) => [readingKey(reading), reading]));
  const candidate = new Map(
    latencyReadings(customers.candidate, quantiles).map((reading) => [readingKey(reading), reading]),
  );
  return pairs.map((pair) => {
    const [own, other] = [base.get(readingKey(pair.base)), candidate.get(readingKey(pair.base))];
    if (pair.base.unit !== 'ms' || own === undefined || other === undefined) return pair;
    const { subject, subjectKey, isUntouched } = pair;
    const found = pairUp({ subject, subjectKey, isUntouched, base: own, candidate: other }, settings);
    const isComparable = found.difference !== null;
    const reason = isComparable ? null : 'too few good in both';
    return { ...found, among: 'good in both', isComparable, reason };
  });
}

/** Both values stay to be seen; their difference says nothing. */
function withoutLatency(pairs: SubjectPairs, why: MetricReason): SubjectPairs {
  return pairs.map((pair) => {
    if (pair.base.unit !== 'ms' || pair.presence !== 'both') return pair;
    const isNever = pair.base.samples === 0 || pair.candidate.samples === 0;
    const reason = isNever ? 'no good answers' : why;
    return { ...pair, difference: null, pHigher: null, pLower: null, isComparable: false, reason };
  });
}
