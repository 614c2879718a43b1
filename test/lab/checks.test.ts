// How the lab compares, and the small machines that it is made of.
import { describe, expect, test } from 'vitest';
import { compare, counter, cycleOf, known, mean, outcome, outcomeShare } from '../../lab/checks.js';
import { findEnvoy } from '../../lab/envoy.js';
import { latencyOf } from '../../lab/live.js';
import type { Observation } from '../../lab/observation.js';

function seen(more: Partial<Observation>): Observation {
  return {
    outcomes: {},
    hosts: {},
    picks: '',
    counters: {},
    latency: { count: 0, meanMs: 0, p50Ms: 0, p90Ms: 0, p99Ms: 0 },
    ...more,
  };
}

const latency = (meanMs: number): Observation => seen({ latency: { count: 1, meanMs, p50Ms: 0, p90Ms: 0, p99Ms: 0 } });

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

  test('points of a share', () => {
    const share = outcomeShare('500 -');
    const of = (failed: number): Observation => seen({ outcomes: { '500 -': failed, '200 -': 100 - failed } });
    expect(compare(share, [of(20)], of(21)).agrees).toBe(true);
    expect(compare(share, [of(20)], of(22)).agrees).toBe(false);
    expect(known(share, 'why').known).toBe('why');
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
  expect(latencyOf(hundred)).toEqual({ count: 100, meanMs: 50.5, p50Ms: 50, p90Ms: 90, p99Ms: 99 });
  expect(latencyOf([]).count).toBe(0);
});

test('no Envoy where there is none', () => {
  expect(findEnvoy({ PATH: '' })).toBeNull();
  expect(findEnvoy({ ENVOY_BIN: '/no/such/file', PATH: '' })).toBeNull();
});
