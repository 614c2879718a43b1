// What the CLI opens before it knows what is asked of it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isBuilt, NOT_BUILT, ROOT } from '../cli/script.js';

const MAIN = join(import.meta.dirname, '../../dist/cli/main.js');

/** Prints each file of code that is opened to standard error. */
const LOG = `export async function load(url, context, next) {
  if (!url.startsWith('node:')) process._rawDebug(url);
  return next(url, context);
}`;
const module = (text: string): string => `data:text/javascript,${encodeURIComponent(text)}`;
const HOOK = module(`import { register } from 'node:module';\nregister(${JSON.stringify(module(LOG))});`);

/** Names of the files below `dist`, or whole URLs. */
function opened(...words: readonly string[]): readonly string[] {
  const { status, stderr } = spawnSync(process.execPath, ['--import', HOOK, MAIN, ...words], { encoding: 'utf8' });
  expect(status).toBe(0);
  return [...stderr.matchAll(/^(?:file|data):.*$/gm)].map(([url]) => url.replace(/^.*\/dist\//, ''));
}

describe.skipIf(!isBuilt)(`start${isBuilt ? '' : ` (${NOT_BUILT})`}`, () => {
  test.each(['--help', '--version'])('%s opens the program and what its chunks share, and no package', (option) => {
    const files = opened(option);
    expect(files).toContain('cli/main.js');
    expect(files.filter((file) => !/^(cli\/main|program\/chunk-\w+)\.js$/.test(file))).toEqual([]);
    expect(files.length).toBeLessThanOrEqual(12);
  });

  test('lint opens its own chunks, and of the published schemas those of the kinds that it meets', () => {
    const files = opened('lint', join(ROOT, 'examples/minimal'));
    expect(files.filter((file) => file.includes('node_modules'))).toEqual([]);
    const named = files.flatMap((file) => /^program\/(\w+)-\w+\.js$/.exec(file)?.[1] ?? []);
    expect(named.filter((name) => name !== 'chunk').sort()).toEqual(['Deployment', 'Namespace', 'Service', 'lint']);
    expect(files.length).toBeLessThanOrEqual(50);
  });
});
