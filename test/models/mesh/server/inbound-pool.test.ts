// The connections of a server's proxy to its application: limits by process, connections by worker, applications that close them.
import { describe, expect, it } from 'vitest';
import type { ReplicationResult } from '../../../../models/mesh/recording/result.js';
import { simulate } from '../../../../models/mesh/run/simulation.js';
import { allOutcomes, burst, MS, poisson, S, type SmallPlan, smallPlan, US, work } from '../../../support/plans.js';

function run(plan: SmallPlan, durationNs = 20 * S): ReplicationResult {
  return simulate(smallPlan({ oneWayNs: 0, ...plan }), {
    seed: 'inbound',
    replication: 0,
    warmupNs: 0,
    durationNs,
    intervalNs: S,
    maxEvents: 1e6,
  });
}

const HTTP2 = { protocol: 'http2' as const };

describe('the limits of the inbound cluster', () => {
  it('HTTP/1.1: max_connections queues, max_pending_requests refuses', () => {
    const inbound = { maxConnections: 1, maxPendingRequests: 2 };
    expect(allOutcomes(run({ arrivals: [burst(0, 4)], program: [work(S)], inbound }))).toEqual({
      '200 -': 3,
      '503 -': 1,
    });
  });

  it('HTTP/2: one connection carries all, max_requests refuses', () => {
    const inbound = { maxConnections: 1 };
    const many = run({ arrivals: [burst(0, 40)], cluster: HTTP2, program: [work(S)], inbound });
    expect(many.traffic[0].latency.max).toBeLessThan(1.01 * S);
    const few = run({ arrivals: [burst(0, 40)], cluster: HTTP2, program: [work(S)], inbound: { maxRequests: 7 } });
    expect(allOutcomes(few)).toEqual({ '200 -': 7, '503 -': 33 });
  });

  it('a port of HTTP/1.1 that callers upgrade is HTTP/1.1 to the application', () => {
    const upgraded = run({
      arrivals: [burst(0, 4)],
      cluster: { ...HTTP2, appProtocol: 'http1' },
      program: [work(S)],
      inbound: { maxConnections: 2 },
    });
    expect(upgraded.traffic[0].latency.max).toBeGreaterThan(1.99 * S);
  });

  it('a cold pool puts every request through pending while its connection comes up', () => {
    // It takes 2 x 100 us to connect; 50 requests come within 50 ns.
    const cold = run({
      arrivals: [burst(0, 50)],
      serverProxy: { latencyNs: 100 * US },
      inbound: { maxPendingRequests: 10 },
    });
    expect(allOutcomes(cold)).toEqual({ '200 -': 10, '503 -': 40 });
  });

  it('each worker may have one connection, whatever the limit', () => {
    const cpu = { workers: 4, requestCpuNs: 1, responseCpuNs: 1 };
    const result = run({
      arrivals: [burst(0, 40)],
      serverProxy: cpu,
      program: [work(S)],
      inbound: { maxConnections: 1 },
    });
    const rounds = result.traffic[0].latency.max / S;
    // Forty over one connection each take forty seconds of the twenty that there are; over four they end.
    expect(rounds).toBeLessThan(20);
    expect(result.traffic[0].completed).toBeGreaterThan(20);
  });
});

describe('callers that go', () => {
  const plan: SmallPlan = {
    arrivals: [burst(0, 5)],
    program: [work(S)],
    clientTimeoutNs: 100 * MS,
    inbound: { maxConnections: 2 },
  };

  it('what waits for a connection never reaches the application', () => {
    // A new connection takes longer to come up than they take to give up one after the other.
    const result = run({ ...plan, serverProxy: { latencyNs: 100 * US } });
    expect(allOutcomes(result)).toEqual({ '0 DC': 5 });
    expect(result.workloads[1]).toMatchObject({ arrivals: 2, completed: 2 });
  });

  it('a reset stream gives its connection up, while the application works on: more than max_connections are at work', () => {
    const result = run({ ...plan, arrivals: [burst(0, 2), burst(200 * MS, 2), burst(400 * MS, 2)] });
    expect(result.workloads[1]).toMatchObject({ arrivals: 6, completed: 6, wasted: 6 });
  });

  it('a request that the application drops holds its connection until its caller gives up', () => {
    const dropping = run({
      arrivals: [burst(0, 1), burst(MS, 1), burst(150 * MS, 1)],
      program: [work(120 * MS)],
      app: { workers: 1, queue: 0, overflow: { kind: 'drop' } },
      clientTimeoutNs: 140 * MS,
      inbound: { maxConnections: 2, maxPendingRequests: 5 },
    });
    expect(allOutcomes(dropping)).toEqual({ '0 DC': 1, '200 -': 2 });
    expect(dropping.calls.inFlight).toBe(0);
  });
});

describe('an application that closes its connections', () => {
  const latencyNs = 100 * US;
  const plan: SmallPlan = {
    serverProxy: { latencyNs },
    app: { keepAlive: { idleNs: S, requests: 0 } },
    program: [work(0)],
  };
  // Answered by the application after 3 x 100 us: over the proxy's latency and the two ways that a connection takes.
  const second = (afterNs: number) => run({ ...plan, arrivals: [burst(0, 1), burst(afterNs, 1)] });

  it('loses the request that crosses the closing: 503 from the server’s proxy', () => {
    expect(allOutcomes(second(S + 0.3 * MS))).toEqual({ '200 -': 1, '503 -': 1 });
  });

  it('and none before or after: the window is two ways over the loopback', () => {
    expect(allOutcomes(second(S + 0.15 * MS))).toEqual({ '200 -': 2 });
    expect(allOutcomes(second(S + 0.45 * MS))).toEqual({ '200 -': 2 });
  });

  it('after so many requests loses none', () => {
    const counted = run({
      ...plan,
      arrivals: [poisson(200)],
      app: { keepAlive: { idleNs: 0, requests: 3 } },
    });
    expect(Object.keys(allOutcomes(counted))).toEqual(['200 -']);
  });

  it('no request is lost sight of under everything at once', () => {
    const result = run({
      arrivals: [poisson(400)],
      program: [work(10 * MS)],
      clientTimeoutNs: 25 * MS,
      serverProxy: { latencyNs, workers: 2, requestCpuNs: 1, responseCpuNs: 1 },
      app: { keepAlive: { idleNs: 5 * MS, requests: 4 }, workers: 6, queue: 4, overflow: { kind: 'drop' } },
      inbound: { maxConnections: 7, maxPendingRequests: 3, maxRequests: 8 },
    });
    expect(result.calls.started).toBe(result.calls.ended + result.calls.inFlight);
    expect(result.calls.inFlight).toBeLessThan(30);
    expect(result.workloads[1].completed).toBeGreaterThan(1000);
  });
});

describe('TCP', () => {
  it('a connection above the limit of the inbound cluster is closed at once', () => {
    const connections = {
      opaque: true,
      shared: true,
      idleNs: 90 * S,
      proxyIdleNs: 0,
      maxDurationNs: 0,
      connectAttempts: 1,
    };
    const result = run({
      arrivals: [burst(0, 5), burst(2 * S, 2)],
      program: [work(S)],
      route: { connections },
      inbound: { maxConnections: 2 },
    });
    expect(allOutcomes(result)).toEqual({ '0 UC': 3, '200 -': 4 });
  });
});
