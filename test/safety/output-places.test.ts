// `--out` never costs a user anything: places that matter are refused, and what is replaced is what an earlier run wrote.
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { META_FILE, META_SCHEMA } from '../../scenarios/gather/output-mark.js';
import { isBuilt, NOT_BUILT } from '../cli/script.js';
import { complaintOf, SHORT, seatrialIn, workspace } from './command.js';
import { seedOfWholeResult } from './result-directory.js';

let cwd: string;

beforeEach(() => {
  cwd = workspace();
});
afterEach(() => {
  rmSync(cwd, { recursive: true, force: true });
});

/** All that is below a directory: names, kinds, contents. */
function everything(directory: string): string {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const stats = lstatSync(join(directory, name));
      return `${name} ${stats.mode} ${stats.isFile() ? readFileSync(join(directory, name), 'utf8') : ''}`;
    })
    .join('\n');
}

function run(out: string, env: Readonly<Record<string, string>> = {}) {
  return seatrialIn(['run', 'mesh', ...SHORT, '--format', 'none', '--quiet', '--out', out], { cwd, env });
}

/** A file like one of ours that says that it lists these files. */
function forge(directory: string, ...files: readonly string[]): void {
  writeFileSync(join(directory, META_FILE), JSON.stringify({ schema: META_SCHEMA, files: [...files, META_FILE] }));
}

describe.skipIf(!isBuilt)(`where results may go${isBuilt ? '' : ` (${NOT_BUILT})`}`, () => {
  test('an empty or odd value deletes nothing', () => {
    mkdirSync(join(cwd, '.git'));
    writeFileSync(join(cwd, '.git/HEAD'), 'ref: refs/heads/main\n');
    mkdirSync(join(cwd, 'precious'));
    writeFileSync(join(cwd, 'precious/thesis.tex'), 'years');
    const before = everything(cwd);
    for (const out of ['', '.', 'nosuch/..', 'nosuch/../precious', 'mesh', 'precious']) {
      expect(complaintOf(run(out)), out).toMatch(/^error: .+\n {2}help: .+\n$/);
      expect(everything(cwd), out).toBe(before);
    }
    const diff = ['diff', 'mesh', 'mesh', '--replications', '2', '--duration', '1s', '--quiet', '--out'];
    for (const out of ['', 'nosuch/..']) complaintOf(seatrialIn([...diff, out], { cwd }));
    expect(everything(cwd)).toBe(before);
  });

  test('a home, a repository and the input, also behind a link', () => {
    for (const name of ['home', 'repository/.git', 'links', 'deep/home'])
      mkdirSync(join(cwd, name), { recursive: true });
    symlinkSync('../home', join(cwd, 'links/home'));
    symlinkSync('../../deep', join(cwd, 'links/deep'));
    symlinkSync(cwd, join(cwd, 'links/here'));
    symlinkSync('../mesh', join(cwd, 'links/mesh'));
    const before = everything(cwd);
    const home = { HOME: join(cwd, 'home') };
    expect(complaintOf(run('links/home', home))).toContain('a home directory');
    expect(complaintOf(run('deep', { HOME: join(cwd, 'deep/home') }))).toContain('a home directory');
    expect(complaintOf(run('repository'))).toContain('a repository');
    expect(complaintOf(run('links/here'))).toContain('the current directory');
    expect(complaintOf(run('links/mesh'))).toContain('where the input is');
    expect(everything(cwd)).toBe(before);
  });

  test('a list that was forged deletes nothing', () => {
    const out = join(cwd, 'out');
    mkdirSync(join(out, 'folder'), { recursive: true });
    mkdirSync(join(out, 'report.html'));
    for (const name of ['folder/file', 'report.html/file', 'notes.md']) writeFileSync(join(out, name), 'mine');
    writeFileSync(join(cwd, 'outside'), 'mine');
    symlinkSync('../outside', join(out, 'report.md'));
    forge(out, 'folder', 'report.html', 'report.md', 'notes.md', '../outside', join(cwd, 'outside'), '..', '.');
    const before = everything(cwd);
    expect(complaintOf(run('out'))).toContain('files that seatrial did not write: folder, notes.md, report.html');
    expect(everything(cwd)).toBe(before);
  });

  test('a stage that was forged deletes nothing', () => {
    const stage = join(cwd, 'out/.seatrial');
    mkdirSync(stage, { recursive: true });
    mkdirSync(join(cwd, 'outside'));
    for (const name of ['report.md', 'mine.txt']) writeFileSync(join(cwd, 'outside', name), 'mine');
    symlinkSync('../../outside', join(stage, 'new'));
    symlinkSync('../../outside', join(stage, 'now'));
    const owner = { schema: 'seatrial.write/1', pid: 0x7fffffff, files: ['report.md', '../outside/mine.txt'] };
    writeFileSync(join(stage, 'owner.json'), JSON.stringify(owner));
    const before = everything(join(cwd, 'outside'));
    run('out');
    expect(everything(join(cwd, 'outside'))).toBe(before);
  });

  test('a link to a directory stays a link, and modes stay', () => {
    mkdirSync(join(cwd, 'real'), { mode: 0o750 });
    symlinkSync('real', join(cwd, 'link'));
    for (let round = 0; round < 2; round++) {
      expect(run('link').status).toBe(0);
      expect(lstatSync(join(cwd, 'link')).isSymbolicLink()).toBe(true);
      expect(readdirSync(join(cwd, 'real')).sort()).toEqual([META_FILE, 'results.json']);
      expect(statSync(join(cwd, 'real')).mode & 0o777).toBe(0o750);
    }
  });

  test('what killed runs left is gone after the next one, and what only looks like it stays', () => {
    expect(run('out').status).toBe(0);
    const abandoned = join(cwd, 'out/.seatrial-2147483647-0123abcd');
    mkdirSync(join(abandoned, 'new'), { recursive: true });
    const owner = { schema: 'seatrial.write/1', pid: 0x7fffffff, files: ['results.json'] };
    writeFileSync(join(abandoned, 'owner.json'), JSON.stringify(owner));
    writeFileSync(join(abandoned, 'new/results.json'), '{"half":');
    mkdirSync(join(cwd, 'out/.seatrial-2147483647-00000000'));
    expect(run('out').status).toBe(0);
    expect(readdirSync(join(cwd, 'out')).sort()).toEqual([META_FILE, 'results.json']);
    const mine = join(cwd, 'out/.seatrial-2147483647-11111111');
    mkdirSync(mine);
    writeFileSync(join(mine, 'results.json'), 'mine');
    expect(complaintOf(run('out'))).toContain('.seatrial-2147483647-11111111');
    expect(existsSync(join(mine, 'results.json'))).toBe(true);
    expect(seedOfWholeResult(join(cwd, 'out'))).toBe('minimal');
  });
});
