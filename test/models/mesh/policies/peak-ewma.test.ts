// Linkerd's balancer: the estimate against numbers of tower's formula, the pick against its law.
import { describe, expect, it } from 'vitest';
import { isPenalised, PeakEwma, peakEwma } from '../../../../models/mesh/policies/peak-ewma.js';
import { simulate } from '../../../../models/mesh/run/simulation.js';
import { NONE } from '../../../../models/plan/contract/plan.js';
import { MS, poisson, S, smallPlan, work } from '../../../support/plans.js';

describe('peak EWMA', () => {
  it('jumps up, decays down', () => {
    const samples = [
      [1, 0.01, 0.028096748],
      [1, 0.01, 0.026374615],
      [5, 0.01, 0.019931706],
      [0.5, 0.2, 0.2],
      [1, 0.02, 0.182870735],
      [10, 0.02, 0.079916795],
    ] as const;
    let estimate = 0.03 * S;
    for (const [elapsed, sample, expected] of samples) {
      estimate = peakEwma(estimate, elapsed * S, sample * S);
      expect(estimate / S).toBeCloseTo(expected, 9);
    }
    expect(peakEwma(0.2 * S, S, 0) / S).toBeCloseTo(0.180967484, 9);
    expect(peakEwma(0.2 * S, 10 * S, 0) / S).toBeCloseTo(0.073575888, 9);
  });

  it('costs the estimate times the requests under way, and reading it lets it decay', () => {
    const load = new PeakEwma(0);
    load.outstanding = 2;
    load.ended(0, 200 * MS);
    expect(load.cost(0)).toBe(400 * MS);
    expect(load.cost(10 * S) / (2 * S)).toBeCloseTo(0.073575888, 9);
  });

  it('with a bias takes failures for slow answers, and reading changes nothing', () => {
    const bias = { penaltyNs: 5 * S, maxRetryAfterNs: 300 * S, grpc: false };
    const load = new PeakEwma(0, bias);
    load.outstanding = 5;
    load.ended(0, MS, 429);
    expect(load.cost(0)).toBe(5 * S * 5);
    expect(load.cost(10 * S) / (5 * S)).toBeCloseTo(5 * Math.exp(-1), 9);
    expect(load.cost(10 * S) / (5 * S)).toBeCloseTo(5 * Math.exp(-1), 9);
    // What a response asks for counts where it is longer, up to its bound; of other failures the penalty alone.
    load.ended(10 * S, MS, 503, 20 * S);
    expect(load.cost(10 * S)).toBe(20 * S * 4);
    load.ended(10 * S, MS, 429, 1000 * S);
    expect(load.cost(10 * S)).toBe(300 * S * 3);
    const other = new PeakEwma(0, bias);
    other.ended(0, MS, 500, 20 * S);
    expect(other.cost(0)).toBe(0);
    other.outstanding = 1;
    other.ended(0, MS, 200);
    expect(other.cost(0)).toBe(5 * S);
    expect([200, 404, 429, 500, 501].map((status) => isPenalised(bias, status))).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
    expect(isPenalised({ ...bias, grpc: true }, 501)).toBe(false);
  });

  it('keeps away from a slow host, and every count of requests comes back to zero', () => {
    const plan = smallPlan({
      pods: 1,
      arrivals: [poisson(200)],
      cluster: { balancer: { policy: 'peak_ewma', choiceCount: 2 } },
    });
    const slow = plan.workloads.length;
    const slowPlan = {
      ...plan,
      workloads: [...plan.workloads, { ...plan.workloads[1], name: 'web-slow' }],
      rows: [...plan.rows, { edge: 0, request: 'GET /', workload: slow }],
      handlers: [...plan.handlers, { ...plan.handlers[0], workload: slow, program: [work(500 * MS)] }],
      clusters: [{ ...plan.clusters[0], groups: [...plan.clusters[0].groups, { workload: slow, weight: 1 }] }],
      sites: plan.sites.map((site) => {
        const { action } = site.route;
        if (action.kind !== 'forward') throw new Error('it forwards');
        const destinations = action.destinations.map((destination) => ({
          ...destination,
          arrivals: [...destination.arrivals, { handler: 1, row: 2, chain: NONE }],
        }));
        return { ...site, route: { ...site.route, action: { ...action, destinations } } };
      }),
    };
    const result = simulate(slowPlan, {
      seed: 'ewma',
      replication: 0,
      warmupNs: 5 * S,
      durationNs: 60 * S,
      intervalNs: 10 * S,
      maxEvents: 1e7,
    });
    const [, fast, lame] = result.workloads;
    expect(lame.arrivals).toBeGreaterThan(0);
    expect(lame.arrivals / (fast.arrivals + lame.arrivals)).toBeLessThan(0.05);
  });
});
