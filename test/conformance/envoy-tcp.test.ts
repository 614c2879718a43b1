// Conformance with Envoy's TCP proxy: one upstream connection for each downstream connection. The cases are those of Envoy's own tests
// (test/common/tcp_proxy/tcp_proxy_test.cc), told by calls of an application over connections of its own.
import { describe, expect, it } from 'vitest';
import { simulate } from '../../models/mesh/run/simulation.js';
import type { CallerConnectionsPlan } from '../../models/plan/contract/caller-connections.js';
import {
  allOutcomes,
  burst,
  every,
  MS,
  OUTLIER,
  poisson,
  S,
  type SmallPlan,
  smallPlan,
  work,
} from '../support/plans.js';

const TCP: CallerConnectionsPlan = {
  opaque: true,
  shared: true,
  idleNs: 90 * S,
  proxyIdleNs: 3600 * S,
  maxDurationNs: 0,
  connectAttempts: 1,
};

function run(plan: SmallPlan, connections: Partial<CallerConnectionsPlan> = {}, durationNs = 20 * S) {
  return simulate(smallPlan({ ...plan, route: { ...plan.route, connections: { ...TCP, ...connections } } }), {
    seed: 'tcp',
    replication: 0,
    warmupNs: 0,
    durationNs,
    intervalNs: S,
    maxEvents: 1e6,
  });
}

describe('Envoy: TCP proxy', () => {
  it('a connection keeps to its endpoint, whatever the balancer would choose for the next call', () => {
    const result = run({ pods: 3, arrivals: [every(100 * MS)] });
    expect(result.clusters[0]).toMatchObject({ upstreamCxTotal: 1, upstreamRqTotal: 1 });
    expect(allOutcomes(result)).toEqual({ '200 -': 199 });
    // A request of HTTP would have gone round.
    const http = simulate(smallPlan({ pods: 3, arrivals: [every(100 * MS)] }), {
      seed: 'tcp',
      replication: 0,
      warmupNs: 0,
      durationNs: 20 * S,
      intervalNs: S,
      maxEvents: 1e6,
    });
    expect(http.clusters[0].upstreamCxTotal).toBe(3);
  });

  it('as many connections as calls in flight, in turn to the hosts of a round robin', () => {
    const result = run({ pods: 3, arrivals: [burst(0, 6), burst(S, 6)] });
    expect(result.clusters[0]).toMatchObject({ upstreamCxTotal: 6, peakConnections: 6 });
  });

  it('UO: the breaker of connections closes what is too much, it does not wait', () => {
    const result = run({ arrivals: [burst(0, 5)], limits: { maxConnections: 2 } });
    expect(allOutcomes(result)).toEqual({ '0 UO': 3, '200 -': 2 });
    expect(result.clusters[0]).toMatchObject({
      upstreamCxOverflow: 3,
      upstreamCxTotal: 2,
      upstreamRqPendingOverflow: 0,
    });
  });

  it('the limit of active requests does not hold for TCP, that of pending ones does', () => {
    expect(allOutcomes(run({ arrivals: [burst(0, 5)], limits: { maxRequests: 1 } }))).toEqual({ '200 -': 5 });
    const pending = run({ arrivals: [burst(0, 5)], limits: { maxPendingRequests: 2 } });
    expect(allOutcomes(pending)).toEqual({ '0 URX': 3, '200 -': 2 });
    expect(pending.clusters[0].upstreamRqPendingOverflow).toBe(3);
  });

  it('UH: no host', () => {
    const result = run({ pods: 0, arrivals: [burst(0, 1)] });
    expect(allOutcomes(result)).toEqual({ '0 UH': 1 });
    expect(result.clusters[0].upstreamCxNoneHealthy).toBe(1);
  });

  it('UF: a connect failure, and URX when the attempts are made; each is an outlier event of its host', () => {
    const refused = {
      reachable: 'tls-failure' as const,
      outlier: { ...OUTLIER, consecutive5xx: 1, maxEjectionPercent: 100 },
    };
    const once = run({ pods: 3, arrivals: [burst(0, 1)], cluster: refused });
    expect(allOutcomes(once)).toEqual({ '0 UF,URX': 1 });
    expect(once.clusters[0]).toMatchObject({ upstreamCxConnectFail: 1, ejectionsEnforced: 1 });
    const thrice = run(
      { pods: 3, arrivals: [burst(0, 1)], cluster: { ...refused, outlier: null } },
      { connectAttempts: 3 },
    );
    expect(allOutcomes(thrice)).toEqual({ '0 UF,URX': 1 });
    expect(thrice.clusters[0].upstreamCxConnectFail).toBe(3);
  });

  it('a connect time-out is a failure as well', () => {
    const result = run({ arrivals: [burst(0, 1)], oneWayNs: 100 * MS, cluster: { connectTimeoutNs: 50 * MS } });
    expect(allOutcomes(result)).toEqual({ '0 UF,URX': 1 });
    expect(result.clusters[0]).toMatchObject({ upstreamCxConnectFail: 1, upstreamCxConnectTimeout: 1 });
  });

  it('errors of the server are invisible to outlier detection, a connection that comes up is a success', () => {
    const failing = {
      pods: 1,
      arrivals: [every(100 * MS)],
      errors: [{ status: 503, probability: 1 }],
      cluster: { outlier: { ...OUTLIER, consecutive5xx: 1, maxEjectionPercent: 100 } },
    };
    expect(run(failing).clusters[0].ejectionsDetected).toBe(0);
    expect(allOutcomes(run(failing))).toEqual({ '503 -': 199 });
  });

  it('idle time-out: both sides close after silence, also while an answer is due', () => {
    const idle = run({ arrivals: [burst(0, 1), burst(3 * S, 1)] }, { proxyIdleNs: S });
    expect(allOutcomes(idle)).toEqual({ '200 -': 2 });
    expect(idle.clusters[0]).toMatchObject({ upstreamCxTotal: 2, upstreamCxIdleTimeout: 2 });
    const silent = run({ arrivals: [burst(0, 1)], program: [work(3 * S)] }, { proxyIdleNs: S });
    expect(allOutcomes(silent)).toEqual({ '0 SI': 1 });
    expect(silent.traffic[0].latency.max).toBeGreaterThan(S);
    expect(silent.traffic[0].latency.max).toBeLessThan(1.01 * S);
  });

  it('the application closes its own idle connections first', () => {
    const result = run({ arrivals: [burst(0, 1), burst(3 * S, 1)] }, { idleNs: 2 * S });
    expect(result.clusters[0]).toMatchObject({ upstreamCxTotal: 2, upstreamCxIdleTimeout: 0 });
  });

  it('DT: the longest life of a connection ends it, whatever is on it', () => {
    const result = run({ arrivals: [burst(0, 1), burst(0.5 * S, 1)], program: [work(0.8 * S)] }, { maxDurationNs: S });
    expect(allOutcomes(result)).toEqual({ '200 -': 2 });
    const long = run({ arrivals: [burst(0, 1)], program: [work(3 * S)] }, { maxDurationNs: S });
    expect(allOutcomes(long)).toEqual({ '0 DT': 1 });
    expect(long.clusters[0].upstreamCxMaxDuration).toBe(1);
  });

  it('a caller that gives up closes its connection, and the next call opens another', () => {
    const result = run({ arrivals: [burst(0, 1), burst(S, 1)], program: [work(100 * MS)], clientTimeoutNs: 50 * MS });
    expect(allOutcomes(result)).toEqual({ '0 DC': 2 });
    expect(result.clusters[0].upstreamCxTotal).toBe(2);
  });

  it('a server that closes idle connections is met over both proxies: the request that crosses the closing is lost', () => {
    const race = (atNs: number) =>
      run({
        arrivals: [burst(0, 1), burst(atNs, 1)],
        app: { keepAlive: { idleNs: S, requests: 0 } },
        program: [work(10 * MS)],
      });
    // The first call is answered at 11 ms; the news of the closing comes at 1.011 s, the last request that it crosses leaves half a millisecond before.
    expect(allOutcomes(race(1.0108 * S))).toEqual({ '0 UC': 1, '200 -': 1 });
    expect(allOutcomes(race(1.009 * S))).toEqual({ '200 -': 2 });
    expect(allOutcomes(race(1.02 * S))).toEqual({ '200 -': 2 });
  });

  it('a connection that is lost takes all its calls with it, those on their way through the proxy as well', () => {
    const result = run({
      arrivals: [burst(0, 1), burst(9.7 * MS, 20)],
      cluster: { protocol: 'http2' },
      app: { keepAlive: { idleNs: 9 * MS, requests: 0 } },
      program: [work(0)],
      clientProxy: { requestCpuNs: 0.05 * MS, responseCpuNs: 0.05 * MS },
    });
    const { '0 UC': lost = 0, '200 -': served = 0 } = allOutcomes(result);
    expect(lost).toBeGreaterThan(1);
    expect(lost + served).toBe(21);
    expect(result.calls.inFlight).toBe(0);
  });

  it('passing bytes on costs less CPU than reading HTTP', () => {
    const cpu = { requestCpuNs: 0.1 * MS, responseCpuNs: 0.1 * MS };
    const plan: SmallPlan = { arrivals: [every(100 * MS)], clientProxy: cpu, serverProxy: cpu };
    const options = { seed: 'cpu', replication: 0, warmupNs: 0, durationNs: 20 * S, intervalNs: S, maxEvents: 1e6 };
    const http = simulate(smallPlan(plan), options).workloads.map(({ proxyCpuNs }) => proxyCpuNs);
    const tcp = run(plan).workloads.map(({ proxyCpuNs }) => proxyCpuNs);
    expect(tcp[0] / http[0]).toBeCloseTo(0.4, 6);
    expect(tcp[1] / http[1]).toBeCloseTo(0.4, 6);
  });

  it('no connection and no call is lost: everything that was taken comes back', () => {
    const result = run(
      {
        pods: 3,
        arrivals: [poisson(300)],
        program: [work(20 * MS)],
        clientTimeoutNs: 21.2 * MS,
        app: { keepAlive: { idleNs: 30 * MS, requests: 7 }, workers: 4 },
        limits: { maxConnections: 8, maxPendingRequests: 2 },
      },
      { idleNs: 20 * MS, proxyIdleNs: 15 * MS, maxDurationNs: 200 * MS },
    );
    expect(result.calls.inFlight).toBeLessThanOrEqual(8);
    expect(result.calls.started).toBe(result.calls.ended + result.calls.inFlight);
    expect(result.clusters[0].peakConnections).toBe(8);
    expect(Object.keys(allOutcomes(result)).length).toBeGreaterThan(2);
  });
});

describe('kube-proxy: an endpoint for each connection of a caller without a proxy', () => {
  const direct: Partial<CallerConnectionsPlan> = { opaque: false, proxyIdleNs: 0 };
  const plan: SmallPlan = { pods: 4, clientProxy: null, cluster: { balancer: { policy: 'random', choiceCount: 2 } } };

  it('HTTP/1.1: the connection that was free last is used again', () => {
    const result = run({ ...plan, arrivals: [every(100 * MS)] }, direct);
    expect(result.clusters[0]).toMatchObject({ upstreamCxTotal: 1, upstreamRqTotal: 200 });
  });

  it('HTTP/2: all calls go to one pod', () => {
    const http2 = { ...plan.cluster, protocol: 'http2' as const };
    const result = run({ ...plan, cluster: http2, arrivals: [burst(0, 50), burst(S, 50)] }, direct);
    expect(result.clusters[0]).toMatchObject({ upstreamCxTotal: 1, upstreamRqTotal: 100 });
    expect(allOutcomes(result)).toEqual({ '200 -': 100 });
  });

  it('each connection of a closed loop has its own, that of an open loop of many clients is anyone’s', () => {
    const closed = {
      kind: 'closed' as const,
      connections: 6,
      ratePerSecond: null,
      uniform: false,
      think: null,
      calls: null,
      startNs: MS,
    };
    const result = run({ ...plan, arrivals: [closed] }, { ...direct, shared: false });
    expect(result.clusters[0].upstreamCxTotal).toBe(6);
    const open = run({ ...plan, arrivals: [every(100 * MS)] }, { ...direct, shared: false });
    expect(open.clusters[0].upstreamCxTotal).toBe(4);
  });
});
