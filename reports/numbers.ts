// How numbers read: as many digits as the number deserves, and how sure it is beside it.
import type { Measured } from '../scenarios/run-result.js';

const DECIMALS_MAX = 3;

/** Three significant digits below 1,000 (at most `decimalsMax` decimals), whole numbers with separators above. */
export function formatNumber(value: number, decimalsMax = DECIMALS_MAX): string {
  return fixed(value, Math.min(decimalsMax, decimalsOf(value)));
}

/** `0.12 %`; shares that would read as 0 or 100 % but are not keep their digits. */
export function formatShare(share: number): string {
  const percent = share * 100;
  const distance = Math.min(percent, 100 - percent);
  if (distance <= 0) return `${fixed(percent, 0)} %`;
  if (distance < 0.001) return percent < 50 ? '<0.001 %' : '>99.999 %';
  return `${trimZeros(fixed(percent, distance < 0.01 ? 3 : distance < 1 ? 2 : 1))} %`;
}

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

/** A duration in the unit that reads best: `850 µs`, `12.3 ms`, `4.2 s`, `10 min`. */
export function formatDurationMs(ms: number): string {
  if (ms === 0) return '0 ms';
  if (ms < 1) return `${formatNumber(ms * 1000)} µs`;
  if (ms < 1000) return `${trimZeros(formatNumber(ms))} ms`;
  if (ms < 600_000) return `${trimZeros(formatNumber(ms / 1000))} s`;
  return `${trimZeros(formatNumber(ms / 60_000))} min`;
}

/** `812`, `41.2 k`, `3.07 M`, `1.2 G`. */
export function formatCount(count: number): string {
  if (count < 10_000) return fixed(count, 0);
  if (count < 1e6) return `${formatNumber(count / 1e3)} k`;
  return count < 1e9 ? `${formatNumber(count / 1e6)} M` : `${formatNumber(count / 1e9)} G`;
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

function decimalsOf(value: number): number {
  const size = Math.abs(value);
  if (size === 0 || size >= 99.95) return 0;
  if (size >= 9.995) return 1;
  return size >= 0.0995 ? 2 : 3;
}

/** Position of the first digit of a half width: 0.034 -> 2, 0.4 -> 1, 3 -> 0. */
function leadingDecimal(half: number): number {
  let decimals = 0;
  for (let scaled = half; scaled < 1 && decimals < 6; scaled *= 10) decimals++;
  return decimals;
}

function fixed(value: number, decimals: number): string {
  const [whole, fraction] = value.toFixed(decimals).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function trimZeros(number: string): string {
  return number.includes('.') ? number.replace(/\.?0+$/, '') : number;
}
