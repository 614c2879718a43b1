// Ambient mode in runs: what ztunnels and waypoints cost, what they share, how connections are balanced, and what a caller sees of failures.
import { describe, expect, test } from 'vitest';
import type { ReplicationResult, WorkloadResult } from '../../../models/mesh/recording/result.js';
import { simulate } from '../../../models/mesh/run/simulation.js';
import type { ArrivalPlan, MeshPlan } from '../../../models/plan/contract/plan.js';
import type { BehaviourSpec, PlanInput } from '../../../models/plan/settings/input.js';
import { allOutcomes, poisson, S, US } from '../../support/plans.js';
import { AMBIENT, ambientCluster, USES_WAYPOINT, waypoint } from '../ambient.js';
import { MS, namespace, planOf, virtualService, WORK } from '../plan/support.js';

const ONE_POD = { replicas: 1 };

interface Wish {
  readonly yaml?: string;
  readonly arrival: ArrivalPlan;
  readonly workloads?: Readonly<Record<string, BehaviourSpec>>;
  readonly input?: Partial<PlanInput>;
  readonly to?: string;
  readonly durationNs?: number;
  readonly warmupNs?: number;
}

interface Run {
  readonly plan: MeshPlan;
  readonly result: ReplicationResult;
  of(name: string): WorkloadResult;
}

function run(wish: Wish): Run {
  const compiled = planOf({
    yaml: wish.yaml ?? ambientCluster(),
    ...(wish.to === undefined ? {} : { to: wish.to }),
    ...(wish.workloads === undefined ? {} : { workloads: wish.workloads }),
    ...(wish.input === undefined ? {} : { input: wish.input }),
  });
  const plan = { ...compiled, traffic: compiled.traffic.map((source) => ({ ...source, arrival: wish.arrival })) };
  const durationNs = wish.durationNs ?? 10 * S;
  const result = simulate(plan, {
    seed: 'ambient',
    replication: 0,
    warmupNs: wish.warmupNs ?? 0,
    durationNs,
    intervalNs: durationNs,
    maxEvents: 10_000_000,
  });
  const of = (name: string) => result.workloads[plan.workloads.findIndex((workload) => workload.name === name)]!;
  return { plan, result, of };
}

function closed(connections: number, more: Partial<Extract<ArrivalPlan, { kind: 'closed' }>> = {}): ArrivalPlan {
  return {
    kind: 'closed',
    connections,
    ratePerSecond: null,
    uniform: false,
    think: null,
    calls: null,
    startNs: null,
    ...more,
  };
}

/** Mean time that the client waited. */
function meanNs({ result }: Run): number {
  const { sum, count } = result.traffic[0]!.latency as unknown as { sum: number; count: number };
  return sum / count;
}

const WITH_WAYPOINT = ambientCluster(USES_WAYPOINT, waypoint('waypoint', 'b'));
const RTT = 250 * US;
const Z = 2 * (30 + 12.5) * US;

describe('what it costs', () => {
  test('two ztunnels: CPU and latency of both, on the way there and back', () => {
    const warm = run({ arrival: closed(1), warmupNs: S });
    expect(meanNs(warm)).toBeCloseTo(MS + RTT + 2 * Z, -2);
  });

  test('a waypoint: its own CPU, and another round trip', () => {
    const warm = run({ yaml: WITH_WAYPOINT, arrival: closed(1, { ratePerSecond: 100 }), warmupNs: S });
    expect(meanNs(warm)).toBeCloseTo(MS + 2 * RTT + 2 * Z + 2 * (32 + 25) * US, -2);
  });

  test('both ends on one node keep one ztunnel busy: 2 × 0.06 ms a request, counted once', () => {
    const { of, result } = run({ arrival: poisson(1000), durationNs: 20 * S, warmupNs: S });
    const rate = result.traffic[0]!.completed / 20;
    // Connections that are made now and then add to it.
    expect(of('ztunnel').proxyUtilisation).toBeGreaterThan((rate * 0.12e-3) / 2 - 1e-4);
    expect(of('ztunnel').proxyUtilisation).toBeLessThan(((rate * 0.12e-3) / 2) * 1.02);
    expect(of('client').proxyUtilisation).toBe(0);
    expect(of('web-v1').proxyCpuNs).toBe(0);
  });

  test('a caller outside of the mesh pays for the ztunnel of the server alone', () => {
    const yaml = ambientCluster().replace(namespace('a', AMBIENT), namespace('a', 'team: blue'));
    const outside = run({ yaml, arrival: closed(1), warmupNs: S });
    expect(meanNs(outside)).toBeCloseTo(MS + RTT + Z, -2);
  });

  test('the knobs are the costs', () => {
    const ztunnel = {
      workers: 1,
      requestCpuNs: 100 * US,
      responseCpuNs: 0,
      afterResponseCpuNs: 0,
      latencyNs: 0,
      handshakeCpuNs: 0,
      resumedHandshakeCpuNs: 0,
      cpuPerKiBNs: 0,
      memoryBytes: 0,
    };
    const warm = run({ arrival: closed(1), warmupNs: S, input: { ztunnel } });
    expect(meanNs(warm)).toBeCloseTo(MS + RTT + 200 * US, -2);
  });
});

describe('who shares', () => {
  // 12 000 requests a second between client and web are 72 % of a ztunnel's two threads, and more while they come in bursts.
  const slow = (nodesPerZone: number) => {
    const { plan, result } = run({
      arrival: poisson(12_000),
      durationNs: S,
      warmupNs: 0.2 * S,
      input: { nodesPerZone },
    });
    const nodes = plan.workloads.filter(({ kind }) => kind === 'ztunnel')[0]!.podLocalities.length;
    return { nodes, mean: meanNs({ plan, result, of: () => result.workloads[0]! }) };
  };

  test('the pods of a node queue for its ztunnel; more nodes, less of it', () => {
    const one = slow(1);
    const five = slow(5);
    expect([one.nodes, five.nodes]).toEqual([1, 5]);
    expect(one.mean).toBeGreaterThan(five.mean * 1.01);
  });
});

describe('balancing', () => {
  /** Requests by workload of web, and by its pods where there is one. */
  const shares = (wish: Wish) => {
    const { of } = run(wish);
    return [of('web-v1').arrivals, of('web-v2').arrivals];
  };
  const GRPC = (labels = '') =>
    ambientCluster(labels, waypoint('waypoint', 'b')).replace(
      '{ name: http, port: 80, targetPort: 8080 }',
      '{ name: grpc, port: 80 }',
    );

  test('a connection keeps its endpoint', () => {
    const [v1, v2] = shares({ arrival: closed(1), durationNs: S });
    expect(Math.min(v1!, v2!)).toBe(0);
    expect(v1! + v2!).toBeGreaterThan(600);
  });

  test('gRPC has one connection, whatever comes at once: all requests meet one pod', () => {
    const [v1, v2] = shares({ yaml: GRPC(), arrival: poisson(2000), durationNs: S });
    expect(Math.min(v1!, v2!)).toBe(0);
    const { of } = run({ yaml: GRPC(), arrival: poisson(2000), durationNs: S });
    expect(of('web-v1').arrivals + of('web-v2').arrivals).toBeGreaterThan(1800);
  });

  test('a waypoint spreads the requests of that one connection', () => {
    const [v1, v2] = shares({ yaml: GRPC(USES_WAYPOINT), arrival: poisson(2000), durationNs: S });
    // Least request over four equal pods.
    expect(v1! / (v1! + v2!)).toBeGreaterThan(0.45);
    expect(v1! / (v1! + v2!)).toBeLessThan(0.55);
  });

  test('new connections are drawn at random', () => {
    // 400 connections, each to v1 with probability 1/2: outside of 200 ± 40 with probability 6e-5.
    const { of } = run({
      arrival: closed(400, { calls: 400 }),
      durationNs: 5 * S,
      workloads: { 'web-v1.b': ONE_POD, 'web-v2.b': ONE_POD },
    });
    const v1 = of('web-v1').arrivals;
    expect(v1 + of('web-v2').arrivals).toBe(400);
    expect(Math.abs(v1 - 200)).toBeLessThan(40);
  });
});

describe('HBONE', () => {
  const one = { 'web-v1.b': ONE_POD, 'web-v2.b': { replicas: 0 } };

  test('the first connection pays for TCP, TLS and CONNECT, with the CPU of both ends', () => {
    const { result } = run({ arrival: closed(1, { calls: 1 }), workloads: one, durationNs: S });
    const { sum } = result.traffic[0]!.latency as unknown as { sum: number };
    const handshake = 2 * RTT + 2 * 300 * US;
    expect(sum).toBeCloseTo(handshake + RTT + (MS + RTT + 2 * Z), -2);
  });

  test('connections between two pods share one: its handshake is paid once', () => {
    const cpu = (connections: number) => {
      const { of } = run({
        arrival: closed(connections, { calls: connections }),
        workloads: { ...one, 'web-v1.b': { replicas: 1, steps: [WORK] } },
        durationNs: S,
      });
      return of('ztunnel').proxyCpuNs;
    };
    expect(cpu(1)).toBe(2 * 300 * US + 2 * 60 * US);
    expect(cpu(50)).toBe(2 * 300 * US + 50 * 2 * 60 * US);
    // 100 streams fill the first.
    expect(cpu(150)).toBe(2 * 2 * 300 * US + 150 * 2 * 60 * US);
  });

  test('a sidecar and a gateway reach ambient pods through it as well', () => {
    const yaml = ambientCluster().replace(namespace('a', AMBIENT), namespace('a'));
    const { of } = run({ yaml, arrival: closed(1, { calls: 1 }), workloads: one, durationNs: S });
    expect(of('ztunnel').proxyCpuNs).toBe(300 * US + 60 * US);
    expect(of('client').proxyCpuNs).toBe(1500 * US + 200 * US);
  });
});

describe('policies and failures', () => {
  const fault = virtualService(
    'web',
    'b',
    '{ hosts: [web], http: [{ fault: { abort: { httpStatus: 418, percentage: { value: 100 } } }, route: [{ destination: { host: web } }] }] }',
  );

  test('a fault has effect with a waypoint only', () => {
    const arrival = closed(1, { ratePerSecond: 100 });
    expect(Object.keys(allOutcomes(run({ yaml: ambientCluster('', fault), arrival, durationNs: S }).result))).toEqual([
      '200 -',
    ]);
    const yaml = ambientCluster(USES_WAYPOINT, waypoint('waypoint', 'b'), fault);
    const { result, of } = run({ yaml, arrival, durationNs: S });
    expect(Object.keys(allOutcomes(result))).toEqual(['418 -']);
    expect(of('web-v1').arrivals + of('web-v2').arrivals).toBe(0);
  });

  test('retries are the waypoint’s', () => {
    const retries = virtualService(
      'web',
      'b',
      '{ hosts: [web], http: [{ retries: { attempts: 5, retryOn: 5xx }, route: [{ destination: { host: web } }] }] }',
    );
    const half: BehaviourSpec = { steps: [WORK], errors: [{ status: 503, probability: 0.3 }] };
    const workloads = { 'web-v1.b': half, 'web-v2.b': half };
    const arrival = closed(4, { ratePerSecond: 400 });
    const share = (yaml: string) => {
      const { result } = run({ yaml, arrival, workloads, durationNs: 2 * S });
      const counts = allOutcomes(result);
      return (counts['503 -'] ?? 0) / result.traffic[0]!.completed;
    };
    // 800 calls, 30 % fail: 0.3 ± 5 standard deviations of 0.016; with five retries 0.3^6 < 0.001 of them do.
    expect(share(ambientCluster('', retries))).toBeGreaterThan(0.22);
    expect(share(ambientCluster(USES_WAYPOINT, waypoint('waypoint', 'b'), retries))).toBeLessThan(0.01);
  });

  test('what a server resets: the caller sees its connection fail, or 503 from the waypoint', () => {
    const full: BehaviourSpec = { workers: 1, queue: 0, overflow: { kind: 'reset' }, steps: [WORK] };
    const workloads = { 'web-v1.b': { ...full, ...ONE_POD }, 'web-v2.b': { replicas: 0 } };
    const arrival = closed(2, { calls: 2 });
    const seen = (yaml: string) =>
      Object.keys(allOutcomes(run({ yaml, arrival, workloads, durationNs: S }).result)).sort();
    expect(seen(ambientCluster())).toEqual(['0 UC', '200 -']);
    // UC is not among the default retries, so that the waypoint passes it on at once.
    expect(seen(WITH_WAYPOINT)).toEqual(['200 -', '503 -']);
  });

  test('nobody behind the service: no answer, or 503 from the waypoint', () => {
    const workloads = { 'web-v1.b': { replicas: 0 }, 'web-v2.b': { replicas: 0 } };
    const arrival = closed(1, { calls: 1 });
    const seen = (yaml: string) => Object.keys(allOutcomes(run({ yaml, arrival, workloads, durationNs: S }).result));
    expect(seen(ambientCluster())).toEqual(['0 UH']);
    expect(seen(WITH_WAYPOINT)).toEqual(['503 -']);
  });
});
