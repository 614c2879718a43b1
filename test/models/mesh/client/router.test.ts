// Retries, time-outs, faults and flags of the caller's proxy (envoy: test/common/router/router_test.cc, retry_state_impl_test.cc,
// test/extensions/filters/http/fault/fault_filter_test.cc).
import { describe, expect, it } from 'vitest';
import { FLAG } from '../../../../models/mesh/recording/flags.js';
import { simulate } from '../../../../models/mesh/run/simulation.js';
import {
  allOutcomes,
  burst,
  every,
  MS,
  OUTLIER,
  poisson,
  RETRY,
  S,
  type SmallPlan,
  smallPlan,
  work,
} from '../../../support/plans.js';

const ON_5XX = { ...RETRY, statuses: [500, 502, 503, 504], onReset: true };

function run(plan: SmallPlan, durationNs = 20 * S, seed = 'router') {
  return simulate(smallPlan(plan), { seed, replication: 0, warmupNs: 0, durationNs, intervalNs: S, maxEvents: 5e6 });
}

describe('retries', () => {
  it('Envoy case 26: one retry, always 503: two attempts, the last response with URX', () => {
    const result = run({
      arrivals: [burst(0, 1)],
      errors: [{ status: 503, probability: 1 }],
      route: { retry: { ...ON_5XX, retries: 1 } },
    });
    expect(allOutcomes(result)).toEqual({ '503 URX': 1 });
    expect(result.rows[0]).toMatchObject({ attempts: 2, retries: 1 });
    expect(result.clusters[0]).toMatchObject({ upstreamRqRetry: 1, upstreamRqRetryLimitExceeded: 1 });
  });

  it('a plain 503 is not retried by the built-in policy', () => {
    const result = run({ arrivals: [burst(0, 1)], errors: [{ status: 503, probability: 1 }], route: { retry: RETRY } });
    expect(allOutcomes(result)).toEqual({ '503 -': 1 });
    expect(result.rows[0].attempts).toBe(1);
  });

  it('attempts follow the truncated geometric law (p = 0.5, 3 retries: 1.875 attempts, 6.25 % failures)', () => {
    const result = run({
      arrivals: [poisson(1000)],
      program: [work(MS)],
      errors: [{ status: 503, probability: 0.5 }],
      route: { retry: { ...ON_5XX, retries: 3 } },
    });
    const { attempts, calls } = result.rows[0];
    // 20,000 calls: the standard errors are 0.0075 attempts and 0.17 points; 4.5 of them are allowed (error probability 1e-5).
    expect(Math.abs(attempts / calls - 1.875)).toBeLessThan(0.034);
    const failed = allOutcomes(result)['503 URX'] / calls;
    expect(Math.abs(failed - 0.0625)).toBeLessThan(0.0078);
  });

  it('the first retry waits too: uniform whole milliseconds below 25', () => {
    const result = run({
      arrivals: [every(10 * MS)],
      program: [work(0)],
      oneWayNs: 0,
      errors: [{ status: 503, probability: 1 }],
      route: { retry: { ...ON_5XX, retries: 1 } },
    });
    const { latency } = result.traffic[0];
    expect(latency.max).toBeLessThanOrEqual(24 * MS);
    // Mean 12 ms, standard deviation 7.2 ms, 2,000 calls: 4.5 standard errors.
    expect(Math.abs(latency.sum / latency.count - 12 * MS)).toBeLessThan(0.73 * MS);
  });

  it('a local UO is never retried', () => {
    const result = run({
      arrivals: [burst(0, 2)],
      limits: { maxRequests: 1, maxPendingRequests: 1 },
      route: { retry: ON_5XX },
    });
    expect(allOutcomes(result)).toEqual({ '200 -': 1, '503 UO': 1 });
    expect(result.clusters[0].upstreamRqRetry).toBe(0);
  });
});

describe('time-outs', () => {
  it('Istio case 18: the route time-out answers 504 UT while the server works on', () => {
    const result = run({ arrivals: [burst(0, 1)], program: [work(5 * S)], route: { timeoutNs: 2 * S } });
    expect(allOutcomes(result)).toEqual({ '504 UT': 1 });
    expect(result.workloads[1]).toMatchObject({ completed: 1, wasted: 1 });
    expect(result.clusters[0].upstreamRqTimeout).toBe(1);
  });

  it('Istio case 19: per-try time-outs are retried, then 504 after four tries', () => {
    const result = run({
      arrivals: [burst(0, 1)],
      program: [work(60 * S)],
      route: { retry: { ...ON_5XX, retries: 3, perTryTimeoutNs: S } },
    });
    expect(allOutcomes(result)).toEqual({ '504 URX,UT': 1 });
    expect(result.rows[0].attempts).toBe(4);
    expect(result.traffic[0].latency.max).toBeGreaterThan(4 * S);
    expect(result.traffic[0].latency.max).toBeLessThan(4.2 * S);
  });

  it('Envoy case 28: connecting does not count against the per-try time-out', () => {
    const result = run({
      arrivals: [burst(0, 1)],
      oneWayNs: 0,
      program: [work(50 * MS)],
      cluster: { tls: { mode: 'mtls', roundTrips: 1 } },
      route: { timeoutNs: S, retry: { ...ON_5XX, retries: 0, perTryTimeoutNs: 100 * MS } },
    });
    expect(allOutcomes(result)).toEqual({ '200 -': 1 });
  });

  it('a per-try time-out that is not below the route time-out is ignored', () => {
    const result = run({
      arrivals: [burst(0, 1)],
      program: [work(5 * S)],
      route: { timeoutNs: 2 * S, retry: { ...ON_5XX, perTryTimeoutNs: 3 * S } },
    });
    expect(result.clusters[0].upstreamRqPerTryTimeout).toBe(0);
    expect(result.rows[0].attempts).toBe(1);
  });

  it('Envoy case 29: the time-out during a back-off is 504 UT without upstream_rq_timeout', () => {
    const result = run({
      arrivals: [burst(0, 1)],
      program: [work(10 * MS)],
      oneWayNs: 0,
      errors: [{ status: 503, probability: 1 }],
      route: {
        timeoutNs: 100 * MS,
        retry: { ...ON_5XX, retries: 5, backoffBaseNs: 10_000 * S, backoffMaxNs: 10_000 * S },
      },
    });
    expect(allOutcomes(result)).toEqual({ '504 UT': 1 });
    expect(result.clusters[0].upstreamRqTimeout).toBe(0);
    expect(result.traffic[0].latency.max).toBe(100 * MS);
  });

  it('the client that gives up is DC at its proxy and no response to itself', () => {
    const result = run({ arrivals: [burst(0, 1)], program: [work(5 * S)], clientTimeoutNs: S });
    expect(allOutcomes(result)).toEqual({ '0 DC': 1 });
    expect(result.rows[0].outcomes).toEqual([{ status: 0, flags: FLAG.DC, good: false, count: 1 }]);
    expect(result.workloads[1].wasted).toBe(1);
  });

  it('an application that cancels stops working for a caller that has gone', () => {
    const result = run({
      arrivals: [burst(0, 1)],
      program: [work(5 * S, 1)],
      clientTimeoutNs: S,
      app: { cancels: true, workers: 1 },
    });
    expect(result.workloads[1]).toMatchObject({ completed: 0, wasted: 1 });
    expect(result.workloads[1].appCpuNs).toBeLessThan(1.01 * S);
  });

  it('a time-out closes an HTTP/1.1 connection', () => {
    const result = run({ arrivals: [burst(0, 1), burst(9 * S, 1)], program: [work(5 * S)], route: { timeoutNs: S } });
    expect(result.clusters[0].upstreamCxTotal).toBe(2);
  });
});

describe('faults', () => {
  const abort = { delayNs: 0, delayProbability: 0, abortStatus: 503, abortProbability: 1 };

  it('Istio case 25: an injected abort never reaches the upstream and is not retried', () => {
    const result = run({ arrivals: [burst(0, 1)], route: { fault: abort, retry: ON_5XX } });
    expect(allOutcomes(result)).toEqual({ '503 FI': 1 });
    expect(result.rows[0].attempts).toBe(0);
    expect(result.rows[1].calls).toBe(1);
  });

  it('Envoy case 27: the delay does not count against the route time-out', () => {
    const fault = { delayNs: 2 * S, delayProbability: 1, abortStatus: 0, abortProbability: 0 };
    const result = run({
      arrivals: [burst(0, 1)],
      oneWayNs: 0,
      program: [work(500 * MS)],
      route: { fault, timeoutNs: S },
    });
    expect(allOutcomes(result)).toEqual({ '200 DI': 1 });
    expect(result.traffic[0].latency.max).toBe(2500 * MS);
  });

  it('Envoy case 40: delay and abort are drawn independently', () => {
    const fault = { delayNs: MS, delayProbability: 0.5, abortStatus: 500, abortProbability: 0.2 };
    const result = run({ arrivals: [poisson(5000)], route: { fault } });
    const seen = allOutcomes(result);
    const n = result.traffic[0].completed;
    // n is about 100,000: 0.7 points are more than 4.5 standard errors.
    expect(Math.abs(seen['200 DI'] / n - 0.4)).toBeLessThan(0.007);
    expect(Math.abs(seen['500 DI,FI'] / n - 0.1)).toBeLessThan(0.007);
    expect(Math.abs(seen['500 FI'] / n - 0.1)).toBeLessThan(0.007);
    expect(Math.abs(seen['200 -'] / n - 0.4)).toBeLessThan(0.007);
  });
});

describe('outlier detection', () => {
  const failing = { errors: [{ status: 503, probability: 1 }] };

  it('Envoy case 31: five in a row eject; the host is back at the first sweep after the ejection time', () => {
    const outlier = { ...OUTLIER, maxEjectionPercent: 100 };
    const result = run({ ...failing, arrivals: [every(S)], cluster: { outlier } }, 60 * S);
    // Requests 1..5 eject at about t = 5 s; sweeps run every 10 s from the first request (1 s): out until 41 s, then five more.
    expect(result.clusters[0].ejectionsEnforced).toBe(2);
    expect(allOutcomes(result)).toEqual({ '503 -': 10, '503 UH': result.traffic[0].completed - 10 });
  });

  it('Envoy case 32: one success in between and nothing is ejected', () => {
    const result = run({
      errors: [{ status: 503, probability: 0.2 }],
      arrivals: [every(100 * MS)],
      cluster: { outlier: { ...OUTLIER, consecutive5xx: 100 } },
    });
    expect(result.clusters[0].ejectionsEnforced).toBe(0);
  });

  it.each([
    [9, 10, 0],
    [10, 10, 1],
    [20, 10, 2],
    [3, 50, 1],
  ])('Envoy case 33: of %i hosts, all failing, at %i %%: %i ejected', (pods, maxEjectionPercent, ejected) => {
    const outlier = { ...OUTLIER, maxEjectionPercent };
    const result = run({ ...failing, pods, arrivals: [every(10 * MS)], cluster: { outlier } }, 9 * S);
    expect(result.clusters[0].ejectionsEnforced).toBe(ejected);
    expect(result.clusters[0].ejectionsOverflow).toBeGreaterThan(0);
  });

  it('before Envoy 1.28 the first ejection was exempt from the limit', () => {
    const outlier = { ...OUTLIER, alwaysEjectOne: true };
    const result = run({ ...failing, pods: 3, arrivals: [every(10 * MS)], cluster: { outlier } }, 9 * S);
    expect(result.clusters[0].ejectionsEnforced).toBe(1);
  });

  it('Istio case 40: all ejected and panic off: 503 UH', () => {
    const outlier = { ...OUTLIER, consecutive5xx: 1, maxEjectionPercent: 100 };
    const result = run({ ...failing, pods: 4, arrivals: [every(1500 * MS)], cluster: { outlier } });
    expect(allOutcomes(result)).toEqual({ '503 -': 4, '503 UH': result.traffic[0].completed - 4 });
  });

  it('with a panic threshold the ejected hosts are used again', () => {
    const outlier = { ...OUTLIER, consecutive5xx: 1, maxEjectionPercent: 100 };
    const result = run({
      ...failing,
      pods: 4,
      arrivals: [every(1500 * MS)],
      cluster: { outlier, panicThresholdPercent: 50 },
    });
    expect(Object.keys(allOutcomes(result))).toEqual(['503 -']);
    expect(result.clusters[0].lbHealthyPanic).toBeGreaterThan(0);
  });

  it('overflows and timeouts in the queue are not the host’s fault', () => {
    const outlier = { ...OUTLIER, consecutive5xx: 1, maxEjectionPercent: 100 };
    const result = run({
      arrivals: [burst(0, 50)],
      limits: { maxRequests: 1 },
      cluster: { protocol: 'http2', outlier },
    });
    expect(result.clusters[0].ejectionsEnforced).toBe(0);
  });
});
