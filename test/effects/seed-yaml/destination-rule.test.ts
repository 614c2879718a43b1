// What seed file 04 does in a run: each setting of the rule, and what its subsets change.
import { expect, test } from 'vitest';
import type { RunResult, ScenarioSpec } from '../../../scenarios/library.js';
import { callsTo, clusterOf, describeSeed, outcomes, type PodsOptions, pods, run, seed, service } from './seed.js';

const FILE = '04-destinationrule-reviews.yaml';
const HOST = 'reviews.default.svc.cluster.local';

const reviews = (version: string, suffix = '', options: PodsOptions = {}): string =>
  pods(`reviews-${version}${suffix}`, { ...options, labels: { part: 'reviews', version } });

/** Everything goes to one subset; '' = to the service as a whole. */
const route = (subset: string, more = ''): string => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: default }
spec:
  hosts: [reviews]
  http: [{ route: [{ destination: { host: reviews${subset === '' ? '' : `, subset: ${subset}`} } }]${more} }]
`;

async function runReviews(
  manifests: readonly string[],
  scenario: Omit<ScenarioSpec, 'mesh'>,
  portName = 'http',
): Promise<RunResult> {
  const around = [service('reviews', { selector: { part: 'reviews' }, portName }), pods('client')];
  return await run([seed(FILE), ...around, ...manifests], scenario);
}

const open = (rate: string) => [{ name: 'load', from: 'client', to: 'http://reviews/', rate }];
const closed = (connections: number) => [{ name: 'load', from: 'client', to: 'http://reviews/', connections }];

describeSeed(FILE, 'DestinationRule default/reviews', () => {
  test.each([
    ['', 'LEAST_CONN is LEAST_REQUEST: the slow pod gets less', 0.05, 0.4],
    ['v1', 'ROUND_ROBIN: the slow pod gets its half', 0.49, 0.51],
    ['v2', 'LEAST_REQUEST: the slow pod gets less', 0.05, 0.4],
  ])('subset "%s": %s', async (subset, _name, least, most) => {
    const version = subset || 'v3';
    const result = await runReviews([reviews(version, '-quick'), reviews(version, '-slow'), route(subset)], {
      traffic: open('100/s'),
      workloads: { [`reviews-${version}-slow`]: { wait: '300ms' } },
    });
    const calls = callsTo(result);
    const slow = calls[`reviews-${version}-slow`]!;
    const share = slow / (slow + calls[`reviews-${version}-quick`]!);
    expect(share).toBeGreaterThan(least);
    expect(share).toBeLessThan(most);
  });

  test('100 connections and 1000 waiting requests; what comes beyond is refused. Limits of v2 take the place of all of these', async () => {
    const load = { traffic: closed(1300), defaults: { wait: '1s' }, run: { duration: '10s', warmup: '5s' } };
    const limited = await runReviews([reviews('v1', '', { replicas: 4 }), route('v1')], load);
    const v1 = clusterOf(limited, HOST, 'v1');
    expect(v1.limits).toEqual({ connections: 100, pendingRequests: 1000, requests: 1000, retries: 3 });
    expect(v1.peaks.peakConnections).toBe(100);
    expect(v1.peaks.peakPendingRequests).toBe(1000);
    expect(outcomes(limited, 'load')['503 UO']).toBeGreaterThan(0.5);

    const unlimited = await runReviews([reviews('v2', '', { replicas: 4 }), route('v2')], load);
    const v2 = clusterOf(unlimited, HOST, 'v2');
    expect(v2.limits).toMatchObject({ connections: null, pendingRequests: null, requests: 2000 });
    expect(v2.peaks.peakConnections).toBeGreaterThan(1200);
    expect(outcomes(unlimited, 'load')).toEqual({ 200: 1 });
  });

  test('1000 requests at once on connections of HTTP/2, where 1000 more wait; 2000 to v2, where nobody waits', async () => {
    const load = { traffic: open('2500/s'), defaults: { wait: '1s' }, run: { duration: '10s', warmup: '5s' } };
    const peaks = async (version: string) => {
      const result = await runReviews([reviews(version, '', { replicas: 4 }), route(version)], load, 'http2');
      expect(outcomes(result, 'load')['503 UO']).toBeGreaterThan(0.05);
      return clusterOf(result, HOST, version).peaks;
    };
    expect(await peaks('v1')).toMatchObject({ peakActiveRequests: 1000, peakPendingRequests: 1000 });
    expect((await peaks('v2')).peakActiveRequests).toBe(2000);
  });

  test('a connection ends after ten requests; those to v2 live on', async () => {
    const [v1, v2] = await Promise.all(
      ['v1', 'v2'].map(async (version) =>
        clusterOf(await runReviews([reviews(version), route(version)], { traffic: open('50/s') }), HOST, version),
      ),
    );
    const [requests, connections] = [v1!.counters.upstreamRqTotal!, v1!.counters.upstreamCxTotal!];
    expect(requests / connections).toBeGreaterThan(9);
    expect(requests / connections).toBeLessThanOrEqual(10.5);
    expect(v1!.counters.upstreamCxMaxRequests).toBeGreaterThan(0);
    expect(v2!.counters.upstreamCxMaxRequests).toBe(0);
  });

  test('a connection has 30 ms to come up; to v2 it has the ten seconds of the mesh', async () => {
    const policy = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: closed, namespace: default }
spec: { podSelector: { matchLabels: { part: reviews } }, policyTypes: [Ingress] }
`;
    const noRetries = ', retries: { attempts: 0 }';
    const latency = async (version: string): Promise<number> => {
      const result = await runReviews([reviews(version), route(version, noRetries), policy], {
        traffic: open('1/s'),
        run: { duration: '30s' },
      });
      expect(Object.keys(outcomes(result, 'load'))).toEqual(['503 UF']);
      return result.totals.latency.maxMs!;
    };
    expect(await latency('v1')).toBeLessThan(32);
    expect(await latency('v2')).toBeGreaterThan(9_990);
  });

  test('three retries at once, not more', async () => {
    const result = await runReviews(
      [reviews('v1', '', { replicas: 20 }), route('v1', ', retries: { attempts: 2, retryOn: 5xx }')],
      {
        traffic: closed(80),
        workloads: { 'reviews-v1': { wait: '500ms', errors: { 500: '50%' } } },
        // Nobody is ejected in so short a time: seven errors in a row are too many for most pods.
        run: { duration: '5s', warmup: '0s' },
      },
    );
    const { counters, peaks } = clusterOf(result, HOST, 'v1');
    expect(counters.upstreamRqRetryOverflow).toBeGreaterThan(0);
    expect(peaks.peakRetries).toBe(3);
  });

  test('seven errors in a row put a pod out for 15 minutes', async () => {
    const pair = [reviews('v1', '-good', { replicas: 9 }), reviews('v1', '-bad'), route('v1')];
    const errors = async (duration: string): Promise<number> => {
      const result = await runReviews(pair, {
        traffic: open('20/s'),
        workloads: { 'reviews-v1-bad': { cpu: '1ms', errors: { 500: '100%' } } },
        run: { duration, warmup: '0s' },
      });
      return Math.round(result.totals.errorShare.value! * result.totals.latency.samples);
    };
    expect(await errors('1m')).toBe(7);
    expect(await errors('14m')).toBe(7);
    // The next sweep of every five minutes lets it in again.
    expect(await errors('21m')).toBe(14);
  });

  test('ISTIO_MUTUAL speaks TLS to pods that have no proxy: their handshakes fail', async () => {
    const bare = reviews('v1', '', { annotations: { 'sidecar.istio.io/inject': 'false' } });
    const result = await runReviews([bare, route('v1')], { traffic: open('20/s') });
    expect(Object.keys(outcomes(result, 'load')).every((label) => /^503 (\w+,)?UF$/.test(label))).toBe(true);
    const meshed = await runReviews([reviews('v1'), route('v1')], { traffic: open('20/s') });
    expect(outcomes(meshed, 'load')).toEqual({ 200: 1 });
  });
});
