// What a directory of results must be at any moment: nothing at all, or one whole result.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The seed of the result that a directory holds; null where it holds none. Throws where it holds a part of one, or parts of two: every file
 * that `meta.json` lists must be there and say the same fingerprint, and nothing that can be read may be there beside them.
 */
export function seedOfWholeResult(directory: string): string | null {
  const readable = readdirSync(directory).filter((name) => !name.startsWith('.') && canRead(join(directory, name)));
  if (readable.length === 0) return null;
  const { files, fingerprint } = JSON.parse(readFileSync(join(directory, 'meta.json'), 'utf8')) as {
    files: string[];
    fingerprint: string;
  };
  if (readable.sort().join() !== [...files].sort().join()) {
    throw new Error(`there are ${readable.join(', ')}, and meta.json lists ${files.join(', ')}`);
  }
  const results = readFileSync(join(directory, 'results.json'), 'utf8');
  const hash = createHash('sha256').update(results).digest('hex');
  if (hash !== fingerprint) throw new Error(`results.json has the fingerprint ${hash}, meta.json says ${fingerprint}`);
  const { seed } = JSON.parse(results) as { seed: string };
  const isOfSeed = (name: string): boolean => readFileSync(join(directory, name), 'utf8').includes(`seed \`${seed}\``);
  if (files.includes('report.md') && !isOfSeed('report.md')) throw new Error(`report.md is not of the seed ${seed}`);
  return seed;
}

function canRead(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}
