// Runs the built command line in a directory of its own, as a user's shell would.
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAIN, ROOT } from '../cli/script.js';

/** A small run: one replication of one second. */
export const SHORT = ['--duration', '1s', '--replications', '1', '--workers', '1'];

/** A directory with the mesh of `examples/minimal` in its folder `mesh`. */
export function workspace(): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'seatrial-safety-')));
  cpSync(join(ROOT, 'examples/minimal'), join(directory, 'mesh'), { recursive: true });
  return directory;
}

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** File descriptor for standard output, in place of a pipe. */
  readonly stdout?: number;
  readonly nodeOptions?: readonly string[];
}

export function seatrialIn(words: readonly string[], options: CommandOptions): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [...(options.nodeOptions ?? []), MAIN, ...words], {
    cwd: options.cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', options.stdout ?? 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '', SEATRIAL_DEBUG: undefined, ...options.env },
  });
}

/** A user's error: exit code 2, one line that says what and one that says what to do, and no stack trace. */
export function complaintOf({ status, stderr }: SpawnSyncReturns<string>): string {
  if (status !== 2 || /^\s+at /m.test(stderr)) throw new Error(`exit ${status}:\n${stderr}`);
  return stderr;
}
