// The response rate limit of the fault filter: known answers of the bucket (envoy: test/extensions/filters/http/fault/fault_filter_test.cc,
// ResponseRateLimitEnabled: 1 KiB/s, a tick of 50 ms gives 51.2 bytes), its law, and a run.
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { paceNs } from '../../../../models/mesh/filters/response-pace.js';
import { MeshSimulation, simulate } from '../../../../models/mesh/run/simulation.js';
import type { FaultFilterPlan } from '../../../../models/plan/contract/filter-plan.js';
import { NO_LIMIT } from '../../../../models/plan/contract/plan.js';
import { allOutcomes, burst, every, MS, poisson, S, type SmallPlan, smallPlan, work } from '../../../support/plans.js';

const KIB = 1024;
const OPTIONS = { seed: 'pace', replication: 0, warmupNs: 0, durationNs: 20 * S, intervalNs: S, maxEvents: 1e8 };

describe('the bucket', () => {
  it.each([
    // A second later all its tokens are there: 1024 bytes at once, then two ticks.
    [1126, 1, S, 2],
    [1024, 1, S, 0],
    [1025, 1, S, 1],
    // It never holds more than a second's worth.
    [1126, 1, 100 * S, 2],
    // At once: 50 ms' worth.
    [51, 1, 0, 0],
    [52, 1, 0, 1],
    [102, 1, 0, 1],
    [103, 1, 0, 2],
    [0, 1, 0, 0],
    [64 * KIB, 64, 0, 19],
    [640 * KIB, 64, 0, 199],
    // What it has gathered while the answer was made.
    [64 * KIB, 64, 500 * MS, 9],
  ])('lets %d bytes at %d KiB/s pass, %d ns old, after %d ticks', (bytes, rate, sinceNs, ticks) => {
    expect(paceNs(bytes, rate, sinceNs)).toBe(ticks * 50 * MS);
  });

  test.prop([
    fc.integer({ min: 1, max: 1e9 }),
    fc.integer({ min: 1, max: 1e6 }),
    fc.integer({ min: 0, max: 3 * S }),
    fc.integer({ min: 0, max: 1e6 }),
  ])('never passes on faster than its pace, and loses less than a tick', (bytes, rate, sinceNs, more) => {
    const ns = paceNs(bytes, rate, sinceNs);
    const atOnce = Math.min(rate * KIB, rate * KIB * (0.05 + sinceNs / S));
    const leastNs = (Math.max(0, bytes - atOnce) / (rate * KIB)) * S;
    expect(ns).toBeGreaterThanOrEqual(leastNs * (1 - 1e-9));
    expect(ns).toBeLessThan(leastNs * (1 + 1e-9) + 50 * MS);
    expect(paceNs(bytes + more, rate, sinceNs)).toBeGreaterThanOrEqual(ns);
    expect(paceNs(bytes, rate, sinceNs + more)).toBeLessThanOrEqual(ns);
  });
});

function slow(more: Partial<FaultFilterPlan> = {}): FaultFilterPlan {
  return {
    kind: 'fault',
    name: 'slow answers',
    delayNs: 0,
    delayProbability: 0,
    abortStatus: 503,
    abortProbability: 0,
    maxActive: NO_LIMIT,
    responseRateKiBPerSecond: 64,
    responseRateProbability: 1,
    ...more,
  };
}

function run(options: SmallPlan) {
  return simulate(smallPlan({ program: [work(0)], oneWayNs: 0, responseBytes: 64 * KIB, ...options }), OPTIONS);
}

const OUT = { filters: [0] };

describe('in a run', () => {
  const once = { arrivals: [burst(0, 1)] };
  const maxNs = (options: SmallPlan) => run(options).traffic[0].latency.max;

  it('an answer of a second at its pace takes a second less its first tick', () => {
    expect(maxNs({ ...once, filters: [slow()], route: OUT })).toBe(950 * MS);
    expect(maxNs({ ...once, filters: [slow()], inboundFilters: [0] })).toBe(950 * MS);
    expect(maxNs({ ...once, filters: [slow()] })).toBe(0);
  });

  it('the bucket fills while the request is under way, and while it is delayed', () => {
    expect(maxNs({ ...once, filters: [slow()], route: OUT, program: [work(500 * MS)] })).toBe(950 * MS);
    const delayed = slow({ delayNs: 300 * MS, delayProbability: 1 });
    expect(maxNs({ ...once, filters: [delayed], route: OUT })).toBe(950 * MS);
  });

  it('errors and the answers of proxies have next to no body', () => {
    const errors = [{ status: 500, probability: 1 }];
    expect(maxNs({ ...once, filters: [slow()], route: OUT, errors })).toBe(0);
    const aborting = slow({ abortProbability: 1 });
    expect(maxNs({ ...once, filters: [aborting], route: OUT })).toBe(0);
  });

  it('holds for its share of the requests', () => {
    const share = slow({ responseRateProbability: 0.25 });
    const result = run({ arrivals: [poisson(200)], filters: [share], route: OUT });
    const { count, sum } = result.traffic[0].latency;
    // 4000 requests, each 950 ms or nothing: 4 standard errors are 0.027.
    expect(Math.abs(sum / count / (950 * MS) - 0.25)).toBeLessThan(0.03);
  });

  it('neither the route nor a try times out meanwhile: the router has had all of it', () => {
    const route = { ...OUT, timeoutNs: 100 * MS };
    expect(allOutcomes(run({ ...once, filters: [slow()], route }))).toEqual({ '200 -': 1 });
  });

  it('a client that goes meanwhile leaves nothing behind', () => {
    for (const where of [{ route: OUT }, { inboundFilters: [0] }]) {
      const simulation = new MeshSimulation(
        smallPlan({
          arrivals: [burst(0, 20)],
          clientTimeoutNs: 400 * MS,
          filters: [slow({ maxActive: 10 })],
          responseBytes: 64 * KIB,
          ...where,
        }),
        OPTIONS,
      );
      simulation.runUntil(OPTIONS.durationNs);
      // Ten are held back, the others meet no fault.
      expect(allOutcomes(simulation.result())).toEqual({ '0 DC': 10, '200 -': 10 });
      expect(simulation.population).toMatchObject({ calls: 0, attempts: 0, frames: 0 });
    }
  });

  it('a request under it counts as one fault until its end, delayed or not', () => {
    const one = slow({ maxActive: 1, delayNs: 100 * MS, delayProbability: 1 });
    // Delayed until 100 ms and held back until 950 ms; the next, at 500 ms, meets no fault, that at 1 s does.
    const result = run({ arrivals: [every(500 * MS)], filters: [one], route: OUT });
    const { count, sum } = result.traffic[0].latency;
    expect(sum / count / (950 * MS)).toBeCloseTo(0.5, 1);
    expect(allOutcomes(result)['200 DI']).toBe(Math.floor(count / 2));
  });
});
