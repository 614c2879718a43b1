// The cost of a proxy in a run against what was published and against closed forms: CPU is rate × cost, latency is M/G/1, bodies cost in
// proportion to their size. istio.io: docs/ops/deployment/performance-and-scalability.
import { describe, expect, it } from 'vitest';
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import { simulate } from '../../models/mesh/run/simulation.js';
import { defaultProxyCost } from '../../models/plan/settings/proxy-cost.js';
import { every, MS, poisson, S, type SmallPlan, smallPlan, US, work } from '../support/plans.js';

const KIB = 1024;

function run(options: SmallPlan, durationNs = 10 * S): ReplicationResult {
  const times = { warmupNs: S, durationNs, intervalNs: S, maxEvents: 1e8 };
  return simulate(smallPlan(options), { seed: 'cost', replication: 0, ...times });
}

function meanNs({ traffic }: ReplicationResult): number {
  return traffic[0].latency.sum / traffic[0].latency.count;
}

describe('the CPU of a sidecar', () => {
  it.each([
    ['1.20', 0.5],
    ['1.22', 0.5],
    ['1.24', 0.2],
    ['1.31', 0.2],
  ])('of %s is %d cores at 1000 requests a second', (release, cores) => {
    const cost = { ...defaultProxyCost(release), workers: 2 };
    const result = run({ arrivals: [every(MS)], clientProxy: cost, serverProxy: cost, program: [work(MS)] });
    for (const { proxyCpuNs } of result.workloads) {
      // What is under way at the ends of the window is all that may be missing.
      expect(Math.abs(proxyCpuNs / (10 * S) - cores)).toBeLessThan(0.001 * cores);
    }
  });

  it('grows with what it writes and traces after the response, which nobody waits for', () => {
    const cost = { ...defaultProxyCost('1.31'), workers: 2 };
    const plain = run({ arrivals: [every(10 * MS)], serverProxy: cost, program: [work(MS)] });
    const logging = { ...cost, afterResponseCpuNs: cost.afterResponseCpuNs + 40 * US };
    const logged = run({ arrivals: [every(10 * MS)], serverProxy: logging, program: [work(MS)] });
    expect(logged.workloads[1].proxyCpuNs - plain.workloads[1].proxyCpuNs).toBeCloseTo(1000 * 40 * US, -5);
    expect(meanNs(logged)).toBe(meanNs(plain));
  });
});

describe('the latency of two sidecars', () => {
  it('without a queue is what was published as added at p90', () => {
    const cost = { ...defaultProxyCost('1.20'), workers: 2 };
    const program = [work(MS)];
    const added =
      meanNs(run({ arrivals: [every(10 * MS)], clientProxy: cost, serverProxy: cost, program })) -
      meanNs(run({ arrivals: [every(10 * MS)], program }));
    // The first request connects besides.
    expect(added / (0.228 * MS)).toBeCloseTo(1, 2);
  });

  /**
   * A worker is met twice by each request, the second time after a long random wait: two Poisson streams. With 100 µs of CPU at both
   * visits it is M/D/1. Same seed, same applications: the difference of the means is the proxy's alone. 4 standard errors of 150,000
   * correlated waits (measured by batches) are about 4 %; so a sound run is outside of it in less than one of 10,000.
   */
  it.each([
    [1000, 0.2],
    [3000, 0.6],
    [4000, 0.8],
  ])('at %d requests a second is that of M/D/1 with a load of %d', (rate, rho) => {
    const program = [work(0), { ...work(0), duration: { kind: 'exponential' as const, mean: 50 * MS } }];
    const plan = { arrivals: [poisson(rate)], program };
    const cost = { workers: 1, requestCpuNs: 100 * US, responseCpuNs: 40 * US, afterResponseCpuNs: 60 * US };
    const added = meanNs(run({ ...plan, serverProxy: cost }, 50 * S)) - meanNs(run(plan, 50 * S));
    const waitNs = (rho * 100 * US) / (2 * (1 - rho));
    expect(Math.abs(added - (2 * waitNs + 140 * US)) / (2 * waitNs + 140 * US)).toBeLessThan(0.04);
  });
});

describe('bodies', () => {
  const cost = { workers: 1, requestCpuNs: 50 * US, responseCpuNs: 50 * US, cpuPerKiBNs: 2 * US };
  const plan = { arrivals: [every(10 * MS)], clientProxy: cost, serverProxy: cost, program: [work(MS)] };
  const cpuOf = (requestBytes: number, responseBytes: number) =>
    run({ ...plan, requestBytes, responseBytes }).workloads.map(({ proxyCpuNs }) => proxyCpuNs / 1000);

  it('of up to 1 KiB are in the cost of the request', () => {
    expect(cpuOf(0, 0)).toEqual(cpuOf(KIB, KIB));
  });

  it.each([
    [11 * KIB, KIB, 10],
    [KIB, 21 * KIB, 20],
    [11 * KIB, 21 * KIB, 30],
    [101 * KIB, 201 * KIB, 300],
  ])('of %d and %d bytes cost 2 us for each KiB above on both sides', (requestBytes, responseBytes, kib) => {
    const base = cpuOf(KIB, KIB);
    const large = cpuOf(requestBytes, responseBytes);
    for (const side of [0, 1]) expect((large[side] - base[side]) / (2 * US * kib)).toBeCloseTo(1, 2);
  });

  it('hold up their request, since they pass before it does', () => {
    const large = run({ ...plan, requestBytes: 11 * KIB, responseBytes: 21 * KIB });
    expect(meanNs(large) - meanNs(run(plan))).toBe(2 * 30 * 2 * US);
  });

  it('of errors are next to nothing', () => {
    const errors = [{ status: 500, probability: 1 }];
    const base = run({ ...plan, errors });
    const large = run({ ...plan, errors, responseBytes: 1000 * KIB });
    expect(large.workloads.map((own) => own.proxyCpuNs)).toEqual(base.workloads.map((own) => own.proxyCpuNs));
  });

  it('cost with a proxy that costs nothing else', () => {
    const bytesOnly = { workers: 1, cpuPerKiBNs: 2 * US };
    const only = { ...plan, clientProxy: bytesOnly, serverProxy: bytesOnly, requestBytes: 11 * KIB };
    expect(meanNs(run(only)) - meanNs(run({ ...only, requestBytes: KIB }))).toBe(2 * 10 * 2 * US);
  });

  it('take their size / bandwidth to arrive, the first KiB too', () => {
    const wire = { arrivals: [every(10 * MS)], program: [work(MS)], requestBytes: 10_000, responseBytes: 250_000 };
    const added = meanNs(run({ ...wire, bytesPerSecond: 125_000_000 })) - meanNs(run(wire));
    expect(added).toBeCloseTo((10_000 + 250_000) * 8, 0);
  });
});
