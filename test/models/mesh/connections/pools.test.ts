// Connection pools: limits, lives and ends of connections (envoy: source/common/conn_pool/conn_pool_base.cc). The numbered cases of Envoy's
// own tests are in test/conformance/envoy-pools.test.ts.
import { describe, expect, it } from 'vitest';
import { simulate } from '../../../../models/mesh/run/simulation.js';
import { allOutcomes, burst, every, MS, RETRY, S, type SmallPlan, smallPlan, work } from '../../../support/plans.js';

function run(plan: SmallPlan, durationNs = 10 * S) {
  return simulate(smallPlan(plan), {
    seed: 'pools',
    replication: 0,
    warmupNs: 0,
    durationNs,
    intervalNs: S,
    maxEvents: 1e6,
  });
}

describe('HTTP/1.1 pools', () => {
  it('each worker and host may always have one connection', () => {
    const result = run({ pods: 3, arrivals: [burst(0, 3)], limits: { maxConnections: 1 } });
    expect(allOutcomes(result)).toEqual({ '200 -': 3 });
    expect(result.clusters[0].upstreamCxTotal).toBe(3);
  });

  it('max_requests_per_connection closes a connection after its last stream', () => {
    const arrivals = [burst(0, 1), burst(S, 1), burst(2 * S, 1), burst(3 * S, 1)];
    const result = run({ arrivals, cluster: { maxRequestsPerConnection: 2 } });
    expect(result.clusters[0]).toMatchObject({ upstreamCxTotal: 2, upstreamCxMaxRequests: 2 });
  });

  it('idle connections close after the idle time-out', () => {
    const result = run({ arrivals: [burst(0, 1), burst(5 * S, 1)], cluster: { idleTimeoutNs: 2 * S } });
    // The second one closes, too, within the ten seconds: nobody needs to ask for it.
    expect(result.clusters[0]).toMatchObject({ upstreamCxTotal: 2, upstreamCxIdleTimeout: 2 });
  });

  it('connecting costs a round trip, TLS another', () => {
    const cold = run({ arrivals: [burst(0, 1)], program: [work(MS)] });
    expect(cold.traffic[0].latency.max).toBe(0.5 * MS + 0.5 * MS + MS);
    const tls = run({
      arrivals: [burst(0, 1)],
      program: [work(MS)],
      cluster: { tls: { mode: 'mtls', roundTrips: 1 } },
    });
    expect(tls.traffic[0].latency.max).toBe(0.5 * MS + 1 * MS + MS);
  });

  it('a peak leaves connections behind that count against max_connections until they have been idle for long enough', () => {
    const arrivals = [burst(0, 2), burst(S, 2), burst(4 * S, 2)];
    const result = run({ pods: 2, arrivals, limits: { maxConnections: 4 }, cluster: { idleTimeoutNs: 2 * S } });
    expect(result.clusters[0]).toMatchObject({ upstreamCxTotal: 4, upstreamCxIdleTimeout: 4, peakConnections: 2 });
  });

  it('an idle time-out of 0 is none', () => {
    const result = run({ arrivals: [burst(0, 1), burst(5 * S, 1)], cluster: { idleTimeoutNs: 0 } });
    expect(result.clusters[0]).toMatchObject({ upstreamCxTotal: 1, upstreamCxIdleTimeout: 0 });
  });

  it('reuses the connection that became free last: the others age and close', () => {
    // Two connections at first; one request each 100 ms then keeps a single one in use.
    const result = run({ arrivals: [burst(0, 2), every(100 * MS, S)], cluster: { idleTimeoutNs: 2 * S } }, 4 * S);
    expect(result.clusters[0]).toMatchObject({ upstreamCxTotal: 2, upstreamCxIdleTimeout: 1 });
  });

  it('max_connection_duration: an idle connection closes, a busy one first answers', () => {
    const idle = run({ arrivals: [burst(0, 1), burst(3 * S, 1)], cluster: { maxConnectionDurationNs: 2 * S } }, 4 * S);
    expect(idle.clusters[0]).toMatchObject({ upstreamCxTotal: 2, upstreamCxMaxDuration: 1 });
    const busy = run(
      { arrivals: [burst(0, 1), burst(3 * S, 1)], program: [work(4 * S)], cluster: { maxConnectionDurationNs: 2 * S } },
      9 * S,
    );
    expect(allOutcomes(busy)).toEqual({ '200 -': 2 });
    expect(busy.clusters[0]).toMatchObject({ upstreamCxTotal: 2, upstreamCxMaxDuration: 2 });
  });

  it('a connection that is lost makes room for a new one, for those that wait', () => {
    // Every connection is reset under its first stream; the others wait at the limit, and each gets a connection of its own.
    const result = run({ arrivals: [burst(0, 4)], limits: { maxConnections: 1 }, cluster: { reachable: 'reset' } });
    expect(allOutcomes(result)).toEqual({ '503 UC': 4 });
    expect(result.clusters[0]).toMatchObject({ upstreamCxTotal: 4, peakConnections: 1 });
  });

  it('the limit is told of once for each attempt to connect', () => {
    const result = run({ arrivals: [burst(0, 3)], limits: { maxConnections: 1 } });
    // The second and the third request ask in vain; when the connection is up, it serves one after the other.
    expect(result.clusters[0]).toMatchObject({ upstreamCxTotal: 1, upstreamCxOverflow: 2 });
  });

  it('a connection that takes longer than the connect time-out fails with UF', () => {
    const result = run({ arrivals: [burst(0, 1)], oneWayNs: 40 * MS, cluster: { connectTimeoutNs: 50 * MS } });
    expect(allOutcomes(result)).toEqual({ '503 UF': 1 });
    expect(result.clusters[0]).toMatchObject({ upstreamCxConnectFail: 1, upstreamCxConnectTimeout: 1 });
  });

  it('plaintext to STRICT: the connection is lost after it was made, 503 UC, one try', () => {
    const result = run({ arrivals: [burst(0, 1)], cluster: { reachable: 'reset' }, route: { retry: RETRY } });
    expect(allOutcomes(result)).toEqual({ '503 UC': 1 });
    expect(result.rows[0].attempts).toBe(1);
  });
});

describe('HTTP/2 pools', () => {
  it('one connection carries everything', () => {
    const result = run({ arrivals: [burst(0, 100)], cluster: { protocol: 'http2' } });
    expect(allOutcomes(result)).toEqual({ '200 -': 100 });
    expect(result.clusters[0].upstreamCxTotal).toBe(1);
  });

  it('max_requests refuses, max_connections queues (six at once)', () => {
    const h2 = run({ arrivals: [burst(0, 6)], cluster: { protocol: 'http2' }, limits: { maxRequests: 3 } });
    expect(allOutcomes(h2)).toEqual({ '200 -': 3, '503 UO': 3 });
    const h1 = run({ arrivals: [burst(0, 6)], limits: { maxConnections: 3 } });
    expect(allOutcomes(h1)).toEqual({ '200 -': 6 });
  });
});
