// What the seed files about routes do in a run: 03, 10, 12, 13.
import { expect, test } from 'vitest';
import { explainPath } from '../../../models/plan/explain/index.js';
import { input } from '../../models/plan/support.js';
import { app, callsTo, describeSeed, margin, outcomes, pods, run, seed, service, triesPerCall } from './seed.js';

const GATEWAY = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: bookinfo-gateway, namespace: default }
spec: { selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [bookinfo.example.com] }] }
`;
const subsets = (policy = ''): string => `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: default }
spec: { host: reviews, ${policy} subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }] }
`;
const EDGE = 'istio-ingressgateway';
const REVIEWS = [
  pods('reviews-v1', { labels: { part: 'reviews', version: 'v1' }, replicas: 2 }),
  pods('reviews-v2', { labels: { part: 'reviews', version: 'v2' }, replicas: 2 }),
  service('reviews', { selector: { part: 'reviews' } }),
  app('ratings'),
];
/** Nobody reaches these pods: connections time out. */
const unreachable = (labels: string): string => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: closed, namespace: default }
spec: { podSelector: { matchLabels: ${labels} }, policyTypes: [Ingress] }
`;

describeSeed('03-virtualservice-bookinfo.yaml', 'VirtualService default/bookinfo', () => {
  const FILE = '03-virtualservice-bookinfo.yaml';
  const visitors = (headers: Record<string, string> = {}, path = '/') => ({
    name: 'visitors',
    to: 'http://bookinfo.example.com',
    rate: '100/s',
    requests: [{ name: 'page', path, headers }],
  });
  const FIREFOX = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' };

  test('a regular expression over the user agent sends to v2 alone', async () => {
    const mesh = [seed(FILE), GATEWAY, subsets(), ...REVIEWS];
    expect(Object.keys(callsTo(await run(mesh, { traffic: [visitors(FIREFOX)] }), EDGE))).toEqual(['reviews-v2']);
    const other = callsTo(await run(mesh, { traffic: [visitors({ 'user-agent': 'firefox' })] }), EDGE);
    expect(Object.keys(other).sort()).toEqual(['reviews-v1', 'reviews-v2']);
  });

  test('jason waits for 7 s, and is sent to v2', async () => {
    const result = await run([seed(FILE), GATEWAY, subsets(), ...REVIEWS], {
      traffic: [visitors({ 'end-user': 'jason' })],
    });
    expect(Object.keys(callsTo(result, EDGE))).toEqual(['reviews-v2']);
    expect(result.totals.latency.p50Ms.value).toBeGreaterThan(7000);
    expect(result.totals.latency.maxMs).toBeLessThan(7100);
  });

  test('everybody else goes to v1 and v2, 80 to 20', async () => {
    const result = await run([seed(FILE), GATEWAY, subsets(), ...REVIEWS], { traffic: [visitors()] });
    const { 'reviews-v1': v1 = 0, 'reviews-v2': v2 = 0, ...rest } = callsTo(result, EDGE);
    expect(rest).toEqual({});
    expect(Math.abs(v2 / (v1 + v2) - 0.2)).toBeLessThan(margin(0.2, v1 + v2));
    expect(result.totals.latency.maxMs).toBeLessThan(200);
  });

  test('a try ends after 2 s, and is not made again: a time-out is none of the conditions', async () => {
    const slow = { traffic: [visitors(FIREFOX)], workloads: { 'reviews-v2': { wait: '3s' } } };
    const result = await run([seed(FILE), GATEWAY, subsets(), ...REVIEWS], slow);
    expect(outcomes(result, EDGE)).toEqual({ '504 UT': 1 });
    expect(result.totals.latency.maxMs).toBeLessThan(2100);
    expect(triesPerCall(result, EDGE)).toBe(1);
  });

  test('connections that fail are tried three times more, with conditions of its own or the default ones', async () => {
    const quick = subsets('trafficPolicy: { connectionPool: { tcp: { connectTimeout: 30ms } } },');
    for (const headers of [FIREFOX, {}]) {
      const result = await run([seed(FILE), GATEWAY, quick, ...REVIEWS, unreachable('{ part: reviews }')], {
        traffic: [{ ...visitors(headers), rate: '5/s' }],
      });
      expect(Object.keys(outcomes(result, EDGE))).toEqual(['503 URX,UF']);
      expect(triesPerCall(result, EDGE)).toBe(4);
    }
  });

  test('all tries of the default route together end after 5 s', async () => {
    const patient = subsets('trafficPolicy: { connectionPool: { tcp: { connectTimeout: 1500ms } } },');
    const mesh = [seed(FILE), GATEWAY, patient, ...REVIEWS, unreachable('{ part: reviews }')];
    const cut = await run(mesh, { traffic: [{ ...visitors(), rate: '1/s' }] });
    expect(cut.totals.latency.maxMs).toBeLessThan(5010);
    expect(cut.totals.latency.maxMs).toBeGreaterThan(4990);
    const uncut = await run(mesh, { traffic: [{ ...visitors(FIREFOX), rate: '1/s' }] });
    expect(uncut.totals.latency.maxMs).toBeGreaterThan(5500);
  });

  test('as written nobody gets to the abort: the route before it takes all; before that one it ends half of the requests', async () => {
    const asWritten = seed(FILE);
    const around = [GATEWAY, subsets(), ...REVIEWS];
    const written = await run([asWritten, ...around], { traffic: [visitors({}, '/fault')] });
    expect(outcomes(written, EDGE)).toEqual({ '200': 1 });
    expect(callsTo(written, EDGE).ratings).toBeUndefined();

    const DEFAULT = '  # 默认路由\n  - route:\n';
    expect(asWritten.text).toContain(DEFAULT);
    const text = asWritten.text.replace(DEFAULT, '  - match: [{ uri: { prefix: /reviews } }]\n    route:\n');
    const reached = await run([{ name: FILE, text }, ...around], { traffic: [visitors({}, '/fault/1')] });
    const { '503 FI': aborted = 0, 200: passed = 0 } = outcomes(reached, EDGE);
    expect(aborted + passed).toBe(1);
    expect(Math.abs(aborted - 0.5)).toBeLessThan(margin(0.5, 2000));
    expect(callsTo(reached, EDGE).ratings).toBeGreaterThan(0);
  });
});

describeSeed('12-latency-based-routing.yaml', 'VirtualService default/latency-based-routing', () => {
  const mesh = () => [
    seed('12-latency-based-routing.yaml'),
    app('recommendation-service'),
    app('recommendation-v1'),
    app('recommendation-v2'),
    app('recommendation-us-east'),
    pods('client'),
  ];
  const load = (headers: Record<string, string>) => ({
    traffic: [
      { name: 'load', from: 'client', to: 'http://recommendation-service', rate: '200/s', requests: [{ headers }] },
    ],
  });
  const split = async (headers: Record<string, string>) => callsTo(await run(mesh(), load(headers)));

  test('premium users are shared 70 to 30, the others 60 to 40', async () => {
    for (const [headers, share] of [
      [{ 'x-user-tier': 'premium' }, 0.3],
      [{ 'x-user-tier': 'basic' }, 0.4],
    ] as const) {
      const { 'recommendation-v1': v1 = 0, 'recommendation-v2': v2 = 0, ...rest } = await split(headers);
      expect(rest).toEqual({});
      expect(Math.abs(v2 / (v1 + v2) - share)).toBeLessThan(margin(share, v1 + v2));
    }
  });

  test('answers to premium users say how they were routed, and no others', () => {
    const answersOf = (tier: string) => {
      const yaml = mesh().map((manifest) => (typeof manifest === 'string' ? manifest : manifest.text));
      const { explanation } = explainPath(input({ yaml }), {
        from: 'client.default',
        to: 'http://recommendation-service.default/',
        method: 'GET',
        path: '/',
        headers: { 'x-user-tier': tier },
        isVersionAssumed: false,
      });
      return explanation?.hops[0]?.route.responseHeaders;
    };
    expect(answersOf('premium')).toMatchObject([
      {
        operation: 'set',
        name: 'x-routing-strategy',
        value: 'latency-based-premium',
        place: { position: { line: 26 } },
      },
    ]);
    expect(answersOf('basic')).toEqual([]);
  });

  test('a region has an instance of its own, but the tier comes first', async () => {
    expect(Object.keys(await split({ 'x-region': 'us-east' }))).toEqual(['recommendation-us-east']);
    const both = await split({ 'x-region': 'us-east', 'x-user-tier': 'premium' });
    expect(both['recommendation-us-east']).toBeUndefined();
  });
});

describeSeed('13-resilient-service.yaml', 'VirtualService default/resilient-service', () => {
  const FILE = '13-resilient-service.yaml';
  const around = (): string[] => [
    app('backend-service'),
    app('backend-primary'),
    app('backend-secondary'),
    pods('client'),
  ];
  const load = (rate: string) => [{ name: 'load', from: 'client', to: 'http://backend-service/', rate }];

  test('nine requests in ten go to the primary; one in a thousand waits for 5 s, one in a thousand is aborted', async () => {
    const result = await run([seed(FILE), ...around()], {
      traffic: load('1000/s'),
      run: { duration: '60s' },
      sidecar: { requestCpu: '5us', responseCpu: '5us', afterResponseCpu: '5us' },
      defaults: { wait: '1ms' },
    });
    const calls = callsTo(result);
    const [primary, secondary, aborted] = ['backend-primary', 'backend-secondary', '-'].map((name) => calls[name] ?? 0);
    const sent = primary! + secondary!;
    expect(Math.abs(secondary! / sent - 0.1)).toBeLessThan(margin(0.1, sent));
    expect(Math.abs(aborted! / (sent + aborted!) - 0.001)).toBeLessThan(margin(0.001, sent));
    expect(outcomes(result, 'load')['503 FI']).toBeGreaterThan(0);
    const { boundsMs, counts } = result.totals.latencyDistribution;
    const late = counts.filter((_, bucket) => boundsMs[bucket]! > 4000).reduce((sum, count) => sum + count, 0);
    expect(Math.abs(late / (sent + aborted!) - 0.001)).toBeLessThan(margin(0.001, sent));
    expect(result.totals.latency.maxMs).toBeGreaterThan(5000);
  });

  test('a try ends after 2 s; only connections that fail are tried again, three times at most', async () => {
    const slow = await run([seed(FILE), ...around()], { traffic: load('20/s'), defaults: { wait: '3s' } });
    expect(outcomes(slow, 'load')['504 UT']).toBeGreaterThan(0.98);
    expect(triesPerCall(slow, 'load')).toBe(1);
    const rule = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: primary, namespace: default }
spec: { host: backend-primary, trafficPolicy: { connectionPool: { tcp: { connectTimeout: 100ms } } } }
`;
    const closed = await run([seed(FILE), ...around(), rule, unreachable('{ app: backend-primary }')], {
      traffic: load('20/s'),
    });
    expect(triesPerCall(closed, 'load')).toBe(4);
  });

  test('all tries together end after 10 s', async () => {
    const rule = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: primary, namespace: default }
spec: { host: backend-primary, trafficPolicy: { connectionPool: { tcp: { connectTimeout: 1900ms } } } }
`;
    const closed = await run([seed(FILE), ...around(), rule, unreachable('{ app: backend-primary }')], {
      traffic: load('1/s'),
      run: { duration: '30s' },
    });
    expect(closed.totals.latency.maxMs).toBeLessThan(10_010);
  });
});
