// `--out FILE` of lint, init and export: written as a whole, and never over something that is not theirs.
import {
  chmodSync,
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
import { checkOutputFile, type OutputFileOptions, writeOutputFile } from '../../cli/output-file.js';
import { isBuilt, NOT_BUILT } from '../cli/script.js';
import { complaintOf, seatrialIn, workspace } from './command.js';

let cwd: string;

beforeEach(() => {
  cwd = workspace();
});
afterEach(() => {
  rmSync(cwd, { recursive: true, force: true });
});

describe('a file', () => {
  const anything: OutputFileOptions = { inputs: [], isReplaceable: () => true };

  test('is replaced behind its link, with its permissions, and nothing stays beside it', () => {
    writeFileSync(join(cwd, 'real'), 'old');
    chmodSync(join(cwd, 'real'), 0o600);
    symlinkSync('real', join(cwd, 'link'));
    writeOutputFile(checkOutputFile(join(cwd, 'link'), anything), 'new');
    expect(lstatSync(join(cwd, 'link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(cwd, 'real'), 'utf8')).toBe('new');
    expect(statSync(join(cwd, 'real')).mode & 0o777).toBe(0o600);
    expect(readdirSync(cwd).sort()).toEqual(['link', 'mesh', 'real']);
  });

  test('is no directory, nothing odd, no input, and not what may not be replaced', () => {
    mkdirSync(join(cwd, 'folder'));
    writeFileSync(join(cwd, 'mine'), 'mine');
    symlinkSync('mine', join(cwd, 'alias'));
    const check =
      (name: string, options = anything) =>
      () =>
        checkOutputFile(join(cwd, name), options);
    expect(check('folder')).toThrow('is a directory');
    expect(() => checkOutputFile('', anything)).toThrow('is empty');
    expect(() => checkOutputFile('nosuch/../x', anything)).toThrow('goes up again');
    expect(check('mine', { ...anything, inputs: [join(cwd, 'alias')] })).toThrow('is a file of the input');
    expect(check('mine', { inputs: [], isReplaceable: () => false })).toThrow('is there already');
  });

  test('that is a device takes the text and stays a device', () => {
    writeOutputFile(checkOutputFile('/dev/null', anything), 'new');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});

describe.skipIf(!isBuilt)(`the commands${isBuilt ? '' : ` (${NOT_BUILT})`}`, () => {
  test('keep what is not theirs, and replace what is', () => {
    writeFileSync(join(cwd, 'thesis.tex'), 'years');
    const mesh = readFileSync(join(cwd, 'mesh/mesh.yaml'), 'utf8');
    const lint = (...words: string[]) => seatrialIn(['lint', 'mesh', ...words], { cwd });
    for (const out of ['', 'mesh', 'mesh/mesh.yaml', 'thesis.tex']) complaintOf(lint('--out', out));
    complaintOf(lint('--out', 'mesh/mesh.yaml', '--force'));
    for (const format of ['text', 'json', 'sarif']) {
      expect(lint('--format', format, '--out', 'report').status, format).toBe(0);
    }
    complaintOf(seatrialIn(['init', 'mesh', '--out', 'mesh/mesh.yaml', '--force'], { cwd }));
    complaintOf(seatrialIn(['init', 'mesh', '--out', ''], { cwd }));
    const words = ['export', 'envoy', 'mesh', '--workload', 'visitor', '--quiet', '--out'];
    for (const out of ['', 'mesh/mesh.yaml', 'thesis.tex']) complaintOf(seatrialIn([...words, out], { cwd }));
    for (let round = 0; round < 2; round++) expect(seatrialIn([...words, 'envoy.json'], { cwd }).status).toBe(0);
    expect(readFileSync(join(cwd, 'mesh/mesh.yaml'), 'utf8')).toBe(mesh);
    expect(readFileSync(join(cwd, 'thesis.tex'), 'utf8')).toBe('years');
    expect(readdirSync(cwd).sort()).toEqual(['envoy.json', 'mesh', 'report', 'thesis.tex']);
  }, 300_000);
});
