// Every script under test/cli/scripts.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { failuresOf, isBuilt, NOT_BUILT, parseScript, seatrial } from './script.js';

const SCRIPTS = join(import.meta.dirname, 'scripts');

describe.skipIf(!isBuilt)(`scripts of the command line${isBuilt ? '' : ` (${NOT_BUILT})`}`, () => {
  test.each(readdirSync(SCRIPTS).toSorted())('%s', (name) => {
    const tmp = mkdtempSync(join(tmpdir(), 'seatrial-test-'));
    try {
      for (const command of parseScript(readFileSync(join(SCRIPTS, name), 'utf8'), tmp)) {
        expect(failuresOf(command, seatrial(command.words)).join('\n')).toBe('');
      }
    } finally {
      rmSync(tmp, { recursive: true, force: true });
    }
  });
});

test('a script that cannot be read says where', () => {
  expect(() => parseScript('exit 0', '')).toThrow('line 1');
  expect(() => parseScript('$ seatrial run\nstdot: x', '')).toThrow('line 2');
});
