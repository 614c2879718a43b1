// docs/diagnostics.md has every code that stands in the source, and none that does not; fields that a message recommends stand in a page.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scenarioJsonSchema } from '../../scenarios/json-schemas.js';
import { CODE_TABLES, diagnosticsPage } from '../../scripts/diagnostics-page.js';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = join(ROOT, 'docs/diagnostics.md');

const sources = ['models', 'scenarios', 'cli'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !(folder === 'models' && name.startsWith('lint/')))
    .map((name) => readFileSync(join(ROOT, folder, name), 'utf8')),
);

/** `code: 'x'`, and the first text of a call that makes a finding. */
function codesIn(text: string): string[] {
  const call =
    /(?:error|warning|info|warn|problem|failure|finding|add|tell|say|note|complain)\w*\(\s*(?:[\w.[\]]+,\s*)?'([a-z][a-z0-9]*(?:-[a-z0-9]+)+)'/g;
  return [.../code: '([a-z][a-z0-9-]+)'/g[Symbol.matchAll](text), ...text.matchAll(call)].map(([, code]) => code);
}

test('the page is what the tables say', () => {
  const written = diagnosticsPage();
  if (process.env.UPDATE_DOCS === '1') writeFileSync(PAGE, written);
  expect(readFileSync(PAGE, 'utf8')).toBe(written);
});

test('every code of the source has its line', () => {
  const known = new Set(CODE_TABLES.flatMap(({ entries }) => entries.map(({ code }) => code)));
  const used = [...new Set(sources.flatMap(codesIn))];
  expect(used.length).toBeGreaterThan(100);
  expect(used.filter((code) => !known.has(code)).toSorted()).toEqual([]);
});

test('every line has a code that stands in the source, once', () => {
  const codes = CODE_TABLES.flatMap(({ entries }) => entries.map(({ code }) => code));
  expect(new Set(codes).size).toBe(codes.length);
  const isThere = (code: string): boolean =>
    sources.some((text) => text.includes(`'${code}'`) || text.includes(`  ${code}: {`));
  expect(codes.filter((code) => !isThere(code))).toEqual([]);
  for (const { entries } of CODE_TABLES) for (const { meaning, help } of entries) expect(meaning && help).toBeTruthy();
});

test('every field of the scenario stands in docs/scenario.md or docs/timeline.md, so that no message recommends what no page names', () => {
  const page = ['scenario', 'timeline'].map((name) => readFileSync(join(ROOT, `docs/${name}.md`), 'utf8')).join('\n');
  const names = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'properties') for (const name of Object.keys(inner as object)) names.add(name);
      walk(inner);
    }
  };
  walk(scenarioJsonSchema());
  expect(names.size).toBeGreaterThan(50);
  const isNamed = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(page);
  expect([...names].filter((name) => !isNamed(name))).toEqual([]);
});
