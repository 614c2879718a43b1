// What a comparison of two worlds says of their timelines. Matched by names; seconds count from the end of the warm-up.

export type TimelineVerdict = 'better' | 'worse' | 'same' | 'inconclusive';

/** Which world gets over a timeline better. */
export interface TimelineComparison {
  /** Of the candidate. */
  readonly verdict: TimelineVerdict;
  /** Name of the entry that decides; null: none does. */
  readonly decidedBy: string | null;
  readonly events: readonly EventComparison[];
  readonly phases: readonly PhaseComparison[];
}

/** One entry of the timeline, by its name. */
export interface EventComparison {
  readonly entry: string;
  /** null: the world's timeline has no such entry. */
  readonly base: EventSide | null;
  readonly candidate: EventSide | null;
  /** Requests lost; null where one of the worlds has no such entry. */
  readonly lost: TimelineMetric | null;
  readonly verdict: TimelineVerdict;
  /** What decides: whether requests recover, how many are lost, how long it takes; null: nothing does. */
  readonly by: 'recovery' | 'lost' | 'seconds' | null;
}

export interface EventSide {
  /** As in `impacts` of a run: for each time, mean over the replications. */
  readonly lost: number | null;
  readonly from: 'begin' | 'end';
  readonly seconds: number | null;
  /** Replications. */
  readonly recovered: number;
  readonly notRecovered: number;
}

/** One phase, by its name. */
export interface PhaseComparison {
  readonly name: string;
  /** null: the world has no such phase. */
  readonly base: { readonly fromSeconds: number; readonly toSeconds: number } | null;
  readonly candidate: { readonly fromSeconds: number; readonly toSeconds: number } | null;
  /** Of all traffic together; latencies of the good answers. null where one of the worlds has no such phase. */
  readonly goodputPerSecond: TimelineMetric | null;
  readonly errorShare: TimelineMetric | null;
  readonly p50Ms: TimelineMetric | null;
  readonly p99Ms: TimelineMetric | null;
}

/** Means over the replications, and the paired difference. */
export interface TimelineMetric {
  readonly base: number | null;
  readonly candidate: number | null;
  /** Its paired interval. */
  readonly difference: { readonly value: number; readonly low: number; readonly high: number } | null;
  readonly verdict: TimelineVerdict;
  /** Why there is no difference, or none that means something: `too few samples`, `no data`. */
  readonly reason: string | null;
}
