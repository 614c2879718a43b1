// Numbers with their 95 % intervals: the pooled estimate, give or take Student's half-width over replications.
import { type Histogram, meanInterval, wilsonInterval } from '../../sim/statistics/index.js';
import type { Measured, MissingReason } from '../result/measured.js';
import type { FlowPart, FlowTally } from './flow.js';
import { mergedLatency } from './tally.js';

const NS_PER_MS = 1e6;
const NS_PER_SECOND = 1e9;
/** Observations that must lie beyond a quantile for it to be given. */
const BEYOND_QUANTILE = 10;

export function missing(reason: MissingReason): Measured {
  return { value: null, low: null, high: null, reason };
}

/** Mean over replications of a number that each of them has. */
export function measuredMean(all: readonly number[]): Measured {
  const values = all.filter(Number.isFinite);
  if (values.length === 0) return missing('no data');
  const { mean, low, high, insufficient } = meanInterval(values);
  if (insufficient) return { value: mean, low: null, high: null, reason: 'one replication' };
  return { value: mean, low: Math.max(0, low), high, reason: null };
}

/** Something counted, per second of simulated time. */
export function measuredRate(tally: FlowTally, countOf: (part: FlowPart) => number): Measured {
  return aroundPooled(tally, ratio(tally.parts, countOf, seconds), (part) => countOf(part) / seconds(part));
}

/** Something counted, per call. */
export function measuredPerCall(tally: FlowTally, countOf: (part: FlowPart) => number): Measured {
  if (calls(tally) === 0) return missing('no calls');
  return aroundPooled(
    tally,
    ratio(tally.parts, countOf, (part) => part.calls),
    (part) => countOf(part) / part.calls,
  );
}

/**
 * A share of the calls, 0..1. The interval is the wider of Student's over replications and Wilson's over all calls, which knows
 * that none in a thousand is not the same as never.
 */
export function measuredShare(tally: FlowTally, countOf: (part: FlowPart) => number): Measured {
  const n = calls(tally);
  if (n === 0) return missing('no calls');
  const hits = sum(tally.parts, countOf);
  const around = aroundPooled(tally, hits / n, (part) => countOf(part) / part.calls);
  if (around.low === null || around.high === null) return around;
  const wilson = wilsonInterval(Math.min(n, hits), n);
  return { ...around, low: Math.min(around.low, wilson.low), high: Math.min(1, Math.max(around.high, wilson.high)) };
}

/** `1 − share`. */
export function complement({ value, low, high, reason }: Measured): Measured {
  const flip = (x: number | null): number | null => (x === null ? null : 1 - x);
  return { value: flip(value), low: flip(high), high: flip(low), reason };
}

export type LatencyOf = (part: FlowPart) => Histogram;

/** Quantile in milliseconds, from the histogram merged over all replications. */
export function measuredQuantileMs(tally: FlowTally, p: number, latencyOf: LatencyOf): Measured {
  const merged = mergedLatency(tally.parts, latencyOf);
  if (merged.count === 0) return missing(whyNone(tally));
  if (merged.count * Math.min(p, 1 - p) < BEYOND_QUANTILE - 1e-9) return missing('too few samples');
  return aroundPooled(tally, merged.quantile(p) / NS_PER_MS, (part) => latencyOf(part).quantile(p) / NS_PER_MS);
}

export function measuredMeanMs(tally: FlowTally, latencyOf: LatencyOf): Measured {
  const merged = mergedLatency(tally.parts, latencyOf);
  if (merged.count === 0) return missing(whyNone(tally));
  return aroundPooled(tally, merged.mean / NS_PER_MS, (part) => latencyOf(part).mean / NS_PER_MS);
}

/** The pooled value and the half-width from the parts that have one; never below 0. */
function aroundPooled(tally: FlowTally, pooled: number, read: (part: FlowPart) => number): Measured {
  if (!Number.isFinite(pooled)) return missing('no data');
  const parts = tally.parts.length >= 2 ? tally.parts : tally.batches;
  const values = parts.map(read).filter(Number.isFinite);
  if (values.length < 2) {
    if (tally.parts.length >= 2) return missing('too few samples');
    return { value: pooled, low: null, high: null, reason: 'one replication' };
  }
  const { halfWidth } = meanInterval(values);
  return { value: pooled, low: Math.max(0, pooled - halfWidth), high: pooled + halfWidth, reason: null };
}

/** Why there is no latency: nothing was called, or nothing came of it. */
function whyNone(tally: FlowTally): MissingReason {
  return calls(tally) === 0 ? 'no calls' : 'no good answers';
}

function seconds(part: FlowPart): number {
  return part.measuredNs / NS_PER_SECOND;
}

function ratio(
  parts: readonly FlowPart[],
  above: (part: FlowPart) => number,
  below: (part: FlowPart) => number,
): number {
  return sum(parts, above) / sum(parts, below);
}

function calls(tally: FlowTally): number {
  return sum(tally.parts, (part) => part.calls);
}

function sum(parts: readonly FlowPart[], of: (part: FlowPart) => number): number {
  let total = 0;
  for (const part of parts) total += of(part);
  return total;
}
