// The words of a scenario file as numbers: durations, rates, shares. Each function returns null for what it cannot read; the
// caller knows the place and says what was expected.

import { parseDuration } from '../../models/config/duration.js';
import { lookup } from '../../sim/lookup.js';

/** The longest duration that stays an exact number of nanoseconds in a double: 104 days. */
export const MAX_DURATION_NS = Number.MAX_SAFE_INTEGER;

/** A Go duration → nanoseconds (an integer, 0 .. 104 days); null for everything else, negative ones included. */
export function parseDurationNs(word: string | number): number | null {
  const ns = parseDuration(String(word).trim());
  return ns !== null && ns >= 0 && ns <= MAX_DURATION_NS ? ns : null;
}

const PER: Readonly<Record<string, number>> = {
  s: 1,
  sec: 1,
  second: 1,
  m: 60,
  min: 60,
  minute: 60,
  h: 3600,
  hour: 3600,
};

/** `800/s`, `50/m`, `3/h` or a number → per second, >= 0; null for everything else. */
export function parseRatePerSecond(word: string | number): number | null {
  const match = /^\+?(\d+(?:\.\d*)?(?:e\d+)?|\.\d+)\s*(?:\/\s*([a-z]+))?$/i.exec(String(word).trim());
  if (match === null) return null;
  const per = lookup(PER, match[2] ?? 's');
  const rate = Number(match[1]);
  return per !== undefined && Number.isFinite(rate) ? rate / per : null;
}

/** `0.5%` or `0.005` → 0.005; null for what is not between 0 and 1. */
export function parseShare(word: string | number): number | null {
  const match = /^\+?(\d+(?:\.\d*)?(?:e-?\d+)?|\.\d+)\s*(%?)$/i.exec(String(word).trim());
  if (match === null) return null;
  const value = match[2] === '%' ? fromPercent(Number(match[1])) : Number(match[1]);
  return value >= 0 && value <= 1 ? value : null;
}

/** `3x` → 3, >= 0; null for everything else. */
export function parseFactor(word: string | number): number | null {
  const match = /^\+?(\d+(?:\.\d*)?|\.\d+)\s*x$/i.exec(String(word).trim());
  return match === null || !Number.isFinite(Number(match[1])) ? null : Number(match[1]);
}

/** Through decimal digits, so that 99.9 % is the number 0.999. */
export function fromPercent(percent: number): number {
  return Number((percent / 100).toPrecision(15));
}

/** Decimal and binary units of bytes; `4Ki` and `4k` are Kubernetes' way to write 4KiB and 4kB. */
const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  ki: 1024,
  kib: 1024,
  m: 1e6,
  mb: 1e6,
  mi: 1048576,
  mib: 1048576,
  g: 1e9,
  gb: 1e9,
  gi: 1073741824,
  gib: 1073741824,
};

/** The largest body: 1 TiB. */
const MAX_BYTES = 1099511627776;

/** `4KiB`, `1.5MB`, `512B`, `4Ki` or a number of bytes → whole bytes, rounded up, 0 .. 1 TiB; null for everything else. */
export function parseBytes(word: string | number): number | null {
  const match = /^\+?(\d+(?:\.\d*)?|\.\d+)\s*([a-z]*)$/i.exec(String(word).trim());
  if (match === null) return null;
  const unit = lookup(BYTES, match[2].toLowerCase());
  if (unit === undefined) return null;
  // Through decimal digits, so that 1.1kB is 1100 bytes.
  const bytes = Math.ceil(Number((Number(match[1]) * unit).toPrecision(15)));
  return bytes <= MAX_BYTES ? bytes : null;
}

/** `10Gbit/s`, `10Gbit`, `100Mbps`, `12.5MB/s` or `10MiB/s` → bytes a second, above 0; null for everything else. */
export function parseBytesPerSecond(word: string | number): number | null {
  const match = /^\+?(\d+(?:\.\d*)?|\.\d+)\s*(?:([kMGT]?)bits?(?:\/s)?|([kMGT]?)bps|([kMG]i?B|B)\/s)$/.exec(
    String(word).trim(),
  );
  if (match === null) return null;
  const bits = match[2] ?? match[3];
  const unit = bits === undefined ? lookup(BYTES, match[4].toLowerCase()) : (lookup(DECIMAL, bits) ?? 0) / 8;
  if (unit === undefined) return null;
  const rate = Number((Number(match[1]) * unit).toPrecision(15));
  return rate > 0 ? rate : null;
}

const DECIMAL: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 };
