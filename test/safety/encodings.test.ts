// A file is read by its byte order mark; what is no text is refused with its place, whoever reads it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeText } from '../../models/config/decode.js';
import { parseDocuments } from '../../models/config/parse.js';
import { findRevision, gatherRevision } from '../../scenarios/compare/git-source.js';
import { gather } from '../../scenarios/gather/gather.js';

const LE = Buffer.from([0xff, 0xfe]);
const BE = Buffer.from([0xfe, 0xff]);
const UTF8 = Buffer.from([0xef, 0xbb, 0xbf]);

const utf16le = (text: string): Buffer => Buffer.concat([LE, Buffer.from(text, 'utf16le')]);
const utf16be = (text: string): Buffer => Buffer.concat([BE, Buffer.from(text, 'utf16le').swap16()]);
const utf8 = (text: string): Buffer => Buffer.concat([UTF8, Buffer.from(text)]);

test.each([
  ['UTF-16, little-endian', utf16le],
  ['UTF-16, big-endian', utf16be],
  ['UTF-8 with a mark', utf8],
  ['UTF-8', (text: string) => Buffer.from(text)],
] as const)('%s', (_, encode) => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      fc.pre(!text.startsWith('\uFEFF') && !text.startsWith('\uFFFE'));
      expect(decodeText('a.yaml', encode(text))).toEqual({ text });
    }),
    { seed: 1, numRuns: 200 },
  );
});

describe('no text', () => {
  test.each([
    ['a byte of Latin-1', Buffer.from('a: 1\nkind: M\xe4rz\n', 'latin1'), '2:8', 'not UTF-8: the byte 0xe4'],
    ['a character that is cut off', Buffer.from([0x61, 0xc3]), '1:2', 'not UTF-8: the byte 0xc3'],
    ['an overlong character', Buffer.from([0x61, 0x0a, 0xc0, 0x80]), '2:1', 'not UTF-8: the byte 0xc0'],
    ['a surrogate', Buffer.from([0xed, 0xa0, 0x80]), '1:1', 'not UTF-8: the byte 0xed'],
    ['an odd byte of UTF-16', Buffer.concat([utf16le('a: 1\nb'), Buffer.from([0x31])]), '2:2', 'UTF-16'],
    ['half a pair of UTF-16', Buffer.concat([utf16le('a\n'), Buffer.from([0x00, 0xd8])]), '2:1', 'UTF-16'],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), '1:1', 'UTF-32'],
  ])('%s', (_, bytes, place, words) => {
    const decoded = decodeText('a.yaml', bytes);
    if (!('problem' in decoded)) throw new Error('it was decoded');
    const { position, message, severity, code } = decoded.problem;
    expect(`${position?.line}:${position?.column}`).toBe(place);
    expect(message).toContain(words);
    expect([severity, code]).toEqual(['error', 'input-not-text']);
  });

  test('the place is that of the first bad byte, wherever it stands', () => {
    const texts = fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(texts, fc.constantFrom(0x80, 0xbf, 0xc0, 0xf8, 0xff), ([before, after], byte) => {
        fc.pre(!/^[\uFEFF\uFFFE]/.test(before) && before !== '');
        const bytes = Buffer.concat([Buffer.from(before), Buffer.from([byte]), Buffer.from(after)]);
        const decoded = decodeText('a', bytes);
        const lines = before.split('\n');
        const position = { file: 'a', line: lines.length, column: lines.at(-1)!.length + 1 };
        expect('problem' in decoded && decoded.problem.position).toEqual(position);
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  test('NUL characters', () => {
    const [document] = parseDocuments({ name: 'a.yaml', text: 'a: 1\nb: \0' });
    expect(document?.value).toBeNull();
    expect(document?.diagnostics[0]).toMatchObject({ code: 'input-not-text', position: { line: 2, column: 4 } });
  });
});

describe('files', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'seatrial-encodings-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test('of a folder, of standard input and of a git revision are read alike', () => {
    writeFileSync(join(directory, 'a.yaml'), utf16le('kind: ü\n'));
    writeFileSync(join(directory, 'b.yaml'), Buffer.from('kind: \xfc\n', 'latin1'));
    const git = (...words: string[]): unknown =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...words], { cwd: directory });
    git('init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '--message', 'files');
    const revision = findRevision('HEAD', directory)!;
    const fromStandardInput = gather(['-'], { readStandardInput: () => utf16be('kind: ü\n') });
    expect(fromStandardInput.texts.map(({ text }) => text)).toEqual(['kind: ü\n']);
    for (const { texts, diagnostics } of [gather([directory]), gatherRevision(revision, [''])]) {
      expect(texts.map(({ text }) => text)).toEqual(['kind: ü\n']);
      expect(diagnostics.map(({ code, position }) => `${code} ${position?.line}:${position?.column}`)).toEqual([
        'input-not-text 1:7',
      ]);
    }
  });
});
