// meta.json: what must not be in the result, because it differs from machine to machine and from day to day.
import { arch, platform, release } from 'node:os';
import { META_FILE, META_SCHEMA } from '../scenarios/gather/output-mark.js';

export interface MetaInput {
  /** Gives the same result again, from the same directory and the same YAML. */
  readonly command: string;
  /** SHA-256 of the result's file. */
  readonly fingerprint: string;
  readonly workers: number;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** The other files of the directory. */
  readonly files: readonly string[];
}

export interface Meta {
  readonly schema: typeof META_SCHEMA;
  readonly fingerprint: string;
  readonly command: string;
  readonly files: readonly string[];
  readonly startedAt: string;
  readonly wallSeconds: number;
  readonly workers: number;
  readonly node: string;
  readonly host: string;
}

export function metaOf({ command, fingerprint, workers, startedAt, finishedAt, files }: MetaInput): Meta {
  return {
    schema: META_SCHEMA,
    fingerprint,
    command,
    files: [...files, META_FILE].sort(),
    startedAt: startedAt.toISOString(),
    wallSeconds: (finishedAt.getTime() - startedAt.getTime()) / 1000,
    workers,
    node: process.version,
    host: `${platform()} ${release()} ${arch()}`,
  };
}
