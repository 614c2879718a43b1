// What the documentation says on a command line is what happens.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isBuilt, NOT_BUILT, ROOT } from '../cli/script.js';
import { matches, Shell, sessionOf } from './doctest.js';

const PAGES = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)]
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name, session: sessionOf(readFileSync(join(ROOT, name), 'utf8')) }))
  .filter(({ session }) => session.length > 0);

/** Typed from top to bottom in one shell. */
const TYPED = ['docs/tutorial.md'];

test.skipIf(!isBuilt).each(PAGES)(`$name${isBuilt ? '' : ` (${NOT_BUILT})`}`, ({ name, session }) => {
  const directory = mkdtempSync(join(tmpdir(), 'seatrial-docs-'));
  try {
    const shell = new Shell(directory);
    if (TYPED.includes(name)) expect(shell.typed(session).join('\n')).toBe('');
    else for (const command of session) expect(shell.failuresOf(command).join('\n')).toBe('');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

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
