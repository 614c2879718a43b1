// Connection pools and circuit breakers, by the numbered cases of Envoy's own tests (test/common/http/http1/conn_pool_test.cc,
// test/common/http/http2/conn_pool_test.cc, test/common/upstream/resource_manager_impl_test.cc).
import { describe, expect, it } from 'vitest';
import { simulate } from '../../../models/mesh/simulation.js';
import { allOutcomes, burst, MS, RETRY, S, type SmallPlan, smallPlan, work } from '../../support/plans.js';

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
  it('Envoy case 16: a cold pool puts every request through pending', () => {
    const result = run({ arrivals: [burst(0, 3)], limits: { maxConnections: 1, maxPendingRequests: 1 } });
    expect(allOutcomes(result)).toEqual({ '200 -': 1, '503 UO': 2 });
    expect(result.clusters[0]).toMatchObject({
      upstreamRqPendingOverflow: 2,
      upstreamCxTotal: 1,
      peakPendingRequests: 1,
    });
  });

  it('Envoy case 17: a warm pool serves one, queues one, refuses one', () => {
    const result = run({ arrivals: [burst(0, 1), burst(S, 3)], limits: { maxConnections: 1, maxPendingRequests: 1 } });
    expect(allOutcomes(result)).toEqual({ '200 -': 3, '503 UO': 1 });
    expect(result.clusters[0]).toMatchObject({
      upstreamRqPendingOverflow: 1,
      upstreamCxOverflow: 1,
      upstreamCxTotal: 1,
    });
  });

  it('Envoy case 18: at the connection limit requests wait, they are not refused', () => {
    const result = run({ arrivals: [burst(0, 3)], limits: { maxConnections: 2 } });
    expect(allOutcomes(result)).toEqual({ '200 -': 3 });
    expect(result.clusters[0]).toMatchObject({ upstreamCxTotal: 2, upstreamRqTotal: 3, peakConnections: 2 });
    // Two at a time: the third waits for the first, so its latency is twice the service time and the hops.
    expect(result.traffic[0].latency.max).toBeGreaterThan(20 * MS);
  });

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
    expect(result.clusters[0]).toMatchObject({ upstreamCxTotal: 2, upstreamCxIdleTimeout: 1 });
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

  it('a failed connection fails everything that waits in its pool, and each retries on its own (Envoy case 22)', () => {
    const result = run({
      arrivals: [burst(0, 5)],
      pods: 1,
      cluster: { reachable: 'tls-failure' },
      limits: { maxRetries: 3 },
      route: { retry: { ...RETRY, retries: 1 } },
    });
    // All five fail with the first connection; three hold a retry slot, two overflow; the retries fail for good.
    expect(allOutcomes(result)).toEqual({ '503 UF,UO': 2, '503 UF,URX': 3 });
    expect(result.clusters[0]).toMatchObject({ upstreamRqRetryOverflow: 2, upstreamRqRetry: 3 });
    expect(result.clusters[0].upstreamRqPendingFailureEject).toBe(8);
  });

  it('a connection that takes longer than the connect time-out fails with UF', () => {
    const result = run({ arrivals: [burst(0, 1)], oneWayNs: 40 * MS, cluster: { connectTimeoutNs: 50 * MS } });
    expect(allOutcomes(result)).toEqual({ '503 UF': 1 });
    expect(result.clusters[0].upstreamCxConnectFail).toBe(1);
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

  it('Envoy case 20: two streams a connection, three cold streams open two connections', () => {
    const result = run({ arrivals: [burst(0, 3)], cluster: { protocol: 'http2', maxConcurrentStreams: 2 } });
    expect(result.clusters[0].upstreamCxTotal).toBe(2);
    expect(allOutcomes(result)).toEqual({ '200 -': 3 });
  });

  it('Envoy case 19: max_requests refuses at attach what waited for the connection', () => {
    const result = run({ arrivals: [burst(0, 3)], cluster: { protocol: 'http2' }, limits: { maxRequests: 1 } });
    expect(allOutcomes(result)).toEqual({ '200 -': 1, '503 UO': 2 });
    expect(result.clusters[0]).toMatchObject({ upstreamRqActiveOverflow: 2, peakActiveRequests: 1 });
  });

  it('max_requests refuses, max_connections queues (six at once)', () => {
    const h2 = run({ arrivals: [burst(0, 6)], cluster: { protocol: 'http2' }, limits: { maxRequests: 3 } });
    expect(allOutcomes(h2)).toEqual({ '200 -': 3, '503 UO': 3 });
    const h1 = run({ arrivals: [burst(0, 6)], limits: { maxConnections: 3 } });
    expect(allOutcomes(h1)).toEqual({ '200 -': 6 });
  });
});
