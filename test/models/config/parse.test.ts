import { describe, expect, it } from 'vitest';
import { NESTING_MAX as MAX_DEPTH } from '../../../models/bounds.js';
import type { PlainValue, RawDocument } from '../../../models/config/document.js';
import { positionInText } from '../../../models/config/embedded.js';
import { loadResources } from '../../../models/config/load.js';
import { type ParseOptions, parseDocuments } from '../../../models/config/parse.js';
import { dig } from '../../../models/lint/plain-access.js';
import { shown } from './helpers.js';

function parse(text: string, options: ParseOptions = {}): RawDocument[] {
  return [...parseDocuments({ name: 'f.yaml', text }, options)];
}

function only(text: string): RawDocument {
  const documents = parse(text);
  expect(documents).toHaveLength(1);
  return documents[0]!;
}

function place(document: RawDocument, ...path: (string | number)[]): string {
  const { line, column } = document.at(path);
  return `${line}:${column}`;
}

describe('values', () => {
  it('reads scalars as Kubernetes does', () => {
    const text =
      'a: yes\nb: off\nc: 0777\nd: 1e3\ne: 22:22\nf: 2020-01-01\ng: .\nh: e1\ni: "1"\nj: ~\nk: .5\nl: 0x10\nm: 1_000';
    const expected = {
      a: true,
      b: false,
      c: 511,
      d: 1000,
      e: '22:22',
      f: '2020-01-01',
      g: '.',
      h: 'e1',
      i: '1',
      j: null,
      k: 0.5,
      l: 16,
      m: 1000,
    };
    expect(only(text).value).toEqual(expected);
  });

  it('makes every key a string', () => {
    expect(only('8080: a\ntrue: b\n1.5: c').value).toEqual({ 8080: 'a', true: 'b', 1.5: 'c' });
  });

  it('keeps numbers beyond a double as text', () => {
    expect(only('sha: 12e4567').value).toEqual({ sha: '12e4567' });
  });

  it('merges maps with <<, own fields first', () => {
    const text = 'base: &b {a: 1, c: 3}\nuse:\n  <<: *b\n  a: 2\nlist:\n  <<: [*b, {d: 4, a: 9}]';
    expect(only(text).value).toEqual({ base: { a: 1, c: 3 }, use: { a: 2, c: 3 }, list: { a: 1, c: 3, d: 4 } });
  });

  it('reads JSON, also with tabs', () => {
    expect(only('{\n\t"a": [1,\t{"b": null}]\n}').value).toEqual({ a: [1, { b: null }] });
  });

  it('has own fields only, whatever they are called', () => {
    const value = only('__proto__: {polluted: 1}\nconstructor: 2').value as object;
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
});

describe('documents', () => {
  it('come one by one, without the empty ones', () => {
    const values = parse('---\n---\na: 1\n--- # only a comment\n---\nb: 2\n...\nc: 3\n').map(({ value }) => value);
    expect(values).toEqual([{ a: 1 }, { b: 2 }, { c: 3 }]);
  });

  it('go on after one that is broken', () => {
    const documents = parse('a: 1\n---\nb: [\n---\nc: 1\n');
    expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }, null, { c: 1 }]);
    expect(documents[1]!.diagnostics.map(({ code }) => code)).toEqual(['yaml-syntax']);
  });

  it('are read lazily', () => {
    const documents = parseDocuments({ name: 'f', text: 'a: 1\n---\nb: [' });
    expect(documents.next().value).toMatchObject({ value: { a: 1 } });
  });
});

describe('positions', () => {
  const text =
    '# head\nspec:\n  http:\n    - route: [{weight: 1}, {weight: 2}]\n      "x y": |\n        text\n    - b\n';

  it('are those of keys, and of the elements of lists', () => {
    const document = only(text);
    expect(place(document)).toBe('2:1');
    expect(place(document, 'spec')).toBe('2:1');
    expect(place(document, 'spec', 'http')).toBe('3:3');
    expect(place(document, 'spec', 'http', 0)).toBe('4:7');
    expect(place(document, 'spec', 'http', 0, 'route', 1)).toBe('4:28');
    expect(place(document, 'spec', 'http', 0, 'route', 1, 'weight')).toBe('4:29');
    expect(place(document, 'spec', 'http', 0, 'x y')).toBe('5:7');
    expect(place(document, 'spec', 'http', 1)).toBe('7:7');
    expect(document.valueAt(['spec', 'http', 0, 'route', 1, 'weight'])).toMatchObject({ line: 4, column: 37 });
  });

  it('of what is absent are those of its nearest ancestor', () => {
    const document = only(text);
    expect(place(document, 'spec', 'http', 5, 'x')).toBe('3:3');
    expect(place(document, 'nothing')).toBe('2:1');
    expect(place(document, 'spec', 'http', 0, 'route', 0, 'weight', 'deeper')).toBe('4:16');
  });

  it('of later documents, with CRLF and a byte order mark', () => {
    const documents = parse('\uFEFFa: 1\r\n---\r\nb:\r\n  8: 1\r\n  c: 2\r\n');
    expect(place(documents[0]!, 'a')).toBe('1:1');
    expect(place(documents[1]!, 'b', 'c')).toBe('5:3');
    expect(place(documents[1]!, 'b', 8)).toBe('4:3');
  });

  it('inside a literal block are those of the file', () => {
    const text = 'a: |\n    x\n      y\nb:\n  - |2-\n\n      z\n  - "x"\n  - >\n    x\nc: |\n';
    const document = only(text);
    const where = (path: (string | number)[], part: string) => {
      const value = path.reduce<PlainValue | undefined>((found, step) => dig(found, step), document.value);
      const { line, column } = positionInText(document, path, String(value), String(value).indexOf(part));
      return `${line}:${column}`;
    };
    expect(where(['a'], 'x')).toBe('2:5');
    expect(where(['a'], 'y')).toBe('3:7');
    expect(where(['b', 0], 'z')).toBe('7:7');
    expect(where(['b', 1], 'x')).toBe('8:5');
    expect(where(['b', 2], 'x')).toBe('9:5');
    expect(document.blockIndent(['b', 0])).toBe(4);
    expect(document.blockIndent(['b', 1])).toBeNull();
    expect(document.blockIndent(['c'])).toBe(0);
    const [windows] = parse('a: |\r\n  x\r\n  y\r\n');
    expect(positionInText(windows!, ['a'], 'x\ny\n', 2)).toMatchObject({ line: 3, column: 3 });
  });

  it('in a document inside a block are those of the file', () => {
    const text =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\ndata:\n  mesh: |\n    defaultConfig:\n      concurency: 2\n';
    const { diagnostics } = loadResources([{ name: 'f.yaml', text }]);
    expect(diagnostics.map(({ position }) => position)).toMatchObject([{ line: 7, column: 7 }]);
  });

  it('inside an alias are those of its anchor', () => {
    const document = only('a: &x\n  k: 1\nb: *x\nc:\n  <<: *x\n');
    expect(place(document, 'b')).toBe('3:1');
    expect(place(document, 'b', 'k')).toBe('2:3');
    expect(place(document, 'c', 'k')).toBe('5:3');
  });
});

describe('bad input', () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
  for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef']) {
    bomb.push(`${to}: &${to} [${Array(10).fill(`*${from}`).join(',')}]`);
  }
  it.each([
    ['a tab', 'a:\n\tb: 1', 'error yaml-syntax 2:1', 'spaces'],
    ['bad indentation', 'a:\n  b: 1\n c: 2', 'error yaml-syntax 3:1', 'neighbours'],
    ['a colon in a value', 'a: b: c', 'error yaml-syntax 1:4', 'quotes'],
    ['an open quote', 'a: "x', 'error yaml-syntax 1:6', 'quote'],
    ['a reserved character', 'a: @x', 'error yaml-syntax 1:4', 'quotes'],
    ['an unknown alias', 'a:\n  b: *x', 'error yaml-syntax 2:6', 'anchor'],
    ['an alias of itself', 'a: &x [1, *x]', 'error yaml-syntax 1:11', 'anchor'],
    ['a template', 'a: {{ .Values.x }}', 'error yaml-syntax 1:5', 'helm template'],
    ['a template line', 'a: 1\n{{- if .x }}\nb: 2', 'error yaml-syntax', 'helm template'],
    ['a map as a key', '? [x]\n: 1', 'error yaml-syntax 1:3', 'quotes'],
    ['a wrong merge', '<<: 1', 'error yaml-syntax 1:1', 'anchor of a map'],
    ['an alias bomb', bomb.join('\n'), 'error yaml-alias-limit 5:29', 'split'],
    ['deep nesting', '['.repeat(MAX_DEPTH + 1), `error yaml-syntax 1:${MAX_DEPTH + 1}`, 'flatten'],
    ['very deep nesting', '{"a":'.repeat(20_000), 'error yaml-syntax 1:', 'flatten'],
  ])('%s', (_, text, expected, hint) => {
    const [document] = parse(text);
    expect(document!.value).toBeNull();
    expect(shown(document!.diagnostics)[0]).toContain(expected);
    expect(document!.diagnostics[0]!.hint).toContain(hint);
  });

  it('duplicate keys: the last counts, with a warning; an error where read strictly', () => {
    const text = 'a:\n  b: 1\n  c: 2\n  b: 3';
    const document = only(text);
    expect(document.value).toEqual({ a: { b: 3, c: 2 } });
    expect(shown(document.diagnostics)).toEqual(['warning duplicate-key 4:3']);
    expect(shown(parse(text, { strict: true })[0]!.diagnostics)).toEqual(['error duplicate-key 4:3']);
  });

  it('unknown tags are named', () => {
    const document = only('a: !vault secret');
    expect(document.value).toEqual({ a: 'secret' });
    expect(shown(document.diagnostics)).toEqual(['warning yaml-tag 1:4']);
  });
});
