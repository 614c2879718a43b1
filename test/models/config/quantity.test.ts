import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuantity, quantityMilli, quantityValue } from '../../../models/config/quantity.js';

describe('parseQuantity: known answers (kubernetes: apimachinery/pkg/api/resource/quantity_test.go)', () => {
  it.each([
    ['500m', 500],
    ['1', 1000],
    ['0.1', 100],
    ['100u', 1],
    ['0.5m', 1],
    ['1500m', 1500],
    ['-500m', -500],
    ['1n', 1],
  ])('%s in thousandths is %d', (text, milli) => {
    expect(quantityMilli(parseQuantity(text)!)).toBe(milli);
  });

  it.each([
    ['1Gi', 1073741824],
    ['1e3', 1000],
    ['1E3', 1000],
    ['129M', 129000000],
    ['123Mi', 128974848],
    ['1.5Gi', 1610612736],
    ['1E', 1e18],
    ['1Ei', 2 ** 60],
    ['12E-2', 1],
    ['.5', 1],
    ['5.', 5],
    ['+5', 5],
    ['1k', 1000],
    ['512m', 1],
    ['0', 0],
    ['1e400', 2 ** 63],
    ['1e999999999', 2 ** 63],
    ['1e-999999999', 1],
  ])('%s in units is %d', (text, value) => {
    expect(quantityValue(parseQuantity(text)!)).toBe(value);
  });

  it.each(['', '.', '1K', '1KI', '1ki', '1 Gi', '1,5', '1.5.5', 'Gi', '1e', '1e3Mi', '--1', '1mi', 'x', '0x1'])(
    'refuses %j',
    (text) => {
      expect(parseQuantity(text)).toBeNull();
    },
  );
});

describe('parseQuantity: properties', () => {
  it('scales by its suffix', () => {
    fc.assert(
      fc.property(fc.nat(1e6), (count) => {
        expect(quantityValue(parseQuantity(`${count}Mi`)!)).toBe(count * 1048576);
        expect(quantityMilli(parseQuantity(`${count}m`)!)).toBe(count);
        expect(quantityValue(parseQuantity(`${count}e3`)!)).toBe(quantityValue(parseQuantity(`${count}k`)!));
      }),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseQuantity(text)));
  });
});
