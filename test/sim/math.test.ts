// Known answers: computed with mpmath at 50 digits from the definitions (erfc, bisection of erfc, loggamma), rounded to double.
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { expm1, lnGamma, log1p, normalCdf, normalQuantile, powInt, powReal } from '../../sim/math.js';

function relativeError(found: number, expected: number): number {
  return Math.abs(found - expected) / Math.abs(expected);
}

describe('powers', () => {
  it.each([
    [2, 3, 8],
    [10, 15, 1e15],
    [-3, 3, -27],
    [7, 0, 1],
    [0, 0, 1],
    [0, 5, 0],
    [2, -3, 0.125],
    [3, 33, 5559060566555523],
  ])('powInt(%d, %d) = %d exactly', (x, n, expected) => {
    expect(powInt(x, n)).toBe(expected);
  });

  it('refuses a broken exponent', () => {
    expect(() => powInt(2, 0.5)).toThrow(RangeError);
  });

  it.each([
    [0, 0, 1],
    [0, 2, 0],
    [0, -2, Infinity],
    [1, 123.4, 1],
    [5, 0, 1],
  ])('powReal(%d, %d) = %d', (x, k, expected) => {
    expect(powReal(x, k)).toBe(expected);
  });

  it('powReal of a negative base is not a number', () => {
    expect(powReal(-1, 0.5)).toBeNaN();
  });

  property.prop([fc.double({ min: 1e-3, max: 1e3, noNaN: true }), fc.integer({ min: -20, max: 20 })])(
    'powReal agrees with powInt',
    (x, n) => {
      expect(relativeError(powReal(x, n), powInt(x, n))).toBeLessThan(1e-13);
    },
  );
});

describe('normal distribution', () => {
  it.each([
    [-20, 2.7536241186062337e-89],
    [-10, 7.619853024160525e-24],
    [-6, 9.86587645037698e-10],
    [-5.7, 5.990371401063528e-9],
    [-5.6, 1.071759025831093e-8],
    [-3, 0.0013498980316300946],
    [-1, 0.15865525393145705],
    [-0.7, 0.24196365222307303],
    [-0.5, 0.3085375387259869],
    [0, 0.5],
    [0.3, 0.6179114221889527],
    [0.68, 0.7517477695464295],
    [2.5, 0.9937903346742238],
    [8, 0.9999999999999993],
  ])('cdf(%d) = %d', (z, expected) => {
    expect(relativeError(normalCdf(z), expected)).toBeLessThan(5e-16);
  });

  it.each([
    [1e-300, -37.0470962993612],
    [1e-100, -21.273453560965326],
    [1e-16, -8.222082216130435],
    [1e-11, -6.706023155495136],
    [1e-5, -4.264890793922825],
    [0.01, -2.326347874040841],
    [0.0749, -1.4402382675279637],
    [0.0751, -1.43882539275254],
    [0.4999, -0.00025066283008800747],
    [0.7, 0.5244005127080407],
    [0.99, 2.3263478740408408],
    [0.9999999, 5.199337582290661],
    [0.9999999999999999, 8.209536151601387],
  ])('quantile(%d) = %d', (u, expected) => {
    expect(relativeError(normalQuantile(u), expected)).toBeLessThan(5e-16);
  });

  it('has its ends and centre', () => {
    expect(normalQuantile(0)).toBe(-Infinity);
    expect(normalQuantile(0.5)).toBe(0);
    expect(normalQuantile(1)).toBe(Infinity);
    expect(normalQuantile(-0.1)).toBeNaN();
    expect(normalQuantile(NaN)).toBeNaN();
    expect(normalCdf(-Infinity)).toBe(0);
    expect(normalCdf(Infinity)).toBe(1);
  });

  property.prop([fc.double({ min: 1e-300, max: 0.5, noNaN: true })])('cdf undoes the quantile', (u) => {
    // The condition number of the cdf in z is about z^2, up to 1,400 here.
    expect(relativeError(normalCdf(normalQuantile(u)), u)).toBeLessThan(1e-12);
  });
});

describe('log gamma', () => {
  it.each([
    [1e-10, 23.025850929882736],
    [0.001, 6.907178885383853],
    [0.5, 0.5723649429247001],
    [0.9, 0.06637623973474295],
    [1.5, -0.12078223763524522],
    [3.7, 1.428072326665388],
    [9.99, 12.779315214350193],
    [10.01, 12.824350262448247],
    [50.5, 146.51925549072064],
    [171, 706.5730622457874],
    [100000, 1051287.7089736569],
  ])('lnGamma(%d) = %d', (x, expected) => {
    expect(Math.abs(lnGamma(x) - expected)).toBeLessThan(Math.max(1e-14, 1e-15 * expected));
  });

  it('is not a number at and below 0', () => {
    expect(lnGamma(0)).toBeNaN();
    expect(lnGamma(-1.5)).toBeNaN();
  });

  property.prop([fc.double({ min: 1e-3, max: 1e4, noNaN: true })])('obeys Gamma(x + 1) = x Gamma(x)', (x) => {
    const expected = lnGamma(x) + Math.log(x);
    expect(Math.abs(lnGamma(x + 1) - expected)).toBeLessThan(1e-13 * Math.max(1, Math.abs(expected)));
  });
});

it('wraps log1p and expm1 without losing small numbers', () => {
  expect(log1p(1e-20)).toBe(1e-20);
  expect(expm1(1e-20)).toBe(1e-20);
});
