import { describe, expect, test } from 'vitest';
import { shortened, sparkline } from '../../reports/sparkline.js';

describe('sparkline', () => {
  test.each([
    [[0, 1, 2, 3, 4, 5, 6, 7, 8], '▁▂▃▄▅▆▇██'],
    [[0, 0], '▁▁'],
    [[1, null, 1], '█ █'],
    [[], ''],
  ])('%j', (values, text) => {
    expect(sparkline(values)).toBe(text);
  });
});

describe('shortened', () => {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

  test.each([
    [[1, 2, 3, 4], 2, [3, 7]],
    [[1, 2, 3, 4, 5], 2, [3, 12]],
    [[1, 2], 5, [1, 2]],
    [[null, null, 3, null], 2, [null, 3]],
  ])('%j in %d', (values, length, folded) => {
    expect(shortened(values, length, sum)).toEqual(folded);
  });
});
