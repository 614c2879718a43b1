// Linkerd's balancer: the estimate against numbers of tower's formula, the pick against its law.
import { describe, expect, it } from 'vitest';
import { PeakEwma, peakEwma } from '../../../models/mesh/peak-ewma.js';
import { simulate } from '../../../models/mesh/simulation.js';
import { MS, poisson, S, smallPlan, work } from '../../support/plans.js';

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
          arrivals: [...destination.arrivals, { handler: 1, row: 2 }],
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
