// Active health checks (envoy: test/common/upstream/health_checker_impl_test.cc, outlier_detection_impl_test.cc).
import { describe, expect, test } from 'vitest';
import { CHECK, HealthState, jitteredIntervalNs } from '../../../../models/mesh/health/health-state.js';
import { simulate } from '../../../../models/mesh/run/simulation.js';
import type { HealthCheckPlan } from '../../../../models/plan/contract/plan.js';
import { allOutcomes, burst, every, MS, OUTLIER, S, type SmallPlan, smallPlan, work } from '../../../support/plans.js';

const PLAN: HealthCheckPlan = {
  kind: 'http',
  asks: { method: 'GET', path: '/' },
  timeoutNs: S,
  intervalNs: 5 * S,
  intervalJitterNs: 0,
  intervalJitterPercent: 0,
  noTrafficIntervalNs: 60 * S,
  noTrafficHealthyIntervalNs: 61 * S,
  unhealthyIntervalNs: 7 * S,
  unhealthyEdgeIntervalNs: 2 * S,
  healthyEdgeIntervalNs: 3 * S,
  unhealthyThreshold: 3,
  healthyThreshold: 2,
  expectedStatuses: [200],
  retriableStatuses: [],
  reuseConnection: true,
  unejects: true,
  handlers: [0],
};

const { passed, noAnswer, refused } = CHECK;

/** What a host is found to be after each of these results. */
function foundAfter(known: boolean, ...results: number[]): string {
  const state = new HealthState(known);
  return results
    .map((result) => {
      state.take(result, PLAN);
      return state.failed ? '-' : '+';
    })
    .join('');
}

describe('thresholds', () => {
  test('the first check that passes makes a new host healthy at once', () =>
    expect(foundAfter(false, passed)).toBe('+'));

  test('a first check that fails leaves it unhealthy until the whole threshold has passed', () => {
    expect(foundAfter(false, noAnswer, passed, passed)).toBe('--+');
    expect(foundAfter(false, noAnswer, passed, noAnswer, passed, passed)).toBe('----+');
  });

  test('no answer counts towards the threshold, consecutively; a bad answer is enough', () => {
    expect(foundAfter(true, noAnswer, noAnswer, noAnswer)).toBe('++-');
    expect(foundAfter(true, noAnswer, noAnswer, passed, noAnswer, noAnswer, noAnswer)).toBe('+++++-');
    expect(foundAfter(true, refused, passed, passed)).toBe('--+');
  });
});

describe('intervals', () => {
  const intervals = (used: boolean, ...results: number[]): number[] => {
    const state = new HealthState(true);
    return results.map((result) => {
      state.take(result, PLAN);
      return state.intervalNs(PLAN, used) / S;
    });
  };

  test('the edges have intervals of their own', () => {
    const results = [passed, noAnswer, noAnswer, noAnswer, noAnswer, passed, passed, passed];
    expect(intervals(true, ...results)).toEqual([5, 2, 2, 7, 7, 3, 5, 5]);
  });

  test('a cluster that was never used is checked seldom', () => {
    expect(intervals(false, passed, refused)).toEqual([61, 60]);
  });

  test('jitter: a share of the interval and a fixed part, whole milliseconds', () => {
    const plan = { ...PLAN, intervalJitterPercent: 10, intervalJitterNs: 200 * MS };
    expect(jitteredIntervalNs(5 * S, plan, 1e-9, 1e-9)).toBe(5 * S);
    expect(jitteredIntervalNs(5 * S, plan, 1 - 1e-9, 1 - 1e-9)).toBe(5 * S + 499 * MS + 199 * MS);
    expect(jitteredIntervalNs(5 * S, PLAN, 0.9, 0.9)).toBe(5 * S);
  });
});

describe('in a run', () => {
  const run = (plan: SmallPlan, healthCheck: Partial<HealthCheckPlan> = {}, durationNs = 60 * S) =>
    simulate(smallPlan({ ...plan, cluster: { ...plan.cluster, healthCheck: { ...PLAN, ...healthCheck } } }), {
      seed: 'health',
      replication: 0,
      warmupNs: 0,
      durationNs,
      intervalNs: S,
      maxEvents: 5e6,
    });

  test('every proxy asks every host, which works for it', () => {
    const result = run({ pods: 3, clientPods: 2, arrivals: [every(100 * MS)] });
    // Three hosts at two proxies, every 5 s and the time of the check: 11 or 12 each.
    expect(result.clusters[0].healthCheckAttempt).toBeGreaterThanOrEqual(66);
    expect(result.clusters[0].healthCheckAttempt).toBeLessThanOrEqual(72);
    expect(result.clusters[0].healthCheckFailure).toBe(0);
    const arrivals = result.rows[0].attempts + result.clusters[0].healthCheckAttempt;
    expect(Math.abs(result.workloads[1].arrivals - arrivals)).toBeLessThanOrEqual(2);
    expect(allOutcomes(result)).toEqual({ '200 -': result.traffic[0].completed });
  });

  test('a host that answers badly is out with its first check: 503 UH', () => {
    const result = run({ arrivals: [every(100 * MS)], errors: [{ status: 500, probability: 1 }] });
    const seen = allOutcomes(result);
    // The first check falls into the first 5 s; nothing brings the host back.
    expect(seen['500 -']).toBeLessThanOrEqual(51);
    expect(seen['503 UH']).toBe(result.traffic[0].completed - seen['500 -']);
  });

  test('a host that does not answer in time is out after the threshold', () => {
    const result = run({ arrivals: [every(S)], program: [work(3 * S)] });
    // Three checks of 1 s with 2 s between them, the first within 5 s: between 7 and 13 s.
    const answered = allOutcomes(result)['200 -'];
    expect(answered).toBeGreaterThanOrEqual(6);
    expect(answered).toBeLessThanOrEqual(13);
    expect(result.clusters[0].healthCheckFailure).toBeGreaterThan(3);
  });

  test('a failed handshake is no answer, and a TCP check sees the connection alone', () => {
    const broken = { arrivals: [burst(0, 1)], cluster: { reachable: 'tls-failure' as const } };
    expect(run(broken).clusters[0].healthCheckFailure).toBeGreaterThan(0);
    const tcp = run({ arrivals: [burst(0, 1)], errors: [{ status: 500, probability: 1 }] }, { kind: 'tcp' });
    expect(tcp.clusters[0].healthCheckFailure).toBe(0);
    expect(tcp.workloads[1].arrivals).toBe(1);
  });

  test('a check that passes ends an ejection, unless it is not to', () => {
    const outlier = { ...OUTLIER, consecutive5xx: 5, maxEjectionPercent: 100, baseEjectionNs: 300 * S };
    // Of seven at once two are served, and five refusals in a row eject. The checks pass: beside the requests, which come one at a time, a worker is free
    // for them whenever their phase lets them come.
    const plan: SmallPlan = {
      arrivals: [burst(0, 7), every(S, 20 * S)],
      app: { workers: 2, queue: 0, overflow: { kind: 'status', status: 503 } },
      cluster: { outlier },
      program: [work(100 * MS)],
    };
    const back = run(plan);
    expect(back.clusters[0].ejectionsEnforced).toBe(1);
    expect(back.traffic[1].outcomes.find(({ status }) => status === 200)?.count).toBeGreaterThan(30);
    const out = run(plan, { unejects: false });
    expect(out.traffic[1].outcomes.find(({ status }) => status === 200)).toBeUndefined();
  });

  test('the same seed, the same checks', () => {
    const plan: SmallPlan = { pods: 3, arrivals: [every(100 * MS)] };
    expect(run(plan)).toEqual(run(plan));
  });
});
