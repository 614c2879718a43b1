// JSON packed and unpacked is what it was, whatever it holds.
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { inertJson } from '../../../reports/html/document.js';
import { pack, unpack } from '../../../reports/html/pack.js';

function throughJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('pack', () => {
  property.prop([fc.jsonValue({ maxDepth: 6 })])('loses nothing', (value) => {
    expect(unpack(pack(value))).toEqual(throughJson(value));
  });

  property.prop([
    fc.array(fc.record({ value: fc.option(fc.double({ noNaN: true })), reason: fc.option(fc.string()) })),
  ])('loses nothing of many objects of one shape, some of them equal', (rows) => {
    expect(unpack(pack({ rows, again: rows }))).toEqual(throughJson({ rows, again: rows }));
  });

  property.prop([fc.jsonValue({ maxDepth: 4 })])('survives being made inert', (value) => {
    const text = inertJson(pack({ value, names: ['</script>', '<!--', '\u2028', '\u202e'] }));
    expect(text).not.toMatch(/[<\u2028\u202e]/);
    expect(unpack(text)).toEqual(throughJson({ value, names: ['</script>', '<!--', '\u2028', '\u202e'] }));
  });

  test('what is not there stays not there, what is null stays null', () => {
    const value = { gone: undefined, none: null, list: [null, [], {}] };
    const back = unpack(pack(value)) as Record<string, unknown>;
    expect(Object.keys(back)).toEqual(['none', 'list']);
    expect(back).toEqual({ none: null, list: [null, [], {}] });
  });

  test('a key may be called __proto__', () => {
    const value = JSON.parse('{"__proto__":{"polluted":true}}') as unknown;
    expect(JSON.stringify(unpack(pack(value)))).toBe('{"__proto__":{"polluted":true}}');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('field names and equal objects are written once', () => {
    const measured = { value: 12.345, low: 11.111, high: 13.333, reason: 'one replication' };
    const rows = Array.from({ length: 1000 }, () => ({ latency: { ...measured } }));
    expect(pack(rows).match(/reason/g)).toHaveLength(1);
    expect(pack(rows).length).toBeLessThan(JSON.stringify(rows).length / 5);
  });
});
