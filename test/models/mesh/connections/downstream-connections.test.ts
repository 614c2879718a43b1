// Which worker thread of a proxy a connection comes to: the kernel's hash of SO_REUSEPORT, which a seeded one stands for.
import { describe, expect, it } from 'vitest';
import { simulate } from '../../../../models/mesh/run/simulation.js';
import type { ArrivalPlan } from '../../../../models/plan/contract/plan.js';
import { burst, every, MS, poisson, S, type SmallPlan, smallPlan, US, work } from '../../../support/plans.js';

function run(plan: SmallPlan, replication = 0, durationNs = 2 * S) {
  return simulate(smallPlan(plan), {
    seed: 'downstream',
    replication,
    warmupNs: 0,
    durationNs,
    intervalNs: S,
    maxEvents: 1e6,
  });
}

function closed(connections: number): ArrivalPlan {
  return { kind: 'closed', connections, ratePerSecond: null, uniform: false, think: null, calls: null, startNs: MS };
}

/** Replications of a plan. */
function many(count: number, plan: SmallPlan, durationNs?: number) {
  return Array.from({ length: count }, (_, replication) => run(plan, replication, durationNs));
}

/** Shares of the busier one of two threads, smallest first. */
function sharesOfBusier(results: ReturnType<typeof many>, workload: number): number[] {
  return results
    .map(({ workloads }) => {
      const { busiestThread, proxyUtilisation } = workloads[workload].pods[0];
      return busiestThread / (2 * proxyUtilisation);
    })
    .sort((a, b) => a - b);
}

describe('connections of clients to their proxy', () => {
  const two = { workers: 2, requestCpuNs: 10 * US };

  it('eight are rarely shared evenly by two threads: 4 : 4 has a probability of 70 / 256', () => {
    const results = many(200, { arrivals: [closed(8)], program: [work(5 * MS)], clientProxy: two }, 200 * MS);
    const even = sharesOfBusier(results, 0).filter((share) => share < 0.52).length;
    // Binomial(200, 0.273): outside of these bounds with a probability of 1e-4.
    expect(even).toBeGreaterThan(54.7 - 25);
    expect(even).toBeLessThan(54.7 + 25);
  });

  it('a limit of four connections is shared unevenly, and the one who came late waits for the one that it may always have', () => {
    const plan = {
      arrivals: [closed(8)],
      program: [work(40 * MS)],
      clientProxy: { workers: 2 },
      limits: { maxConnections: 4 },
    };
    const results = many(100, plan, 2 * S);
    const p99s = results.map(({ traffic }) => traffic[0].latency.max / MS);
    // A real Envoy's p99 is 122 to 164 ms over eight runs.
    expect(p99s.filter((ms) => ms > 115 && ms < 170).length).toBeGreaterThan(40);
    expect(p99s.filter((ms) => ms < 90).length).toBeLessThan(40);
    const made = results.map(({ clusters }) => clusters[0].upstreamCxTotal);
    expect(new Set(made)).toEqual(new Set([4, 5]));
  });

  it('one call at a time goes over one connection, on one thread', () => {
    const plan = { arrivals: [every(10 * MS)], program: [work(MS)], clientProxy: two };
    expect(sharesOfBusier(many(10, plan), 0)).toEqual(new Array(10).fill(1));
  });

  it('gRPC has one connection however many calls are under way', () => {
    const plan = { arrivals: [poisson(1000)], program: [work(10 * MS)], clientProxy: two, grpc: true };
    for (const share of sharesOfBusier(many(5, plan, 300 * MS), 0)) expect(share).toBeCloseTo(1, 6);
  });

  it('a call that gives up leaves its connection: the next one may come to another thread', () => {
    const plan = {
      arrivals: [every(50 * MS)],
      program: [work(40 * MS)],
      clientTimeoutNs: 20 * MS,
      clientProxy: two,
    };
    const [least] = sharesOfBusier([run(plan, 0, 10 * S)], 0);
    // 200 connections: a share of 0.7 is 5.6 standard deviations away.
    expect(least).toBeLessThan(0.7);
  });

  it('is the same in every run of a replication', () => {
    const plan = { arrivals: [poisson(500)], program: [work(5 * MS)], clientProxy: two };
    expect(run(plan, 3)).toEqual(run(plan, 3));
  });
});

describe('connections between proxies', () => {
  const server = { workers: 3, requestCpuNs: 100 * US };
  const plan = {
    arrivals: [poisson(100)],
    clientPods: 2,
    program: [work(MS)],
    cluster: { protocol: 'http2' as const },
    clientProxy: null,
  };

  it.each([null, 2000])(
    'two of HTTP/2 share one of three threads in a third of the replications (CPU limit %s)',
    (limit) => {
      const results = many(150, { ...plan, serverProxy: { ...server, cpuLimitMillis: limit } }, 500 * MS);
      const together = results.filter(({ workloads }) => {
        const { busiestThread, proxyUtilisation } = workloads[1].pods[0];
        const cores = limit === null ? 3 : limit / 1000;
        return busiestThread > 0.99 * proxyUtilisation * cores;
      });
      // Binomial(150, 1/3): outside of these bounds with a probability below 1e-3.
      expect(together.length).toBeGreaterThan(50 - 20);
      expect(together.length).toBeLessThan(50 + 20);
    },
  );
});

describe('a burst', () => {
  it('opens as many connections as it has calls, each dealt by itself', () => {
    const plan = { arrivals: [burst(0, 64)], program: [work(MS)], clientProxy: { workers: 2, requestCpuNs: 10 * US } };
    const [share] = sharesOfBusier([run(plan)], 0);
    expect(share).toBeLessThan(0.75);
  });
});
