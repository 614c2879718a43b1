// Intervals of quantiles and proportions, several tests at once, run lengths.
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { Histogram } from '../../../sim/statistics/histogram.js';
import { holm } from '../../../sim/statistics/holm.js';
import { wilsonInterval } from '../../../sim/statistics/proportion.js';
import {
  histogramQuantileInterval,
  quantileRanks,
  sampleQuantileInterval,
} from '../../../sim/statistics/quantile-interval.js';
import { mm1NumberInSystem, mm1WaitSequence, requiredLength } from '../../../sim/statistics/sizing.js';
import { exponentials } from './samples.js';

const probability = fc.double({ min: 0.001, max: 0.999, noNaN: true });

describe('quantile intervals', () => {
  it('knows the ranks', () => {
    expect(quantileRanks(10_000, 0.99)).toEqual({ low: 9881, high: 9920, insufficient: false });
    // Le Boudec's table for the median at 95 %.
    expect(quantileRanks(6, 0.5)).toEqual({ low: 1, high: 6, insufficient: false });
    expect(quantileRanks(10, 0.5)).toEqual({ low: 2, high: 9, insufficient: false });
    expect(quantileRanks(20, 0.5)).toEqual({ low: 6, high: 15, insufficient: false });
    expect(quantileRanks(50, 0.5)).toMatchObject({ low: 18, high: 33 });
  });

  it('says when the sample does not reach', () => {
    expect(quantileRanks(5, 0.5)).toEqual({ low: 0, high: 6, insufficient: true });
    // The largest of n is above the quantile with probability 1 − p^n: 97.5 % from n = 367 on for p99.
    expect(quantileRanks(367, 0.99).insufficient).toBe(true);
    expect(quantileRanks(368, 0.99).insufficient).toBe(false);
    expect(quantileRanks(0, 0.5)).toEqual({ low: 0, high: 1, insufficient: true });
    expect(quantileRanks(1, 0.5)).toEqual({ low: 0, high: 2, insufficient: true });
  });

  test.prop([fc.integer({ min: 1, max: 120 }), probability, fc.constantFrom(0.8, 0.9, 0.95, 0.99)])(
    'small samples: exact coverage, and no narrower ranks would do',
    (n, p, level) => {
      fc.pre(n * Math.min(p, 1 - p) < 50);
      const { low, high } = quantileRanks(n, p, level);
      const below = (k: number) => binomialCdf(n, p, k);
      const half = (1 - level) / 2;
      expect(below(low - 1)).toBeLessThanOrEqual(half + 1e-9);
      expect(1 - below(high - 1)).toBeLessThanOrEqual(half + 1e-9);
      expect(below(low)).toBeGreaterThan(half - 1e-9);
      expect(1 - below(high - 2)).toBeGreaterThan(half - 1e-9);
    },
  );

  test.prop([fc.integer({ min: 1, max: 5000 }), probability])('mirror: p from below is 1 − p from above', (n, p) => {
    const { low, high } = quantileRanks(n, p);
    const mirror = quantileRanks(n, 1 - p);
    expect(Math.abs(low + mirror.high - (n + 1))).toBeLessThanOrEqual(1);
    expect(Math.abs(high + mirror.low - (n + 1))).toBeLessThanOrEqual(1);
    expect(low).toBeLessThan(high);
  });

  it('covers the true quantile as often as it says', () => {
    // 1000 intervals of p90 of 1000 exponentials: 950 ± 4.4 sd (6.9): fails with probability 1e-5.
    let covered = 0;
    for (let seed = 1; seed <= 1000; seed++) {
      const sorted = exponentials(seed * 15485863, 1000, 1).sort((a, b) => a - b);
      const { low, high } = sampleQuantileInterval(sorted, 0.9);
      if (low <= Math.LN10 && Math.LN10 <= high) covered++;
    }
    expect(Math.abs(covered - 950)).toBeLessThanOrEqual(30);
  });

  it('reads a histogram within its error', () => {
    const values = exponentials(5, 20_000, 1e7).sort((a, b) => a - b);
    const histogram = new Histogram();
    for (const value of values) histogram.record(value);
    for (const p of [0.5, 0.9, 0.99, 0.999]) {
      const exact = sampleQuantileInterval(values, p);
      const read = histogramQuantileInterval(histogram, p);
      for (const key of ['estimate', 'low', 'high'] as const) {
        expect(Math.abs(read[key] / exact[key] - 1)).toBeLessThanOrEqual(histogram.relativeError);
      }
      expect(read.insufficient).toBe(false);
      expect(read.n).toBe(20_000);
    }
    expect(histogramQuantileInterval(histogram, 0.9999)).toMatchObject({
      high: Number.POSITIVE_INFINITY,
      insufficient: true,
    });
    expect(histogramQuantileInterval(new Histogram(), 0.5)).toEqual({
      estimate: Number.NaN,
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
      n: 0,
      insufficient: true,
    });
    expect(sampleQuantileInterval([], 0.5).estimate).toBeNaN();
  });

  it('refuses what makes no sense', () => {
    for (const p of [0, 1, Number.NaN]) expect(() => quantileRanks(10, p)).toThrow(RangeError);
    for (const n of [-1, 1.5, Number.NaN]) expect(() => quantileRanks(n, 0.5)).toThrow(RangeError);
    expect(() => quantileRanks(10, 0.5, 1)).toThrow(RangeError);
  });
});

describe('Wilson', () => {
  // Newcombe (1998), table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
    [5, 10, 0.2366, 0.7634],
  ])('%i of %i', (successes, n, low, high) => {
    const interval = wilsonInterval(successes, n);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
    expect(interval.proportion).toBe(successes / n);
  });

  test.prop([fc.nat(1000), fc.nat(1000)])(
    'holds the proportion within [0, 1] and mirrors failures',
    (successes, failures) => {
      const n = successes + failures;
      const { low, high, proportion } = wilsonInterval(successes, n);
      const mirror = wilsonInterval(failures, n);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      expect(low).toBeCloseTo(1 - mirror.high, 12);
      if (n > 0) expect(low <= proportion && proportion <= high).toBe(true);
    },
  );

  it('knows nothing from nothing, and refuses nonsense', () => {
    expect(wilsonInterval(0, 0)).toEqual({ proportion: Number.NaN, low: 0, high: 1, n: 0 });
    for (const [k, n] of [
      [-1, 5],
      [6, 5],
      [Number.NaN, 5],
      [1, Number.NaN],
      [1, Number.POSITIVE_INFINITY],
    ]) {
      expect(() => wilsonInterval(k, n)).toThrow(RangeError);
    }
    expect(() => wilsonInterval(1, 5, 1)).toThrow(RangeError);
  });
});

describe('Holm', () => {
  it('knows the worked example', () => {
    const decisions = holm([0.01, 0.04, 0.03, 0.005]);
    const expected = [0.03, 0.06, 0.06, 0.02];
    for (const [i, { adjusted }] of decisions.entries()) expect(adjusted).toBeCloseTo(expected[i], 12);
    expect(decisions.map(({ rejected }) => rejected)).toEqual([true, false, false, true]);
  });

  it('takes one as it is, none, and refuses nonsense', () => {
    expect(holm([0.04])).toEqual([{ adjusted: 0.04, rejected: true }]);
    expect(holm([])).toEqual([]);
    expect(holm([0.9, 0.8]).map(({ adjusted }) => adjusted)).toEqual([1, 1]);
    for (const p of [-0.1, 1.1, Number.NaN]) expect(() => holm([p])).toThrow(RangeError);
    expect(() => holm([0.1], 0)).toThrow(RangeError);
  });

  const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });
  test.prop([pValues])('lies between the bare p-value and Bonferroni, in the same order', (ps) => {
    const adjusted = holm(ps).map((decision) => decision.adjusted);
    for (const [i, p] of ps.entries()) {
      expect(adjusted[i]).toBeGreaterThanOrEqual(p);
      expect(adjusted[i]).toBeLessThanOrEqual(
        Math.max(...ps.filter((q) => q <= p).map((q) => Math.min(1, q * ps.length))),
      );
      for (const [j, q] of ps.entries()) if (p < q) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j]);
    }
  });
  test.prop([pValues])('the order of the hypotheses does not matter', (ps) => {
    expect(holm([...ps].reverse()).reverse()).toEqual(holm(ps));
  });
});

describe('sizing', () => {
  it.each([
    [0.5, 44_561, 369],
    [0.8, 189_768, 1729],
    [0.9, 681_048, 6488],
    [0.95, 2_586_232, 25_232],
  ])('±5 %% at 95 %% and utilisation %d', (utilisation, customers, seconds) => {
    const precision = { relativeError: 0.05 };
    expect(Math.round(requiredLength(mm1WaitSequence(utilisation, 100), precision))).toBe(customers);
    expect(Math.round(requiredLength(mm1NumberInSystem(utilisation, 100), precision))).toBe(seconds);
  });

  it('knows the means of an M/M/1 queue', () => {
    expect(mm1WaitSequence(0.5, 100).mean).toBeCloseTo(0.01, 15);
    expect(mm1NumberInSystem(0.8, 100).mean).toBeCloseTo(4, 12);
  });

  it('does not depend on the unit of time for customers, and does for time', () => {
    const precision = { relativeError: 0.02, level: 0.99 };
    const length = (rate: number) => requiredLength(mm1WaitSequence(0.7, rate), precision);
    expect(length(1)).toBeCloseTo(length(1000), 3);
    const time = (rate: number) => requiredLength(mm1NumberInSystem(0.7, rate), precision);
    expect(time(1) / time(1000)).toBeCloseTo(1000, 9);
  });

  it('refuses what makes no sense', () => {
    for (const rho of [0, 1, 1.5, Number.NaN]) expect(() => mm1WaitSequence(rho, 1)).toThrow(RangeError);
    expect(() => mm1NumberInSystem(0.5, 0)).toThrow(RangeError);
    expect(() => requiredLength({ mean: 1, variance: 1 }, { relativeError: 0 })).toThrow(RangeError);
    expect(() => requiredLength({ mean: 1, variance: 1 }, { relativeError: 0.1, level: 1 })).toThrow(RangeError);
  });
});

/** P(B <= k) by Pascal's rule, one trial after the other. */
function binomialCdf(n: number, p: number, k: number): number {
  let row = [1];
  for (let trial = 0; trial < n; trial++) {
    row = Array.from({ length: row.length + 1 }, (_, i) => (row[i] ?? 0) * (1 - p) + (row[i - 1] ?? 0) * p);
  }
  return row.slice(0, Math.max(0, k + 1)).reduce((a, b) => a + b, 0);
}
