// The index of hosts finds what the rule of covering finds among all of them, in the order of specificity.
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { compareSpecificity, hostCovers } from '../../../models/plan/terms/host.js';
import { HostIndex } from '../../../models/plan/terms/host-index.js';

interface Item {
  readonly pattern: string;
  readonly number: number;
}

function indexOf(patterns: readonly string[]): { index: HostIndex<Item>; items: readonly Item[] } {
  const index = new HostIndex<Item>();
  const items = patterns.map((pattern, number) => ({ pattern, number }));
  for (const item of items) index.add(item.pattern, item);
  return { index, items };
}

const label = fc.constantFrom('a', 'b', 'ab', 'shop');
const name = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.'));
const host = fc.oneof(
  name,
  name.map((own) => `*.${own}`),
  name.map((own) => `*${own}`),
  fc.constantFrom('*', ''),
);

describe('an index of hosts', () => {
  test('exact hosts first, then the longer wildcard, each in the order given', () => {
    const { index } = indexOf(['*', '*.com', '*.example.com', 'shop.example.com', 'shop.example.com']);
    const found = [...index.covering('shop.example.com')].map((list) => list.map(({ number }) => number));
    expect(found).toEqual([[3, 4], [2], [1], [0]]);
    expect([...index.covering('example.com')].flat().map(({ number }) => number)).toEqual([1, 0]);
    expect([...indexOf(['a.com']).index.covering('b.com')]).toEqual([]);
  });

  test('others take the place of those of a pattern', () => {
    const { index } = indexOf(['*.com', 'a.com']);
    index.replace('*.com', [{ pattern: '*.com', number: 7 }]);
    expect([...index.covering('b.com')].flat()).toEqual([{ pattern: '*.com', number: 7 }]);
    expect(index.at('a.com')).toEqual([{ pattern: 'a.com', number: 1 }]);
    expect(index.at('b.com')).toEqual([]);
  });

  property.prop([fc.array(host, { maxLength: 12 }), host])(
    'finds what covers a host, as all patterns say',
    (all, of) => {
      const { index, items } = indexOf(all);
      const expected = items
        .filter(({ pattern }) => hostCovers(pattern, of))
        .sort((a, b) => compareSpecificity(a.pattern, b.pattern));
      expect([...index.covering(of)].flat()).toEqual(expected);
    },
  );
});
