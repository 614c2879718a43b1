// How numbers read: as many digits as the number deserves, and how sure it is beside it.

import type { Measured } from '../scenarios/result/measured.js';
import { DECIMALS_MAX, decimalsOf, fixed, formatNumber, formatShare } from '../sim/statistics/number-words.js';

export { formatCount, formatDurationMs, formatNumber, formatShare } from '../sim/statistics/number-words.js';

/** Value and half width of the 95 % interval, `12.3±0.2`, times `scale`. A number that is missing says so. */
export function formatMeasured(measured: Measured, scale = 1): string {
  const { value, low, high } = measured;
  if (value === null) return measured.reason === 'too few samples' ? 'too few' : '–';
  if (low === null || high === null) return `${formatNumber(value * scale)}±?`;
  const half = Math.max(high - value, value - low) * scale;
  if (half <= 0) return formatNumber(value * scale);
  const decimals = Math.min(value === 0 ? DECIMALS_MAX : decimalsOf(value * scale), leadingDecimal(half));
  return `${fixed(value * scale, decimals)}±${formatHalfWidth(half, decimals)}`;
}

/** A share with its interval, `0.12±0.03 %`; what was never seen is below the bound of its interval, `<0.005 %`. */
export function formatMeasuredShare(measured: Measured): string {
  const { value, low, high } = measured;
  if (value === null) return formatMeasured(measured);
  if (value === 0) return high === null || high === 0 ? '0 %' : `<${formatShare(Math.max(high, 0.00001))}`;
  return low === null || high === null ? `${formatShare(value)}±?` : `${formatMeasured(measured, 100)} %`;
}

/** How busy something is: `84 %`, `4.2 %`. */
export function formatUtilisation(share: number): string {
  const percent = share * 100;
  return `${fixed(percent, percent < 9.95 ? 1 : 0)} %`;
}

/** One unit for all latencies of a table, so that they compare at a glance. */
export interface LatencyUnit {
  readonly name: 'µs' | 'ms' | 's';
  /** Factor from milliseconds. */
  readonly perMs: number;
}

/** The unit in which the largest of `latenciesMs` has at most five digits. */
export function latencyUnitFor(latenciesMs: readonly number[]): LatencyUnit {
  const largest = latenciesMs.reduce((max, ms) => Math.max(max, ms), 0);
  if (largest >= 60_000) return { name: 's', perMs: 0.001 };
  return largest > 0 && largest < 1 ? { name: 'µs', perMs: 1000 } : { name: 'ms', perMs: 1 };
}

function formatHalfWidth(half: number, decimals: number): string {
  const unit = Number(`1e-${decimals}`);
  return fixed(Math.max(Math.ceil(half / unit - 1e-9) * unit, unit), decimals);
}

/** Position of the first digit of a half width: 0.034 -> 2, 0.4 -> 1, 3 -> 0. */
function leadingDecimal(half: number): number {
  let decimals = 0;
  for (let scaled = half; scaled < 1 && decimals < 6; scaled *= 10) decimals++;
  return decimals;
}
