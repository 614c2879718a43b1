// What a run shows of the release of Envoy (models/plan/contract/envoy-versions.ts), row by row. Rows of the configuration stand in the plan:
// test/models/plan/versions.test.ts.
import { describe, expect, test } from 'vitest';
import { AdmissionHistory } from '../../../models/mesh/filters/admission-control.js';
import { StepBucket } from '../../../models/mesh/filters/step-bucket.js';
import type { ReplicationResult } from '../../../models/mesh/recording/result.js';
import { simulate } from '../../../models/mesh/run/simulation.js';
import { envoyPlan, envoyRelease } from '../../../models/plan/contract/envoy-versions.js';
import type { FilterPlan } from '../../../models/plan/contract/filter-plan.js';
import { BalancerLab } from '../../support/balancer-lab.js';
import { allOutcomes, burst, every, MS, RETRY, S, type SmallPlan, smallPlan, US, work } from '../../support/plans.js';

function run(envoy: string, plan: SmallPlan): ReplicationResult {
  return simulate(
    { ...smallPlan(plan), envoy: envoyPlan(envoyRelease(envoy)!) },
    { seed: 'releases', replication: 0, warmupNs: 0, durationNs: 4 * S, intervalNs: S, maxEvents: 1e6 },
  );
}

test('what max_requests refuses counts as pending before 1.38, as active since; it is refused all the same', () => {
  const plan: SmallPlan = { arrivals: [burst(0, 3)], cluster: { protocol: 'http2' }, limits: { maxRequests: 1 } };
  for (const envoy of ['1.37', '1.38']) {
    const result = run(envoy, plan);
    expect(allOutcomes(result)).toEqual({ '200 -': 1, '503 UO': 2 });
    const { upstreamRqPendingOverflow, upstreamRqActiveOverflow } = result.clusters[0];
    expect([upstreamRqPendingOverflow, upstreamRqActiveOverflow]).toEqual(envoy === '1.37' ? [2, 0] : [0, 2]);
  }
});

test('a retry whose back-off the time-out of the route ends counts before 1.37, and not since', () => {
  const plan: SmallPlan = {
    arrivals: [burst(0, 1)],
    errors: [{ status: 503, probability: 1 }],
    route: { timeoutNs: 100 * MS, retry: { ...RETRY, statuses: [503], backoffBaseNs: 10 * S, backoffMaxNs: 10 * S } },
  };
  for (const [envoy, retries] of [
    ['1.36', 1],
    ['1.37', 0],
  ] as const) {
    const result = run(envoy, plan);
    expect(allOutcomes(result)).toEqual({ '504 UT': 1 });
    expect(result.rows[0].attempts).toBe(1);
    expect(result.clusters[0].upstreamRqRetry).toBe(retries);
  }
});

describe('weighted rotations', () => {
  /** First picks of balancers with the seeds 0 to 9, of hosts with the weights 6, 3 and 1. */
  function first(envoy: string): string {
    return Array.from({ length: 10 }, (_, seed) => {
      const lab = new BalancerLab({
        weights: [6, 3, 1],
        seeds: [seed],
        cluster: { balancer: { policy: 'round_robin', choiceCount: 2 } },
        envoy: envoyPlan(envoyRelease(envoy)!),
      });
      return lab.letters(1);
    }).join('');
  }

  test('before 1.30 they begin with one of the first picks, since then with each host as often as its weight', () => {
    expect(first('1.29')).toBe('ABAABAABAA');
    expect([...first('1.30')].sort().join('')).toBe('AAAAAABBBC');
  });
});

describe('local rate limits', () => {
  const BUCKET = { maxTokens: 2, tokensPerFill: 2, fillIntervalNs: 200 * MS };
  const LIMIT: FilterPlan = {
    name: 'limit',
    kind: 'local-rate-limit',
    bucket: BUCKET,
    descriptors: [],
    alwaysConsumeDefault: true,
    group: 'limit',
    enabledProbability: 1,
    enforcedProbability: 1,
    status: 429,
  };

  test('a bucket in steps has nothing until its interval is over, and is full then', () => {
    const bucket = new StepBucket(BUCKET, 0.5);
    const taken = (nowMs: number, times: number): number =>
      Array.from({ length: times }, () => bucket.take(nowMs * MS)).filter(Boolean).length;
    expect([taken(0, 3), taken(99, 1), taken(100, 3), taken(250, 1), taken(299, 1), taken(5000, 5)]).toEqual([
      2, 0, 2, 0, 0, 2,
    ]);
  });

  test('as many requests pass in the long run, in pairs before 1.31 and evenly since', () => {
    const plan: SmallPlan = { arrivals: [every(MS)], filters: [LIMIT], route: { filters: [0] }, oneWayNs: 10 * US };
    const old = allOutcomes(run('1.30', plan));
    const now = allOutcomes(run('1.31', plan));
    for (const outcomes of [old, now]) expect(Math.abs((outcomes['200 -'] ?? 0) - 42)).toBeLessThanOrEqual(2);
  });
});

test('admission control: 10 requests at once are 10 a second by their age, and none by a window of 30 s', () => {
  const rps = [true, false].map((overWindow) => {
    const history = new AdmissionHistory(30 * S, overWindow);
    for (let i = 0; i < 10; i++) history.record(0, false);
    return history.averageRps(0);
  });
  expect(rps).toEqual([0, 10]);
});

describe('a request that the buffer does not hold', () => {
  const MIB = 1024 * 1024;
  const failing: SmallPlan = {
    arrivals: [burst(0, 10)],
    errors: [{ status: 503, probability: 1 }],
    route: { retry: { ...RETRY, retries: 2, statuses: [503] } },
  };

  test.each([
    ['1.39', MIB, false, 30],
    ['1.39', MIB + 1, false, 10],
    ['1.39', 16 * MIB, true, 30],
    ['1.39', 16 * MIB + 1, true, 10],
    ['1.35', 16 * MIB + 1, true, 30],
  ])('Envoy %s, %d bytes, gRPC %s: %d tries of 10 calls', (envoy, requestBytes, grpc, tries) => {
    const result = run(envoy, { ...failing, requestBytes, grpc });
    expect(result.workloads[1].arrivals).toBe(tries);
    // What is not kept has no limit of tries that it could exceed.
    const flags = tries === 10 ? '503 -' : '503 URX';
    if (!grpc) expect(allOutcomes(result)).toEqual({ [flags]: 10 });
  });

  test('is not hedged: the try that is late goes on', () => {
    const hedged = {
      retry: { ...RETRY, retries: 1, hedgeOnPerTryTimeout: true, perTryTimeoutNs: 100 * MS },
    };
    const plan: SmallPlan = { arrivals: [burst(0, 5)], program: [work(300 * MS)], route: hedged };
    expect(run('1.39', plan).workloads[1].arrivals).toBe(10);
    const large = run('1.39', { ...plan, requestBytes: 2 * MIB });
    expect(large.workloads[1].arrivals).toBe(5);
    expect(allOutcomes(large)).toEqual({ '200 -': 5 });
  });

  test('its time-out of a try holds all the same', () => {
    const route = { retry: { ...RETRY, retries: 1, perTryTimeoutNs: 100 * MS } };
    const plan: SmallPlan = { arrivals: [burst(0, 5)], program: [work(300 * MS)], route, requestBytes: 2 * MIB };
    expect(allOutcomes(run('1.39', plan))).toEqual({ '504 UT': 5 });
  });

  test('is mirrored since 1.33', () => {
    const mirrored = (envoy: string, requestBytes: number) => {
      const plan = smallPlan({ arrivals: [burst(0, 10)], requestBytes });
      const [site] = plan.sites;
      if (site.route.action.kind !== 'forward') throw new Error('it forwards');
      const action = {
        ...site.route.action,
        mirrors: [{ probability: 1, destination: site.route.action.destinations[0] }],
      };
      const { clusters } = simulate(
        { ...plan, envoy: envoyPlan(envoyRelease(envoy)!), sites: [{ ...site, route: { ...site.route, action } }] },
        { seed: 'mirror', replication: 0, warmupNs: 0, durationNs: S, intervalNs: S, maxEvents: 1e6 },
      );
      return clusters[0].upstreamRqTotal;
    };
    expect([mirrored('1.32', MIB), mirrored('1.32', MIB + 1), mirrored('1.33', MIB + 1)]).toEqual([20, 10, 20]);
  });
});
