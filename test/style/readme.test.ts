// What the README promises a newcomer.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const COMMANDS = ['npm ci && npm run demo', 'npm ci && npm test'];

test.each(COMMANDS)("the pipeline runs the README's own command: %s", (command) => {
  expect(read('README.md')).toContain(`\n    ${command}\n`);
  expect(read('.ci/run')).toContain(`\nstep '${command}'\n`);
});

test('every package that a user installs has its reason in docs/dependencies.md', () => {
  const { dependencies } = JSON.parse(read('package.json')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const page = read('docs/dependencies.md');
  expect(Object.keys(dependencies).filter((name) => !page.includes(`| \`${name}\` |`))).toEqual([]);
});

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'examples/shop/README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

describe.each(PAGES)('%s', (page) => {
  test('links lead somewhere', () => {
    const links = [...read(page).matchAll(/\]\(([^)#\s]+)/g)]
      .map(([, link]) => link)
      .filter((link) => !/^https?:/.test(link));
    expect(links.filter((link) => !existsSync(join(ROOT, dirname(page), link)))).toEqual([]);
  });
});
