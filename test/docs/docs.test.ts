// What the documentation says on a command line is what happens; pages whose commands take long are docs.slow.test.ts.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../cli/script.js';
import { matches, sessionOf } from './doctest.js';
import { testPages } from './pages.js';

testPages(false);

test('JavaScript in the page of the library stands in an example, word by word', () => {
  const page = readFileSync(join(ROOT, 'docs/library.md'), 'utf8');
  const examples = readdirSync(join(ROOT, 'examples/library')).map((name) =>
    readFileSync(join(ROOT, 'examples/library', name), 'utf8'),
  );
  const blocks = [...page.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code]) => code);
  expect(blocks.length).toBeGreaterThan(0);
  for (const block of blocks)
    expect(
      examples.some((example) => example.includes(block)),
      block,
    ).toBe(true);
});

describe('doctest', () => {
  test('commands, exit codes and expected lines', () => {
    const page = 'text\n```console\n$ a b   # exit 2\nx\n\n$ c\n```\n```sh\n$ no\n```';
    expect(sessionOf(page)).toEqual([
      { line: 3, text: 'a b', exitCode: 2, expected: ['x', ''] },
      { line: 6, text: 'c', exitCode: 0, expected: [] },
    ]);
  });

  test.each([
    [['a', 'b', 'c'], ['a', '…', 'c'], true],
    [['a', 'c'], ['a', '…', 'c'], true],
    [['a', 'b'], ['a', '…', 'c'], false],
    [['in 1.2 s (x)'], ['in … s (x)'], true],
    [['a', 'b'], ['a'], false],
    [[], ['…'], true],
  ])('%j against %j', (lines, expected, isMatch) => {
    expect(matches(lines, expected)).toBe(isMatch);
  });
});
