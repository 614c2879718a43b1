// docs/lint.md lists every rule as the code has it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RULES } from '../../../models/lint/rules.js';
import { lintPage } from '../../../scripts/lint-page.js';

const PAGE = join(import.meta.dirname, '../../../docs/lint.md');

test('the page is what the code says', () => {
  const written = lintPage(readFileSync(PAGE, 'utf8'));
  if (process.env.UPDATE_DOCS === '1') writeFileSync(PAGE, written);
  expect(readFileSync(PAGE, 'utf8')).toBe(written);
});

test('each rule has a section', () => {
  const page = readFileSync(PAGE, 'utf8');
  for (const { code } of RULES) expect(page).toContain(`#### ${code}\n`);
});

test('titles and advice are phrases, explanations are sentences', () => {
  for (const { code, title, help, why, source } of RULES) {
    expect(title, code).toMatch(/^\S.*[^.]$/);
    expect(title.length, code).toBeLessThanOrEqual(72);
    expect(help, code).toMatch(/[^.]$/);
    expect(why, code).toMatch(/[.)]$/);
    expect(source, code).not.toMatch(/\.\.\/|shared/);
  }
});
