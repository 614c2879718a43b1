// Indexes of lists: the first of a name, the order of the list, words that objects inherit.
import { expect, test } from 'vitest';
import { finder, named, ofName } from '../../models/list-index.js';

const LIST = [
  { namespace: 'shop', name: 'cart', words: ['a', 'a', 'b'] },
  { namespace: 'pay', name: 'cart', words: ['b'] },
  { namespace: 'shop', name: 'cart', words: [] },
  { namespace: 'shop', name: 'constructor', words: ['constructor'] },
];

test('the first of a name in a namespace, and in any', () => {
  expect(named(LIST, 'shop', 'cart')).toBe(LIST[0]);
  expect(named(LIST, 'pay', 'cart')).toBe(LIST[1]);
  expect(named(LIST, 'shop', 'toString')).toBeUndefined();
  expect(ofName(LIST, 'cart')).toBe(LIST[0]);
  expect(ofName(LIST, '__proto__')).toBeUndefined();
});

test('all that have a word, each once, in the order of the list', () => {
  const byWord = finder<(typeof LIST)[number]>(({ words }) => words);
  expect(byWord(LIST, 'a')).toEqual([LIST[0]]);
  expect(byWord(LIST, 'b')).toEqual([LIST[0], LIST[1]]);
  expect(byWord(LIST, 'constructor')).toEqual([LIST[3]]);
  expect(byWord(LIST, 'toString')).toEqual([]);
  expect(byWord([], 'a')).toEqual([]);
});
