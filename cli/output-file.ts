// One file for `--out FILE`: written beside and then renamed, so that half a file is never left behind; a link stays a link, permissions stay.
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, renameSync, rmSync, type Stats, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { realPathOf, refuseOddPath } from './output-place.js';
import { reasonOf } from './system-error.js';
import { UserError } from './user-error.js';

const PERMISSIONS = 0o777;

/** A file that may be written. */
export interface OutputFile {
  /** As the user wrote it. */
  readonly name: string;
  /** The real path, links followed. */
  readonly path: string;
}

export interface OutputFileOptions {
  /** Paths of what is read: never replaced. */
  readonly inputs: readonly string[];
  /** Whether the text of a file that is there may be replaced: an earlier answer of the same command, say. */
  readonly isReplaceable: (path: string) => boolean;
}

/** Throws a UserError for a path that is odd, a directory, a file of the input, or a file that may not be replaced. */
export function checkOutputFile(name: string, { inputs, isReplaceable }: OutputFileOptions): OutputFile {
  refuseOddPath(name, 'FILE');
  const path = realPathOf(name, 'FILE');
  const stats = statsOf(path);
  if (name.endsWith('/') || stats?.isDirectory() === true) {
    throw new UserError(`${name} is a directory`, 'give the file that is to be written with --out FILE');
  }
  if (stats?.isFile() !== true) return { name, path };
  if (inputs.some((input) => isSameFile(input, stats))) {
    throw new UserError(`${name} is a file of the input`, 'write another file with --out FILE');
  }
  if (stats.size > 0 && !isReplaceable(path)) {
    throw new UserError(`${name} is there already`, 'replace it with --force, or write another file with --out FILE');
  }
  return { name, path };
}

/** Writes a file, or into a pipe or a device. Throws a UserError where that cannot be done; what was there is there still. */
export function writeOutputFile({ name, path }: OutputFile, text: string): void {
  const beside = join(dirname(path), `.${basename(path)}-${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    const stats = statsOf(path);
    if (stats !== null && !stats.isFile()) {
      writeFileSync(path, text);
      return;
    }
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(beside, text, { flag: 'wx' });
    if (stats !== null) chmodSync(beside, stats.mode & PERMISSIONS);
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw new UserError(`cannot write ${name}: ${reasonOf(error)}`, 'give a file that can be written with --out FILE');
  }
}

function isSameFile(path: string, other: Stats): boolean {
  const stats = statsOf(resolve(path));
  return stats !== null && stats.dev === other.dev && stats.ino === other.ino;
}

function statsOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}
