// Where a difference stands against its margin, on one scale for all metrics: linear within the margin, logarithmic beyond it. So that a
// latency, a share and a rate can be read side by side, the unit is the margin of each.
import type { MetricDifference } from '../../../scenarios/result/diff-result.js';

/** A third of each half belongs to the margin: −1 … 1 stands at −BAND … BAND. */
export const BAND = 0.3;
/** What a label needs beside that of the end. */
const TICK_ROOM = 0.25;
const LIMITS = [3, 10, 30, 100, 300, 1000] as const;

/** How many margins the ends of a scale stand for. */
export type ScaleLimit = (typeof LIMITS)[number];

/** −1..1 from the left end to the right; beyond an end where `isCut…` says so. */
export interface IntervalShape {
  readonly low: number;
  readonly value: number;
  readonly high: number;
  readonly isCutLow: boolean;
  readonly isCutHigh: boolean;
}

/** The least scale that holds all differences, or the widest there is. */
export function scaleLimit(metrics: readonly MetricDifference[]): ScaleLimit {
  const largest = metrics.reduce((max, { sizeInMargins }) => Math.max(max, sizeInMargins ?? 0), 0);
  return LIMITS.find((limit) => largest <= limit) ?? LIMITS[LIMITS.length - 1]!;
}

/** null without a difference. */
export function intervalShape({ difference, margin }: MetricDifference, limit: ScaleLimit): IntervalShape | null {
  if (difference === null || !(margin > 0)) return null;
  const { low, value, high } = difference;
  return {
    low: placeOf(low / margin, limit),
    value: placeOf(value / margin, limit),
    high: placeOf(high / margin, limit),
    isCutLow: low / margin < -limit,
    isCutHigh: high / margin > limit,
  };
}

/** Of a difference in margins. */
export function placeOf(margins: number, limit: ScaleLimit): number {
  const size = Math.abs(margins);
  const sign = margins < 0 ? -1 : 1;
  if (size <= 1) return BAND * margins;
  return sign * Math.min(1, BAND + ((1 - BAND) * Math.log(size)) / Math.log(limit));
}

/** Differences in margins that the axis names, the end among them: 1, 3, 30 or 1, 10, 100. */
export function ticksOf(limit: ScaleLimit): number[] {
  const steps = limit <= 30 ? [1, 3, 10] : [1, 10, 100];
  return [...steps.filter((tick) => placeOf(tick, limit) < 1 - TICK_ROOM), limit];
}
