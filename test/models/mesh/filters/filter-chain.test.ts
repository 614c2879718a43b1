// The filters of both proxies in a small mesh: what each does to requests, to their time and to the ones behind it.
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { AdmissionHistory } from '../../../../models/mesh/filters/admission-control.js';
import { SharedLimits } from '../../../../models/mesh/filters/shared-limits.js';
import { MeshSimulation, simulate } from '../../../../models/mesh/run/simulation.js';
import type {
  AdaptiveConcurrencyPlan,
  AdmissionControlPlan,
  FilterPlan,
  LocalRateLimitPlan,
} from '../../../../models/plan/contract/filter-plan.js';
import { NO_LIMIT } from '../../../../models/plan/contract/plan.js';
import {
  allOutcomes,
  burst,
  every,
  MS,
  poisson,
  S,
  type SmallPlan,
  smallPlan,
  US,
  work,
} from '../../../support/plans.js';

const OPTIONS = { seed: 'chain', replication: 0, warmupNs: 0, durationNs: 20 * S, intervalNs: S, maxEvents: 5e6 };

function run(plan: SmallPlan, durationNs = 20 * S) {
  return simulate(smallPlan(plan), { ...OPTIONS, durationNs });
}

const LIMIT: LocalRateLimitPlan = {
  kind: 'local-rate-limit',
  name: 'limit',
  group: 'limit',
  bucket: { maxTokens: 10, tokensPerFill: 10, fillIntervalNs: S },
  descriptors: [],
  alwaysConsumeDefault: true,
  enabledProbability: 1,
  enforcedProbability: 1,
  status: 429,
};
const ADMISSION: AdmissionControlPlan = {
  kind: 'admission-control',
  name: 'admission',
  samplingWindowNs: 30 * S,
  successThreshold: 0.95,
  aggression: 1,
  rpsThreshold: 0,
  maxRejectionProbability: 0.8,
  successStatuses: [{ from: 100, to: 500 }],
};
const ADAPTIVE: AdaptiveConcurrencyPlan = {
  kind: 'adaptive-concurrency',
  name: 'adaptive',
  samplePercentile: 0.5,
  updateIntervalNs: 100 * MS,
  maxConcurrency: 1000,
  minRttIntervalNs: 60 * S,
  minRttRequests: 50,
  minRttJitter: 0.15,
  minConcurrency: 3,
  minRttBuffer: 0.25,
  fixedMinRttNs: 0,
};
const DENY: FilterPlan = { kind: 'rbac', name: 'rbac deny', cpuNs: 0, latencyNs: 0, status: 403, decidedBy: null };

describe('a chain', () => {
  it('of the server denies before its application is reached', () => {
    const result = run({ arrivals: [burst(0, 3)], filters: [DENY], inboundFilters: [0] });
    expect(allOutcomes(result)).toEqual({ '403 -': 3 });
    expect(result.workloads[1].arrivals).toBe(0);
  });

  it('of the caller denies before anything is sent', () => {
    const result = run({ arrivals: [burst(0, 3)], filters: [DENY], route: { filters: [0] } });
    expect(allOutcomes(result)).toEqual({ '403 -': 3 });
    expect(result.clusters[0].upstreamRqTotal).toBe(0);
  });

  it('without a place for the fault filter has it first', () => {
    const fault = { delayNs: MS, delayProbability: 1, abortStatus: 500, abortProbability: 1 };
    const answers = (filters: number[]) =>
      allOutcomes(run({ arrivals: [burst(0, 1)], filters: [DENY], route: { filters, fault } }));
    expect(answers([0])).toEqual({ '500 DI,FI': 1 });
    expect(answers([0, -1])).toEqual({ '403 -': 1 });
  });

  it('adds its CPU to that of the proxy', () => {
    const cost = { cpuNs: 30 * US, latencyNs: 500 * US };
    const wasm: FilterPlan = { kind: 'wasm', name: 'wasm', ...cost, status: 0, decidedBy: null };
    const proxy = { requestCpuNs: 100 * US, responseCpuNs: 100 * US };
    const plain = { arrivals: [burst(0, 1)], oneWayNs: 0, program: [work(MS)], clientProxy: proxy, serverProxy: proxy };
    const both = run({ ...plain, filters: [wasm], route: { filters: [0] }, inboundFilters: [0] });
    expect(both.traffic[0].latency.max - run(plain).traffic[0].latency.max).toBe(2 * 530 * US);
  });
});

describe('the local rate limit', () => {
  it('of a server holds in each pod', () => {
    const plan = { arrivals: [every(MS)], program: [work(0)], filters: [LIMIT], inboundFilters: [0] };
    // 10 tokens at first and 10 a second: 110 in 10 s, in each pod (the last token falls due at the end).
    const passed = (pods: number) => allOutcomes(run({ ...plan, pods }, 10 * S))['200 -'];
    expect(Math.abs(passed(1) - 110)).toBeLessThanOrEqual(1);
    expect(Math.abs(passed(3) - 330)).toBeLessThanOrEqual(3);
  });

  it('does nothing unless it is enabled and enforced', () => {
    const plan = { arrivals: [burst(0, 50)], program: [work(0)], route: { filters: [0] } };
    const outcomes = (more: Partial<LocalRateLimitPlan>) =>
      allOutcomes(run({ ...plan, filters: [{ ...LIMIT, ...more }] }));
    expect(outcomes({ enabledProbability: 0 })).toEqual({ '200 -': 50 });
    expect(outcomes({ enforcedProbability: 0 })).toEqual({ '200 -': 50 });
    expect(outcomes({})).toEqual({ '200 -': 10, '429 RL': 40 });
    expect(outcomes({ bucket: { maxTokens: 0, tokensPerFill: 1, fillIntervalNs: S } })).toEqual({ '429 RL': 50 });
  });

  it('takes from the buckets of its descriptors first, and from the default one besides', () => {
    const descriptor = { number: 0, maxTokens: 4, tokensPerFill: 1, fillIntervalNs: 1000 * S };
    const plan = { arrivals: [burst(0, 50)], program: [work(0)], route: { filters: [0] } };
    const limited = { ...LIMIT, descriptors: [descriptor] };
    expect(allOutcomes(run({ ...plan, filters: [limited] }))).toEqual({ '200 -': 4, '429 RL': 46 });
    const wide = { ...LIMIT, descriptors: [{ ...descriptor, maxTokens: 30 }] };
    expect(allOutcomes(run({ ...plan, filters: [wide] }))).toEqual({ '200 -': 10, '429 RL': 40 });
    expect(allOutcomes(run({ ...plan, filters: [{ ...wide, alwaysConsumeDefault: false }] }))).toEqual({
      '200 -': 30,
      '429 RL': 20,
    });
  });
});

describe('the rate limit service', () => {
  const service: FilterPlan = {
    kind: 'rate-limit-service',
    name: 'rls',
    latency: { kind: 'constant', value: 2 * MS },
    timeoutNs: 20 * MS,
    failureMode: 'allow',
    limits: [{ counter: 0, requestsPerWindow: 5, windowNs: S }],
  };

  it('counts for all proxies together, in fixed windows', () => {
    const plan = {
      arrivals: [every(10 * MS)],
      clientPods: 3,
      program: [work(0)],
      filters: [service],
      route: { filters: [0] },
    };
    expect(allOutcomes(run(plan, 3 * S))['200 -']).toBe(15);
  });

  it('costs its latency, and passes or denies after its time-out', () => {
    const plan = { arrivals: [burst(0, 1)], oneWayNs: 0, program: [work(MS)], route: { filters: [0] } };
    const slow = { ...service, latency: { kind: 'constant' as const, value: 50 * MS } };
    const ok = run({ ...plan, filters: [service] });
    expect(ok.traffic[0].latency.max).toBe(3 * MS);
    const allowed = run({ ...plan, filters: [{ ...slow, failureMode: 'allow' }] });
    expect(allOutcomes(allowed)).toEqual({ '200 -': 1 });
    expect(allowed.traffic[0].latency.max).toBe(21 * MS);
    expect(allOutcomes(run({ ...plan, filters: [{ ...slow, failureMode: 'deny' }] }))).toEqual({ '500 RLSE': 1 });
  });

  it('refuses what any of its limits refuses, and counts it all the same', () => {
    const shared = new SharedLimits();
    const limits = [
      { counter: 0, requestsPerWindow: 1, windowNs: S },
      { counter: 1, requestsPerWindow: 3, windowNs: S },
    ];
    expect([0, 0, 0].map(() => shared.take(limits, 0))).toEqual([true, false, false]);
    expect(shared.take([limits[1]], 0)).toBe(false);
    expect(shared.take(limits, S)).toBe(true);
  });
});

describe('ext_authz', () => {
  it('holds the request for its call, and denies with UAEX', () => {
    const filter: FilterPlan = {
      kind: 'ext-authz',
      name: 'authz',
      latency: { kind: 'constant', value: 3 * MS },
      denyProbability: 1,
      denyStatus: 403,
    };
    const plan = { arrivals: [burst(0, 1)], oneWayNs: 0, program: [work(MS)], route: { filters: [0] } };
    const denied = run({ ...plan, filters: [filter] });
    expect(allOutcomes(denied)).toEqual({ '403 UAEX': 1 });
    expect(denied.traffic[0].latency.max).toBe(3 * MS);
    expect(run({ ...plan, filters: [{ ...filter, denyProbability: 0 }] }).traffic[0].latency.max).toBe(4 * MS);
  });
});

describe('the fault filter', () => {
  it('holds at most max_active_faults at once; the rest pass undelayed', () => {
    const fault: FilterPlan = {
      kind: 'fault',
      name: 'fault',
      delayNs: S,
      delayProbability: 1,
      abortStatus: 0,
      abortProbability: 0,
      maxActive: 2,
      responseRateKiBPerSecond: 0,
      responseRateProbability: 0,
    };
    const plan = { arrivals: [burst(0, 5)], program: [work(MS)], filters: [fault], route: { filters: [0] } };
    expect(allOutcomes(run(plan))).toEqual({ '200 -': 3, '200 DI': 2 });
    // Callers that give up while they are held make room for others.
    const impatient = run({ ...plan, arrivals: [burst(0, 2), burst(600 * MS, 2)], clientTimeoutNs: 500 * MS });
    expect(allOutcomes(impatient)).toEqual({ '0 DI,DC': 4 });
  });
});

describe('admission control', () => {
  it('refuses about as much as its formula says when half of the requests fail', () => {
    const result = run(
      {
        arrivals: [poisson(2000)],
        program: [work(MS)],
        errors: [{ status: 503, probability: 0.5 }],
        filters: [ADMISSION],
        inboundFilters: [0],
      },
      20 * S,
    );
    const { calls } = result.rows[0];
    // (n - s / 0.95) / (n + 1) with s = n / 2: 0.4737; some 40,000 requests, history from the start: within 3 points.
    const refused = 1 - result.workloads[1].arrivals / calls;
    expect(Math.abs(refused - 0.4737)).toBeLessThan(0.03);
  });

  it('forgets what is older than its window, second by second', () => {
    const history = new AdmissionHistory(3 * S);
    for (let i = 0; i < 4; i++) history.record(i * S, i !== 1);
    expect([history.requests, history.successes]).toEqual([3, 2]);
    expect(history.averageRps(3 * S)).toBe(1);
    expect(history.averageRps(100 * S)).toBe(0);
    expect(history.requests).toBe(0);
  });

  test.prop([fc.array(fc.tuple(fc.integer({ min: 0, max: 3 * S }), fc.boolean()), { maxLength: 200 })])(
    'counts just the requests of the seconds in its window',
    (steps) => {
      const history = new AdmissionHistory(5 * S);
      let nowNs = 0;
      for (const [gap, success] of steps) {
        nowNs += gap;
        history.record(nowNs, success);
        expect(history.successes).toBeLessThanOrEqual(history.requests);
        expect(history.requests).toBeGreaterThan(0);
      }
    },
  );
});

describe('adaptive concurrency', () => {
  it('lets three through at once until it has measured, then follows the load', () => {
    const plan = { program: [work(10 * MS)], oneWayNs: 0, filters: [ADAPTIVE], inboundFilters: [0] };
    expect(allOutcomes(run({ ...plan, arrivals: [burst(0, 10)] }))).toEqual({ '200 -': 3, '503 -': 7 });
    // 10 at a time on average: three at first, 50 samples, then growth by a factor of up to 1.25 and a square root each 100 ms.
    const loaded = run({ ...plan, arrivals: [poisson(1000)] }, 20 * S);
    expect(allOutcomes(loaded)['200 -'] / loaded.rows[0].calls).toBeGreaterThan(0.95);
  });

  it('keeps count of its requests through time-outs and resets', () => {
    const simulation = new MeshSimulation(
      smallPlan({
        arrivals: [poisson(300)],
        program: [work(50 * MS)],
        clientTimeoutNs: 40 * MS,
        filters: [{ ...ADAPTIVE, minRttRequests: 5 }],
        route: { filters: [0] },
        inboundFilters: [0],
      }),
      { ...OPTIONS, durationNs: 10 * S },
    );
    simulation.runUntil(10 * S);
    // Every answer is too late, so the limit of three stays; would resets not be counted, nobody would pass any more.
    const { arrivals } = simulation.result().workloads[1];
    expect(arrivals).toBeGreaterThan(500);
    expect(arrivals).toBeLessThanOrEqual(10 * (3 / 0.04) + 3);
  });
});

describe('laws of the chain', () => {
  const probability = fc.constantFrom(0, 0.3, 1);
  const anyFilter: fc.Arbitrary<FilterPlan> = fc.oneof(
    fc
      .record({ enabledProbability: probability, enforcedProbability: probability })
      .map((more) => ({ ...LIMIT, ...more })),
    fc.constant<FilterPlan>(ADMISSION),
    fc.constant<FilterPlan>({ ...ADAPTIVE, minRttIntervalNs: S, minRttRequests: 5 }),
    fc.record({ denyProbability: probability }).map(
      ({ denyProbability }): FilterPlan => ({
        kind: 'ext-authz',
        name: 'authz',
        latency: { kind: 'exponential', mean: 5 * MS },
        denyProbability,
        denyStatus: 403,
      }),
    ),
    fc.record({ delayProbability: probability, maxActive: fc.constantFrom(0, 2, NO_LIMIT) }).map(
      (more): FilterPlan => ({
        kind: 'fault',
        name: 'f',
        delayNs: 20 * MS,
        abortStatus: 500,
        abortProbability: 0.1,
        responseRateKiBPerSecond: 0,
        responseRateProbability: 0,
        ...more,
      }),
    ),
    fc.constantFrom<FilterPlan>(DENY, {
      kind: 'jwt',
      name: 'jwt',
      cpuNs: US,
      latencyNs: 0,
      status: 0,
      decidedBy: null,
    }),
  );

  test.prop(
    [
      fc.array(anyFilter, { maxLength: 4 }),
      fc.array(anyFilter, { maxLength: 4 }),
      fc.constantFrom(0, 15 * MS),
      fc.constantFrom('status', 'reset', 'drop'),
      fc.boolean(),
    ],
    { numRuns: 60 },
  )('every call ends once and nothing is left over', (outbound, inbound, clientTimeoutNs, overflow, cancels) => {
    const filters = [...outbound, ...inbound].map((filter, i) => ({ ...filter, name: `${filter.name} ${i}` }));
    const simulation = new MeshSimulation(
      smallPlan({
        arrivals: [
          {
            kind: 'open',
            process: 'poisson',
            profile: [
              { atNs: 0, ratePerSecond: 300 },
              { atNs: S, ratePerSecond: 300 },
              { atNs: S, ratePerSecond: 0 },
            ],
          },
        ],
        program: [work(8 * MS, 1)],
        app: {
          workers: 2,
          queue: 2,
          overflow: overflow === 'status' ? { kind: 'status', status: 503 } : { kind: overflow as 'reset' | 'drop' },
          cancels,
          cores: 1,
        },
        clientTimeoutNs: overflow === 'drop' ? 15 * MS : clientTimeoutNs,
        clientProxy: { requestCpuNs: 50 * US, responseCpuNs: 50 * US },
        serverProxy: { requestCpuNs: 50 * US, responseCpuNs: 50 * US },
        filters,
        route: { filters: outbound.map((_, i) => i) },
        inboundFilters: inbound.map((_, i) => outbound.length + i),
      }),
      { ...OPTIONS, durationNs: 5 * S },
    );
    simulation.runUntil(5 * S);
    const { calls } = simulation.result();
    expect(calls.started).toBe(calls.ended);
    expect(simulation.population).toMatchObject({ calls: 0, attempts: 0, frames: 0 });
  });
});
