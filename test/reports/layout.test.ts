import { fc, test as property } from '@fast-check/vitest';
import { createColors } from 'picocolors';
import { describe, expect, test } from 'vitest';
import { printable } from '../../reports/escape.js';
import { cut, cutApart, displayWidth, renderTable, wrapped } from '../../reports/layout.js';

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

describe('cutApart', () => {
  test.each([
    [['shop-frontend-canary', 'shop-backend-canary'], 12, ['shop-f…anary', 'shop-b…anary']],
    [['frontend-eu-shop', 'frontend-us-shop'], 12, ['front…u-shop', 'front…s-shop']],
    [['short', 'frontend-us-shop'], 12, ['short', 'fronte…-shop']],
    [['same-same-same-same', 'same-same-same-same'], 9, ['same…same', 'same…same']],
    [
      [`${'a'.repeat(20)}x${'b'.repeat(20)}`, `${'a'.repeat(20)}y${'b'.repeat(20)}`],
      12,
      ['aaa…axbbbbb…', 'aaa…aybbbbb…'],
    ],
  ])('%j to %d', (texts, width, expected) => {
    expect(cutApart(texts, width)).toEqual(expected);
  });

  const name = fc.stringMatching(/^[ab]{0,30}$/);
  property.prop([
    fc.array(fc.oneof(name, fc.string({ unit: 'grapheme' })), { maxLength: 40 }),
    fc.integer({ min: 8, max: 30 }),
  ])('what differs looks different, and nothing is wider than asked', (texts, width) => {
    const shown = cutApart(texts, width);
    expect(new Set(shown).size).toBe(new Set(texts).size);
    for (const text of shown) expect(displayWidth(text)).toBeLessThanOrEqual(width);
  });
});

describe('a table', () => {
  const plain = createColors(false);
  const columns = ['Name', 'calls', 'p50', 'p99'].map((title, index) => ({
    title,
    align: index === 0 ? ('left' as const) : ('right' as const),
  }));
  const row = (...texts: readonly string[]) => ({ kind: 'cells' as const, cells: texts.map((text) => ({ text })) });
  const rows = [
    row('recommendations-of-the-day-canary', '1234567', '12.34±0.01', '123.4±0.1'),
    row('recommendations-of-the-day-stable', '1234567', '12.34±0.01', '123.4±0.1'),
    { kind: 'detail' as const, cell: { text: '3 % errors' } },
  ];

  test('is as wide as a narrow terminal, and no wider than it needs on a wide one', () => {
    const widths = (width: number): number[] => renderTable(columns, rows, width, plain).map(displayWidth);
    expect(Math.max(...widths(60))).toBe(60);
    expect(Math.max(...widths(80))).toBe(80);
    expect(Math.max(...widths(200))).toBe(80);
  });

  test('cuts names, never so that two of them look alike, and never a number', () => {
    expect(renderTable(columns, rows, 60, plain)).toEqual([
      ' Name                           calls         p50        p99',
      ` ${'─'.repeat(59)}`,
      ' recommendatio…he-day-canary  1234567  12.34±0.01  123.4±0.1',
      ' recommendatio…he-day-stable  1234567  12.34±0.01  123.4±0.1',
      '    3 % errors',
    ]);
  });

  test('goes on below where its numbers have no room beside each other', () => {
    expect(renderTable(columns, rows, 40, plain)).toEqual([
      ' Name                  calls         p50',
      ` ${'─'.repeat(39)}`,
      ' recommend…y-canary  1234567  12.34±0.01',
      ' recommend…y-stable  1234567  12.34±0.01',
      '',
      ' Name                      p99',
      ` ${'─'.repeat(29)}`,
      ' recommend…y-canary  123.4±0.1',
      ' recommend…y-stable  123.4±0.1',
      '    3 % errors',
    ]);
  });
});

test('printable', () => {
  expect(printable('a\u001b[31m\nb\u202e\u200b⚓\ud800')).toBe('a\\u{1b}[31m\\u{a}b\\u{202e}\\u{200b}⚓\\u{d800}');
});
