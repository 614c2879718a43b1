// Schemas of single values: strings, numbers, durations, quantities, words from a list.

import { lookup } from '../../sim/lookup.js';
import { nearestName } from '../../sim/nearest.js';
import type { PlainValue } from './document.js';
import { DURATION_EXPECTED, parseActingDuration, parseDuration } from './duration.js';
import { INVALID, type Invalid, type Place } from './place.js';
import { parseQuantity, QUANTITY_EXPECTED, type Quantity, quantityMilli, quantityValue } from './quantity.js';
import { listOf, mapOf, mapped, type Schema } from './schema.js';

export const string: Schema<string> = {
  expected: 'a string',
  read(value, place) {
    if (typeof value === 'string') return value;
    return place.wrongType(value, 'a string', stringHint(value));
  },
};

function stringHint(value: PlainValue): string {
  if (typeof value === 'number') return 'put the value in quotes';
  if (typeof value === 'boolean')
    return 'put the value in quotes: YAML reads y, n, yes, no, on and off as true or false';
  return 'give a single value, in quotes if it holds a colon';
}

export const strings: Schema<readonly string[]> = listOf('strings', string);
export const stringMap: Schema<Readonly<Record<string, string>>> = mapOf('strings', string);

export const bool: Schema<boolean> = {
  expected: 'true or false',
  read(value, place) {
    if (typeof value === 'boolean') return value;
    return place.wrongType(value, 'true or false', 'write true or false without quotes');
  },
};

/** A number from `min` to `max`, both included. */
export function number(min: number, max: number): Schema<number> {
  return numeric(range('a number', min, max), (value) => value >= min && value <= max);
}

/** A whole number from `min` to `max`, both included. */
export function integer(min: number, max: number): Schema<number> {
  return numeric(range('a whole number', min, max), (value) => Number.isInteger(value) && value >= min && value <= max);
}

const INT32_MAX = 2147483647;

/** Any value of an int32. */
export const int32: Schema<number> = integer(-INT32_MAX - 1, INT32_MAX);
export const natural: Schema<number> = integer(0, INT32_MAX);
export const uint32: Schema<number> = integer(0, 4294967295);
export const portNumber: Schema<number> = integer(1, 65535);
/** A percentage, 0..100. */
export const percent: Schema<number> = number(0, 100);

function range(what: string, min: number, max: number): string {
  if (max >= INT32_MAX) return min === 0 ? `${what} of at least 0` : what;
  return `${what} from ${min} to ${max}`;
}

function numeric(expected: string, accepts: (value: number) => boolean): Schema<number> {
  return {
    expected,
    read(value, place) {
      if (typeof value === 'number' && accepts(value)) return value;
      const quoted = typeof value === 'string' && value.trim() !== '' && accepts(Number(value));
      return place.wrongType(value, expected, quoted ? 'take the quotes away' : `give ${expected}`);
    },
  };
}

/** Integer nanoseconds of a Go duration that acts in a run. */
export const duration = durationReadBy(parseActingDuration);

/** The same where it is the life of a certificate: months. */
export const lifetime = durationReadBy(parseDuration);

function durationReadBy(parse: (text: string) => number | null): Schema<number> {
  return {
    expected: DURATION_EXPECTED,
    read(value, place) {
      const ns = typeof value === 'string' ? parse(value) : null;
      return ns ?? place.wrongType(value, DURATION_EXPECTED, durationHint(value));
    },
  };
}

const UNIT_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^(ms|msecs?|millis|milliseconds?)$/i, 'ms'],
  [/^(s|secs?|seconds?)$/i, 's'],
  [/^(m|mins?|minutes?)$/i, 'm'],
  [/^(h|hrs?|hours?)$/i, 'h'],
];

function durationHint(value: PlainValue): string {
  if (typeof value === 'number' && value >= 0) return `add a unit: ${value}s or ${value}ms`;
  const parts = typeof value === 'string' ? /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(value) : null;
  const unit = parts === null ? undefined : UNIT_WORDS.find(([words]) => words.test(parts[2]!))?.[1];
  if (parts !== null && unit !== undefined) return `write ${parts[1]}${unit}`;
  if (parts !== null && parts[2] === '') return `add a unit: ${parts[1]}s or ${parts[1]}ms`;
  if (parts !== null && /^d(ays?)?$/i.test(parts[2]!)) return `days are not a unit: write ${Number(parts[1]) * 24}h`;
  return 'use the units h, m, s, ms, us and ns without blanks';
}

function quantity(read: (quantity: Quantity, place: Place) => number | Invalid): Schema<number> {
  return {
    expected: QUANTITY_EXPECTED,
    read(value, place) {
      const text = typeof value === 'number' ? String(value) : value;
      const parsed = typeof text === 'string' ? parseQuantity(text) : null;
      if (parsed === null) return place.wrongType(value, QUANTITY_EXPECTED, quantityHint(text));
      if (parsed.nano < 0n) return place.wrongType(value, 'a quantity of at least 0', 'take the sign away');
      return read(parsed, place);
    },
  };
}

function quantityHint(value: PlainValue): string {
  const parts = typeof value === 'string' ? /^\s*([\d.]+)\s*([kmgtpe])(i?)b?\s*$/i.exec(value) : null;
  if (parts === null) return 'use the suffixes m, k, M, G, T or Ki, Mi, Gi, Ti, without blanks';
  const letter = parts[2]!;
  const unit = parts[3] === '' && letter.toLowerCase() === 'k' ? 'k' : letter.toUpperCase();
  return `write ${parts[1]}${unit}${parts[3]!.toLowerCase()}`;
}

/** CPU in thousandths of a core, rounded up. */
export const cpuMillis: Schema<number> = quantity((found, place) => {
  if (found.suffix.endsWith('i')) {
    place.warn(
      'odd-quantity',
      `${found.suffix} is a unit of memory; this asks for ${quantityValue(found)} cores`,
      'write cores (2) or thousandths of a core (500m)',
    );
  }
  return quantityMilli(found);
});

/** Bytes, rounded up. */
export const bytes: Schema<number> = quantity((found, place) => {
  if (found.suffix === 'm' || found.suffix === 'u' || found.suffix === 'n') {
    place.warn(
      'odd-quantity',
      `"${found.suffix}" means thousandths or less: this is ${quantityValue(found)} byte(s)`,
      'did you mean Mi?',
    );
  }
  return quantityValue(found);
});

/** Thousandths of any unit, rounded up: a metric's target. */
export const milliQuantity: Schema<number> = quantity((found) => quantityMilli(found));

/** One of some words; `aliases` are old words that are read as new ones. */
export function word<const T extends string>(
  words: readonly T[],
  aliases: Readonly<Record<string, NoInfer<T>>> = {},
): Schema<T> {
  const expected = `one of ${words.join(', ')}`;
  return {
    expected,
    read(value, place) {
      const found = words.find((candidate) => candidate === value);
      if (found !== undefined) return found;
      const current = typeof value === 'string' ? lookup<T>(aliases, value) : undefined;
      if (current !== undefined) return renamed(String(value), current, place);
      const near = typeof value === 'string' ? nearestName(value, words) : null;
      return place.wrongType(value, expected, near === null ? `choose ${expected}` : `did you mean ${near}?`);
    },
  };
}

function renamed<T extends string>(old: string, current: T, place: Place): T {
  place.info('deprecated-value', `${old} is an old name of ${current}`, `write ${current}`);
  return current;
}

/** 0 reads as null: fields whose unset value protobuf cannot tell from 0. */
export function zeroIsUnset(schema: Schema<number>): Schema<number | null> {
  return mapped(schema, (value) => (value === 0 ? null : value));
}

/** A number or a name: the target port of a Service. */
export const portNumberOrName: Schema<number | string> = {
  expected: 'a port number or the name of a container port',
  read(value, place) {
    if (typeof value === 'number') return portNumber.read(value, place);
    const name = string.read(value, place);
    if (name === INVALID || !/^\d+$/.test(name)) return name;
    return place.wrongType(value, 'a port number or the name of a container port', 'take the quotes away');
  },
};
