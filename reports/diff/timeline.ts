// Which world gets over a timeline better, in words: a sentence first, then entry by entry and phase by phase. Names are as they came from the input: who
// prints them escapes them.
import type { Comparison, DiffResult } from '../../scenarios/result/diff-result.js';
import type {
  EventComparison,
  EventSide,
  PhaseComparison,
  TimelineMetric,
  TimelineVerdict,
} from '../../scenarios/result/timeline-diff-result.js';
import { formatDurationMs, formatNumber, formatShare } from '../numbers.js';
import { duration } from '../timeline-words.js';

/** A recovery that takes less is at once. */
const SHOWN_SECONDS = 0.05;

/** `after/ gets over "kill cart" better than before/: 12 requests lost, not 340`; `` without a timeline. */
export function timelineSentence({ base }: Pick<DiffResult, 'base'>, { candidate, timeline }: Comparison): string {
  if (timeline === undefined) return '';
  const { verdict, decidedBy, events } = timeline;
  const decided = events.find(({ entry }) => entry === decidedBy);
  const names = shortNames(base.name, candidate.name);
  const what = events.length === 1 ? `"${events[0].entry}"` : 'the timeline';
  if (decided === undefined) {
    const alike = verdict === 'same';
    const first = events[0];
    const cost = first === undefined || events.length > 1 ? '' : `: ${costWords(first.candidate)}`;
    return alike ? `Both get over ${what} alike${cost}` : `Nothing can be told of which gets over ${what} better`;
  }
  const [winner, loser] = verdict === 'better' ? [names[1], names[0]] : names;
  const [good, bad] = verdict === 'better' ? [decided.candidate, decided.base] : [decided.base, decided.candidate];
  const at = events.length === 1 ? '' : `: "${decided.entry}"`;
  const how = decisionWords(decided, good, bad);
  return `${winner} gets over ${what} better than ${loser}${at === '' ? ':' : `${at},`} ${how}`;
}

/** What a reader tells the two apart by. */
function shortNames(base: string, candidate: string): readonly [string, string] {
  const [own, other] = [base, candidate].map((name) => name.replace(/\/+$/, '').replace(/^.*\//, ''));
  if (own !== other && own !== '' && other !== '') return [own, other];
  return base === candidate ? ['the base', 'the candidate'] : [base, candidate];
}

function decisionWords({ by }: EventComparison, good: EventSide | null, bad: EventSide | null): string {
  if (by === 'recovery')
    return `${costWords(good)}; the other ${(bad?.recovered ?? 0) === 0 ? 'does not recover' : 'recovers sometimes only'}`;
  if (by === 'lost') return `${lostWords(good)} requests lost, ${lostWords(bad)} with the other`;
  return `back ${backWords(good)}, ${backWords(bad)} with the other`;
}

/** `12 requests lost, back after 4.2 s` */
function costWords(side: EventSide | null): string {
  return `${lostWords(side)} requests lost, back ${backWords(side)}`;
}

function lostWords(side: EventSide | null): string {
  const lost = Math.round(side?.lost ?? 0);
  return lost === 0 ? 'no' : formatNumber(lost, 0);
}

function backWords(side: EventSide | null): string {
  if (side === null) return '–';
  if (side.notRecovered > 0) return side.recovered === 0 ? 'never' : 'not always';
  if (side.seconds === null) return 'when, is not known';
  return side.seconds < SHOWN_SECONDS ? 'at once' : `after ${duration(side.seconds)}`;
}

/** An entry: its name, then lost and back in both worlds. */
export function eventCells({ entry, base, candidate }: EventComparison): readonly string[] {
  const lost = (side: EventSide | null): string =>
    side?.lost === null || side === null ? '–' : formatNumber(Math.round(side.lost), 0);
  const back = (side: EventSide | null): string =>
    backWords(side)
      .replace(/^after /, '')
      .replace(/^when.*/, '?');
  return [entry, lost(base), lost(candidate), back(base), back(candidate)];
}

export const EVENT_TITLES = ['What happened', 'lost before', 'after', 'back before', 'after'];
export const PHASE_TITLES = ['Phases', 'good/s', 'errors', 'p50', 'p99'];

/** A phase: its name, then each number of both worlds: `1.2 → 4.5`. */
export function phaseCells({ name, goodputPerSecond, errorShare, p50Ms, p99Ms }: PhaseComparison): readonly string[] {
  const rate = (value: number): string => formatNumber(value);
  return [
    name,
    metricText(goodputPerSecond, rate),
    metricText(errorShare, formatShare),
    metricText(p50Ms, formatDurationMs),
    metricText(p99Ms, formatDurationMs),
  ];
}

export function phaseMetrics({ goodputPerSecond, errorShare, p50Ms, p99Ms }: PhaseComparison) {
  return [goodputPerSecond, errorShare, p50Ms, p99Ms] as const;
}

function metricText(metric: TimelineMetric | null, format: (value: number) => string): string {
  if (metric === null) return '–';
  const [base, candidate] = [metric.base, metric.candidate].map((value) => (value === null ? '–' : format(value)));
  return base === candidate ? base : `${base} → ${candidate}`;
}

/** Of the columns of `eventCells` that are about one thing: what its verdict is. */
export function toneOf(verdict: TimelineVerdict | undefined): 'good' | 'bad' | 'plain' {
  return verdict === 'better' ? 'good' : verdict === 'worse' ? 'bad' : 'plain';
}
