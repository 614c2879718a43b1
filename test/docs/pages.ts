// The pages of the documentation with what they say on a command line, and how that is done.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isBuilt, NOT_BUILT, ROOT } from '../cli/script.js';
import { Shell, sessionOf } from './doctest.js';

const PAGES = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)]
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name, session: sessionOf(readFileSync(join(ROOT, name), 'utf8')) }))
  .filter(({ session }) => session.length > 0);

/** Typed from top to bottom in one shell. */
const TYPED = ['docs/tutorial.md'];
/** Pages whose commands take long. */
const LONG = ['docs/storm.md', 'docs/tutorial.md'];

/** A test for each page of those that take long, or of all others. */
export function testPages(areLong: boolean): void {
  const pages = PAGES.filter(({ name }) => LONG.includes(name) === areLong);
  test.skipIf(!isBuilt).each(pages)(`$name${isBuilt ? '' : ` (${NOT_BUILT})`}`, ({ name, session }) => {
    const directory = mkdtempSync(join(tmpdir(), 'seatrial-docs-'));
    try {
      const shell = new Shell(directory);
      if (TYPED.includes(name)) expect(shell.typed(session).join('\n')).toBe('');
      else for (const command of session) expect(shell.failuresOf(command).join('\n')).toBe('');
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
}
