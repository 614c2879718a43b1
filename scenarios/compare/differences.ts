// The difference of two worlds in one quantity, from pairs of replications that met the same customers: its interval, and how strongly
// the pairs speak for a change beyond the margin that matters. Source: Law, Simulation Modeling and Analysis, 5th ed., §10.2.1.
import { comparePaired, pValueAbove } from '../../sim/statistics/index.js';
import type { Difference, DiffSettings, DiffSubject, DiffUnit, MetricReason } from '../result/diff-result.js';
import type { Reading, SubjectReadings } from './readings.js';

/** One quantity in both worlds, before anything is concluded. */
export interface ReadingPair {
  readonly subject: DiffSubject;
  readonly subjectKey: string;
  readonly base: Reading;
  readonly candidate: Reading;
  readonly baseMean: number | null;
  readonly candidateMean: number | null;
  readonly difference: Difference | null;
  readonly margin: number;
  readonly reason: MetricReason | null;
  /** In which worlds there is anything to see. */
  readonly presence: 'both' | 'new' | 'gone';
  /** The latencies are those of the same calls. */
  readonly isComparable: boolean;
  readonly among: 'good in both' | null;
  /** Everything about this subject is the same in both worlds, number by number. */
  readonly isUntouched: boolean;
  /** One-sided p-values of "higher (lower) by no more than the margin"; null without an interval. */
  readonly pHigher: number | null;
  readonly pLower: number | null;
}

/** Shares of a time, and calls per call: changes up to this (1 point) do not matter. */
const MARGIN_UTILISATION = 0.01;
const MARGIN_PER_CALL = 0.01;
/** Least margins where the base's value is near 0. */
const MARGIN_LEAST_MS = 0.001;
const MARGIN_LEAST_PER_SECOND = 0.001;
const MARGIN_LEAST_PER_MINUTE = 0.1;
/** n observations without an event bound its probability by 3 / n at 95 % (Hanley and Lippman-Hand, JAMA 249, 1983). */
const RULE_OF_THREE = 3;

/** All quantities of a subject that at least one of the worlds has seen. */
export function pairReadings(base: SubjectReadings, candidate: SubjectReadings, settings: DiffSettings): ReadingPair[] {
  const keys = new Set([...base.readings, ...candidate.readings].map(readingKey));
  const both = [...keys].map((key) => {
    const own = base.readings.find((reading) => readingKey(reading) === key);
    const other = candidate.readings.find((reading) => readingKey(reading) === key);
    return { base: own ?? unseen(other!, base), candidate: other ?? unseen(own!, candidate) };
  });
  // Two worlds of which nothing was measured are not the same, they are unknown.
  const isSeen = both.some((pair) => pair.base.values.some(Number.isFinite));
  const isUntouched =
    isSeen && both.every((pair) => pair.base.values.every((value, r) => Object.is(value, pair.candidate.values[r])));
  const calls = { base: callsOf(base), candidate: callsOf(candidate) };
  return both.map((pair) => {
    const whole = { subject: base.subject, subjectKey: base.key, isUntouched, ...pair };
    const presence = presenceOf(pair.base, pair.candidate, calls);
    return presence === 'both' ? pairUp(whole, settings) : oneSided(whole, presence, settings);
  });
}

/** Means of numbers that one world alone has; no difference. */
function oneSided(pair: RawPair, presence: 'new' | 'gone', settings: DiffSettings): ReadingPair {
  return {
    ...pair,
    ...NOTHING,
    presence,
    baseMean: presence === 'gone' ? meanOf(pair.base) : null,
    candidateMean: presence === 'new' ? meanOf(pair.candidate) : null,
    margin: marginOf(pair.base.unit, pair.base, 0, settings),
    reason: 'no calls',
  };
}

export function readingKey({ metric, outcome }: Pick<Reading, 'metric' | 'outcome'>): string {
  return `${metric}/${outcome}`;
}

/** What only the other world has seen happened here never; of calls that are not made nothing can be said. */
function unseen(other: Reading, own: SubjectReadings): Reading {
  const calls = callsOf(own);
  if (isOfCalls(other) && calls === 0) {
    return { ...other, samples: 0, values: other.values.map(() => Number.NaN), isEnough: false };
  }
  return {
    ...other,
    samples: isOfCalls(other) ? calls : other.samples,
    values: other.values.map(() => 0),
    isEnough: true,
  };
}

/** How many calls a subject carries. */
function callsOf({ readings }: SubjectReadings): number {
  return readings.find(({ metric }) => metric === 'served')?.samples ?? 0;
}

/** Shares of calls, numbers a call and latencies mean something only where there are calls. */
function isOfCalls({ metric, unit }: Reading): boolean {
  return !(
    unit === 'perMinute' ||
    metric === 'cpu' ||
    metric === 'workers' ||
    metric === 'proxy' ||
    metric === 'offered'
  );
}

function presenceOf(
  base: Reading,
  candidate: Reading,
  calls: { readonly base: number; readonly candidate: number },
): ReadingPair['presence'] {
  if (!isOfCalls(base)) return 'both';
  const isThere = base.samples > 0 || calls.base > 0;
  const isThereNow = candidate.samples > 0 || calls.candidate > 0;
  return isThere === isThereNow ? 'both' : isThere ? 'gone' : 'new';
}

type RawPair = Pick<ReadingPair, 'subject' | 'subjectKey' | 'base' | 'candidate' | 'isUntouched'>;

const NOTHING = { difference: null, pHigher: null, pLower: null, isComparable: true, among: null } as const;

/** One quantity of two worlds, replication by replication. */
export function pairUp(pair: RawPair, settings: DiffSettings): ReadingPair {
  const { base, candidate, isUntouched } = pair;
  const both = { ...pair, ...NOTHING, presence: 'both' as const };
  const baseMean = meanOf(base);
  const candidateMean = meanOf(candidate);
  const margin = marginOf(base.unit, base, baseMean ?? 0, settings);
  if (baseMean === null || candidateMean === null) {
    const reason = base.samples === 0 || candidate.samples === 0 ? 'no data' : 'too few samples';
    return { ...both, baseMean, candidateMean, margin, reason };
  }
  const { difference } = comparePaired(base.values, candidate.values, settings.confidenceLevel);
  const { mean: value, low, high, insufficient } = difference;
  if (insufficient) return { ...both, baseMean, candidateMean, margin, reason: 'too few samples' };
  const differences = base.values.map((own, r) => candidate.values[r] - own);
  return {
    ...both,
    baseMean,
    candidateMean,
    difference: { value, low, high },
    margin,
    reason: !isUntouched && isRare(base, candidate, differences, margin) ? 'too few samples' : null,
    pHigher: pValueAbove(differences, margin),
    pLower: pValueAbove(
      differences.map((own) => -own),
      margin,
    ),
  };
}

/** Nothing happened differently, but among so few calls that says little about a share of the size of the margin. */
function isRare(base: Reading, candidate: Reading, differences: readonly number[], margin: number): boolean {
  const isShareOfCalls = isShare(base);
  const samples = Math.min(base.samples, candidate.samples);
  return isShareOfCalls && differences.every((own) => own === 0) && samples * margin < RULE_OF_THREE;
}

function isShare({ metric }: Reading): boolean {
  return metric === 'errors' || metric === 'refused' || metric === 'outcome';
}

function meanOf({ values, isEnough }: Reading): number | null {
  if (!isEnough || values.length === 0) return null;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function marginOf(unit: DiffUnit, reading: Reading, baseMean: number, settings: DiffSettings): number {
  const relative = settings.marginLatencyShare * Math.abs(baseMean);
  switch (unit) {
    case 'ms':
      return Math.max(relative, MARGIN_LEAST_MS);
    case 'perSecond':
      return Math.max(relative, MARGIN_LEAST_PER_SECOND);
    case 'perMinute':
      return Math.max(relative, MARGIN_LEAST_PER_MINUTE);
    case 'perCall':
      return MARGIN_PER_CALL;
    case 'share':
      return isShare(reading) ? settings.marginErrorShare : MARGIN_UTILISATION;
  }
}
