// Go durations: `1h2m3.5ms` (go: src/time/format.go ParseDuration). Istio reads its durations with it.

import { lookup } from '../../sim/lookup.js';

const UNIT_NS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

const PART = /(\d*)(?:(\.)(\d*))?([^\d.]+)/y;
const MAX_INT64 = 9223372036854775807n;
/** Digits of a fraction beyond this value are dropped, as in Go. */
const MAX_FRACTION = MAX_INT64 / 10n;

/** What a duration should look like, for messages. */
export const DURATION_EXPECTED = 'a duration such as 1h30m, 10s or 3.5ms';

/**
 * Integer nanoseconds, or null where Go's time.ParseDuration would fail: no unit (except `0`), a blank, an unknown unit, or more
 * than about 292 years. Fractions of a nanosecond are cut off.
 */
export function parseDuration(text: string): number | null {
  const sign = text[0] === '-' || text[0] === '+' ? 1 : 0;
  const body = text.slice(sign);
  if (body === '0') return 0;
  if (body === '') return null;
  let total = 0n;
  PART.lastIndex = 0;
  while (PART.lastIndex < body.length) {
    const part = PART.exec(body);
    if (part === null) return null;
    const ns = partNs(part[1]!, part[3] ?? '', part[4]!);
    if (ns === null) return null;
    total += ns;
    if (total > MAX_INT64) return null;
  }
  const negative = text[0] === '-' && total !== 0n;
  return negative ? -Number(total) : Number(total);
}

function partNs(whole: string, fraction: string, unit: string): bigint | null {
  const unitNs = lookup(UNIT_NS, unit);
  if (unitNs === undefined || (whole === '' && fraction === '')) return null;
  if (whole.length > 40) return null;
  return BigInt(whole === '' ? '0' : whole) * BigInt(unitNs) + fractionNs(fraction, unitNs);
}

/** The fraction is scaled in floating point, as Go does it. */
function fractionNs(digits: string, unitNs: number): bigint {
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    const next = value * 10n + BigInt(digit);
    if (value > MAX_FRACTION || next > MAX_INT64) break;
    value = next;
    scale *= 10;
  }
  return BigInt(Math.trunc(Number(value) * (unitNs / scale)));
}

const PRINT_UNITS: readonly (readonly [string, number])[] = [
  ['h', 3600e9],
  ['m', 60e9],
  ['s', 1e9],
  ['ms', 1e6],
  ['µs', 1e3],
  ['ns', 1],
];

/** The shortest exact way to write integer nanoseconds with whole numbers: `1m30s`, `1s500ms`; `0s` for 0. */
export function formatDuration(ns: number): string {
  if (ns === 0) return '0s';
  let rest = Math.abs(ns);
  let text = ns < 0 ? '-' : '';
  for (const [unit, size] of PRINT_UNITS) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}

/** 52 days (1250 h): a time in a run and such a duration add up to a whole number of nanoseconds in a double. */
export const ACTING_MAX_NS = 4_500_000_000_000_000;

/** As `parseDuration`, for what acts in a run: longer durations, of either sign, act as 52 days, longer than any run of the mesh takes. */
export function parseActingDuration(text: string): number | null {
  const ns = parseDuration(text);
  return ns === null ? null : Math.max(-ACTING_MAX_NS, Math.min(ACTING_MAX_NS, ns));
}
