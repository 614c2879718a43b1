// How it went on after the entries of a timeline, in one replication: series with known answers.
import { describe, expect, test } from 'vitest';
import { occurrencesOf } from '../../../models/mesh/recording/phases.js';
import { recoveriesOf, wholeRecovery } from '../../../scenarios/recovery/after-entries.js';
import { entryOf, type FakeSecond, fakeSeries, seconds } from '../timed-runs.js';

const S = 1e9;

function run(
  length: number,
  other: (second: number) => Partial<FakeSecond>,
  ...timeline: Parameters<typeof entryOf>[]
) {
  const occurrences = occurrencesOf(
    timeline.map((entry) => entryOf(...entry)),
    Number.POSITIVE_INFINITY,
  ).sort((a, b) => a.beginNs - b.beginNs);
  return [occurrences, { series: fakeSeries([seconds(length, other)]), measuredNs: length * S }] as const;
}

const bad = (from: number, to: number) => (second: number) => (second >= from && second < to ? { errors: 50 } : {});

describe('all of it', () => {
  test('is recovered, not recovered, or too short to say', () => {
    expect(wholeRecovery(...run(60, bad(20, 30), ['a', [20], 5]))).toBe('recovered');
    expect(wholeRecovery(...run(60, bad(20, 60), ['a', [20], 5]))).toBe('not recovered');
    expect(wholeRecovery(...run(60, bad(20, 60), ['a', [20], 39]))).toBe('unknown');
  });

  test('what a later entry has ended is history', () => {
    expect(wholeRecovery(...run(60, bad(20, 42), ['a', [20], 5], ['cure', [40], 2]))).toBe('recovered');
  });

  test('without anything that happens, or without requests, there is nothing to wait for', () => {
    expect(wholeRecovery(...run(60, bad(20, 60)))).toBe('recovered');
    expect(wholeRecovery(...run(60, () => ({ completed: 0 }), ['a', [20], 5]))).toBe('recovered');
  });
});

describe('few requests', () => {
  const slower = (second: number) => ({ completed: 4, ms: second >= 60 ? 90 : 10 });

  test('that stay slower without an error have not recovered: their median says so', () => {
    const [recovered] = recoveriesOf(...run(180, slower, ['a', [60], 5]));
    expect(recovered.recovery).toEqual({ kind: 'not recovered' });
    expect(recovered.left?.errorShare).toBe(0);
  });

  test('of which one in ten is slow now and then have', () => {
    const some = (second: number) => ({ completed: 4, ms: second % 10 === 0 ? 90 : 10 });
    expect(recoveriesOf(...run(180, some, ['a', [60], 5]))[0].recovery).toMatchObject({ kind: 'recovered' });
  });
});
