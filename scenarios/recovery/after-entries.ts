// How it went on after each time that an entry of a timeline begins, in one replication. All traffic together is held against before by its
// good answers and their 99th percentile, each request that is frequent enough by its good answers: what breaks for few is broken.
import type { Occurrence } from '../../models/mesh/recording/phases.js';
import type { ReplicationResult, SeriesResult } from '../../models/mesh/recording/result.js';
import {
  ALMOST_ALL_GOOD,
  ANSWERS_OF_P99,
  type Baseline,
  type FlowState,
  FlowWindows,
  MEDIAN,
  P99,
  type Recovery,
  type WindowRange,
} from './recovery.js';
import { firstAtLeast } from './sorted.js';

/** A window of a single request that is longer than this part of the run says too late what it says. */
const WINDOW_MOST = 0.05;

/** How it went on after one time of an entry, in one replication. */
export interface Recovered {
  readonly recovery: Recovery;
  /** The time that was looked at. */
  readonly fromNs: number;
  readonly untilNs: number;
  /** What began then: an entry; null: the run ended. */
  readonly next: number | null;
  readonly before: Baseline['before'];
  /** At the end of that time, of what is not as before: all traffic, or (its number) a request; null: all is, or nothing ended. */
  readonly left: (FlowState & { readonly request: number | null }) | null;
  /** It has not recovered, and a longer run might tell whether it does. */
  readonly isOpen: boolean;
}

/** What recoveries are read from: the traffic over time, and how much of the run there is. */
export interface Observed {
  readonly series: Pick<SeriesResult, 'intervalNs' | 'intervals' | 'traffic'>;
  readonly measuredNs: ReplicationResult['measuredNs'];
}

/** Aligned with the occurrences. @param occurrences sorted by their beginnings */
export function recoveriesOf(occurrences: readonly Occurrence[], { series, measuredNs }: Observed): Recovered[] {
  const all = new FlowWindows(series.traffic, series, true);
  const requests =
    series.traffic.length < 2 ? [] : series.traffic.map((flow) => new FlowWindows([flow], series, false));
  const baselines = new Map<string, JudgedFlow[]>();
  const cuts = [0, ...occurrences.flatMap(({ beginNs, endNs }) => [beginNs, endNs])].sort((a, b) => a - b);
  const starts = occurrences.map(({ beginNs }) => beginNs);
  let holdsUntilNs = 0;
  return occurrences.map((own) => {
    const { beginNs, endNs } = own;
    const isOverlapping = holdsUntilNs > beginNs;
    holdsUntilNs = Math.max(holdsUntilNs, endNs);
    const before =
      isOverlapping || starts[0] === 0
        ? { fromNs: cuts[firstAtLeast(cuts, beginNs) - 1] ?? 0, toNs: beginNs }
        : { fromNs: 0, toNs: starts[0] };
    const fromNs = endNs < measuredNs ? endNs : beginNs;
    // Times are whole nanoseconds: what begins at the same time is not the next.
    const next = firstAtLeast(starts, Math.max(beginNs + 1, fromNs));
    const untilNs = Math.min(measuredNs, starts[next] ?? measuredNs);
    const key = `${before.fromNs}/${before.toNs}`;
    const judged = baselines.get(key) ?? judge(all, requests, before, measuredNs, series.intervalNs, isOverlapping);
    baselines.set(key, judged);
    const range = { fromNs, toNs: untilNs };
    const { recovery, last } = lastOf(judged, range);
    const left = recovery.kind === 'not recovered' ? (last?.flow.lastIn(range, last.size) ?? null) : null;
    return {
      recovery,
      fromNs,
      untilNs,
      next: next === starts.length || starts[next] >= measuredNs ? null : occurrences[next].entry,
      before: judged[0]?.baseline.before ?? null,
      left: left === null ? null : { ...left, request: last?.request ?? null },
      isOpen: untilNs === measuredNs && judged.length > 0 && recovery.kind !== 'recovered',
    };
  });
}

/** Whether requests are as before all entries, as far as the end of the run says; what a later entry has ended is history. */
export type WholeRecovery = Recovery['kind'];

export function wholeRecovery(occurrences: readonly Occurrence[], observed: Observed): WholeRecovery {
  const open = recoveriesOf(occurrences, observed).filter(({ isOpen }) => isOpen);
  if (open.length === 0) return 'recovered';
  return open.some(({ recovery }) => recovery.kind === 'not recovered') ? 'not recovered' : 'unknown';
}

interface JudgedFlow {
  /** Its number; null: all together. */
  readonly request: number | null;
  readonly flow: FlowWindows;
  readonly size: number;
  readonly baseline: Baseline;
}

/** All together first, by the share of good answers and by the percentile; nothing where the state before is an outage in which others held. */
function judge(
  all: FlowWindows,
  requests: readonly FlowWindows[],
  before: WindowRange,
  measuredNs: number,
  intervalNs: number,
  isOverlapping: boolean,
): JudgedFlow[] {
  const whole = { fromNs: 0, toNs: measuredNs };
  const size = all.sizeIn(before) ?? all.sizeIn(whole);
  if (size === null) return [];
  const found = all.baselineIn(before, size);
  if (found === null && isOverlapping) return [];
  const judged: JudgedFlow[] = [{ request: null, flow: all, size, baseline: found ?? ALMOST_ALL_GOOD }];
  const long = all.sizeIn(before, ANSWERS_OF_P99);
  const ofP99 = found === null || long === null ? null : all.baselineIn(before, long, P99);
  const ofMedian = found === null || ofP99 !== null ? null : all.baselineIn(before, size, MEDIAN);
  if (ofP99 !== null && long !== null) judged.push({ request: null, flow: all, size: long, baseline: ofP99 });
  else if (ofMedian !== null) judged.push({ request: null, flow: all, size, baseline: ofMedian });
  for (const [request, flow] of requests.entries()) {
    const own = flow.sizeIn(before) ?? flow.sizeIn(whole);
    if (own === null || own * intervalNs > WINDOW_MOST * measuredNs) continue;
    const baseline = flow.baselineIn(before, own) ?? (found === null ? ALMOST_ALL_GOOD : null);
    if (baseline !== null) judged.push({ request, flow, size: own, baseline });
  }
  return judged;
}

/** Requests are back when all of them are; those of which nothing can be told are left out, unless that is all together. */
function lastOf(
  judged: readonly JudgedFlow[],
  range: WindowRange,
): { readonly recovery: Recovery; readonly last: JudgedFlow | null } {
  let found: { readonly recovery: Recovery; readonly last: JudgedFlow | null } = {
    recovery: { kind: 'unknown' },
    last: null,
  };
  for (const last of judged) {
    const recovery = last.flow.recoveryIn(range, last.size, last.baseline);
    if (recovery.kind === 'not recovered') return { recovery, last };
    if (last === judged[0]) {
      if (recovery.kind === 'unknown') return { recovery, last };
      found = { recovery, last };
    } else if (
      recovery.kind === 'recovered' &&
      found.recovery.kind === 'recovered' &&
      recovery.afterNs > found.recovery.afterNs
    )
      found = { recovery, last };
  }
  return found;
}
