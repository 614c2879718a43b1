// docs/lab.md says which tolerances the checks have: UPDATE_DOCS=1 npx vitest run test/lab/tolerances.test.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CASES } from '../../lab/cases/index.js';
import { toleranceTable } from '../../lab/tolerances.js';
import { ROOT } from '../cli/script.js';

const PAGE = join(ROOT, 'docs/lab.md');
const HEAD = toleranceTable([])[0];

test('chance is judged where there are runs enough: with few of them Student forgives almost anything', () => {
  for (const { name, checks, runs = 3, replications = 1 } of CASES) {
    if (!checks.some(({ tolerance }) => tolerance.kind === 'chance')) continue;
    expect([runs >= 4, replications >= 20], name).toEqual([true, true]);
  }
});

test('the table of the page is that of the checks', () => {
  const lines = readFileSync(PAGE, 'utf8').split('\n');
  const from = lines.indexOf(HEAD);
  const length = lines.slice(from).findIndex((line) => !line.startsWith('|'));
  const table = toleranceTable(CASES);
  if (process.env.UPDATE_DOCS === '1') {
    lines.splice(from, length, ...table);
    writeFileSync(PAGE, lines.join('\n'));
  }
  expect(lines.slice(from, from + table.length)).toEqual(table);
  expect(lines[from + table.length]).toBe('');
});
