// The `--out` directory: taken only if it is free or ours, and changed so that it never holds half a result.
import { constants } from 'node:fs';
import { access, lstat, mkdir, readdir, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { META_FILE, readMark } from '../scenarios/gather/output-mark.js';
import { exchangeFiles, isPartOfExchange } from './output-exchange.js';
import { resolveOutputDirectory } from './output-place.js';
import { isResultFile } from './result-files.js';
import { codeOf, reasonOf } from './system-error.js';
import { UserError } from './user-error.js';

/** A directory that may be written. */
export interface OutputDirectory {
  /** As the user wrote it. */
  readonly name: string;
  /** The real path, links followed. */
  readonly path: string;
}

/**
 * Throws a UserError unless `directory` is free (absent or empty) or holds nothing but what an earlier run wrote, is no place that
 * matters, and can be written. Call it before a long run, so that nobody waits for a result that has no place.
 * @param inputs paths of what the run reads, as the user gave them.
 */
export async function checkOutputDirectory(
  directory: string,
  inputs: readonly string[] = [],
): Promise<OutputDirectory> {
  const path = resolveOutputDirectory(directory, inputs);
  await ownFilesIn({ name: directory, path });
  await checkWritable(directory, path);
  return { name: directory, path };
}

/** Puts `files` (name -> content, `meta.json` among them) in place of what the directory holds of an earlier run. */
export async function writeOutputDirectory(
  directory: OutputDirectory,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const { name, path } = directory;
  let isFresh = false;
  try {
    // `mkdir` tells the first directory that it had to make.
    isFresh = (await mkdir(path, { recursive: true })) !== undefined;
    await exchangeFiles(path, files, () => ownFilesIn(directory));
  } catch (error) {
    if (isFresh) await rmdir(path).catch(() => {});
    if (error instanceof UserError) throw error;
    throw new UserError(
      `cannot write ${name}: ${reasonOf(error)}`,
      'give a directory that can be written with --out DIR',
    );
  }
}

/** Names of the plain files that an earlier run of ours wrote there. Throws a UserError for anything else in the directory. */
async function ownFilesIn({ name, path }: OutputDirectory): Promise<string[]> {
  const recorded = readMark(path)?.files ?? [];
  const own: string[] = [];
  const strangers: string[] = [];
  for (const entry of await entriesOf(name, path)) {
    const isOurs = isResultFile(entry) && (entry === META_FILE || recorded.includes(entry));
    if (isOurs && recorded.length > 0 && (await lstat(join(path, entry))).isFile()) own.push(entry);
    else if (!(await isPartOfExchange(path, entry))) strangers.push(entry);
  }
  if (strangers.length === 0) return own;
  if (recorded.length === 0) {
    throw new UserError(
      `${name} holds files and was not written by seatrial`,
      'give another directory with --out DIR, or empty this one',
    );
  }
  throw new UserError(
    `${name} holds files that seatrial did not write: ${strangers.slice(0, 3).join(', ')}`,
    'move them away, or give another directory with --out DIR',
  );
}

async function entriesOf(name: string, path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    const hint = 'give another directory with --out DIR';
    if (codeOf(error) === 'ENOTDIR') throw new UserError(`${name} is a file, not a directory`, hint);
    throw new UserError(`cannot read ${name}: ${reasonOf(error)}`, hint);
  }
}

/** Of the directory, or of the nearest one above that is there. */
async function checkWritable(name: string, path: string): Promise<void> {
  for (let at = path; ; at = dirname(at)) {
    try {
      await access(at, constants.W_OK | constants.X_OK);
      return;
    } catch (error) {
      if (codeOf(error) === 'ENOENT' && at !== dirname(at)) continue;
      throw new UserError(
        `cannot write ${name}: ${reasonOf(error)}`,
        'give a directory that can be written with --out DIR',
      );
    }
  }
}
