// A timeline multiplies the rate of a source for a while: factors over time, and the profile of a rate under them.
import type { RatePoint } from './arrivals.js';

/** Times in nanoseconds on the run's time line, where 0 is the end of the warm-up. */
export interface TimeWindow {
  readonly fromNs: number;
  readonly toNs: number;
  /** How long it takes to grow to its full size, linearly; 0 = it is there at once. */
  readonly rampNs: number;
}

/** The factor grows from 1 to its size. */
export interface FactorWindow extends TimeWindow {
  readonly factor: number;
}

/** Pieces of the product of two lines that is no line itself: each stands for one that bends a thousand times less. */
const PIECES = 32;

/** All factors at a time, multiplied; at the edge of a window what holds from there on. */
export function factorAt(windows: readonly FactorWindow[], atNs: number): number {
  return productAt(windows, atNs, false);
}

/** No product of factors is higher at any time. */
export function highestFactor(windows: readonly FactorWindow[]): number {
  const growing = windows.filter(({ factor }) => factor > 1);
  const products = growing.map(({ fromNs }) =>
    growing
      .filter((other) => other.fromNs <= fromNs && other.toNs > fromNs)
      .reduce((product, { factor }) => product * factor, 1),
  );
  return Math.max(1, ...products);
}

/** A profile with the windows' factors in it. @param points ascending; a jump is two points of one time */
export function shapedProfile(points: readonly RatePoint[], windows: readonly FactorWindow[]): readonly RatePoint[] {
  if (windows.length === 0) return points;
  const times = new Set([...points.map(({ atNs }) => atNs), ...windows.flatMap(edgesOf).filter(Number.isFinite)]);
  const sorted = [...times].sort((a, b) => a - b);
  const shaped: RatePoint[] = [];
  sorted.forEach((atNs, index) => {
    const beforeNs = sorted[index - 1];
    if (beforeNs !== undefined && bends(points, windows, beforeNs, atNs)) {
      for (let piece = 1; piece < PIECES; piece++) {
        shaped.push(pointAt(points, windows, beforeNs + ((atNs - beforeNs) * piece) / PIECES, false));
      }
    }
    const left = pointAt(points, windows, atNs, true);
    const right = pointAt(points, windows, atNs, false);
    if (index > 0 && left.ratePerSecond !== right.ratePerSecond) shaped.push(left);
    shaped.push(index === 0 && left.ratePerSecond !== right.ratePerSecond ? left : right);
    if (index === 0 && left.ratePerSecond !== right.ratePerSecond) shaped.push(right);
  });
  return shaped;
}

function edgesOf({ fromNs, toNs, rampNs }: FactorWindow): number[] {
  return rampNs === 0 ? [fromNs, toNs] : [fromNs, Math.min(toNs, fromNs + rampNs), toNs];
}

/** Rate and factor both change between two times. */
function bends(points: readonly RatePoint[], windows: readonly FactorWindow[], fromNs: number, toNs: number): boolean {
  const growing = windows.filter(
    (window) =>
      window.rampNs > 0 && window.fromNs < toNs && window.fromNs + window.rampNs > fromNs && window.toNs > fromNs,
  );
  if (growing.length === 0) return false;
  return growing.length > 1 || rateAt(points, fromNs, false) !== rateAt(points, toNs, true);
}

function pointAt(
  points: readonly RatePoint[],
  windows: readonly FactorWindow[],
  atNs: number,
  isLeft: boolean,
): RatePoint {
  return { atNs, ratePerSecond: rateAt(points, atNs, isLeft) * productAt(windows, atNs, isLeft) };
}

/** @param isLeft what held until then, where it jumps */
function productAt(windows: readonly FactorWindow[], atNs: number, isLeft: boolean): number {
  let product = 1;
  for (const { fromNs, toNs, rampNs, factor } of windows) {
    const isIn = isLeft ? atNs > fromNs && atNs <= toNs : atNs >= fromNs && atNs < toNs;
    if (!isIn) continue;
    const grown = rampNs === 0 ? 1 : Math.min(1, (atNs - fromNs) / rampNs);
    product *= 1 + (factor - 1) * grown;
  }
  return product;
}

function rateAt(points: readonly RatePoint[], atNs: number, isLeft: boolean): number {
  const after = points.findIndex((point) => (isLeft ? point.atNs >= atNs : point.atNs > atNs));
  if (after === 0) return points[0].ratePerSecond;
  if (after === -1) return points[points.length - 1].ratePerSecond;
  const from = points[after - 1];
  const to = points[after];
  const share = (atNs - from.atNs) / (to.atNs - from.atNs);
  return from.ratePerSecond + (to.ratePerSecond - from.ratePerSecond) * share;
}
