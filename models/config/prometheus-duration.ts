// Durations of Prometheus: `1h30m`, `5m`, `2w`; whole numbers, the larger unit first (prometheus/common: model/time.go ParseDuration).
import { INVALID, type Place } from './place.js';
import { string } from './scalars.js';
import type { Schema } from './schema.js';

const FORM = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const DAY_NS = 86_400e9;
/** A year has 365 days. */
const UNITS_NS = [365 * DAY_NS, 7 * DAY_NS, DAY_NS, 3600e9, 60e9, 1e9, 1e6];
const UNIT_NAMES = ['y', 'w', 'd', 'h', 'm', 's', 'ms'];
/** Years and weeks stand alone. */
const WHOLE_UNITS = 2;
const EXPECTED = 'a duration such as 5m, 1h30m or 2w';
/** About 292 years: nanoseconds in 64 bits. */
const MAX_NS = 9.223372036854775e18;

/** Nanoseconds, or null where Prometheus does not take the text for a duration. */
export function parsePrometheusDuration(text: string): number | null {
  if (text === '0') return 0;
  const parts = text === '' ? null : FORM.exec(text);
  if (parts === null) return null;
  const total = UNITS_NS.reduce((sum, unit, index) => sum + unit * Number(parts[index + 1] ?? 0), 0);
  return total <= MAX_NS ? total : null;
}

/** `1h30m` (prometheus/common: model/time.go Duration.String); weeks and years where nothing is left over. */
export function formatPrometheusDuration(ns: number): string {
  if (ns === 0) return '0s';
  let left = ns;
  let text = '';
  UNITS_NS.forEach((unit, index) => {
    if (index < WHOLE_UNITS && left % unit !== 0) return;
    const count = Math.floor(left / unit);
    left -= count * unit;
    if (count > 0) text += `${count}${UNIT_NAMES[index]}`;
  });
  return text;
}

/** Nanoseconds. */
export const prometheusDuration: Schema<number> = {
  expected: EXPECTED,
  read(value, place: Place) {
    if (typeof value === 'number') return value === 0 ? 0 : place.wrongType(value, EXPECTED, `add a unit: ${value}s`);
    const text = string.read(value, place);
    if (text === INVALID) return INVALID;
    return (
      parsePrometheusDuration(text) ??
      place.wrongType(text, EXPECTED, 'use the units y, w, d, h, m, s and ms, the larger first')
    );
  },
};
