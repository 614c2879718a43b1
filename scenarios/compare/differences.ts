// The difference of two worlds in one quantity, from pairs of replications that met the same customers: its interval, and how strongly
// the pairs speak for a change beyond the margin that matters. Source: Law, Simulation Modeling and Analysis, 5th ed., §10.2.1.
import { comparePaired, pValueAbove } from '../../sim/statistics/index.js';
import type { Difference, DiffSettings, DiffSubject, DiffUnit, MetricDifference } from './diff-result.js';
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
  readonly reason: MetricDifference['reason'];
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
    return { base: own ?? zeros(other!, base), candidate: other ?? zeros(own!, candidate) };
  });
  // Two worlds of which nothing was measured are not the same, they are unknown.
  const isSeen = both.some((pair) => pair.base.values.some(Number.isFinite));
  const isUntouched =
    isSeen && both.every((pair) => pair.base.values.every((value, r) => Object.is(value, pair.candidate.values[r])));
  return both.map((pair) => pairUp(base, pair.base, pair.candidate, isUntouched, settings));
}

export function readingKey({ metric, outcome }: Pick<Reading, 'metric' | 'outcome'>): string {
  return `${metric}/${outcome}`;
}

/** What only the other world has seen happened here never. */
function zeros(other: Reading, { readings }: SubjectReadings): Reading {
  const samples = readings.find(({ metric }) => metric === 'errors')?.samples ?? other.samples;
  return { ...other, samples, values: other.values.map(() => 0), isEnough: true };
}

function pairUp(
  { subject, key }: SubjectReadings,
  base: Reading,
  candidate: Reading,
  isUntouched: boolean,
  settings: DiffSettings,
): ReadingPair {
  const both = { subject, subjectKey: key, base, candidate, isUntouched };
  const baseMean = meanOf(base);
  const candidateMean = meanOf(candidate);
  const nothing = { difference: null, pHigher: null, pLower: null };
  if (baseMean === null || candidateMean === null) {
    const reason = base.samples === 0 || candidate.samples === 0 ? 'no data' : 'too few samples';
    return {
      ...both,
      ...nothing,
      baseMean,
      candidateMean,
      margin: marginOf(base.unit, base, baseMean ?? 0, settings),
      reason,
    };
  }
  const margin = marginOf(base.unit, base, baseMean, settings);
  const { difference } = comparePaired(base.values, candidate.values, settings.confidenceLevel);
  const { mean: value, low, high, insufficient } = difference;
  if (insufficient) return { ...both, ...nothing, baseMean, candidateMean, margin, reason: 'too few samples' };
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
  const isShareOfCalls = base.metric === 'errors' || base.metric === 'outcome';
  const samples = Math.min(base.samples, candidate.samples);
  return isShareOfCalls && differences.every((own) => own === 0) && samples * margin < RULE_OF_THREE;
}

function meanOf({ values, isEnough }: Reading): number | null {
  if (!isEnough || values.length === 0) return null;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function marginOf(unit: DiffUnit, { metric }: Reading, baseMean: number, settings: DiffSettings): number {
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
      return metric === 'errors' || metric === 'outcome' ? settings.marginErrorShare : MARGIN_UTILISATION;
  }
}
