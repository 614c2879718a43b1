// Time averages, series and the end of the warm-up.
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { mser, mser5, mserCurve } from '../../../sim/statistics/mser.js';
import { IntervalSeries } from '../../../sim/statistics/series.js';
import { TimeWeighted } from '../../../sim/statistics/time-weighted.js';
import { nearlyNormals } from './samples.js';

describe('TimeWeighted', () => {
  it('weighs each value with the time it held', () => {
    const queue = new TimeWeighted();
    queue.add(10, 1);
    queue.add(20, 2);
    queue.set(30, 1);
    expect(queue.integral(50)).toBe(10 + 30 + 20);
    expect(queue.average(50)).toBe(1.2);
    expect(queue.average(100)).toBe(1.1);
    expect(queue.max).toBe(3);
    expect(queue.value).toBe(1);
  });

  it('forgets the warm-up and keeps the value', () => {
    const queue = new TimeWeighted(-100, 7);
    queue.set(-50, 2);
    queue.reset(0);
    expect(queue.average(0)).toBe(2);
    expect(queue.max).toBe(2);
    queue.set(10, 4);
    expect(queue.average(20)).toBe(3);
    expect(queue.integral(20)).toBe(60);
    expect(queue.max).toBe(4);
  });

  it('counts a peak that held for no time', () => {
    const queue = new TimeWeighted();
    queue.set(5, 9);
    queue.set(5, 0);
    expect(queue.max).toBe(9);
    expect(queue.average(10)).toBe(0);
  });

  it('does not go back in time', () => {
    const queue = new TimeWeighted(0);
    queue.set(10, 1);
    for (const nowNs of [9, -1, Number.NaN]) {
      expect(() => queue.set(nowNs, 1)).toThrow(RangeError);
      expect(() => queue.integral(nowNs)).toThrow(RangeError);
    }
  });

  test.prop([fc.array(fc.tuple(fc.nat(1000), fc.integer({ min: -5, max: 5 })), { maxLength: 40 })])(
    'the average lies between the extremes, and integrals add up over a reset',
    (steps) => {
      const whole = new TimeWeighted();
      const parts = new TimeWeighted();
      let now = 0;
      let before = 0;
      for (const [i, [wait, delta]] of steps.entries()) {
        now += wait;
        whole.add(now, delta);
        parts.add(now, delta);
        if (i % 7 === 3) {
          before += parts.integral(now);
          parts.reset(now);
        }
      }
      expect(before + parts.integral(now + 5)).toBe(whole.integral(now + 5));
      expect(whole.average(now + 5)).toBeLessThanOrEqual(whole.max);
    },
  );
});

describe('IntervalSeries', () => {
  it('counts and sums by interval', () => {
    const series = new IntervalSeries(100, 10, 4);
    for (const at of [100, 109, 110, 135]) series.add(at, at);
    expect(series.counts()).toEqual([2, 1, 0, 1]);
    expect(series.sums()).toEqual([209, 110, 0, 135]);
    expect(series.intervalNs).toBe(10);
    expect(series.length).toBe(4);
  });

  it('doubles its intervals when it is full', () => {
    const series = new IntervalSeries(0, 10, 4);
    for (let at = 0; at < 40; at += 5) series.add(at);
    series.add(40);
    expect(series.intervalNs).toBe(20);
    expect(series.counts()).toEqual([4, 4, 1]);
    series.add(1000);
    expect(series.intervalNs).toBe(320);
    expect(series.counts()).toEqual([9, 0, 0, 1]);
  });

  it('folds an odd number of intervals', () => {
    const series = new IntervalSeries(0, 1, 3);
    for (const at of [0, 1, 2, 3]) series.add(at);
    expect(series.counts()).toEqual([2, 2]);
  });

  const times = fc.array(fc.nat(100_000), { maxLength: 50 });
  test.prop([times, times, fc.integer({ min: 2, max: 20 })])(
    'keeps every observation, in any order, merged or not',
    (a, b, max) => {
      const of = (values: readonly number[]) => {
        const series = new IntervalSeries(0, 8, max);
        for (const value of values) series.add(value, value);
        return series;
      };
      const all = of([...a, ...b]);
      const left = of(a);
      left.merge(of(b));
      const right = of(b);
      right.merge(of(a));
      for (const one of [left, right, of([...b, ...a])]) {
        expect(one.intervalNs).toBe(all.intervalNs);
        expect(one.counts()).toEqual(all.counts());
        expect(one.sums()).toEqual(all.sums());
      }
      expect(all.length).toBeLessThanOrEqual(max);
      expect(all.counts().reduce((x, y) => x + y, 0)).toBe(a.length + b.length);
    },
  );

  it('merges a longer series into a shorter one', () => {
    const short = new IntervalSeries(0, 1, 2);
    short.add(0);
    const long = new IntervalSeries(0, 1, 8);
    long.add(7);
    short.merge(long);
    expect(short.counts()).toEqual([1, 1]);
    expect(short.intervalNs).toBe(4);
  });

  it('refuses what makes no sense', () => {
    const series = new IntervalSeries(0, 10, 4);
    for (const at of [-1, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => series.add(at)).toThrow(RangeError);
    expect(() => series.merge(new IntervalSeries(5, 10, 4))).toThrow(RangeError);
    expect(() => series.merge(new IntervalSeries(0, 30, 4))).toThrow(RangeError);
    for (const width of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => new IntervalSeries(0, width, 4)).toThrow(RangeError);
    for (const max of [1, 2.5, Number.NaN]) expect(() => new IntervalSeries(0, 1, max)).toThrow(RangeError);
    series.add(1e300);
    expect(series.length).toBeLessThanOrEqual(4);
  });
});

describe('MSER', () => {
  const BATCHES = [2, 4, 6, 8, 10, 10, 11, 9, 10, 10];

  it('knows the worked example', () => {
    const expected = [0.82, 0.518519, 0.2734375, 0.110787, 0.055556, 0.08];
    for (const [d, value] of mserCurve(BATCHES).entries()) expect(value).toBeCloseTo(expected[d], 6);
    expect(mserCurve(BATCHES)).toHaveLength(expected.length);
    expect(mser(BATCHES)).toEqual({ truncate: 4, reliable: true });
  });

  it('groups by five', () => {
    const observations = BATCHES.flatMap((mean) => [mean - 2, mean - 1, mean, mean + 1, mean + 2]);
    expect(mser5(observations)).toEqual({ truncate: 20, reliable: true });
    expect(mser5([...observations, 1e9, 1e9])).toEqual({ truncate: 20, reliable: true });
  });

  it('keeps a steady sequence and does not trust one that never settles', () => {
    expect(mser(new Array<number>(20).fill(3))).toEqual({ truncate: 0, reliable: true });
    const rising = Array.from({ length: 100 }, (_, i) => i);
    expect(mser(rising)).toEqual({ truncate: 50, reliable: false });
    expect(mser5(rising)).toEqual({ truncate: 50, reliable: false });
  });

  it('does not trust a short sequence', () => {
    expect(mser([1, 2, 3]).reliable).toBe(false);
    expect(mser([])).toEqual({ truncate: 0, reliable: false });
    expect(mser5([1, 2, 3])).toEqual({ truncate: 0, reliable: false });
  });

  it('finds where a transient ends', () => {
    const noise = nearlyNormals(3, 2000);
    const values = noise.map((v, i) => v + (i < 300 ? 20 * (1 - i / 300) : 0));
    const { truncate, reliable } = mser5(values);
    expect(reliable).toBe(true);
    expect(truncate).toBeGreaterThanOrEqual(250);
    expect(truncate).toBeLessThanOrEqual(400);
  });

  test.prop([fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 40 })])(
    'the curve is its definition',
    (values) => {
      const curve = mserCurve(values);
      expect(curve).toHaveLength(Math.floor(values.length / 2) + 1 - (values.length === 0 ? 1 : 0));
      for (const [d, value] of curve.entries()) {
        const rest = values.slice(d);
        const mean = rest.reduce((a, b) => a + b, 0) / rest.length;
        const squares = rest.reduce((a, b) => a + (b - mean) * (b - mean), 0);
        expect(Math.abs(value - squares / rest.length / rest.length)).toBeLessThan(1e-6);
      }
    },
  );
});
