// Which revision is missing, and what a shallow clone needs.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { missingRevision } from '../../../scenarios/compare/missing-revision.js';

let root = '';

function git(directory: string, ...words: string[]): void {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
  execFileSync('git', [...identity, ...words], { cwd: directory, stdio: 'pipe' });
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'seatrial-revision-'));
  const whole = join(root, 'whole');
  mkdirSync(whole);
  git(whole, 'init', '-q');
  for (const text of ['1', '2', '3']) {
    writeFileSync(join(whole, 'a.yaml'), text);
    git(whole, 'add', '.');
    git(whole, 'commit', '-qm', text);
  }
  git(root, 'clone', '-q', '--depth', '1', `file://${whole}`, 'shallow');
  mkdirSync(join(root, 'none'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test.each([
  ['whole', 'HEAD~5: the repository has no such revision; 3 commits are there', 'git log --oneline'],
  ['shallow', 'no such revision; 1 commit is there; this is a shallow clone', 'fetch-depth: 0'],
])('in a %s clone', (name, message, help) => {
  const found = missingRevision('HEAD~5', 'HEAD~5:mesh', join(root, name));
  expect(found?.message).toContain(message);
  expect(found?.hint).toContain(help);
  expect(found?.position?.file).toBe('HEAD~5:mesh');
});

test('without a repository', () => {
  const directory = join(root, 'none');
  expect(missingRevision('HEAD~5', 'HEAD~5:mesh', directory)?.message).toContain('git has no repository here');
});

test.each(['C', 'a b', '^main', ''])('%j cannot be a revision', (name) => {
  expect(missingRevision(name, `${name}:mesh`, root)).toBeNull();
});
