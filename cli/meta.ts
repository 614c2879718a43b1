// meta.json: what must not be in results.json, because it differs from machine to machine and from day to day.
import { arch, platform, release } from 'node:os';
import { META_FILE, META_SCHEMA } from '../scenarios/output-mark.js';
import type { RunResult } from '../scenarios/run-result.js';
import type { RunOptions } from './run.js';

export interface MetaInput {
  /** As given on the command line. */
  readonly path: string;
  readonly options: RunOptions;
  readonly result: RunResult;
  readonly fingerprint: string;
  readonly workers: number;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** The other files of the directory. */
  readonly files: readonly string[];
}

export interface Meta {
  readonly schema: typeof META_SCHEMA;
  /** SHA-256 of results.json. */
  readonly fingerprint: string;
  /** Gives the same results.json again, from the same directory and the same YAML. */
  readonly command: string;
  readonly files: readonly string[];
  readonly startedAt: string;
  readonly wallSeconds: number;
  readonly workers: number;
  readonly node: string;
  readonly host: string;
}

export function metaOf({ path, options, result, fingerprint, workers, startedAt, finishedAt, files }: MetaInput): Meta {
  return {
    schema: META_SCHEMA,
    fingerprint,
    command: commandOf(path, options, result),
    files: [...files, META_FILE].sort(),
    startedAt: startedAt.toISOString(),
    wallSeconds: (finishedAt.getTime() - startedAt.getTime()) / 1000,
    workers,
    node: process.version,
    host: `${platform()} ${release()} ${arch()}`,
  };
}

/** Seed and number of replications are spelt out: an interrupted run is repeated as far as it went. */
function commandOf(path: string, { duration, istio, strict }: RunOptions, { seed, replications }: RunResult): string {
  const words = ['seatrial', 'run', path, `--seed=${seed}`, `--replications=${replications}`];
  if (duration !== undefined) words.push('--duration', duration);
  if (istio !== undefined) words.push('--istio', istio);
  if (strict === true) words.push('--strict');
  return words.map(shellWord).join(' ');
}

function shellWord(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
