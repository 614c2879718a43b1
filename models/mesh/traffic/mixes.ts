// A timeline changes for a while which requests a source sends: shares over time. The one that began last is nearest to what is sent; a mix that is still
// growing is mixed with what held before it.
import type { TimeWindow } from './rate-factors.js';

export interface MixWindow extends TimeWindow {
  /** By request of the source, together 1. */
  readonly shares: readonly number[];
}

/**
 * The weights of the requests at a time, cumulated.
 * @param weights by request, as the source has them @param windows in the order of the timeline @param below takes them
 */
export function mixAt(
  weights: readonly number[],
  windows: readonly MixWindow[],
  atNs: number,
  below: Float64Array,
): void {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const active = windows
    .filter(({ fromNs, toNs }) => atNs >= fromNs && atNs < toNs)
    .sort((a, b) => (a.fromNs === b.fromNs ? 0 : a.fromNs - b.fromNs));
  let now = weights;
  for (const { fromNs, rampNs, shares } of active) {
    const grown = rampNs === 0 ? 1 : Math.min(1, (atNs - fromNs) / rampNs);
    now = now.map((weight, request) => weight * (1 - grown) + shares[request] * sum * grown);
  }
  let cumulated = 0;
  for (const [request, weight] of now.entries()) {
    cumulated += weight;
    below[request] = cumulated;
  }
}
