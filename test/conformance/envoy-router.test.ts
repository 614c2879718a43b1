// The router's timers and retries against the cases that Envoy's own tests settle (envoy: test/common/router/{router,retry_state_impl}_test.cc,
// test/common/common/backoff_strategy_test.cc, test/common/upstream/resource_manager_impl_test.cc, test/common/conn_pool/*).
import { describe, expect, test } from 'vitest';
import { budgetedRetries } from '../../models/mesh/client/retry-budget.js';
import { backoffMs, nextIntervalMs } from '../../models/mesh/policies/backoff.js';
import { simulate } from '../../models/mesh/run/simulation.js';
import { allOutcomes, burst, every, MS, OUTLIER, RETRY, S, type SmallPlan, smallPlan, work } from '../support/plans.js';

const ON_5XX = { ...RETRY, statuses: [500, 502, 503, 504], onReset: true };
const ALWAYS_503 = [{ status: 503, probability: 1 }];

function run(plan: SmallPlan, durationNs = 20 * S) {
  const options = { seed: 'router', replication: 0, warmupNs: 0, durationNs, intervalNs: S, maxEvents: 5e6 };
  return simulate(smallPlan(plan), options);
}

describe('connecting', () => {
  test('case 22: a refused connection fails all that wait for one, ejects the host, and max_retries lets three of five retry', () => {
    const result = run({
      arrivals: [burst(0, 5)],
      limits: { maxRetries: 3 },
      cluster: { reachable: 'tls-failure', outlier: { ...OUTLIER, maxEjectionPercent: 100 } },
      route: { retry: { ...RETRY, retries: 1 } },
    });
    // One host instead of ten, so that the five requests meet there: the three that retry find it ejected.
    expect(allOutcomes(result)).toEqual({ '503 UO,UF': 2, '503 UH': 3 });
    expect(result.clusters[0]).toMatchObject({
      upstreamRqPendingFailureEject: 5,
      ejectionsEnforced: 1,
      upstreamRqRetry: 3,
      upstreamRqRetryOverflow: 2,
      peakRetries: 3,
    });
  });
});

/** Waits of successive retries for one and the same raw random number, which Envoy takes modulo the interval. */
function waits(baseMs: number, maxMs: number, random: number, retries: number): number[] {
  const found: number[] = [];
  let interval = baseMs;
  for (let i = 0; i < retries; i++) {
    const wait = random % interval;
    // The same whole number is drawn here by inversion.
    found.push(backoffMs(interval, (wait + 0.5) / interval));
    interval = nextIntervalMs(interval, maxMs);
  }
  return found;
}

describe('back-off', () => {
  test('case 23: base 25, max 250, random number 190', () => expect(waits(25, 250, 190, 4)).toEqual([15, 40, 90, 190]));

  test('case 24: base 5, max 100, random number 9999; the first retry waits uniformly 0..24 ms', () => {
    expect(waits(5, 100, 9999, 7)).toEqual([4, 9, 19, 39, 79, 99, 99]);
    const result = run({
      arrivals: [every(10 * MS)],
      program: [work(0)],
      oneWayNs: 0,
      errors: ALWAYS_503,
      route: { retry: { ...ON_5XX, retries: 1 } },
    });
    const { latency } = result.traffic[0];
    expect(latency.max).toBeLessThanOrEqual(24 * MS);
    // Mean 12 ms, standard deviation 7.2 ms, 2,000 calls: 4.5 standard errors (error probability 1e-5).
    expect(Math.abs(latency.sum / latency.count - 12 * MS)).toBeLessThan(0.73 * MS);
  });
});

describe('limits of retries', () => {
  test('case 25: a budget of 20 %, at least 5', () => {
    const budget = { percent: 20, minConcurrency: 5 };
    const limits = [budgetedRetries(budget, 100, 0), budgetedRetries(budget, 50, 0), budgetedRetries(budget, 50, 50)];
    expect([...limits, budgetedRetries(budget, 0, 0)]).toEqual([20, 10, 20, 5]);
  });

  test('case 26: one retry, always 503: two attempts, the last response with URX, two failures for outlier detection', () => {
    const result = run({
      arrivals: [burst(0, 1)],
      errors: ALWAYS_503,
      cluster: { outlier: { ...OUTLIER, consecutive5xx: 2, maxEjectionPercent: 100 } },
      route: { retry: { ...ON_5XX, retries: 1 } },
      program: [work(0)],
      oneWayNs: 0,
    });
    expect(allOutcomes(result)).toEqual({ '503 URX': 1 });
    expect(result.rows[0]).toMatchObject({ attempts: 2, retries: 1 });
    expect(result.clusters[0]).toMatchObject({
      upstreamRqRetry: 1,
      upstreamRqRetryLimitExceeded: 1,
      upstreamRqRetrySuccess: 0,
      ejectionsEnforced: 1,
    });
    expect(result.traffic[0].latency.max).toBeLessThanOrEqual(24 * MS);
  });
});

describe('timers', () => {
  test('case 27: an injected delay does not count against the time-out of the route', () => {
    const result = run({
      arrivals: [burst(0, 1)],
      oneWayNs: 0,
      program: [work(500 * MS)],
      route: {
        fault: { delayNs: 2 * S, delayProbability: 1, abortStatus: 0, abortProbability: 0 },
        timeoutNs: S,
      },
    });
    expect(allOutcomes(result)).toEqual({ '200 DI': 1 });
    expect(result.traffic[0].latency.max).toBe(2500 * MS);
  });

  test('case 28: the time-out of a try does not cover connecting', () => {
    const result = run({
      arrivals: [burst(0, 1)],
      oneWayNs: 75 * MS,
      program: [work(50 * MS)],
      // Two round trips of 150 ms; then 200 ms there, at work and back.
      cluster: { tls: { mode: 'mtls', roundTrips: 1 } },
      route: { timeoutNs: S, retry: { ...ON_5XX, retries: 0, perTryTimeoutNs: 250 * MS } },
    });
    expect(allOutcomes(result)).toEqual({ '200 -': 1 });
    expect(result.traffic[0].latency.max).toBe(500 * MS);
  });

  test('case 29: the time-out during a back-off is 504 UT without upstream_rq_timeout', () => {
    const backoffNs = 10_000 * S;
    const result = run({
      arrivals: [burst(0, 1)],
      program: [work(10 * MS)],
      oneWayNs: 0,
      errors: ALWAYS_503,
      route: { timeoutNs: 100 * MS, retry: { ...ON_5XX, backoffBaseNs: backoffNs, backoffMaxNs: backoffNs } },
    });
    expect(allOutcomes(result)).toEqual({ '504 UT': 1 });
    expect(result.clusters[0].upstreamRqTimeout).toBe(0);
    expect(result.traffic[0].latency.max).toBe(100 * MS);
  });

  test('case 30: all hosts turn unhealthy during the back-off: 503 UH, no further attempt', () => {
    const result = run({
      arrivals: [burst(0, 1)],
      errors: ALWAYS_503,
      cluster: { outlier: { ...OUTLIER, consecutive5xx: 1, maxEjectionPercent: 100 } },
      route: { retry: { ...ON_5XX, retries: 5 } },
    });
    expect(allOutcomes(result)).toEqual({ '503 UH': 1 });
    expect(result.rows[0].attempts).toBe(1);
    expect(result.clusters[0]).toMatchObject({ upstreamRqRetry: 1, upstreamCxNoneHealthy: 1 });
  });
});
