// How the lab compares, and the small machines that it is made of.
import { describe, expect, test } from 'vitest';
import {
  byChance,
  compare,
  counter,
  cycleOf,
  known,
  latencies,
  mean,
  outcome,
  outcomeShare,
  spread,
} from '../../lab/checks.js';
import { findEnvoy } from '../../lab/envoy.js';
import { critical, distance } from '../../lab/levy.js';
import { latencyOf } from '../../lab/live.js';
import type { Observation } from '../../lab/observation.js';

function seen(more: Partial<Observation>): Observation {
  return {
    outcomes: {},
    hosts: {},
    picks: '',
    counters: {},
    latency: latencyOf([]),
    ...more,
  };
}

const latency = (meanMs: number): Observation => seen({ latency: latencyOf([meanMs]) });

describe('compare', () => {
  test('exact: equal to any of the runs', () => {
    const check = outcome('503 UO');
    const runs = [seen({ outcomes: { '503 UO': 3 } }), seen({ outcomes: { '503 UO': 3 } })];
    expect(compare(check, runs, seen({ outcomes: { '503 UO': 3 } }))).toMatchObject({ agrees: true, spread: 0 });
    expect(compare(check, runs, seen({ outcomes: { '503 UO': 4 } })).agrees).toBe(false);
    expect(compare(counter('upstreamCxTotal'), runs, seen({})).agrees).toBe(true);
  });

  test.each([
    [94.7, false],
    [94.8, true],
    [105, true],
    [115.2, true],
    [115.3, false],
  ])('relative, beyond the spread of Envoy: 100 to 110 and %d', (ours, agrees) => {
    const result = compare(mean(0.05), [latency(100), latency(110)], latency(ours));
    expect(result).toMatchObject({ spread: 10, agrees });
  });

  const share = outcomeShare('500 -');
  const of = (failed: number): Observation => seen({ outcomes: { '500 -': failed, '200 -': 100 - failed } });

  test('a share is exact unless chance has a part in it', () => {
    expect(compare(share, [of(20)], of(20)).agrees).toBe(true);
    expect(compare(share, [of(20)], of(21)).agrees).toBe(false);
    expect(known(share, 'why').known).toBe('why');
  });

  test('by chance: means of runs that differ as much as runs do', () => {
    const runs = [18, 22, 20, 20].map(of);
    const ours = [19, 21, 20, 18, 22, 20, 21, 19].map(of);
    const shifted = ours.map(({ outcomes }) => of((outcomes['500 -'] ?? 0) + 6));
    expect(compare(byChance(share), runs, of(20), ours)).toMatchObject({ agrees: true, apart: 0 });
    expect(compare(byChance(share), runs, of(26), shifted).agrees).toBe(false);
    // Student, 10 degrees of freedom, error 0.001: 4.587; one variance of both, (8 + 12) / 10 points.
    expect(compare(byChance(share), runs, of(20), ours).allowed).toBeCloseTo(4.587 * Math.sqrt(2 * (1 / 4 + 1 / 8)), 2);
    expect(compare(byChance(share, 3), runs, of(26), shifted).agrees).toBe(true);
  });

  test('latencies by their distribution: a few percent late is no difference, a tail that is missing is one', () => {
    const calls = (scale: number, tailMs: number): Observation => {
      const all = Array.from({ length: 2000 }, (_, i) => (i % 10 === 0 ? tailMs : 20 + (i % 7)) * scale);
      return seen({ latency: latencyOf(all) });
    };
    const runs = [calls(1, 100), calls(1.01, 100)];
    expect(compare(latencies(), runs, calls(0.99, 100)).agrees).toBe(true);
    expect(compare(latencies(), runs, calls(1, 30)).agrees).toBe(false);
    expect(compare(latencies(), runs, calls(1.1, 100)).agrees).toBe(false);
  });

  test('where runs have a luck of their own, one that is always the same is wrong', () => {
    const lucky = [80, 120, 160, 80, 120, 160, 80, 120, 160, 80, 120, 160].map(latency);
    const each = (of: (i: number) => number): Observation[] => Array.from({ length: 300 }, (_, i) => latency(of(i)));
    const check = spread(mean());
    expect(
      compare(
        check,
        lucky,
        latency(120),
        each((i) => 40 * (2 + (i % 3))),
      ).agrees,
    ).toBe(true);
    expect(
      compare(
        check,
        lucky,
        latency(81.65),
        each(() => 81.65),
      ).agrees,
    ).toBe(false);
  });
});

describe('distance', () => {
  const NONE = { share: 0, by: 0 };

  test('is that of Kolmogorov and Smirnov without slack', () => {
    expect(distance([1, 2, 3, 4], [3, 4, 5, 6], NONE)).toBe(0.5);
    expect(distance([1, 2], [1, 2], NONE)).toBe(0);
    expect(distance([1], [], NONE)).toBe(1);
  });

  test('forgives what is a share or so many milliseconds apart', () => {
    expect(distance([100, 200], [104, 207], { share: 0.05, by: 0 })).toBe(0);
    expect(distance([100, 200], [104, 212], { share: 0.05, by: 0 })).toBe(0.5);
    expect(distance([1, 2], [1.4, 2.4], { share: 0, by: 0.5 })).toBe(0);
  });

  test('its critical value (Smirnov): 1.95 for an error of 0.001', () => {
    expect(critical(100, 100, 0.001)).toBeCloseTo(1.9495 * Math.sqrt(0.02), 4);
  });
});

test.each([
  ['abcabcab', 'abc'],
  ['cabcabcab', 'abc'],
  ['cbcabccbcabc', 'abccbc'],
  ['aaaa', 'a'],
  ['abcd', 'none'],
  ['', ''],
])('the cycle of %s is %s', (picks, cycle) => {
  expect(cycleOf(picks)).toBe(cycle);
});

test('quantiles of latencies are values that occurred', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect(latencyOf(hundred)).toMatchObject({ count: 100, meanMs: 50.5, p50Ms: 50, p90Ms: 90, p99Ms: 99 });
  expect(latencyOf(hundred).sampleMs).toHaveLength(100);
  expect(latencyOf([...hundred, ...hundred, ...hundred]).sampleMs.slice(0, 3)).toEqual([1, 2, 3]);
  expect(latencyOf([]).count).toBe(0);
});

test('no Envoy where there is none', () => {
  expect(findEnvoy({ PATH: '' })).toBeNull();
  expect(findEnvoy({ ENVOY_BIN: '/no/such/file', PATH: '' })).toBeNull();
});
