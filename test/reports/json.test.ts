import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { stableJson } from '../../reports/json.js';
import { fingerprint } from '../../reports/results.js';

describe('stableJson', () => {
  test('a field a line, numbers on one, schema first', () => {
    expect(stableJson({ b: [1, null, 2.5], a: [{ x: 'y' }], schema: 's', gone: undefined, e: [], o: {} })).toBe(
      '{\n  "schema": "s",\n  "a": [\n    {\n      "x": "y"\n    }\n  ],\n  "b": [1, null, 2.5],\n  "e": [],\n  "o": {}\n}\n',
    );
  });

  test('no control character survives', () => {
    expect(stableJson('\u0000\u001b[31m\u009b\u202e\u2028')).toBe('"\\u0000\\u001b[31m\\u009b\\u202e\\u2028"\n');
  });

  test.each([
    [{ a: { b: [1, Number.NaN] } }, '$.a.b[1] is NaN'],
    [{ a: Number.POSITIVE_INFINITY }, '$.a is Infinity'],
    [[undefined], '$[0] is undefined'],
  ])('%j is refused', (value, message) => {
    expect(() => stableJson(value)).toThrow(message);
  });

  property.prop([fc.jsonValue()])('reads back as what it was', (value) => {
    expect(JSON.stringify(JSON.parse(stableJson(value)))).toEqual(
      JSON.stringify(sorted(JSON.parse(JSON.stringify(value)))),
    );
  });

  property.prop([fc.dictionary(fc.string(), fc.integer())])('does not depend on the order of fields', (object) => {
    expect(stableJson(Object.fromEntries(Object.entries(object).reverse()))).toBe(stableJson(object));
  });
});

test('the fingerprint is SHA-256 (FIPS 180-2, appendix B.1)', () => {
  expect(fingerprint('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, sorted(inner)] as const);
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => (a === 'schema' ? -1 : b === 'schema' ? 1 : a < b ? -1 : 1)),
  );
}
