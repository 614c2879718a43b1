import { fc, test as property } from '@fast-check/vitest';
import { createColors } from 'picocolors';
import { describe, expect, test } from 'vitest';
import { printable } from '../../reports/escape.js';
import { cut, displayWidth, renderTable, wrapped } from '../../reports/layout.js';

test('width in columns, not in code units', () => {
  expect(['abc', 'é', 'e\u0301', '船', '⚓'].map(displayWidth)).toEqual([3, 1, 1, 2, 2]);
});

describe('cut', () => {
  test.each([
    ['catalogue', 9, 'catalogue'],
    ['catalogue', 8, 'cata…gue'],
    ['catalogue', 3, 'c…e'],
    ['船船船船', 5, '船…船'],
  ])('%s to %d', (text, width, expected) => {
    expect(cut(text, width)).toBe(expected);
  });

  property.prop([fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 30 })])(
    'never wider than asked',
    (text, width) => {
      expect(displayWidth(cut(text, width))).toBeLessThanOrEqual(width);
    },
  );
});

property.prop([fc.array(fc.stringMatching(/^[a-z]{1,12}$/)), fc.integer({ min: 20, max: 80 })])(
  'wrapping loses no word',
  (words, width) => {
    const lines = wrapped(words.join(' '), width, 3);
    expect(
      lines
        .join(' ')
        .split(' ')
        .filter((word) => word !== ''),
    ).toEqual(words);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
  },
);

test('a table fills its width, and a number is never cut', () => {
  const columns = [
    { title: 'Name', align: 'left' as const },
    { title: 'n', align: 'right' as const },
  ];
  const rows = [
    { kind: 'cells' as const, cells: [{ text: 'a-name-that-is-much-too-long-for-it' }, { text: '123456789' }] },
  ];
  const lines = renderTable(columns, rows, 24, createColors(false));
  expect(lines).toEqual([' Name                  n', ` ${'─'.repeat(23)}`, ' a-name…or-it  123456789']);
});

test('printable', () => {
  expect(printable('a\u001b[31m\nb\u202e\u200b⚓\ud800')).toBe('a\\u{1b}[31m\\u{a}b\\u{202e}\\u{200b}⚓\\u{d800}');
});
