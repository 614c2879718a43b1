// The `--out` directory: written beside and then renamed, so that it never holds half a result; replaced only if it is ours.
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { META_FILE, META_SCHEMA } from '../scenarios/output-mark.js';
import { UserError } from './user-error.js';

/** What we need of a meta.json to know whose directory it is in. */
interface Marker {
  readonly schema: string;
  /** Names of the files beside it that we wrote. */
  readonly files: readonly string[];
}

/**
 * Throws a UserError unless `directory` is free (absent or empty) or holds nothing but what an earlier run wrote. Call it before
 * a long run, so that nobody waits for a result that has no place.
 */
export async function checkOutputDirectory(directory: string): Promise<void> {
  const names = await namesIn(directory);
  if (names.length === 0) return;
  const marker = await readMarker(join(directory, META_FILE));
  if (marker === null) {
    throw new UserError(
      `${directory} holds files and was not written by seatrial`,
      'give another directory with --out DIR, or empty this one',
    );
  }
  const strangers = names.filter((name) => name !== META_FILE && !marker.files.includes(name));
  if (strangers.length > 0) {
    throw new UserError(
      `${directory} holds files that seatrial did not write: ${strangers.slice(0, 3).join(', ')}`,
      'move them away, or give another directory with --out DIR',
    );
  }
}

/** Puts `files` (name -> content, `meta.json` among them) in place of what `directory` held. */
export async function writeOutputDirectory(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  await checkOutputDirectory(directory);
  const target = resolve(directory);
  try {
    await mkdir(dirname(target), { recursive: true });
    const beside = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
    try {
      const fresh = join(beside, 'new');
      await mkdir(fresh);
      for (const [name, content] of Object.entries(files)) await writeFile(join(fresh, name), content);
      await swap(target, fresh, join(beside, 'old'));
    } finally {
      await rm(beside, { recursive: true, force: true });
    }
  } catch (error) {
    throw new UserError(
      `cannot write ${directory}: ${reasonOf(error)}`,
      'give a directory that can be written with --out DIR',
    );
  }
}

/** Puts `fresh` in the place of `target`, which moves to `old`; if that fails, `target` is where it was. */
async function swap(target: string, fresh: string, old: string): Promise<void> {
  const isTaken = (await namesIn(target)).length > 0;
  if (isTaken) await rename(target, old);
  try {
    await rename(fresh, target);
  } catch (error) {
    if (isTaken) await rename(old, target);
    throw error;
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    const hint = 'give another directory with --out DIR';
    if (codeOf(error) === 'ENOTDIR') throw new UserError(`${directory} is a file, not a directory`, hint);
    throw new UserError(`cannot read ${directory}: ${reasonOf(error)}`, hint);
  }
}

async function readMarker(path: string): Promise<Marker | null> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isMarker(value) ? value : null;
  } catch {
    return null;
  }
}

function isMarker(value: unknown): value is Marker {
  if (typeof value !== 'object' || value === null) return false;
  const { schema, files } = value as Partial<Record<string, unknown>>;
  return schema === META_SCHEMA && Array.isArray(files) && files.every((file) => typeof file === 'string');
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** `ENOSPC: no space left on device` without the call and the path that Node adds. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.split(',')[0] : String(error);
}
