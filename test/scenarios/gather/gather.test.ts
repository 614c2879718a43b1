import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseByteLimit } from '../../../cli/byte-size.js';
import { gather } from '../../../scenarios/gather/gather.js';
import { expandBraces, matchesSegment } from '../../../scenarios/gather/glob.js';

let root = '';
const FILES = [
  'b.yaml',
  'a.yml',
  'c.json',
  'readme.md',
  'sub/z.yaml',
  'sub/deep/y.yaml',
  'also/x.yaml',
  '.hidden.yaml',
  '.git/h.yaml',
  'node_modules/n.yaml',
  'empty/note.txt',
];

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'gather-'));
  for (const file of FILES) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), `name: ${file}\n`);
  }
  symlinkSync(root, join(root, 'sub', 'loop'));
});

afterAll(() => rmSync(root, { recursive: true }));

function names(...paths: string[]): string[] {
  const { texts, diagnostics } = gather(paths.map((path) => join(root, path)));
  expect(diagnostics).toEqual([]);
  return texts.map(({ name }) => name.slice(root.length + 1));
}

function codes(paths: string[], options = {}): string[] {
  return gather(paths, options).diagnostics.map(({ code, position }) => `${code} ${position!.file}`);
}

describe('gather', () => {
  it('reads a directory in a stable order, without hidden entries, node_modules and other files', () => {
    expect(names('')).toEqual(['a.yml', 'b.yaml', 'c.json', 'also/x.yaml', 'sub/z.yaml', 'sub/deep/y.yaml']);
  });

  it('keeps the order of the paths, and reads each file once', () => {
    expect(names('sub', 'b.yaml', '', 'b.yaml')).toEqual([
      'sub/z.yaml',
      'sub/deep/y.yaml',
      'b.yaml',
      'a.yml',
      'c.json',
      'also/x.yaml',
    ]);
  });

  it('reads a file that is named, whatever it is called', () => {
    expect(names('readme.md', '.hidden.yaml')).toEqual(['readme.md', '.hidden.yaml']);
    expect(gather([join(root, 'b.yaml')]).texts[0]!.text).toBe('name: b.yaml\n');
  });

  it.each([
    ['*.yaml', ['b.yaml']],
    ['*.y*ml', ['a.yml', 'b.yaml']],
    ['[ab].*', ['a.yml', 'b.yaml']],
    ['{b,c}.{yaml,json}', ['b.yaml', 'c.json']],
    ['*/*.yaml', ['also/x.yaml', 'sub/z.yaml']],
    ['**/*.yaml', ['also/x.yaml', 'b.yaml', 'sub/deep/y.yaml', 'sub/z.yaml']],
    ['sub/**', ['sub/deep/y.yaml', 'sub/z.yaml']],
    ['*', ['a.yml', 'b.yaml', 'c.json']],
  ])('the glob %s', (pattern, expected) => {
    expect(names(pattern)).toEqual(expected);
  });

  it('reads standard input for -', () => {
    const readStandardInput = () => new TextEncoder().encode('\uFEFFa: ü');
    expect(gather(['-'], { readStandardInput })).toEqual({ texts: [{ name: '-', text: 'a: ü' }], diagnostics: [] });
  });

  it('tells what cannot be found or read', () => {
    expect(codes([join(root, 'nothing')])).toEqual([`input-not-found ${join(root, 'nothing')}`]);
    expect(codes([join(root, 'empty')])).toEqual([`input-empty ${join(root, 'empty')}`]);
    expect(codes([join(root, '*.xml')])).toEqual([`input-empty ${join(root, '*.xml')}`]);
    const readStandardInput = () => {
      throw new Error('EAGAIN: no input, read');
    };
    const { diagnostics } = gather(['-'], { readStandardInput });
    expect(diagnostics[0]).toMatchObject({ code: 'input-unreadable', severity: 'error' });
    expect(diagnostics[0]!.message).toBe('-: it cannot be read (EAGAIN: no input)');
  });

  it('stops at the limit', () => {
    expect(codes([root], { maxInputBytes: 30 })).toEqual([`input-too-large ${join(root, 'c.json')}`]);
    expect(gather([root], { maxInputBytes: 30 }).texts).toHaveLength(2);
    const readStandardInput = () => new Uint8Array(31);
    expect(codes(['-'], { maxInputBytes: 30, readStandardInput })).toEqual(['input-too-large -']);
  });
});

describe('parseByteLimit', () => {
  it.each([
    ['1000', 1000],
    ['10k', 10000],
    ['1.5Mi', 1572864],
    ['2G', 2e9],
    ['64MiB', 67108864],
    ['', null],
    ['-1', null],
    ['10 k', null],
    ['1e3', null],
  ])('%s is %s', (text, bytes) => {
    expect(parseByteLimit(text)).toBe(bytes);
  });
});

describe('globs', () => {
  it.each([
    ['abc', 'a*c', true],
    ['ac', 'a*c', true],
    ['abd', 'a*c', false],
    ['abcabc', '*abc', true],
    ['a', '?', true],
    ['', '?', false],
    ['b', '[a-c]', true],
    ['d', '[!a-c]', true],
    ['-', '[a-]', true],
    ['[', '[', true],
    ['z', '[z-a]', false],
    ['a.b', 'a.b', true],
    ['axb', 'a.b', false],
  ])('%j against %j: %s', (name, pattern, expected) => {
    expect(matchesSegment(name, pattern)).toBe(expected);
  });

  it('expand braces', () => {
    expect(expandBraces('a{b,c{d,e}}f')).toEqual(['abf', 'acdf', 'acef']);
    expect(expandBraces('{x}')).toEqual(['{x}']);
    expect(expandBraces('{a,b}'.repeat(20))).toHaveLength(1000);
  });

  it('match what they are made of, and never throw', () => {
    const text = fc.string({ maxLength: 20 });
    fc.assert(fc.property(text, text, (name, pattern) => void matchesSegment(name, pattern)));
    const plain = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-'), maxLength: 10 });
    fc.assert(fc.property(plain, plain, (a, b) => matchesSegment(a + b, `${a}*${b}`)));
  });
});
