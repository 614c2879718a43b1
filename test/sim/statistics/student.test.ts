// Reference values: mpmath at 40 digits (regularised incomplete beta, bisection); the table of any textbook agrees.
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { normalCdf } from '../../../sim/math.js';
import { studentCritical, studentQuantile, studentUpperTail } from '../../../sim/statistics/student.js';

/** p, df, t */
const REFERENCE: readonly (readonly [number, number, number])[] = [
  [0.501, 1, 0.00314160298905616],
  [0.75, 1, 1.0],
  [0.95, 1, 6.31375151467504],
  [0.995, 1, 63.6567411628715],
  [0.999999, 1, 318309.88617359026],
  [0.501, 1.5, 0.00293483923720569],
  [0.75, 1.5, 0.872594662541571],
  [0.95, 1.5, 3.70518082009675],
  [0.995, 1.5, 17.8203105144628],
  [0.999999, 1.5, 5219.46932460689],
  [0.501, 3, 0.00272070352173402],
  [0.75, 3, 0.764892328404345],
  [0.95, 3, 2.35336343480182],
  [0.995, 3, 5.84090930973336],
  [0.999999, 3, 103.299467779429],
  [0.501, 7.3, 0.0025936899757563],
  [0.75, 7.3, 0.709573020456991],
  [0.95, 7.3, 1.88293001795643],
  [0.995, 7.3, 3.45103165562218],
  [0.999999, 7.3, 13.4935230606896],
  [0.501, 10, 0.00256998114686672],
  [0.75, 10, 0.699812061312432],
  [0.95, 10, 1.81246112281168],
  [0.995, 10, 3.16927267261695],
  [0.999999, 10, 9.75199549090985],
  [0.501, 39, 0.00252274898912472],
  [0.75, 39, 0.680832556564608],
  [0.95, 39, 1.68487512171122],
  [0.995, 39, 2.70791318351766],
  [0.999999, 39, 5.5773841580786],
  [0.501, 100, 0.00251290525151954],
  [0.75, 100, 0.676951043011471],
  [0.95, 100, 1.66023432608534],
  [0.995, 100, 2.62589052143802],
  [0.999999, 100, 5.04883087722145],
  [0.501, 1000, 0.00250725763947097],
  [0.75, 1000, 0.674735164607009],
  [0.95, 1000, 1.64637881728546],
  [0.995, 1000, 2.58075469806595],
  [0.999999, 1000, 4.78160862045244],
  [0.501, 12345.6, 0.00250668166000519],
  [0.75, 12345.6, 0.674509622973821],
  [0.95, 12345.6, 1.64497706236095],
  [0.995, 12345.6, 2.57622760442521],
  [0.999999, 12345.6, 4.75569645565982],
];

describe('Student t', () => {
  it.each([
    [4, 2.776445],
    [9, 2.262157],
    [19, 2.093024],
    [29, 2.04523],
  ])('t(0.975, %i) = %d', (df, t) => {
    expect(studentQuantile(0.975, df)).toBeCloseTo(t, 6);
    expect(studentCritical(0.95, df)).toBe(studentQuantile(0.975, df));
  });

  it.each(REFERENCE)('quantile(%d, df %d) to 1e-8', (p, df, t) => {
    expect(Math.abs(studentQuantile(p, df) - t) / Math.max(1, t)).toBeLessThan(1e-11);
  });

  it.each([
    [1, 0.3, 0.407226420922258],
    [1, 40, 0.00795608991202581],
    [2.5, 5, 0.0117255949854309],
    [4, 40, 1.16700816130063e-6],
    [30, 0.001, 0.499604367883243],
    [30, 40, 6.8630225972032e-28],
    [1e5, 1, 0.158656463782055],
  ])('P(T > t) for df %d, t %d', (df, t, tail) => {
    expect(Math.abs(studentUpperTail(t, df) / tail - 1)).toBeLessThan(1e-11);
  });

  it('is Cauchy for one degree of freedom, to the far tail', () => {
    for (const p of [1e-100, 1e-9, 0.01, 0.3]) {
      expect(studentQuantile(p, 1) * Math.tan(Math.PI * p)).toBeCloseTo(-1, 12);
    }
    expect(studentQuantile(Number.MIN_VALUE, 1)).toBe(Number.NEGATIVE_INFINITY);
  });

  it('has a closed form for two', () => {
    for (const p of [1e-6, 0.2, 0.6, 0.99]) {
      expect(studentQuantile(p, 2)).toBeCloseTo((2 * p - 1) / Math.sqrt(2 * p * (1 - p)), 9 - (p < 1e-3 ? 3 : 0));
    }
  });

  it('becomes the normal distribution, without a step where the expansion takes over', () => {
    expect(studentQuantile(0.975, 1e12)).toBeCloseTo(1.95996398454005, 11);
    expect(studentQuantile(0.999, 1e7)).toBeCloseTo(studentQuantile(0.999, 1.0000001e7), 10);
    expect(studentUpperTail(2, 1e7)).toBeCloseTo(studentUpperTail(2, 1.0000001e7), 10);
    expect(studentUpperTail(2, 1e15)).toBeCloseTo(normalCdf(-2), 12);
    expect(studentUpperTail(1e6, 1e9)).toBe(0);
  });

  const degrees = fc.double({ min: 1, max: 1e6, noNaN: true });
  test.prop([fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), degrees])(
    'the tail inverts the quantile',
    (p, df) => {
      expect(1 - studentUpperTail(studentQuantile(p, df), df)).toBeCloseTo(p, 9);
    },
  );
  test.prop([fc.double({ min: 1e-9, max: 0.5, noNaN: true }), degrees])(
    'the quantile is odd around one half',
    (p, df) => {
      expect(studentQuantile(1 - p, df)).toBeCloseTo(-studentQuantile(1 - (1 - p), df), 6);
    },
  );

  it('refuses what makes no sense', () => {
    for (const p of [0, 1, -1, 2, Number.NaN]) expect(() => studentQuantile(p, 5)).toThrow(RangeError);
    for (const df of [0, 0.5, -3, Number.NaN]) expect(() => studentQuantile(0.9, df)).toThrow(RangeError);
    expect(() => studentUpperTail(Number.NaN, 3)).toThrow(RangeError);
    expect(studentQuantile(0.5, 3)).toBe(0);
    expect(studentUpperTail(Number.POSITIVE_INFINITY, 3)).toBe(0);
    expect(studentUpperTail(Number.NEGATIVE_INFINITY, 3)).toBe(1);
  });
});
