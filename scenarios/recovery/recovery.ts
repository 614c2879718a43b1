// When requests are again as they were: for each window after an event the share of good answers and their 99th percentile are held against those of the
// windows before, within a margin that is a part of the value or two standard errors of one window, whichever is wider (what varies by itself is no
// disturbance). Windows are as many intervals of the series as hold enough answers,
// more of them where the percentile is looked at. One replication at a time.
import type { SeriesResult } from '../../models/mesh/recording/result.js';
import { sqrt } from '../../sim/math.js';
import { Histogram } from '../../sim/statistics/index.js';

const SHARE_MARGIN = 0.05;
const LATENCY_MARGIN = 0.25;
/** Percentiles that are looked at: the second where there are too few answers for the first. */
export const P99 = 0.99;
export const MEDIAN = 0.5;
const STANDARD_ERRORS = 2;
/** Answers that a window holds on average: for a share of good ones, and for a percentile of which one answer is the hundredth part. */
const ANSWERS_LEAST = 20;
export const ANSWERS_OF_P99 = 100;
/** Windows that say what was before; with fewer nothing was. */
const BEFORE_LEAST = 4;
/** Good windows in a row that are a recovery; fewer windows in all tell nothing, and of a single request, which varies more, twice as many. */
const IN_A_ROW = 3;
/** Bad windows in a row that are a disturbance, soon after the event and later. */
const BAD_AT_FIRST = 2;
const BAD_LATER = 5;
/** Windows that are soon after the event. */
const AT_FIRST = 10;
/** Of a share beyond so many margins a single window is a disturbance. */
const GROSS = 2;
/** Below this share of good answers there is nothing to come back to. */
const OUTAGE_BELOW = 0.5;

type TrafficSeries = SeriesResult['traffic'][number];

/** What windows are held against. */
export interface Baseline {
  readonly goodShareLeast: number;
  readonly shareMargin: number;
  /** The percentile that is looked at, and what it may be at most; null: none is. */
  readonly latency: { readonly probability: number; readonly mostNs: number } | null;
  /** null: there were too few windows, or hardly a good answer in them. */
  readonly before: FlowState | null;
}

/** Bad answers of all, 0..1, and the 99th percentile of the good ones; null without any. */
export interface FlowState {
  readonly errorShare: number;
  readonly p99Ns: number | null;
}

export type Recovery =
  /** 0: it was never disturbed. */
  | { readonly kind: 'recovered'; readonly afterNs: number }
  | { readonly kind: 'not recovered' }
  /** Too little was observed. */
  | { readonly kind: 'unknown' };

export interface WindowRange {
  readonly fromNs: number;
  readonly toNs: number;
}

interface Window {
  readonly fromNs: number;
  /** null: hardly anything was sent and nothing ended. */
  readonly goodShare: number | null;
}

/** One flow, or several taken together, in one replication's series. */
export class FlowWindows {
  constructor(
    private readonly flows: readonly TrafficSeries[],
    private readonly series: Pick<SeriesResult, 'intervalNs' | 'intervals'>,
    /** The traffic as a whole: its percentile counts too, and what is sent and never answered. Of few requests both are chance. */
    private readonly isWhole: boolean,
  ) {}

  /** Intervals that a window takes so that it holds enough answers, going by those of a range; null: nothing ended there. */
  sizeIn({ fromNs, toNs }: WindowRange, least = ANSWERS_LEAST): number | null {
    const { from, to } = this.whole({ fromNs, toNs });
    const answers = this.sum(from, to, ({ completed }) => completed);
    return answers === 0 ? null : Math.max(1, Math.ceil((least * (to - from)) / answers));
  }

  /** null where a range has too few windows. @param probability of the percentile that is looked at, of which windows of that size hold enough answers; null: none is */
  baselineIn(range: WindowRange, size: number, probability: number | null = null): Baseline | null {
    const windows = this.windowsIn(range, size).filter(({ goodShare }) => goodShare !== null);
    if (windows.length < BEFORE_LEAST) return null;
    const shares = windows.map(({ goodShare }) => goodShare ?? 0);
    const share = meanOf(shares);
    if (share < OUTAGE_BELOW) return null;
    const shareMargin = Math.max(SHARE_MARGIN * share, STANDARD_ERRORS * deviationOf(shares));
    const latencies =
      probability === null ? [] : windows.flatMap(({ fromNs }) => this.quantileAt(fromNs, size, probability) ?? []);
    if (probability !== null && latencies.length < BEFORE_LEAST) return null;
    return {
      goodShareLeast: share - shareMargin,
      shareMargin,
      latency: probability === null ? null : { probability, mostNs: mostOf(latencies) },
      before: { errorShare: this.errorShareIn(range), p99Ns: this.p99In(range) },
    };
  }

  /** When the flow is back for good within the range, counted from its beginning. */
  recoveryIn(range: WindowRange, size: number, baseline: Baseline): Recovery {
    // The interval that the event falls into is looked at too.
    const fromNs = Math.floor(range.fromNs / this.series.intervalNs) * this.series.intervalNs;
    const windows = this.windowsIn({ ...range, fromNs }, size).filter(({ goodShare }) => goodShare !== null);
    if (windows.length < (this.isWhole ? IN_A_ROW : 2 * IN_A_ROW)) return { kind: 'unknown' };
    const marks = windows.map((window) => this.isGood(window, size, baseline));
    const isGross = ({ goodShare }: Window): boolean =>
      (goodShare ?? 0) < baseline.goodShareLeast - (GROSS - 1) * baseline.shareMargin;
    let disturbed = false;
    let backNs = range.fromNs;
    let streak = 0;
    for (const [i, window] of windows.entries()) {
      const isSame = i > 0 && marks[i] === marks[i - 1];
      streak = isSame ? streak + 1 : 1;
      if (marks[i] && disturbed && streak >= IN_A_ROW) {
        disturbed = false;
        backNs = windows[i - IN_A_ROW + 1].fromNs;
      }
      if (marks[i] || disturbed) continue;
      const needed = i < AT_FIRST ? BAD_AT_FIRST : BAD_LATER;
      disturbed = streak >= needed || (i < AT_FIRST && isGross(window));
    }
    return disturbed ? { kind: 'not recovered' } : { kind: 'recovered', afterNs: Math.max(0, backNs - range.fromNs) };
  }

  /** null where a range has too few answers for it. */
  private p99In(range: WindowRange): number | null {
    const { from, to } = this.whole(range);
    return this.sum(from, to, ({ completed }) => completed) < ANSWERS_OF_P99 ? null : this.p99Between(from, to);
  }

  /** How the last windows of a range are. null: nothing ended in them. */
  lastIn(range: WindowRange, size: number): FlowState | null {
    const { from, to } = this.whole(range);
    const last = { fromNs: Math.max(from, to - IN_A_ROW * size) * this.series.intervalNs, toNs: range.toNs };
    const errorShare = this.errorShareIn(last);
    const p99Ns = this.p99Between(Math.max(from, to - IN_A_ROW * size), to);
    return Number.isFinite(errorShare) ? { errorShare, p99Ns } : null;
  }

  private errorShareIn(range: WindowRange): number {
    const { from, to } = this.whole(range);
    return this.sum(from, to, ({ errors }) => errors) / this.sum(from, to, ({ completed }) => completed);
  }

  private windowsIn(range: WindowRange, size: number): Window[] {
    const { from, to } = this.whole(range);
    const windows: Window[] = [];
    for (let i = from; i + size <= to; i += size) {
      const offered = this.sum(i, i + size, (flow) => flow.offered);
      const completed = this.sum(i, i + size, (flow) => flow.completed);
      const errors = this.sum(i, i + size, (flow) => flow.errors);
      // What is sent and not answered yet may be chance, up to two standard deviations of as many arrivals.
      const due = this.isWhole || completed === 0 ? offered - STANDARD_ERRORS * sqrt(offered) : 0;
      const most = Math.max(due, completed);
      windows.push({
        fromNs: i * this.series.intervalNs,
        goodShare: most <= 0 ? null : (completed - errors) / most,
      });
    }
    return windows;
  }

  private isGood({ fromNs, goodShare }: Window, size: number, { goodShareLeast, latency }: Baseline): boolean {
    if ((goodShare ?? 0) < goodShareLeast) return false;
    if (latency === null) return true;
    const { probability, mostNs } = latency;
    return (this.quantileAt(fromNs, size, probability) ?? Number.POSITIVE_INFINITY) <= mostNs;
  }

  private quantileAt(fromNs: number, size: number, probability: number): number | null {
    const from = Math.round(fromNs / this.series.intervalNs);
    return this.quantileBetween(from, from + size, probability);
  }

  private p99Between(from: number, to: number): number | null {
    return this.quantileBetween(from, to, P99);
  }

  private quantileBetween(from: number, to: number, probability: number): number | null {
    const merged = new Histogram(this.flows[0]?.latency[0]?.resolution);
    for (const { latency } of this.flows)
      for (let i = from; i < to; i++) if (latency[i].count > 0) merged.merge(Histogram.fromData(latency[i]));
    return merged.count === 0 ? null : merged.quantile(probability);
  }

  private sum(from: number, to: number, of: (flow: TrafficSeries) => readonly number[]): number {
    let sum = 0;
    for (const flow of this.flows) for (let i = from; i < to; i++) sum += of(flow)[i] ?? 0;
    return sum;
  }

  /** The intervals that lie in a range as a whole. */
  private whole({ fromNs, toNs }: WindowRange): { readonly from: number; readonly to: number } {
    const { intervalNs, intervals } = this.series;
    return {
      from: Math.ceil(fromNs / intervalNs),
      to: Math.min(intervals, Math.floor(toNs / intervalNs)),
    };
  }
}

/** Where too little was measured before: hardly an error. */
export const ALMOST_ALL_GOOD: Baseline = {
  goodShareLeast: 1 - 2 * SHARE_MARGIN,
  shareMargin: SHARE_MARGIN,
  latency: null,
  before: null,
};

function mostOf(latencies: readonly number[]): number {
  const mean = meanOf(latencies);
  return mean + Math.max(LATENCY_MARGIN * mean, STANDARD_ERRORS * deviationOf(latencies));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return sqrt(values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / (values.length - 1));
}
