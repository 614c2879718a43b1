// When requests are as before: series with known answers.
import { describe, expect, test } from 'vitest';
import { ALMOST_ALL_GOOD, FlowWindows, P99, type Recovery } from '../../../scenarios/recovery/recovery.js';
import { type FakeSecond, fakeSeries, seconds } from '../timed-runs.js';

const S = 1e9;

/** Of an event at 20 s in a run of 60 s. */
function recoveryOf(other: (second: number) => Partial<FakeSecond>, isWhole = true): Recovery {
  const series = fakeSeries([seconds(60, other)]);
  const windows = new FlowWindows(series.traffic, series, isWhole);
  const before = { fromNs: 0, toNs: 20 * S };
  const size = windows.sizeIn(before) as number;
  const baseline = windows.baselineIn(before, size, isWhole ? P99 : null) ?? ALMOST_ALL_GOOD;
  return windows.recoveryIn({ fromNs: 20 * S, toNs: 60 * S }, size, baseline);
}

function within(from: number, to: number, what: Partial<FakeSecond>): (second: number) => Partial<FakeSecond> {
  return (second) => (second >= from && second < to ? what : {});
}

describe('recovery', () => {
  test('what is never out of the margin is back at once', () => {
    expect(recoveryOf(() => ({}))).toEqual({ kind: 'recovered', afterNs: 0 });
    expect(recoveryOf(within(20, 60, { errors: 4, ms: 12 }))).toEqual({ kind: 'recovered', afterNs: 0 });
  });

  test('of few requests it is chance how many are under way when a window ends; without an answer they are not', () => {
    const quiet = (second: number): Partial<FakeSecond> => ({ offered: second % 2 === 0 ? 26 : 24, completed: 22 });
    expect(recoveryOf(quiet)).toEqual({ kind: 'recovered', afterNs: 0 });
    const hangs = (second: number): Partial<FakeSecond> =>
      second < 22 ? quiet(second) : { offered: 24, completed: 0 };
    expect(recoveryOf(hangs)).toEqual({ kind: 'not recovered' });
  });

  test('errors for 4 s: back after 4 s', () => {
    expect(recoveryOf(within(20, 24, { errors: 50 }))).toEqual({ kind: 'recovered', afterNs: 4 * S });
  });

  test('one very bad second is a disturbance, a slightly bad one is not', () => {
    expect(recoveryOf(within(20, 21, { errors: 50 }))).toEqual({ kind: 'recovered', afterNs: 1 * S });
    expect(recoveryOf(within(20, 21, { errors: 7 }))).toEqual({ kind: 'recovered', afterNs: 0 });
  });

  test('what is good for less than three seconds in between is not back', () => {
    const waves = (second: number): Partial<FakeSecond> =>
      second === 22 || second === 23 || second < 20 || second > 26 ? {} : { errors: 50 };
    expect(recoveryOf(waves)).toEqual({ kind: 'recovered', afterNs: 7 * S });
  });

  test('errors to the end, or latency: not recovered', () => {
    expect(recoveryOf(within(22, 60, { errors: 25 }))).toEqual({ kind: 'not recovered' });
    expect(recoveryOf(within(20, 60, { ms: 30 }))).toEqual({ kind: 'not recovered' });
  });

  test('a single bad interval long after says nothing, five in a row do', () => {
    expect(recoveryOf(within(45, 46, { errors: 50 }))).toEqual({ kind: 'recovered', afterNs: 0 });
    expect(recoveryOf(within(40, 45, { errors: 50 }))).toEqual({ kind: 'recovered', afterNs: 25 * S });
  });

  test('requests that are never answered are not good; where nothing is sent, nothing is bad', () => {
    expect(recoveryOf(within(20, 60, { offered: 100, completed: 60 }))).toEqual({ kind: 'not recovered' });
    expect(recoveryOf(within(20, 30, { offered: 0, completed: 0 }))).toEqual({ kind: 'recovered', afterNs: 0 });
  });

  test('errors that were there before are no disturbance', () => {
    const usual = (second: number): Partial<FakeSecond> => ({ errors: second % 2 === 0 ? 20 : 10 });
    expect(recoveryOf(usual)).toEqual({ kind: 'recovered', afterNs: 0 });
  });

  test('latency of a single request is left to that of all', () => {
    expect(recoveryOf(within(20, 60, { ms: 30 }), false)).toEqual({ kind: 'recovered', afterNs: 0 });
  });

  test('an outage before is nothing to come back to: then almost all have to be good', () => {
    const cured = (second: number): Partial<FakeSecond> => (second < 24 ? { errors: 90 } : { ms: 500 });
    expect(recoveryOf(cured)).toEqual({ kind: 'recovered', afterNs: 4 * S });
    expect(recoveryOf(() => ({ errors: 90 }))).toEqual({ kind: 'not recovered' });
  });

  test('of two seconds nothing can be told', () => {
    const series = fakeSeries([seconds(60)]);
    const windows = new FlowWindows(series.traffic, series, true);
    expect(windows.recoveryIn({ fromNs: 58 * S, toNs: 60 * S }, 1, ALMOST_ALL_GOOD)).toEqual({ kind: 'unknown' });
  });

  test('rare requests make longer windows', () => {
    const series = fakeSeries([seconds(60, () => ({ completed: 4 }))]);
    const windows = new FlowWindows(series.traffic, series, false);
    expect(windows.sizeIn({ fromNs: 0, toNs: 20 * S })).toBe(5);
    expect(windows.baselineIn({ fromNs: 0, toNs: 15 * S }, 5)).toBeNull();
  });
});
