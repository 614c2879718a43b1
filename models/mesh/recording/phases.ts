// The phases of a run with a timeline, cut where an entry begins or ends: such a run is not stationary, and a mean over all of it says little. What
// the clients sent and got is counted for each phase by itself. The cuts follow from the plan alone, so that all replications have the same.
import type { Calendar } from '../../../sim/calendar.js';
import { DEFAULT_RESOLUTION, Histogram, type HistogramData } from '../../../sim/statistics/histogram.js';
import type { TimelineEntryPlan } from '../../plan/contract/timeline-plan.js';

/** More phases than this are joined. */
export const PHASES_MAX = 24;
const SPANS_MANY = 1000;

/** One time that an entry begins, or ends, or, where its times are joined, all of them together. */
export interface PhaseEdge {
  /** Index into the plan's timeline. */
  readonly entry: number;
  /** Which of its times, from 0. */
  readonly time: number;
  /** How many of its times are joined; 1: none. */
  readonly joined: number;
}

/** Nanoseconds after the end of the warm-up. */
export interface PhaseSpan {
  readonly fromNs: number;
  readonly toNs: number;
  /** What holds throughout, in the order of the timeline. */
  readonly active: readonly PhaseEdge[];
  /** What begins, and what ends, where the phase begins; both have what is over at once. */
  readonly begun: readonly PhaseEdge[];
  readonly ended: readonly PhaseEdge[];
}

/** What came of one traffic request in one phase, by the time of its end. */
export interface PhaseFlowResult {
  /** Arrivals. */
  readonly offered: number;
  readonly completed: number;
  /** Answered as their sender expects; all others of `completed` are errors. */
  readonly good: number;
  /** Nanoseconds, of the good ones. */
  readonly goodLatency: HistogramData;
}

/** Aligned with the phases of the plan; each aligned with `ReplicationResult.traffic`. */
export type PhaseResult = readonly PhaseFlowResult[];

/** One time that an entry holds, or all of them where they are joined. Nanoseconds after the end of the warm-up. */
export interface Occurrence extends PhaseEdge {
  readonly beginNs: number;
  /** Infinity: when the run ends; `beginNs`: it is over at once. */
  readonly endNs: number;
}

/** Every time that something begins inside the run, by entry and time. */
export function occurrencesOf(timeline: readonly TimelineEntryPlan[], durationNs: number): Occurrence[] {
  return timeline.flatMap((entry, index) => spansOf(entry, index, durationNs));
}

/**
 * The phases of a run, in order and without gaps; nothing where nothing begins inside the run. Of too many, the times of the entry with most of them
 * become one, from the first beginning to the last end; where that is not enough, the shortest phases are joined with those before them.
 * @param durationNs length of the measured window
 */
export function phasesOf(timeline: readonly TimelineEntryPlan[], durationNs: number): PhaseSpan[] {
  let spans = withoutMany(occurrencesOf(timeline, durationNs));
  if (spans.length === 0) return [];
  for (;;) {
    const most = mostRepeated(spans);
    const cuts = cutsOf(spans, durationNs);
    if (cuts.length <= PHASES_MAX) return phasesBetween(cuts, spans, durationNs);
    if (most === null) return phasesBetween(withoutShortest(cuts, durationNs), spans, durationNs);
    spans = joined(spans, most);
  }
}

function spansOf(
  { startsNs, durationNs: lastsNs }: TimelineEntryPlan,
  entry: number,
  durationNs: number,
): Occurrence[] {
  return startsNs
    .filter((beginNs) => beginNs < durationNs)
    .map((beginNs, time) => ({
      entry,
      time,
      joined: 1,
      beginNs,
      endNs: lastsNs === null ? Number.POSITIVE_INFINITY : beginNs + lastsNs,
    }));
}

/** Where phases begin. */
function cutsOf(spans: readonly Occurrence[], durationNs: number): number[] {
  const inside = spans.flatMap(({ beginNs, endNs }) => [beginNs, endNs]).filter((atNs) => atNs < durationNs);
  return [...new Set([0, ...inside])].sort((a, b) => a - b);
}

/** The entry with most times; null where none has two. */
function mostRepeated(spans: readonly Occurrence[]): number | null {
  const times = new Map<number, number>();
  for (const { entry } of spans) times.set(entry, (times.get(entry) ?? 0) + 1);
  const [most] = [...times].filter(([, count]) => count > 1).sort(([a, x], [b, y]) => y - x || a - b);
  return most === undefined ? null : most[0];
}

function joined(spans: readonly Occurrence[], entry: number): Occurrence[] {
  const own = spans.filter((span) => span.entry === entry);
  return spans.flatMap((span) => (span.entry !== entry ? [span] : span === own[0] ? [together(own)] : []));
}

function together(own: readonly Occurrence[]): Occurrence {
  const beginNs = own.reduce((least, span) => Math.min(least, span.beginNs), Number.POSITIVE_INFINITY);
  const endNs = own.reduce((most, span) => Math.max(most, span.endNs), 0);
  return { entry: own[0].entry, time: 0, joined: own.length, beginNs, endNs };
}

/** Of very many the entries with most times are joined at once: their cuts need not be looked at. @param spans by entry */
function withoutMany(spans: readonly Occurrence[]): Occurrence[] {
  const byEntry = new Map<number, Occurrence[]>();
  for (const span of spans) {
    const own = byEntry.get(span.entry);
    if (own === undefined) byEntry.set(span.entry, [span]);
    else own.push(span);
  }
  let left = spans.length;
  for (const own of [...byEntry.values()].sort((a, b) => b.length - a.length)) {
    if (left <= SPANS_MANY || own.length < 2) break;
    left -= own.length - 1;
    byEntry.set(own[0].entry, [together(own)]);
  }
  return [...byEntry.values()].flat();
}

function withoutShortest(cuts: readonly number[], durationNs: number): number[] {
  const left = [...cuts];
  while (left.length > PHASES_MAX) {
    let shortest = 1;
    const lengthAt = (i: number): number => (left[i + 1] ?? durationNs) - left[i];
    for (let i = 2; i < left.length; i++) if (lengthAt(i) < lengthAt(shortest)) shortest = i;
    left.splice(shortest, 1);
  }
  return left;
}

function phasesBetween(cuts: readonly number[], spans: readonly Occurrence[], durationNs: number): PhaseSpan[] {
  return cuts.map((fromNs, i) => {
    const toNs = cuts[i + 1] ?? durationNs;
    const here = (atNs: number): boolean => atNs >= fromNs && atNs < toNs;
    const edges = (keep: (span: Occurrence) => boolean): PhaseEdge[] =>
      spans.filter(keep).map(({ entry, time, joined: count }) => ({ entry, time, joined: count }));
    return {
      fromNs,
      toNs,
      active: edges(({ beginNs, endNs }) => beginNs < toNs && endNs > fromNs && endNs > beginNs),
      begun: edges(({ beginNs }) => here(beginNs)),
      ended: edges(({ endNs }) => here(endNs)),
    };
  });
}

/** Of more flows than this the histograms are coarser, 3 % wide and not 0.8 %: those of a thousand requests in many phases would take a lot of memory. */
const FLOWS_FINE_MAX = 2000;
const COARSE_RESOLUTION = 32;

class PhaseFlow {
  offered = 0;
  completed = 0;
  readonly latency: Histogram;

  constructor(resolution: number) {
    this.latency = new Histogram(resolution);
  }

  toData(): PhaseFlowResult {
    const { offered, completed, latency } = this;
    return { offered, completed, good: latency.count, goodLatency: latency.toData() };
  }
}

/** Counts by phase. Time does not run backwards: the phase of now is that of before, or a later one. */
export class Phases {
  private readonly flows: readonly (readonly PhaseFlow[])[];
  private current = 0;
  private nextNs: number;

  /**
   * @param spans at least one
   * @param startNs calendar time at which the first begins
   * @param requests how many traffic requests there are
   */
  constructor(
    private readonly spans: readonly PhaseSpan[],
    private readonly calendar: Calendar,
    private readonly startNs: number,
    requests: number,
  ) {
    const resolution = spans.length * requests > FLOWS_FINE_MAX ? COARSE_RESOLUTION : DEFAULT_RESOLUTION;
    this.flows = spans.map(() => Array.from({ length: requests }, () => new PhaseFlow(resolution)));
    this.nextNs = startNs + spans[0].toNs;
  }

  offered(request: number): void {
    this.now()[request].offered++;
  }

  answered(request: number, good: boolean, latencyNs: number): void {
    const flow = this.now()[request];
    flow.completed++;
    if (good) flow.latency.record(latencyNs);
  }

  toData(): PhaseResult[] {
    return this.flows.map((flows) => flows.map((flow) => flow.toData()));
  }

  private now(): readonly PhaseFlow[] {
    while (this.calendar.nowNs >= this.nextNs && this.current < this.spans.length - 1) {
      this.current++;
      this.nextNs = this.startNs + this.spans[this.current].toNs;
    }
    return this.flows[this.current];
  }
}
