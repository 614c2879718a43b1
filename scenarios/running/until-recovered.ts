// A run that goes on until requests are as they were before each entry of its timeline, or until a bound is reached. Where it ends follows from simulated
// time alone: the watch looks at the end of the run that was asked for, and then again and again at ends of intervals of the series.
import { type Occurrence, occurrencesOf } from '../../models/mesh/recording/phases.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import { type Observed, wholeRecovery } from '../recovery/after-entries.js';

/** From one look to the next: so many intervals, or such a part of the time since the run should have been over. */
const LOOK_INTERVALS = 10;
const LOOK_SHARE = 0.1;
/** Intervals of the series of the longest run. */
const INTERVALS_MAX = 4800;

/** Nanoseconds after the end of the warm-up. */
export interface RecoveryBounds {
  /** The run is not over before. */
  readonly leastNs: number;
  /** The run is over in any case. */
  readonly boundNs: number;
}

/**
 * The last entry is over before the run may be.
 * @param durationNs the run that was asked for
 * @param withinNs how long the mesh has to recover in, from the end of the last entry, or from its beginning where it lasts until the run ends
 */
export function recoveryBounds(
  { timeline }: Pick<MeshPlan, 'timeline'>,
  { durationNs, intervalNs }: { readonly durationNs: number; readonly intervalNs: number },
  withinNs: number,
): RecoveryBounds {
  const occurrences = occurrencesOf(timeline, Number.POSITIVE_INFINITY);
  if (occurrences.length === 0) return { leastNs: durationNs, boundNs: durationNs };
  const lastNs = occurrences.reduce((last, { beginNs, endNs }) => {
    return Math.max(last, Number.isFinite(endNs) ? endNs : beginNs);
  }, 0);
  const leastNs = Math.max(durationNs, lastNs + intervalNs);
  return { leastNs, boundNs: Math.max(leastNs, lastNs + withinNs) };
}

/** Intervals as fine as those of the run that was asked for, as far as the longest run has not too many of them: a whole multiple. */
export function longRunInterval(intervalNs: number, boundNs: number): number {
  return intervalNs * Math.max(1, Math.ceil(boundNs / INTERVALS_MAX / intervalNs));
}

/** Looks at one replication. */
export class RecoveryWatch {
  private readonly occurrences: readonly Occurrence[];
  /** When it wants to look next. */
  nextNs: number;

  /** @param leastNs the first look */
  constructor(
    { timeline }: Pick<MeshPlan, 'timeline'>,
    private readonly leastNs: number,
    private readonly intervalNs: number,
  ) {
    this.occurrences = occurrencesOf(timeline, Number.POSITIVE_INFINITY).sort((a, b) => a.beginNs - b.beginNs);
    this.nextNs = leastNs;
  }

  /** At `nextNs`: true where all is as before. */
  look(series: Observed['series']): boolean {
    if (wholeRecovery(this.occurrences, { series, measuredNs: this.nextNs }) === 'recovered') return true;
    const stepNs = Math.max(LOOK_INTERVALS * this.intervalNs, LOOK_SHARE * (this.nextNs - this.leastNs));
    this.nextNs = Math.ceil((this.nextNs + stepNs) / this.intervalNs) * this.intervalNs;
    return false;
  }
}
