// Laws that hold for every small mesh, whatever its policies and load.
import { createHash } from 'node:crypto';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { MeshSimulation, simulate } from '../../models/mesh/run/simulation.js';
import type { ArrivalPlan, MeshPlan } from '../../models/plan/contract/plan.js';
import { anyPlan } from '../support/any-plan.js';
import { expWork, MS, poisson, S, smallPlan } from '../support/plans.js';

const options = { seed: 'laws', replication: 0, warmupNs: S, durationNs: 5 * S, intervalNs: S, maxEvents: 300_000 };

describe('every small mesh', () => {
  test.prop([anyPlan], { numRuns: 200 })('keeps its books', (plan) => {
    const simulation = new MeshSimulation(plan, options);
    simulation.runUntil(options.durationNs);
    const result = simulation.result();
    const { calls, rows, clusters, traffic, workloads } = result;
    // Every call ends exactly once or is in flight.
    expect(calls.started).toBe(calls.ended + calls.inFlight);
    expect(calls.inFlight).toBeGreaterThanOrEqual(0);
    for (const row of rows) {
      expect(row.retries).toBeLessThanOrEqual(row.attempts);
      expect(row.outcomes.reduce((sum, outcome) => sum + outcome.count, 0)).toBe(row.calls);
      expect(row.latency.count).toBe(row.calls);
    }
    for (const seen of traffic)
      expect(seen.outcomes.reduce((sum, outcome) => sum + outcome.count, 0)).toBe(seen.completed);
    const site = plan.sites[0].route;
    const made = rows.reduce((sum, row) => sum + row.attempts, 0);
    const maxAttempts = 1 + (site.retry?.retries ?? 0);
    expect(made).toBeLessThanOrEqual((traffic[0].offered + calls.inFlight + 500) * maxAttempts);
    // Thresholds are never exceeded by any proxy.
    const { limits } = plan.clusters[0];
    const hosts = plan.workloads[1].podLocalities.length;
    const workers = plan.workloads[0].proxy?.workers ?? 1;
    // A TCP proxy does not look at max_requests, kube-proxy at no limit.
    if (site.connections === null) expect(clusters[0].peakActiveRequests).toBeLessThanOrEqual(limits.maxRequests);
    else expect(clusters[0].peakConnections).toBeLessThanOrEqual(limits.maxConnections);
    expect(clusters[0].peakPendingRequests).toBeLessThanOrEqual(limits.maxPendingRequests);
    expect(clusters[0].peakRetries).toBeLessThanOrEqual(limits.maxRetries);
    expect(clusters[0].peakConnections).toBeLessThanOrEqual(limits.maxConnections + workers * hosts);
    for (const workload of workloads) {
      // A window may see the quota of one 100 ms period more than it is long.
      expect(workload.cpuUtilisation).toBeLessThanOrEqual(1.02 + 1e-9);
      expect(workload.workerUtilisation).toBeLessThanOrEqual(1 + 1e-9);
      expect(workload.inService).toBeGreaterThanOrEqual(0);
    }
  });

  test.prop([anyPlan], { numRuns: 40 })('is a pure function of plan and seed', (plan) => {
    const hash = (copy: MeshPlan): string =>
      createHash('sha256')
        .update(JSON.stringify(simulate(copy, options)))
        .digest('hex');
    expect(hash(JSON.parse(JSON.stringify(plan)) as MeshPlan)).toBe(hash(plan));
  });

  test.prop([anyPlan, fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 8 })], { numRuns: 30 })(
    'does not depend on where a run is interrupted',
    (plan, stops) => {
      const whole = simulate(plan, options);
      const pieces = new MeshSimulation(plan, options);
      for (const stop of stops.sort((a, b) => a - b)) pieces.runUntil((stop - 1000) * MS);
      pieces.runUntil(options.durationNs);
      expect(JSON.stringify(pieces.result())).toBe(JSON.stringify(whole));
    },
  );

  it('goes no further than its bound of events, however often it is asked to', () => {
    const bounded = { ...options, maxEvents: 5000 };
    const plan = smallPlan({ arrivals: [poisson(1000)] });
    const pieces = new MeshSimulation(plan, bounded);
    for (let stop = 0; stop <= 5; stop++) pieces.runUntil(stop * S);
    expect(pieces.events).toBe(5000);
    expect(JSON.stringify(pieces.result())).toBe(JSON.stringify(simulate(plan, bounded)));
  });

  test.prop([anyPlan], { numRuns: 40 })('gives everything back: when traffic ends, nothing is left', (plan) => {
    // Drop is an answer that never comes: without a time-out of the client it stays in flight for ever.
    fc.pre(plan.workloads[1].app.overflow.kind !== 'drop' && plan.traffic[0].arrival.kind === 'open');
    const ending: MeshPlan = {
      ...plan,
      traffic: plan.traffic.map((source) => ({
        ...source,
        arrival: {
          kind: 'open',
          process: 'poisson',
          profile: [
            { atNs: 0, ratePerSecond: 50 },
            { atNs: S, ratePerSecond: 0 },
          ],
        },
      })),
    };
    const simulation = new MeshSimulation(ending, { ...options, warmupNs: 0, durationNs: 600 * S, maxEvents: 1e6 });
    simulation.runUntil(600 * S);
    const { calls, attempts, frames } = simulation.population;
    expect({ calls, attempts, frames }).toEqual({ calls: 0, attempts: 0, frames: 0 });
  });
});

describe('Little’s law', () => {
  it.each([0.3, 0.6, 0.9])('holds in the application at utilisation %d', (utilisation) => {
    const plan = smallPlan({
      arrivals: [poisson(100 * utilisation)],
      program: [expWork(10 * MS)],
      app: { workers: 1 },
    });
    const result = simulate(plan, { ...options, durationNs: 2000 * S, maxEvents: 1e7 });
    const { inService, completed, latency } = result.workloads[1];
    const product = (completed / 2000) * (latency.sum / latency.count / S);
    // Exact but for the requests that straddle the ends of the window.
    expect(Math.abs(inService - product) / product).toBeLessThan(0.01);
  });
});

describe('common random numbers', () => {
  test.prop([fc.integer({ min: 1, max: 5 }), fc.integer({ min: 50, max: 300 }), fc.string()], { numRuns: 30 })(
    'one more worker of a plain queue never makes a run slower',
    (workers, rate, seed) => {
      const run = (count: number): number => {
        // There is no warm-up, and traffic ends long before the window does, so that both arms count the same customers: one that is there when
        // counting begins would be counted by the arm in which it takes longer.
        const arrivals: ArrivalPlan = {
          kind: 'open',
          process: 'poisson',
          profile: [
            { atNs: 0, ratePerSecond: rate },
            { atNs: 2 * S, ratePerSecond: 0 },
          ],
        };
        const plan = smallPlan({ arrivals: [arrivals], program: [expWork(10 * MS)], app: { workers: count } });
        const { latency } = simulate(plan, { ...options, warmupNs: 0, durationNs: 60 * S, seed }).traffic[0];
        return latency.sum / Math.max(1, latency.count);
      };
      expect(run(workers + 1)).toBeLessThanOrEqual(run(workers) * 1.0001);
    },
  );

  it('the same customers bring the same demands, whatever the policy', () => {
    const arm = (policy: 'random' | 'round_robin') =>
      simulate(
        smallPlan({
          pods: 3,
          arrivals: [poisson(100)],
          program: [expWork(10 * MS)],
          cluster: { balancer: { policy, choiceCount: 2 } },
        }),
        { ...options, durationNs: 50 * S },
      ).traffic[0];
    // Without queueing the balancer does not matter at all: the latencies are the demands.
    const random = arm('random');
    const rotation = arm('round_robin');
    expect(random.offered).toBe(rotation.offered);
    expect(Math.abs(random.latency.sum - rotation.latency.sum) / random.latency.sum).toBeLessThan(1e-3);
  });
});
