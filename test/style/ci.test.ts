// The last line of .ci/run: what fails counts, whether as a test, as a file or as a step.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import fast from '../../vitest.config.js';
import slow from '../../vitest.slow.config.js';

const ROOT = join(import.meta.dirname, '../..');
const hasAwk = spawnSync('awk', ['BEGIN { exit 0 }']).status === 0;

test.skipIf(!hasAwk).each([
  ['all is good', ' Test Files  2 passed (2)\n      Tests  22 passed (22)\n', 0, '22 passed, 0 failed'],
  [
    'tests fail',
    ' Test Files  1 failed | 1 passed (2)\n      Tests  3 failed | 19 passed (22)\n',
    1,
    '19 passed, 3 failed',
  ],
  [
    'a hook fails, and no test',
    ' Test Files  1 failed | 1 passed (2)\n      Tests  19 passed (19)\n',
    1,
    '19 passed, 1 failed',
  ],
  ['a file does not load', ' Test Files  1 failed (1)\n      Tests  no tests\n', 1, '0 passed, 1 failed'],
  [
    'two runs, a hook of the second fails',
    ' Test Files  2 passed (2)\n      Tests  5000 passed (5000)\n Test Files  2 failed | 1 passed (3)\n      Tests  1 failed | 17 passed (18)\n',
    1,
    '5017 passed, 2 failed',
  ],
  ['the build fails', 'error TS2304\n', 2, '0 passed, 1 failed'],
  ['vitest dies after its tests', ' Test Files  2 passed (2)\n      Tests  22 passed (22)\n', 1, '22 passed, 1 failed'],
])('%s', (_, log, status, line) => {
  expect(
    spawnSync('awk', ['-v', `status=${status}`, '-f', join(ROOT, '.ci/count.awk')], { input: log, encoding: 'utf8' })
      .stdout,
  ).toBe(`${line}\n`);
});

test('.ci/run prints that line at its end', () => {
  expect(readFileSync(join(ROOT, '.ci/run'), 'utf8')).toContain('awk -v status="$status" -f .ci/count.awk "$log"');
});

test('no test and no hook is ended by a clock that a slow machine would not meet', () => {
  for (const { test: options } of [fast, slow]) {
    expect(options?.testTimeout).toBeGreaterThanOrEqual(600_000);
    expect(options?.hookTimeout).toBeGreaterThanOrEqual(600_000);
  }
});
