// The mark by which a directory of results is known as ours: it may be replaced by the next run, and is never read as input.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export const META_FILE = 'meta.json';
export const META_SCHEMA = 'seatrial.meta/1';

/** A mark is a few hundred bytes. What is larger, or no plain file (a pipe would never end), is not ours. */
const MARK_BYTES_MAX = 1 << 20;

/** What a mark says that others need to know. */
export interface Mark {
  /** Names of the files that were written, the mark's own among them. Whoever acts on them must check each: anybody can write a mark. */
  readonly files: readonly string[];
}

/** The mark of a directory; null where there is none, or none of ours. */
export function readMark(directory: string): Mark | null {
  try {
    const path = join(directory, META_FILE);
    const stats = statSync(path);
    if (!stats.isFile() || stats.size > MARK_BYTES_MAX) return null;
    const meta: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isMark(meta) ? { files: meta.files } : null;
  } catch {
    return null;
  }
}

/** Whether a directory holds results that seatrial wrote. */
export function holdsResults(directory: string): boolean {
  return readMark(directory) !== null;
}

function isMark(value: unknown): value is Mark {
  if (typeof value !== 'object' || value === null) return false;
  const { schema, files } = value as Partial<Record<string, unknown>>;
  return schema === META_SCHEMA && Array.isArray(files) && files.every((file) => typeof file === 'string');
}
