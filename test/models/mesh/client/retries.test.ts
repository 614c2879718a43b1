// What is retried, how often and when; limits of single tries and of whole streams; hedging; answers to gRPC calls; copies
// (envoy: test/common/router/{router,retry_state_impl,upstream_request}_test.cc, test/common/grpc/common_test.cc).
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { resetFlag, retriedResets } from '../../../../models/mesh/client/reset-reason.js';
import { budgetedRetries } from '../../../../models/mesh/client/retry-budget.js';
import { lowerBoundBackoffMs } from '../../../../models/mesh/policies/backoff.js';
import { FLAG } from '../../../../models/mesh/recording/flags.js';
import { simulate } from '../../../../models/mesh/run/simulation.js';
import { RESET } from '../../../../models/mesh/state/attempt.js';
import { grpcLocalReply } from '../../../../models/plan/contract/grpc-status.js';
import type { MeshPlan } from '../../../../models/plan/contract/plan.js';
import {
  allOutcomes,
  burst,
  MS,
  OUTLIER,
  poisson,
  RETRY,
  S,
  type SmallPlan,
  smallPlan,
  work,
} from '../../../support/plans.js';

const NEVER = { ...RETRY, onConnectFailure: false, onRefusedStream: false };
const ON_5XX = { ...RETRY, statuses: [500, 502, 503, 504], onReset: true };

function runPlan(plan: MeshPlan, durationNs = 20 * S) {
  return simulate(plan, { seed: 'retries', replication: 0, warmupNs: 0, durationNs, intervalNs: S, maxEvents: 5e6 });
}

function run(plan: SmallPlan, durationNs = 20 * S) {
  return runPlan(smallPlan(plan), durationNs);
}

const bits = (set: number): string[] =>
  Object.entries(RESET)
    .filter(([, bit]) => (set >>> bit) & 1)
    .map(([name]) => name);
const ALL_RESETS = ['connectFailure', 'connectionTermination', 'localReset', 'remoteReset', 'refusedStream'];

describe('resets and the conditions that name them', () => {
  test.each([
    ['reset, 5xx, gateway-error', { onReset: true }, ALL_RESETS, ALL_RESETS],
    ['reset-before-request', { onResetBeforeRequest: true }, ALL_RESETS, []],
    ['connect-failure', { onConnectFailure: true }, ['connectFailure'], ['connectFailure']],
    ['refused-stream', { onRefusedStream: true }, ['refusedStream'], ['refusedStream']],
    ['none', {}, [], []],
  ])('%s', (_name, conditions, before, after) => {
    const retry = { ...NEVER, ...conditions };
    expect(bits(retriedResets(retry, false))).toEqual(before);
    expect(bits(retriedResets(retry, true))).toEqual(after);
  });

  test('what the caller is told', () => {
    const flags = [
      RESET.connectFailure,
      RESET.connectionTermination,
      RESET.localReset,
      RESET.remoteReset,
      RESET.refusedStream,
    ];
    expect(flags.map(resetFlag)).toEqual([FLAG.UF, FLAG.UC, FLAG.LR, FLAG.UR, FLAG.UR]);
  });

  const full = { app: { workers: 1, queue: 0, overflow: { kind: 'reset' } as const }, serverProxy: null };

  test('an HTTP/2 server that is full refuses the stream alone; HTTP/1.1 loses the connection', () => {
    const over = (protocol: 'http1' | 'http2') =>
      run({ ...full, arrivals: [burst(0, 2)], cluster: { protocol }, program: [work(S)] });
    expect(allOutcomes(over('http2'))).toEqual({ '200 -': 1, '503 UR': 1 });
    expect(allOutcomes(over('http1'))).toEqual({ '200 -': 1, '503 UC': 1 });
    expect(over('http2').clusters[0].upstreamCxTotal).toBe(1);
  });

  test('refused-stream retries a refused stream, not a lost connection', () => {
    const retry = { ...NEVER, onRefusedStream: true };
    const over = (protocol: 'http1' | 'http2') =>
      run({ ...full, arrivals: [burst(0, 2)], cluster: { protocol }, program: [work(10 * S)], route: { retry } });
    expect(over('http2').rows[0].retries).toBe(2);
    expect(allOutcomes(over('http2'))).toMatchObject({ '503 URX,UR': 1 });
    expect(over('http1').rows[0].retries).toBe(0);
  });

  test('reset-before-request retries a failed connection, and nothing once the request is on its way', () => {
    const retry = { ...NEVER, onResetBeforeRequest: true };
    const unreachable = run({ arrivals: [burst(0, 1)], cluster: { reachable: 'tls-failure' }, route: { retry } });
    expect(allOutcomes(unreachable)).toEqual({ '503 URX,UF': 1 });
    expect(unreachable.rows[0].attempts).toBe(3);
    const reset = run({ arrivals: [burst(0, 1)], cluster: { reachable: 'reset' }, route: { retry } });
    expect(allOutcomes(reset)).toEqual({ '503 UC': 1 });
    expect(reset.rows[0].attempts).toBe(1);
    const slow = run({
      arrivals: [burst(0, 1)],
      program: [work(S)],
      route: { retry: { ...retry, perTryTimeoutNs: MS } },
    });
    expect(allOutcomes(slow)).toEqual({ '504 UT': 1 });
  });

  test('a reset that comes after its caller has gone leaves nothing behind for the next call', () => {
    const result = run({
      ...full,
      cluster: { protocol: 'http2' },
      oneWayNs: 500 * MS,
      clientTimeoutNs: 1200 * MS,
      arrivals: [burst(0, 2), burst(5 * S, 1), burst(5.3 * S, 1), burst(5.6 * S, 1)],
      program: [work(10 * MS)],
    });
    expect(allOutcomes(result)).toEqual({ '0 DC': 2, '200 -': 3 });
  });
});

describe('responses of a rate limit', () => {
  const limited = [{ status: 503, probability: 1, rateLimited: true }];

  test('are retried by envoy-ratelimited alone, whatever their status', () => {
    const by5xx = run({ arrivals: [burst(0, 1)], errors: limited, route: { retry: ON_5XX } });
    expect(by5xx.rows[0].attempts).toBe(1);
    expect(allOutcomes(by5xx)).toEqual({ '503 -': 1 });
    const byName = run({
      arrivals: [burst(0, 1)],
      errors: limited,
      route: { retry: { ...NEVER, onEnvoyRateLimited: true } },
    });
    expect(byName.rows[0].attempts).toBe(3);
  });

  test('that say when to come back are waited for: that long and up to half of it more', () => {
    expect([lowerBoundBackoffMs(1000, 1e-9), lowerBoundBackoffMs(1000, 1 - 1e-9)]).toEqual([1000, 1499]);
    expect(lowerBoundBackoffMs(3, 1 - 1e-9)).toBe(3);
    const errors = [{ status: 503, probability: 1, retryAfterNs: 2 * S }];
    const once = { ...ON_5XX, retries: 1, rateLimitedMaxNs: 300 * S };
    const believed = run({ arrivals: [burst(0, 1)], errors, program: [work(0)], oneWayNs: 0, route: { retry: once } });
    expect(believed.traffic[0].latency.max).toBeGreaterThanOrEqual(2 * S);
    expect(believed.traffic[0].latency.max).toBeLessThan(3 * S);
    // Longer than the policy believes: the exponential back-off.
    const tooLong = { ...once, rateLimitedMaxNs: S };
    const doubted = run({
      arrivals: [burst(0, 1)],
      errors,
      program: [work(0)],
      oneWayNs: 0,
      route: { retry: tooLong },
    });
    expect(doubted.traffic[0].latency.max).toBeLessThan(25 * MS);
  });
});

describe('retry budget', () => {
  const failing = { errors: [{ status: 503, probability: 1 }], arrivals: [burst(0, 100)], program: [work(S)] };

  test('replaces max_retries and counts active and pending requests, retries among them', () => {
    const cluster = { retryBudget: { percent: 20, minConcurrency: 3 } };
    const result = run({ ...failing, cluster, limits: { maxRetries: 1 }, route: { retry: { ...ON_5XX, retries: 1 } } });
    // The responses come one after the other: the n-th is judged with 101 - n still active (its own stream among them), so that
    // the retries held (k) meet the limit at k = floor(0.2 (101 - n)): 17 of them with n = 18 and less.
    const { upstreamRqRetry, upstreamRqRetryOverflow, peakRetries } = result.clusters[0];
    expect(peakRetries).toBeGreaterThanOrEqual(16);
    expect(peakRetries).toBeLessThanOrEqual(17);
    expect(upstreamRqRetry + upstreamRqRetryOverflow).toBe(100);
    expect(allOutcomes(result)['503 UO']).toBe(upstreamRqRetryOverflow);
  });

  test('without load the minimum holds', () => {
    const cluster = { retryBudget: { percent: 0, minConcurrency: 3 } };
    const result = run({ ...failing, cluster, route: { retry: { ...ON_5XX, retries: 1 } } });
    expect(result.clusters[0].peakRetries).toBe(3);
  });

  property.prop([fc.double({ min: 0, max: 100, noNaN: true }), fc.nat(20), fc.nat(1000), fc.nat(1000)])(
    'is at least its minimum and otherwise at most its share',
    (percent, minConcurrency, active, pending) => {
      const limit = budgetedRetries({ percent, minConcurrency }, active, pending);
      expect(limit).toBeGreaterThanOrEqual(minConcurrency);
      if (limit > minConcurrency) expect(limit).toBeLessThanOrEqual((percent * (active + pending)) / 100);
    },
  );
});

test('upstream_rq_retry_success counts the requests whose retry was their last', () => {
  const result = run({
    arrivals: [poisson(200)],
    program: [work(MS)],
    errors: [{ status: 503, probability: 0.3 }],
    route: { retry: { ...ON_5XX, retries: 1 } },
  });
  const { upstreamRqRetry, upstreamRqRetrySuccess, upstreamRqRetryLimitExceeded } = result.clusters[0];
  expect(upstreamRqRetrySuccess).toBeGreaterThan(500);
  // Two or three retries may be under way at the end.
  expect(upstreamRqRetry - upstreamRqRetrySuccess - upstreamRqRetryLimitExceeded).toBeLessThanOrEqual(10);
});

describe('limits of one try', () => {
  test('silence: upstream_rq_per_try_idle_timeout, retried as a reset, 504 UT in the end; not dropped beside a shorter time-out', () => {
    const retry = { ...ON_5XX, retries: 1, perTryIdleTimeoutNs: S };
    const result = run({ arrivals: [burst(0, 1)], program: [work(60 * S)], route: { retry } });
    expect(allOutcomes(result)).toEqual({ '504 URX,UT': 1 });
    expect(result.clusters[0]).toMatchObject({ upstreamRqPerTryIdleTimeout: 2, upstreamRqPerTryTimeout: 0 });
  });

  test('the longest duration of a stream of the cluster: 504 UMSDR, no failure for outlier detection, retried as a reset', () => {
    const outlier = { ...OUTLIER, consecutive5xx: 1, maxEjectionPercent: 100 };
    const cluster = { maxStreamDurationNs: S, outlier };
    const once = run({ arrivals: [burst(0, 1)], program: [work(60 * S)], cluster });
    expect(allOutcomes(once)).toEqual({ '504 UMSDR': 1 });
    expect(once.clusters[0]).toMatchObject({ upstreamRqMaxDurationReached: 1, ejectionsDetected: 0 });
    const retried = run({ arrivals: [burst(0, 1)], program: [work(60 * S)], cluster, route: { retry: ON_5XX } });
    expect(retried.rows[0].attempts).toBe(3);
    expect(allOutcomes(retried)).toEqual({ '504 URX,UMSDR': 1 });
  });

  test('a time-out of the route fires on a try that waits for its connection: cancelled, and no failure of the host', () => {
    const result = run({
      arrivals: [burst(0, 1)],
      oneWayNs: 2 * S,
      cluster: { outlier: { ...OUTLIER, consecutive5xx: 1, maxEjectionPercent: 100 } },
      route: { timeoutNs: S },
    });
    expect(allOutcomes(result)).toEqual({ '504 UT': 1 });
    expect(result.clusters[0]).toMatchObject({ upstreamRqTimeout: 1, upstreamRqCancelled: 1, ejectionsDetected: 0 });
  });
});

describe('limits of a stream', () => {
  const slow = { arrivals: [burst(0, 1)], oneWayNs: 0, program: [work(60 * S)] };
  const delay = { delayNs: 3 * S, delayProbability: 1, abortStatus: 0, abortProbability: 0 };

  test('the longest duration: 504 without a flag, counted from the arrival, and the time-out of the route does not hold', () => {
    const result = run({ ...slow, route: { maxStreamDurationNs: 2 * S, timeoutNs: S } });
    expect(allOutcomes(result)).toEqual({ '504 -': 1 });
    expect(result.traffic[0].latency.max).toBe(2 * S);
    expect(result.workloads[1].wasted).toBe(0);
    const delayed = run({ ...slow, route: { maxStreamDurationNs: 2 * S, fault: delay } });
    expect(allOutcomes(delayed)).toEqual({ '504 DI': 1 });
    expect(delayed.rows[0].attempts).toBe(0);
  });

  test('silence: 504 SI, also of a request that an injected delay holds', () => {
    const result = run({ ...slow, route: { streamIdleTimeoutNs: 2 * S, retry: ON_5XX } });
    expect(allOutcomes(result)).toEqual({ '504 SI': 1 });
    const delayed = run({ ...slow, route: { streamIdleTimeoutNs: 2 * S, fault: delay } });
    expect(allOutcomes(delayed)).toEqual({ '504 DI,SI': 1 });
  });

  test('whichever is shorter; an answer in time stops both', () => {
    const both = { maxStreamDurationNs: 3 * S, streamIdleTimeoutNs: 2 * S };
    expect(allOutcomes(run({ ...slow, route: both }))).toEqual({ '504 SI': 1 });
    expect(allOutcomes(run({ ...slow, program: [work(S)], route: both }))).toEqual({ '200 -': 1 });
  });
});

describe('hedging', () => {
  const retry = { ...NEVER, retries: 1, perTryTimeoutNs: 100 * MS, hedgeOnPerTryTimeout: true };
  const one = { arrivals: [burst(0, 1)], oneWayNs: 0 };

  test('a slow try goes on beside another, whatever the conditions are; the first answer wins and the other is reset', () => {
    const result = run({ ...one, program: [work(S)], route: { retry } });
    // URX: the second try exceeded its time too, with no retry left.
    expect(allOutcomes(result)).toEqual({ '200 URX': 1 });
    expect(result.traffic[0].latency.max).toBe(S);
    expect(result.rows[0].attempts).toBe(2);
    expect(result.workloads[1]).toMatchObject({ completed: 2, wasted: 1 });
    expect(result.clusters[0]).toMatchObject({ upstreamRqPerTryTimeout: 0, upstreamRqTimeout: 0, upstreamRqRetry: 1 });
  });

  test('one failure for outlier detection when a try is slow, and none from the answer that is good', () => {
    const outlier = { ...OUTLIER, consecutive5xx: 2, maxEjectionPercent: 100 };
    const result = run({ ...one, program: [work(S)], cluster: { outlier }, route: { retry } });
    // Both tries are slow: two failures in a row.
    expect(result.clusters[0].ejectionsEnforced).toBe(1);
  });

  test('a bad answer is held back while the other try is under way; the last one is delivered', () => {
    const failing = { ...retry, statuses: [503] };
    const result = run({
      ...one,
      program: [work(S)],
      errors: [{ status: 503, probability: 1 }],
      route: { retry: failing },
    });
    expect(allOutcomes(result)).toEqual({ '503 URX': 1 });
    expect(result.traffic[0].latency.max).toBeGreaterThan(1100 * MS - 1);
    expect(result.traffic[0].latency.max).toBeLessThan(1125 * MS);
  });

  test('the time-out of the route ends all tries', () => {
    const result = run({ ...one, program: [work(10 * S)], route: { retry, timeoutNs: S } });
    // The last try also exceeded its time, with no retry left.
    expect(allOutcomes(result)).toEqual({ '504 URX,UT': 1 });
    expect(result.clusters[0].upstreamRqTimeout).toBe(2);
    expect(result.workloads[1].wasted).toBe(2);
  });

  test('every retry may be under way at once', () => {
    const result = run({ ...one, program: [work(10 * S)], route: { retry: { ...retry, retries: 5 } } });
    expect(result.rows[0].attempts).toBe(6);
    expect(result.clusters[0].peakActiveRequests).toBe(6);
    expect(allOutcomes(result)).toEqual({ '200 URX': 1 });
  });

  test('nothing is lost: calls balance and no attempt stays behind', () => {
    const result = run({
      arrivals: [poisson(500)],
      pods: 3,
      program: [{ kind: 'work', duration: { kind: 'exponential', mean: 50 * MS }, cpuShare: 0, retryWork: 'fresh' }],
      errors: [{ status: 503, probability: 0.1 }],
      route: {
        retry: { ...ON_5XX, retries: 3, perTryTimeoutNs: 40 * MS, hedgeOnPerTryTimeout: true },
        timeoutNs: 200 * MS,
      },
      clientTimeoutNs: 150 * MS,
    });
    expect(result.calls.started).toBe(result.calls.ended + result.calls.inFlight);
    expect(result.calls.inFlight).toBeLessThan(100);
    expect(result.clusters[0].peakRetries).toBeLessThan(200);
  });
});

describe('answers of the proxy to gRPC calls', () => {
  test('are the HTTP codes of the statuses that Envoy sends instead', () => {
    const statuses = [400, 401, 403, 404, 429, 502, 503, 504, 500, 418, 200, 0];
    expect(statuses.map(grpcLocalReply)).toEqual([500, 401, 403, 501, 503, 503, 503, 503, 500, 500, 500, 0]);
  });

  test('a time-out is UNAVAILABLE; what the server answers is left alone', () => {
    const slow = run({ grpc: true, arrivals: [burst(0, 1)], program: [work(5 * S)], route: { timeoutNs: S } });
    expect(allOutcomes(slow)).toEqual({ '503 UT': 1 });
    const failing = run({ grpc: true, arrivals: [burst(0, 1)], errors: [{ status: 504, probability: 1 }] });
    expect(allOutcomes(failing)).toEqual({ '504 -': 1 });
  });
});

describe('copies', () => {
  const plan = (more: SmallPlan, cluster: number): MeshPlan => {
    const base = smallPlan({ arrivals: [burst(0, 1)], ...more });
    const [site] = base.sites;
    const { action } = site.route;
    if (action.kind !== 'forward') throw new Error('the small plan forwards');
    const destination = { ...action.destinations[0], cluster };
    const mirrors = [{ probability: 1, destination }];
    return { ...base, sites: [{ ...site, route: { ...site.route, action: { ...action, mirrors } } }] };
  };

  test('have the time-out of the route, and no retries', () => {
    const errors = [{ status: 503, probability: 1 }];
    const result = runPlan(plan({ errors, route: { retry: { ...ON_5XX, retries: 1 } } }, 0));
    expect(result.rows[0].attempts).toBe(3);
    const slow = runPlan(plan({ program: [work(5 * S)], route: { timeoutNs: S } }, 0));
    expect(slow.clusters[0].upstreamRqTimeout).toBe(2);
  });

  test('are not sent to a cluster that does not exist, nor where the call itself found no host', () => {
    const nowhere = runPlan(plan({}, -1));
    expect(nowhere.calls.started).toBe(1);
    const nobody = runPlan(plan({ pods: 0 }, 0));
    expect(nobody.calls.started).toBe(1);
    expect(allOutcomes(nobody)).toEqual({ '503 UH': 1 });
  });
});
