// Values of options, read once at the edge. Each throws commander's error for a value that is wrong: exit code 2.
import { InvalidArgumentError } from 'commander';
import { parseByteLimit } from './byte-size.js';

const DURATION = /^(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*$/;

/** A whole number from 1 to 10,000. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > 10_000)
    throw new InvalidArgumentError('Expected a whole number from 1 to 10000.');
  return count;
}

/** Bytes: `1048576`, `500kB`, `64MiB`. */
export function parseBytes(text: string): number {
  const bytes = parseByteLimit(text);
  if (bytes === null || bytes < 1) throw new InvalidArgumentError('Expected a size such as 1048576, 512KiB or 64MiB.');
  return bytes;
}

/** Go's duration, as it stands; the scenario's reader reads it. */
export function parseDuration(text: string): string {
  if (!DURATION.test(text)) throw new InvalidArgumentError('Expected a duration such as 90s or 1m30s.');
  return text;
}
