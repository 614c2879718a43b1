// How numbers read in sentences: as many digits as the number deserves.

export const DECIMALS_MAX = 3;

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

export function decimalsOf(value: number): number {
  const size = Math.abs(value);
  if (size === 0 || size >= 99.95) return 0;
  if (size >= 9.995) return 1;
  return size >= 0.0995 ? 2 : 3;
}

export function fixed(value: number, decimals: number): string {
  const [whole, fraction] = value.toFixed(decimals).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function trimZeros(number: string): string {
  return number.includes('.') ? number.replace(/\.?0+$/, '') : number;
}
