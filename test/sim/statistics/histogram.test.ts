// One list of laws for every resolution, then known answers and hostile values.
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { Histogram, type HistogramData } from '../../../sim/statistics/histogram.js';
import { exactQuantile, exponentials } from './samples.js';

const RESOLUTIONS = [8, 16, 32, 64, 128, 256];
const PROBABILITIES = [0, 0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1];

function histogramOf(values: readonly number[], resolution?: number): Histogram {
  const histogram = new Histogram(resolution);
  for (const value of values) histogram.record(value);
  return histogram;
}

const nanoseconds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const anyValue = fc.oneof(
  nanoseconds,
  fc.integer({ min: 0, max: 300 }),
  fc.double({ min: 0, max: 1e12, noNaN: true }),
  fc.constantFrom(0, -0, 1e-300, 5e-324, 0.999, 1),
);
/** Windows over all the octaves are slow to print and to compare: a few runs only. */
const hostileValue = fc.oneof(
  anyValue,
  fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(1e300, Number.MAX_VALUE),
);
const integers = fc.array(
  nanoseconds.map((v) => Math.floor(v / 1024)),
  { maxLength: 60 },
);
const anyValues = fc.array(anyValue, { minLength: 1, maxLength: 60 });
const hostileValues = fc.array(hostileValue, { minLength: 1, maxLength: 10 });

describe.each(RESOLUTIONS)('laws at resolution %i', (resolution) => {
  const of = (values: readonly number[]) => histogramOf(values, resolution);
  const merged = (...parts: (readonly number[])[]) => {
    const all = new Histogram(resolution);
    for (const part of parts) all.merge(of(part));
    return all.toData();
  };

  const checkQuantiles = (values: readonly number[]) => {
    const histogram = of(values);
    for (const p of PROBABILITIES) {
      const exact = exactQuantile(values, p);
      const error = Math.abs(histogram.quantile(p) - exact);
      expect(error).toBeLessThanOrEqual(exact >= 1 ? exact * histogram.relativeError : 1);
    }
    const data = histogram.toData();
    expect(Histogram.fromData(data).toData()).toEqual(data);
  };
  test.prop([anyValues])('a quantile is the exact one within the stated error', checkQuantiles);
  test.prop([hostileValues], { numRuns: 5 })('so it is for values of any size', checkQuantiles);

  test.prop([anyValues, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 20 })])(
    'quantiles rise with p and stay within [min, max]',
    (values, ps) => {
      const histogram = of(values);
      const quantiles = [...ps].sort((a, b) => a - b).map((p) => histogram.quantile(p));
      for (const [i, q] of quantiles.entries()) {
        expect(q).toBeGreaterThanOrEqual(i === 0 ? histogram.min : quantiles[i - 1]);
        expect(q).toBeLessThanOrEqual(histogram.max);
      }
    },
  );

  test.prop([integers])('count, sum, min and max are exact', (values) => {
    const histogram = of(values);
    const sum = values.reduce((a, b) => a + b, 0);
    expect(histogram.count).toBe(values.length);
    expect(histogram.sum).toBe(sum);
    expect(histogram.mean).toBe(values.length === 0 ? Number.NaN : sum / values.length);
    expect(histogram.min).toBe(values.length === 0 ? Number.NaN : Math.min(...values));
    expect(histogram.max).toBe(values.length === 0 ? Number.NaN : Math.max(...values));
    expect(histogram.toData().counts.reduce((a, b) => a + b, 0)).toBe(values.length);
  });

  test.prop([integers, integers, integers])('merging commutes, associates and equals recording at once', (a, b, c) => {
    const all = of([...a, ...b, ...c]).toData();
    expect(merged(a, b, c)).toEqual(all);
    expect(merged(c, a, b)).toEqual(all);
    const right = of(b);
    right.merge(of(c));
    const left = of(a);
    left.merge(right);
    expect(left.toData()).toEqual(all);
  });

  test.prop([anyValues])('data survives the round trip, through JSON too', (values) => {
    const data = of(values).toData();
    expect(Histogram.fromData(data).toData()).toEqual(data);
    const parsed = JSON.parse(JSON.stringify(data)) as HistogramData;
    expect(Histogram.fromData(parsed).toData()).toEqual(data);
  });

  test.prop([anyValues])('order of recording does not matter but for the rounding of the sum', (values) => {
    const { sum: _, ...there } = of(values).toData();
    const { sum: __, ...back } = of([...values].reverse()).toData();
    expect(there).toEqual(back);
  });

  test.prop([integers, fc.integer({ min: 0, max: 5 })])('recordMany is record, many times', (values, times) => {
    const many = new Histogram(resolution);
    for (const value of values) many.recordMany(value, times);
    expect(many.toData()).toEqual(of(values.flatMap((value) => new Array<number>(times).fill(value))).toData());
  });

  test.prop([fc.array(nanoseconds, { minLength: 1, maxLength: 60 }), fc.double({ min: 0, max: 1, noNaN: true })])(
    'cdf is the inverse of quantile, and countAbove its complement',
    (values, p) => {
      const histogram = of(values);
      const q = histogram.quantile(p);
      const step = (x: number) => x * (1 + 1e-9) + 1e-9;
      expect(histogram.cdf(step(q))).toBeGreaterThanOrEqual(p - 1e-5);
      expect(histogram.countAbove(q)).toBeCloseTo(values.length * (1 - histogram.cdf(q)), 9);
    },
  );

  test.prop([fc.array(nanoseconds, { minLength: 1, maxLength: 60 }), nanoseconds])(
    'cdf counts every record whose bucket is not the one of the threshold',
    (values, threshold) => {
      const histogram = of(values);
      const margin = (threshold + 1) * histogram.relativeError;
      const surelyBelow = values.filter((v) => v < threshold - margin).length;
      const perhapsBelow = values.filter((v) => v <= threshold + margin).length;
      const below = histogram.cdf(threshold) * values.length;
      expect(below).toBeGreaterThanOrEqual(surelyBelow - 1e-6);
      expect(below).toBeLessThanOrEqual(perhapsBelow + 1e-6);
    },
  );

  it('is as exact as stated at both edges of every bucket of an octave', () => {
    for (let sub = 0; sub <= resolution; sub++) {
      const edge = 1024 * (1 + sub / resolution);
      for (const value of [edge, edge * (1 - 1e-15), edge * (1 + 1e-15)]) {
        const histogram = of([edge / 2, value, value, value, edge * 2]);
        expect(Math.abs(histogram.quantile(0.5) / value - 1)).toBeLessThanOrEqual(1 / resolution);
      }
    }
  });
});

describe('histogram', () => {
  it('is within 1 % by default', () => {
    const histogram = new Histogram();
    expect(histogram.relativeError).toBeLessThan(0.01);
    const values = exponentials(7, 50_000, 2e7);
    for (const value of values) histogram.record(value);
    for (const p of [0.01, 0.5, 0.9, 0.99, 0.999]) {
      expect(Math.abs(histogram.quantile(p) / exactQuantile(values, p) - 1)).toBeLessThan(0.003);
    }
  });

  it('knows small integers', () => {
    const histogram = histogramOf([1, 2, 3, 4]);
    expect(histogram.mean).toBe(2.5);
    expect(histogram.quantile(0)).toBe(1);
    expect(histogram.quantile(1)).toBe(4);
    expect([1, 2, 3, 4].map((rank) => Math.floor(histogram.valueAtRank(rank)))).toEqual([1, 2, 3, 4]);
    expect([0, 5, Number.NaN].map((rank) => histogram.valueAtRank(rank))).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect([0.5, 1.5, 2.5, 3.5, 4].map((value) => histogram.countAbove(value))).toEqual([4, 3, 2, 1, 0]);
  });

  it('gives a single value back exactly', () => {
    for (const value of [0, 1e-300, 0.25, 1, 1.5, 123456789, 2 ** 53, 1e300, Number.MAX_VALUE]) {
      const histogram = histogramOf([value]);
      for (const p of PROBABILITIES) expect(histogram.quantile(p)).toBe(value);
      expect(histogram.valueAtRank(1)).toBe(value);
      expect(histogram.cdf(value)).toBe(1);
    }
  });

  it('is empty until something is recorded', () => {
    const histogram = new Histogram();
    for (const value of [histogram.min, histogram.max, histogram.mean, histogram.quantile(0.5), histogram.cdf(1)]) {
      expect(value).toBeNaN();
    }
    expect(histogram.count).toBe(0);
    expect(histogram.sum).toBe(0);
    expect(histogram.countAbove(0)).toBe(0);
    const data = { resolution: 64, count: 0, sum: 0, min: 0, max: 0, first: 0, counts: [] };
    expect(new Histogram(64).toData()).toEqual(data);
    expect(Histogram.fromData(data).toData()).toEqual(data);
    histogram.merge(new Histogram());
    expect(histogram.count).toBe(0);
  });

  it('numbers buckets by exponent and mantissa', () => {
    expect(histogramOf([0.5], 8).toData()).toMatchObject({ first: 0, counts: [1] });
    expect(histogramOf([1], 8).toData()).toMatchObject({ first: 1, counts: [1] });
    expect(histogramOf([1.125, 1.124], 8).toData()).toMatchObject({ first: 1, counts: [1, 1] });
    expect(histogramOf([1024], 64).toData()).toMatchObject({ first: 1 + 10 * 64, counts: [1] });
  });

  it('doubles when merged with itself', () => {
    const histogram = histogramOf([5, 100]);
    histogram.merge(histogram);
    expect(histogram.toData()).toEqual(histogramOf([5, 100, 5, 100]).toData());
  });

  it.each([Number.NaN, -1, -1e-300, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'refuses %d and stays as it was',
    (value) => {
      const histogram = histogramOf([1, 1e9]);
      const before = histogram.toData();
      expect(() => histogram.record(value)).toThrow(RangeError);
      expect(() => histogram.recordMany(value, 2)).toThrow(RangeError);
      expect(() => histogramOf([1e300, Number.MAX_VALUE]).record(value)).toThrow(RangeError);
      expect(histogram.toData()).toEqual(before);
    },
  );

  it('takes everything from 0 to the largest double at once', () => {
    const histogram = histogramOf([Number.MAX_VALUE, 0, 1e-300, 1, 1e300, -0, Number.MAX_VALUE], 256);
    expect(histogram.count).toBe(7);
    expect(Object.is(histogram.min, 0)).toBe(true);
    expect(histogram.max).toBe(Number.MAX_VALUE);
    expect(histogram.sum).toBe(Number.MAX_VALUE);
    expect(histogram.quantile(0.5)).toBeLessThanOrEqual(2);
  });

  it('refuses what makes no sense', () => {
    for (const resolution of [0, 1, 4, 63, 512, -64, 64.5, Number.NaN])
      expect(() => new Histogram(resolution)).toThrow(RangeError);
    for (const p of [-0.1, 1.1, Number.NaN]) expect(() => new Histogram().quantile(p)).toThrow(RangeError);
    for (const count of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => new Histogram().recordMany(1, count)).toThrow(RangeError);
    }
    expect(() => new Histogram().cdf(Number.NaN)).toThrow(RangeError);
    expect(() => new Histogram(64).merge(new Histogram(128))).toThrow(RangeError);
  });

  it('refuses data that contradicts itself', () => {
    const data = histogramOf([3, 5, 5, 900]).toData();
    const broken: HistogramData[] = [
      { ...data, count: 5 },
      { ...data, resolution: 65 },
      { ...data, first: data.first + 1 },
      { ...data, first: -5 },
      { ...data, max: 2000 },
      { ...data, min: Number.NaN },
      { ...data, sum: Number.NaN },
      { ...data, counts: [] },
      { ...data, counts: data.counts.map((count, i) => (i === 0 ? -count : count)) },
      { ...data, counts: [...data.counts, 0] },
    ];
    for (const one of broken) expect(() => Histogram.fromData(one)).toThrow(RangeError);
  });
});
