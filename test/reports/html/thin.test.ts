// What the report leaves out of a result, and what it must not.
import { describe, expect, test } from 'vitest';
import { roundAll, thinResult, thinSeries } from '../../../reports/html/thin.js';
import type { SeriesSummary } from '../../../scenarios/result/run-result.js';
import { RESULT } from '../fixture.js';

function series(intervals: number, flows: number): SeriesSummary {
  const numbers = Array.from({ length: intervals }, (_, i) => i);
  return {
    intervalSeconds: 0.5,
    intervals,
    traffic: Array.from({ length: flows }, (_, i) => ({
      traffic: `t${i}`,
      request: 'r',
      offeredPerSecond: numbers,
      servedPerSecond: numbers,
      errorsPerSecond: numbers.map(() => 0),
      meanMs: numbers.map((at) => (at % 2 === 0 ? null : at)),
      p50Ms: numbers.map(() => null),
      p99Ms: numbers,
    })),
    workloads: [],
    clusters: [
      { name: 'silent', retriesPerSecond: numbers.map(() => 0), ejections: numbers.map(() => 0) },
      { name: 'loud', retriesPerSecond: numbers.map(() => 0), ejections: numbers.map((at) => Number(at === 3)) },
    ],
  };
}

describe('thin', () => {
  test('five digits of what is not whole, all digits of what is', () => {
    expect(roundAll({ a: 1234.5678, b: 123_456_789, c: [0.000123456, null, 'x'] })).toEqual({
      a: 1234.6,
      b: 123_456_789,
      c: [0.00012346, null, 'x'],
    });
  });

  test('clusters in which nothing happened have no series', () => {
    expect(thinSeries(series(10, 1)).clusters.map(({ name }) => name)).toEqual(['loud']);
  });

  test('a short series stays as it is', () => {
    const whole = series(100, 2);
    expect(thinSeries(whole)).toEqual({ ...whole, clusters: whole.clusters.slice(1) });
  });

  test('too many numbers: neighbours become means of what is known, counts become sums', () => {
    const thin = thinSeries(series(1000, 40));
    const k = thin.intervalSeconds / 0.5;
    expect(k).toBeGreaterThan(1);
    expect(thin.intervals).toBe(Math.ceil(1000 / k));
    expect(thin.traffic[0].offeredPerSecond[0]).toBe((k - 1) / 2);
    expect(thin.traffic[0].p50Ms[0]).toBeNull();
    expect(thin.traffic[0].meanMs[0]).toBe(1);
    expect(thin.clusters[0].ejections.reduce((sum, count) => sum + count, 0)).toBeCloseTo(1, 9);
  });

  test('the shape is that of the result', () => {
    expect(thinResult(RESULT)).toEqual(roundAll({ ...RESULT, series: thinSeries(RESULT.series) }));
  });
});
