// Conformance with Envoy: connection pools and circuit breakers. The cases are those of Envoy's own tests (test/common/http/http1/conn_pool_test.cc,
// test/common/http/http2/conn_pool_test.cc, test/common/conn_pool/conn_pool_base_test.cc, test/common/router/retry_state_impl_test.cc).
import { describe, expect, it } from 'vitest';
import { simulate } from '../../models/mesh/run/simulation.js';
import { allOutcomes, burst, MS, OUTLIER, RETRY, S, type SmallPlan, smallPlan, work } from '../support/plans.js';

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

describe('Envoy: connection pools', () => {
  it('case 16: a cold HTTP/1 pool puts every request through pending', () => {
    const result = run({ arrivals: [burst(0, 3)], limits: { maxConnections: 1, maxPendingRequests: 1 } });
    expect(allOutcomes(result)).toEqual({ '200 -': 1, '503 UO': 2 });
    expect(result.clusters[0]).toMatchObject({
      upstreamRqPendingOverflow: 2,
      upstreamCxTotal: 1,
      peakPendingRequests: 1,
    });
  });

  it('case 17: a warm pool serves one, queues one, refuses one', () => {
    const result = run({ arrivals: [burst(0, 1), burst(S, 3)], limits: { maxConnections: 1, maxPendingRequests: 1 } });
    expect(allOutcomes(result)).toEqual({ '200 -': 3, '503 UO': 1 });
    expect(result.clusters[0]).toMatchObject({
      upstreamRqPendingOverflow: 1,
      upstreamCxOverflow: 1,
      upstreamCxTotal: 1,
    });
    // The one that waits is attached when the first is answered.
    expect(result.traffic[0].latency.max).toBeLessThan(result.traffic[1].latency.max);
  });

  it('case 18: at the connection limit requests wait, they are not refused', () => {
    const result = run({ arrivals: [burst(0, 3)], limits: { maxConnections: 2 } });
    expect(allOutcomes(result)).toEqual({ '200 -': 3 });
    expect(result.clusters[0]).toMatchObject({ upstreamCxTotal: 2, upstreamRqTotal: 3, peakConnections: 2 });
    // Two at a time: the third waits for the first, so its latency is twice the service time and the hops.
    expect(result.traffic[0].latency.max).toBeGreaterThan(20 * MS);
  });

  it('case 19: max_requests refuses at attach what waited for the connection', () => {
    const result = run({ arrivals: [burst(0, 3)], cluster: { protocol: 'http2' }, limits: { maxRequests: 1 } });
    expect(allOutcomes(result)).toEqual({ '200 -': 1, '503 UO': 2 });
    expect(result.clusters[0]).toMatchObject({
      upstreamRqActiveOverflow: 2,
      peakActiveRequests: 1,
      upstreamCxTotal: 1,
    });
  });

  it('case 20: two streams a connection, three cold streams open two connections', () => {
    const result = run({ arrivals: [burst(0, 3)], cluster: { protocol: 'http2', maxConcurrentStreams: 2 } });
    expect(result.clusters[0].upstreamCxTotal).toBe(2);
    expect(allOutcomes(result)).toEqual({ '200 -': 3 });
  });

  it('case 20, by lifetime: a connection under way has room for no more than max_requests_per_connection', () => {
    const result = run({ arrivals: [burst(0, 3)], cluster: { protocol: 'http2', maxRequestsPerConnection: 2 } });
    expect(result.clusters[0]).toMatchObject({ upstreamCxTotal: 2, upstreamCxMaxRequests: 1 });
    // The third stream does not wait for a connection that is made only after the first one is full.
    expect(result.traffic[0].latency.max).toBeLessThan(12 * MS);
  });

  it('case 21: a ratio of 1.5 makes two connections for the first cold stream', () => {
    const result = run({ arrivals: [burst(0, 1)], cluster: { preconnectRatio: 1.5 } });
    expect(result.clusters[0].upstreamCxTotal).toBe(2);
    const none = run({ arrivals: [burst(0, 1)] });
    expect(none.clusters[0].upstreamCxTotal).toBe(1);
  });

  it('case 21, later: a stream on a ready connection makes the next one', () => {
    // (0 pending + 2 active) x 1.5 = 3 > 0 unused + 2 active.
    const result = run({ arrivals: [burst(0, 1), burst(S, 2)], cluster: { preconnectRatio: 1.5 } });
    expect(result.clusters[0].upstreamCxTotal).toBe(3);
  });

  it('case 22: the first failed connection fails all that wait; each retries, three slots are there', () => {
    const result = run(
      {
        pods: 10,
        arrivals: [burst(0, 50)],
        cluster: {
          reachable: 'tls-failure',
          outlier: { ...OUTLIER, maxEjectionPercent: 100 },
          balancer: { policy: 'round_robin', choiceCount: 2 },
        },
        limits: { maxRetries: 3 },
        // A back-off of zero would come too soon.
        route: { retry: { ...RETRY, retries: 1, backoffBaseNs: 10_000 * MS, backoffMaxNs: 10_000 * MS } },
      },
      // Before the first back-off ends: what the first failures have done.
      1 * MS + 60,
    );
    // Five requests a host; all ten hosts are ejected, each by the five that waited for its first connection.
    expect(result.clusters[0]).toMatchObject({ upstreamRqPendingFailureEject: 50, ejectionsEnforced: 10 });
    expect(result.clusters[0]).toMatchObject({ upstreamRqRetryOverflow: 47, peakRetries: 3 });
  });

  it('case 22, one host: five fail at once, three hold a retry, two overflow', () => {
    const result = run({
      arrivals: [burst(0, 5)],
      pods: 1,
      cluster: { reachable: 'tls-failure' },
      limits: { maxRetries: 3 },
      route: { retry: { ...RETRY, retries: 1 } },
    });
    expect(allOutcomes(result)).toEqual({ '503 UO,UF': 2, '503 URX,UF': 3 });
    expect(result.clusters[0]).toMatchObject({ upstreamRqRetryOverflow: 2, upstreamRqRetry: 3 });
    expect(result.clusters[0].upstreamRqPendingFailureEject).toBe(8);
  });

  it('max_connections never refuses by itself, and every worker and host may have one', () => {
    const result = run({
      pods: 3,
      clientProxy: { workers: 2 },
      arrivals: [burst(0, 60)],
      limits: { maxConnections: 1 },
      program: [work(MS)],
    });
    expect(allOutcomes(result)).toEqual({ '200 -': 60 });
    expect(result.clusters[0].upstreamCxTotal).toBe(6);
  });
});

describe('Envoy: a freed connection of HTTP/1.1 and its turn of the event loop', () => {
  // One connection, held from 0 to about 10 ms; one request waits from 5 ms on, another comes shortly before the connection is freed.
  const late = (beforeNs: number, cluster: SmallPlan['cluster'] = {}, latencyNs = 0.2 * MS) => {
    const waking = { latencyNs };
    // Connected after a round trip of 0.5 ms (HTTP/2: the same), there and back with 0.7 ms, 10 ms of work.
    const freedNs = 0.5 * MS + 0.5 * MS + 2 * latencyNs + 10 * MS;
    const result = run({
      arrivals: [burst(0, 1), burst(5 * MS, 1), burst(Math.round(freedNs - beforeNs), 1)],
      clientProxy: waking,
      cluster: { maxConcurrentStreams: 1, ...cluster },
      limits: { maxConnections: 1 },
    });
    expect(allOutcomes(result)).toEqual({ '200 -': 3 });
    const [, waiting, last] = result.traffic.map(({ latency }) => latency.max);
    return { overtakes: last < waiting, last };
  };

  it('what came while the proxy was waking up for the response overtakes the queue', () => {
    expect(late(0.1 * MS).overtakes).toBe(true);
    // It waits no longer than that, and is served at once.
    expect(late(0.1 * MS).last).toBeLessThan(11.2 * MS);
  });

  it('what came before does not, nor where the proxy wakes at once', () => {
    expect(late(0.3 * MS).overtakes).toBe(false);
    expect(late(0.1 * MS, {}, 0).overtakes).toBe(false);
  });

  it('HTTP/2 hands its streams over in the same turn', () => {
    expect(late(0.1 * MS, { protocol: 'http2' }).overtakes).toBe(false);
  });
});
