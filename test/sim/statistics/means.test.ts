// Moments, intervals of means, batch means, pairs: worked examples, then properties. Statistical tests use fixed seeds and state the
// probability with which another seed would fail them.
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { batchMeans } from '../../../sim/statistics/batch-means.js';
import { meanInterval, momentsInterval, pValueAbove } from '../../../sim/statistics/confidence.js';
import { comparePaired } from '../../../sim/statistics/paired.js';
import { Welford } from '../../../sim/statistics/welford.js';
import { nearlyNormals } from './samples.js';

const TEN = [12, 15, 11, 14, 13, 16, 10, 13, 15, 11];
const doubles = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 50 });

describe('Welford', () => {
  it('knows mean and variance', () => {
    const moments = Welford.of([2, 4, 4, 4, 5, 5, 7, 9]);
    expect(moments.count).toBe(8);
    expect(moments.mean).toBeCloseTo(5, 12);
    expect(moments.squaredDeviations).toBeCloseTo(32, 12);
    expect(moments.variance).toBeCloseTo(32 / 7, 12);
    expect(moments.standardDeviation).toBeCloseTo(Math.sqrt(32 / 7), 12);
  });

  it('does not cancel far from zero', () => {
    expect(Welford.of([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]).variance).toBe(30);
  });

  it('has no mean of nothing and no variance of one', () => {
    expect(new Welford().mean).toBeNaN();
    expect(Welford.of([3]).variance).toBeNaN();
  });

  test.prop([doubles, doubles])('merging is adding all', (a, b) => {
    const both = Welford.of(a);
    both.merge(Welford.of(b));
    const all = Welford.of([...a, ...b]);
    expect(both.count).toBe(all.count);
    if (all.count === 0) return;
    expect(Math.abs(both.mean - all.mean)).toBeLessThan(1e-8);
    expect(Math.abs(both.squaredDeviations - all.squaredDeviations)).toBeLessThanOrEqual(
      1e-9 * all.squaredDeviations + 1e-6,
    );
  });
});

describe('meanInterval', () => {
  it('is mean ± t s / √n', () => {
    const { mean, low, high, halfWidth, n, insufficient } = meanInterval(TEN);
    expect(mean).toBeCloseTo(13, 12);
    expect(halfWidth).toBeCloseTo(1.430714, 6);
    expect(low).toBeCloseTo(13 - 1.430714, 6);
    expect(high).toBeCloseTo(13 + 1.430714, 6);
    expect(n).toBe(10);
    expect(insufficient).toBe(false);
    expect(momentsInterval(Welford.of(TEN))).toEqual(meanInterval(TEN));
  });

  it('says when there is too little', () => {
    expect(meanInterval([7])).toEqual({
      mean: 7,
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
      halfWidth: Number.POSITIVE_INFINITY,
      n: 1,
      insufficient: true,
    });
    expect(meanInterval([])).toMatchObject({ mean: Number.NaN, n: 0, insufficient: true });
    for (const level of [0, 1, 95, Number.NaN]) expect(() => meanInterval(TEN, level)).toThrow(RangeError);
  });

  test.prop([doubles.filter((a) => a.length > 1)])('a higher level is wider', (values) => {
    expect(meanInterval(values, 0.99).halfWidth).toBeGreaterThanOrEqual(meanInterval(values, 0.9).halfWidth);
  });

  it('covers the true mean as often as it says', () => {
    // 2000 intervals of 8 values at 95 %: 1900 ± 4.1 sd (9.75): fails with probability 4e-5.
    let covered = 0;
    for (let seed = 1; seed <= 2000; seed++) {
      const { low, high } = meanInterval(nearlyNormals(seed * 7919, 8));
      if (low <= 0 && high >= 0) covered++;
    }
    expect(Math.abs(covered - 1900)).toBeLessThanOrEqual(40);
  });
});

describe('pValueAbove', () => {
  it('agrees with the interval: the bound of a two-sided 95 % interval has p = 0.025', () => {
    const { low, high, mean } = meanInterval(TEN);
    expect(pValueAbove(TEN, low)).toBeCloseTo(0.025, 12);
    expect(pValueAbove(TEN, high)).toBeCloseTo(0.975, 12);
    expect(pValueAbove(TEN, mean)).toBeCloseTo(0.5, 12);
  });

  it('decides without variance, and not without observations', () => {
    expect(pValueAbove([3, 3, 3], 2)).toBe(0);
    expect(pValueAbove([3, 3, 3], 3)).toBe(1);
    expect(pValueAbove([3], 2)).toBe(1);
  });
});

describe('batchMeans', () => {
  it('knows the worked example', () => {
    const { interval, batchSize, correlated } = batchMeans(TEN, { batches: 10 });
    expect(batchSize).toBe(1);
    expect(interval.mean).toBeCloseTo(13, 12);
    expect(interval.halfWidth).toBeCloseTo(1.430714, 6);
    expect(correlated).toBe(false);
  });

  it('cuts equal batches and drops the rest from the front', () => {
    expect(batchMeans([100, 1, 2, 3, 4, 5, 6], { batches: 3 })).toMatchObject({ means: [1.5, 3.5, 5.5], batchSize: 2 });
  });

  it('flags a trend and a slow wave, and not what alternates', () => {
    const rising = Array.from({ length: 400 }, (_, i) => i);
    expect(batchMeans(rising)).toMatchObject({ correlated: true });
    const wave = Array.from({ length: 400 }, (_, i) => Math.sin(i / 40));
    expect(batchMeans(wave).correlated).toBe(true);
    const zigzag = Array.from({ length: 20 }, (_, i) => i % 2);
    const { correlated, correlation } = batchMeans(zigzag);
    expect(correlated).toBe(false);
    expect(correlation).toBeLessThan(-0.8);
  });

  it('flags independent values in about 5 % of the cases', () => {
    // 1000 tests at 5 %: 50 ± 4.1 sd (6.9): fails with probability 4e-5.
    let flagged = 0;
    for (let seed = 1; seed <= 1000; seed++) if (batchMeans(nearlyNormals(seed * 104729, 100)).correlated) flagged++;
    expect(Math.abs(flagged - 50)).toBeLessThanOrEqual(28);
  });

  it('needs as many values as batches', () => {
    expect(batchMeans([1, 2, 3])).toMatchObject({
      means: [],
      batchSize: 0,
      correlated: false,
      interval: { insufficient: true },
    });
    expect(batchMeans([5, 5, 5, 5], { batches: 4 })).toMatchObject({ correlation: 0, correlated: false });
    for (const batches of [1, 0, 2.5, Number.NaN]) expect(() => batchMeans(TEN, { batches })).toThrow(RangeError);
  });
});

describe('comparePaired', () => {
  it('knows a worked example', () => {
    const { difference, relativeDifference, varianceReduction } = comparePaired([10, 20, 30, 40], [11, 23, 32, 42]);
    expect(difference.mean).toBe(2);
    expect(difference.halfWidth).toBeCloseTo((3.182446305284263 * Math.sqrt(2 / 3)) / 2, 10);
    expect(relativeDifference).toBeCloseTo(0.08, 12);
    // Variances 500/3 and 174 over that of 1, 3, 2, 2.
    expect(varianceReduction).toBeCloseTo((500 / 3 + 174) / (2 / 3), 9);
  });

  it('sees no gain where nothing is shared, and a large one where most is', () => {
    const shared = nearlyNormals(11, 400);
    const own = nearlyNormals(12, 400);
    // 1 ± 4.5 sd of the correlation (1 / √400): fails with probability 1e-5.
    expect(Math.abs(comparePaired(shared, own).varianceReduction - 1)).toBeLessThan(0.225);
    expect(
      comparePaired(
        shared,
        shared.map((v, i) => v + 0.1 * own[i]),
      ).varianceReduction,
    ).toBeGreaterThan(100);
  });

  it('says so when nothing differs or there is too little', () => {
    expect(comparePaired([1, 2], [3, 4])).toMatchObject({ varianceReduction: Number.POSITIVE_INFINITY });
    expect(comparePaired([1, 1], [3, 3]).varianceReduction).toBeNaN();
    expect(comparePaired([0, 0], [3, 4]).relativeDifference).toBeNaN();
    expect(comparePaired([1], [2]).difference.insufficient).toBe(true);
    expect(() => comparePaired([1, 2], [1])).toThrow(RangeError);
  });

  test.prop([doubles.filter((a) => a.length > 1)])('swapping the two turns the sign', (values) => {
    const other = values.map((v, i) => v * 0.5 + i);
    const there = comparePaired(values, other).difference;
    const back = comparePaired(other, values).difference;
    expect(there.mean + back.mean).toBeCloseTo(0, 9);
    expect(there.halfWidth).toBeCloseTo(back.halfWidth, 9);
  });
});
