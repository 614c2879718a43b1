// What the CLI opens before it knows what is asked of it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isBuilt, NOT_BUILT } from '../cli/script.js';

const MAIN = join(import.meta.dirname, '../../dist/cli/main.js');

/** Prints each module that is resolved to standard error. */
const LOG = `export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  process._rawDebug(found.url);
  return found;
}`;
const module = (text: string): string => `data:text/javascript,${encodeURIComponent(text)}`;
const HOOK = module(`import { register } from 'node:module';\nregister(${JSON.stringify(module(LOG))});`);

describe.skipIf(!isBuilt)(`start${isBuilt ? '' : ` (${NOT_BUILT})`}`, () => {
  test.each(['--help', '--version'])('%s loads commander and nothing else', (option) => {
    const { status, stderr } = spawnSync(process.execPath, ['--import', HOOK, MAIN, option], { encoding: 'utf8' });
    expect(status).toBe(0);
    const packages = [...stderr.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)\//g)].map(([, name]) => name);
    expect([...new Set(packages)]).toEqual(['commander']);
  });
});
