// The scalar words of a scenario file as zod types: what an editor shows for them, and what a wrong type is told.
import * as z from 'zod/mini';
import { about } from './about.js';

const GO_DURATION =
  '^([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|ms|s|m|h)(([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|ms|s|m|h))*$|^0$';

/** What most words are written as; what they mean is read later. */
const WRITTEN = [z.string(), z.number()] as const;

function word(expected: string, meta: { description: string; pattern?: string; examples: (string | number)[] }) {
  return about(z.union(WRITTEN, { error: `expected ${expected}` }), meta);
}

/** A name: a string that is not empty. */
export function name(description: string) {
  return about(
    z.string({ error: 'expected a name' }).check(z.minLength(1, { error: 'expected a name, found nothing' })),
    description,
  );
}

export function text(description: string, expected = 'a string') {
  return about(z.string({ error: `expected ${expected}` }), description);
}

export function flag(description: string) {
  return about(z.boolean({ error: 'expected true or false' }), description);
}

/** A whole number from `min` to `max`. */
export function count(description: string, min: number, max: number) {
  const error = `expected a whole number from ${min} to ${max}`;
  return about(z.int({ error }).check(z.minimum(min, { error }), z.maximum(max, { error })), description);
}

/** Go's duration: `1h2m3.5ms`; checked in full by words.ts. */
export function duration(description: string) {
  return word('a duration such as 1m30s or 250ms', {
    description,
    pattern: GO_DURATION,
    examples: ['30s', '250ms', '1h30m'],
  });
}

/** `800/s`, `50/m`, `3/h` or a number per second. */
export function rate(description: string) {
  return word('a rate such as 800/s or 50/m', {
    description: `${description} \`800/s\`, \`50/m\`, \`3/h\`, or a number per second.`,
    examples: ['800/s', '50/m', 100],
  });
}

/** `0.5%`, or a number from 0 to 1. */
export function share(description: string) {
  return word('a share such as 0.5% or 0.005', {
    description: `${description} In percent (\`0.5%\`) or from 0 to 1.`,
    examples: ['0.5%', '30%', 0.05],
  });
}

/** `3x`, `0.5x`: how many times as much. */
export function factor(description: string) {
  return word('a factor such as 3x or 0.5x', {
    description: `${description} \`3x\`, \`0.5x\`.`,
    pattern: '^\\+?([0-9]+(\\.[0-9]*)?|\\.[0-9]+) ?x$',
    examples: ['3x', '0.5x'],
  });
}

/** `4KiB`, `1.5MB` or a number of bytes; checked in full by words.ts. */
export function bytes(description: string) {
  return word('a size such as 4KiB or 512', {
    description,
    pattern: '^\\+?([0-9]+(\\.[0-9]*)?|\\.[0-9]+) ?([kKmMgG]i?)?[bB]?$',
    examples: ['4KiB', '1.5MB', 512],
  });
}

/** `10Gbit/s`, `10Gbit`, `100Mbps` or `12.5MB/s`; checked in full by words.ts. */
export function bandwidth(description: string) {
  return word('a bandwidth such as 10Gbit/s or 100MB/s', {
    description,
    pattern: '^\\+?([0-9]+(\\.[0-9]*)?|\\.[0-9]+) ?([kMGT]?(bits?(/s)?|bps)|([kMG]i?)?B/s)$',
    examples: ['10Gbit/s', '100Mbps', '12.5MB/s'],
  });
}

/** A distribution of durations in words: `lognormal(mean=4ms, cv=1)`, or a constant duration. */
export function durationDistribution(description: string) {
  return word('a duration or a distribution such as lognormal(mean=4ms, cv=1)', {
    description: `${description} A duration (constant) or a distribution of durations.`,
    examples: [
      'lognormal(mean=4ms, cv=1)',
      'exponential(mean=10ms)',
      'empirical(p50=20ms, p90=45ms, p99=180ms)',
      '5ms',
    ],
  });
}

/** A header's or a label's value: YAML may read `true` or `1` where a string is meant. */
export function stringMap(description: string) {
  const scalar = z.union([z.string(), z.number(), z.boolean()], { error: 'expected a string' });
  return about(z.record(z.string(), scalar, { error: 'expected names with values' }), description);
}

/** A list of strings; one string stands for a list of one. */
export function stringList(description: string, examples: string[][]) {
  return about(z.union([z.string(), z.array(z.string())], { error: 'expected a string or a list of strings' }), {
    description,
    examples,
  });
}

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'] as const;

export function method(description: string) {
  return about(z.enum(METHODS, { error: `expected one of ${METHODS.join(', ')}` }), description);
}
