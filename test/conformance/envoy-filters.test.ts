// The cases of Envoy's own tests about filters before the router, by their numbers in our list.
// envoy: test/extensions/filters/common/local_ratelimit/local_ratelimit_test.cc, test/extensions/filters/http/{admission_control,
// adaptive_concurrency,fault}.
import { describe, expect, it } from 'vitest';
import { rejectionProbability } from '../../models/mesh/filters/admission-control.js';
import { nextLimit } from '../../models/mesh/filters/gradient-controller.js';
import { simulate } from '../../models/mesh/run/simulation.js';
import { TokenBucket } from '../../sim/stations/token-bucket.js';
import { allOutcomes, burst, MS, poisson, RETRY, S, type SmallPlan, smallPlan, work } from '../support/plans.js';

function run(plan: SmallPlan, durationNs = 20 * S) {
  const options = { seed: 'filters', replication: 0, warmupNs: 0, durationNs, intervalNs: S, maxEvents: 5e6 };
  return simulate(smallPlan(plan), options);
}

describe('filters before the router', () => {
  it('case 27: a route time-out of 1 s does not cut a delay of 2 s: 200 DI at 2.5 s', () => {
    const result = run({
      arrivals: [burst(0, 1)],
      oneWayNs: 0,
      program: [work(500 * MS)],
      route: {
        timeoutNs: S,
        retry: RETRY,
        fault: { delayNs: 2 * S, delayProbability: 1, abortStatus: 0, abortProbability: 0 },
      },
    });
    expect(allOutcomes(result)).toEqual({ '200 DI': 1 });
    expect(result.traffic[0].latency.max).toBe(2.5 * S);
  });

  it('case 37: local rate limit of 2 per 200 ms: ok ok 429; ok at 200 ms; ok ok at 400 ms; one token after 100 ms', () => {
    const filters = [
      {
        kind: 'local-rate-limit' as const,
        name: 'limit',
        group: 'limit',
        bucket: { maxTokens: 2, tokensPerFill: 2, fillIntervalNs: 200 * MS },
        descriptors: [],
        alwaysConsumeDefault: true,
        enabledProbability: 1,
        enforcedProbability: 1,
        status: 429,
      },
    ];
    const at = (...arrivals: SmallPlan['arrivals'] & object) =>
      allOutcomes(run({ arrivals, filters, route: { filters: [0] } }, S));
    expect(at(burst(0, 3))).toEqual({ '200 -': 2, '429 RL': 1 });
    expect(at(burst(0, 3), burst(200 * MS, 1), burst(400 * MS, 2))).toEqual({ '200 -': 5, '429 RL': 1 });
    expect(at(burst(0, 2), burst(100 * MS, 2))).toEqual({ '200 -': 3, '429 RL': 1 });
    const bucket = new TokenBucket(2, 10);
    const taken = [0, 0, 0, 200, 400, 400].map((ms) => bucket.take(ms * MS));
    expect(taken).toEqual([true, true, false, true, true, true]);
  });

  it('case 38: admission control after 100 requests', () => {
    const curve = { successThreshold: 0.95, aggression: 1, maxRejectionProbability: 0.8 };
    const p = (successes: number, more = {}) => rejectionProbability(100, successes, { ...curve, ...more });
    expect(p(95)).toBeCloseTo(0, 10);
    expect(p(90)).toBeCloseTo(0.0521, 4);
    expect(p(75)).toBeCloseTo(0.2084, 4);
    expect(p(50)).toBeCloseTo(0.469, 4);
    expect(p(0)).toBe(0.8);
    expect(p(95, { successThreshold: 1 })).toBeCloseTo(0.0495, 4);
    expect(p(75, { successThreshold: 1 })).toBeCloseTo(0.2475, 4);
    expect(p(95, { successThreshold: 1, aggression: 2 })).toBeCloseTo(0.2225, 4);
    expect(p(75, { successThreshold: 1, aggression: 2 })).toBeCloseTo(0.4975, 4);
  });

  it('case 39: adaptive concurrency grows 3, 5, 8, 13, 20, 30, 43 and is halved at most', () => {
    const bounds = { minRttBuffer: 0.25, minConcurrency: 3, maxConcurrency: 1000 };
    const limits = [3];
    for (let i = 0; i < 6; i++) limits.push(nextLimit(limits[i], 100, 100, bounds));
    expect(limits).toEqual([3, 5, 8, 13, 20, 30, 43]);
    expect(nextLimit(43, 100, 1000, bounds)).toBe(26);
  });

  it('case 40: delay 50 % and abort 20 %, drawn independently: 40 / 10 / 10 / 40 %', () => {
    const result = run(
      {
        arrivals: [poisson(10_000)],
        program: [work(MS)],
        route: { fault: { delayNs: MS, delayProbability: 0.5, abortStatus: 503, abortProbability: 0.2 } },
      },
      10 * S,
    );
    const counts = allOutcomes(result);
    const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
    const share = (key: string) => (counts[key] ?? 0) / total;
    // 1e5 requests: a standard error of at most 0.16 points; 0.7 points are 4.5 of them (error probability below 1e-5 for all four).
    expect(Math.abs(share('200 DI') - 0.4)).toBeLessThan(0.007);
    expect(Math.abs(share('503 DI,FI') - 0.1)).toBeLessThan(0.007);
    expect(Math.abs(share('503 FI') - 0.1)).toBeLessThan(0.007);
    expect(Math.abs(share('200 -') - 0.4)).toBeLessThan(0.007);
  });
});
