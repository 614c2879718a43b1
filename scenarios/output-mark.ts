// The mark by which a directory of results is known as ours: it may be replaced by the next run, and is never read as input.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const META_FILE = 'meta.json';
export const META_SCHEMA = 'seatrial.meta/1';

/** Whether a directory holds results that seatrial wrote. */
export function holdsResults(directory: string): boolean {
  try {
    const meta: unknown = JSON.parse(readFileSync(join(directory, META_FILE), 'utf8'));
    return meta !== null && typeof meta === 'object' && 'schema' in meta && meta.schema === META_SCHEMA;
  } catch {
    return false;
  }
}
