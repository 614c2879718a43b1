import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkOutputDirectory, writeOutputDirectory } from '../../cli/output-directory.js';
import { isResultFile } from '../../cli/result-files.js';
import { csvFiles } from '../../reports/csv.js';
import { diffCsvFiles } from '../../reports/diff/csv.js';
import { META_FILE, META_SCHEMA } from '../../scenarios/gather/output-mark.js';
import { diffResult } from '../reports/diff/fixture.js';
import { RESULT } from '../reports/fixture.js';

let tmp: string;
let out: string;

beforeEach(() => {
  tmp = mkdtempSync(join(tmpdir(), 'seatrial-out-'));
  out = join(tmp, 'deep/out');
});
afterEach(() => {
  rmSync(tmp, { recursive: true, force: true });
});

async function write(directory: string, content: Record<string, string>): Promise<void> {
  await writeOutputDirectory(await checkOutputDirectory(directory), content);
}

const files = (content: string, ...names: string[]): Record<string, string> => ({
  ...Object.fromEntries(names.map((name) => [name, content])),
  [META_FILE]: JSON.stringify({ schema: META_SCHEMA, files: [...names, META_FILE] }),
});

test('written, and replaced as a whole', async () => {
  await write(out, files('one', 'results.json', 'report.md'));
  await write(out, files('two', 'report.md', 'series.csv'));
  expect(readdirSync(out).sort()).toEqual([META_FILE, 'report.md', 'series.csv']);
  expect(readFileSync(join(out, 'report.md'), 'utf8')).toBe('two');
  expect(readdirSync(join(tmp, 'deep'))).toEqual(['out']);
});

test('an empty directory may be taken', async () => {
  mkdirSync(out, { recursive: true });
  await write(out, files('one', 'results.json'));
  expect(readdirSync(out).sort()).toEqual([META_FILE, 'results.json']);
});

test('what is not ours stays', async () => {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'thesis.tex'), 'years');
  await expect(write(out, files('one', 'results.json'))).rejects.toThrow('was not written by seatrial');
  writeFileSync(join(out, META_FILE), '{"schema": "something else"}');
  await expect(checkOutputDirectory(out)).rejects.toThrow('was not written by seatrial');
  expect(readFileSync(join(out, 'thesis.tex'), 'utf8')).toBe('years');
  expect(readdirSync(join(tmp, 'deep'))).toEqual(['out']);
});

test('a stranger among our own files stays', async () => {
  await write(out, files('one', 'results.json'));
  writeFileSync(join(out, 'notes.md'), 'mine');
  await expect(write(out, files('two', 'results.json'))).rejects.toThrow('notes.md');
  expect(readFileSync(join(out, 'results.json'), 'utf8')).toBe('one');
});

test('a file in the way, or above', async () => {
  writeFileSync(join(tmp, 'deep'), '');
  await expect(checkOutputDirectory(join(tmp, 'deep'))).rejects.toThrow('is a file');
  await expect(write(out, files('one', 'results.json'))).rejects.toThrow('out');
});

test('every table is a file of results, else no run could be replaced by the next', () => {
  for (const name of [...Object.keys(csvFiles(RESULT)), ...Object.keys(diffCsvFiles(diffResult()))]) {
    expect(isResultFile(name), `${name} is missing in cli/result-files.ts`).toBe(true);
  }
});
