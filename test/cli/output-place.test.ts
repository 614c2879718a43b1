// Values of `--out` that nobody means, and places that are never a target. (test/safety does the same with the whole command.)
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resolveOutputDirectory } from '../../cli/output-place.js';

let tmp: string;

beforeEach(() => {
  tmp = realpathSync(mkdtempSync(join(tmpdir(), 'seatrial-place-')));
});
afterEach(() => {
  rmSync(tmp, { recursive: true, force: true });
});

test.each([
  ['', 'is empty'],
  [' \t', 'is empty'],
  ['a\u0000b', 'control character'],
  ['a\nb', 'control character'],
  ['--json', 'looks like an option'],
  ['~', 'no shell has replaced the ~'],
  ['~/out', 'no shell has replaced the ~'],
  ['nosuch/..', 'goes up again'],
  ['nosuch/../precious', 'goes up again'],
  ['../nosuch/../precious', 'goes up again'],
  ['./a/b/../c', 'goes up again'],
  ['/', 'the root of the file system'],
  ['.', 'the current directory'],
  ['./', 'the current directory'],
  ['..', 'a directory that holds it'],
  ['../..', '--out ../..'],
  [homedir(), '--out'],
])('%j is refused', (out, words) => {
  expect(() => resolveOutputDirectory(out)).toThrow(words);
});

test.each(['out', './out', '../out', 'a/b/c', '..out', 'a..b/c', 'out/'])('%j is taken', (out) => {
  expect(() => resolveOutputDirectory(`nosuch-place/${out}`.replace('nosuch-place/../', '../'))).not.toThrow();
});

test('links are followed, and what is not there is taken as written', () => {
  mkdirSync(join(tmp, 'real/.git'), { recursive: true });
  symlinkSync('real', join(tmp, 'link'));
  symlinkSync('nowhere', join(tmp, 'dangling'));
  symlinkSync('loop', join(tmp, 'loop'));
  expect(resolveOutputDirectory(join(tmp, 'link/a/b'))).toBe(join(tmp, 'real/a/b'));
  expect(() => resolveOutputDirectory(join(tmp, 'link'))).toThrow('the root of a repository');
  expect(() => resolveOutputDirectory(join(tmp, 'link/.git/out'))).toThrow('inside the data of a repository');
  expect(() => resolveOutputDirectory(join(tmp, 'dangling'))).toThrow('is a link to something that does not exist');
  expect(() => resolveOutputDirectory(join(tmp, 'dangling/out'))).toThrow('is a link to something that does not exist');
  expect(() => resolveOutputDirectory(join(tmp, 'loop'))).toThrow('cannot use');
});

test('what holds the input is no target; what lies in it is', () => {
  mkdirSync(join(tmp, 'a/mesh'), { recursive: true });
  for (const input of [join(tmp, 'a'), join(tmp, 'a/mesh')]) {
    expect(() => resolveOutputDirectory(join(tmp, 'a'), [input])).toThrow('where the input is');
  }
  expect(resolveOutputDirectory(join(tmp, 'a/out'), [join(tmp, 'a')])).toBe(join(tmp, 'a/out'));
  expect(resolveOutputDirectory(join(tmp, 'a'), ['-', 'HEAD~1:a', 'nosuch/*.yaml'])).toBe(join(tmp, 'a'));
});
