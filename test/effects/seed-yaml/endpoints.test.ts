// What the seed files about endpoints of other clusters, and outside of all, do in a run: 09, 10, 15.
import { expect, test } from 'vitest';
import {
  app,
  callsTo,
  describeSeed,
  margin,
  namespace,
  outcomes,
  pods,
  proxyCores,
  run,
  seed,
  service,
} from './seed.js';

const REGISTRY_ONLY = `apiVersion: v1
kind: ConfigMap
metadata: { name: istio, namespace: istio-system }
data: { mesh: "outboundTrafficPolicy: { mode: REGISTRY_ONLY }" }
`;
const rule = (name: string, spec: string): string => `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${name}, namespace: default }
spec: ${spec}
`;

describeSeed('09-multicluster-serviceentry.yaml', 'ServiceEntry istio-system/external-svc', () => {
  const FILE = '09-multicluster-serviceentry.yaml';
  const HOST = 'external-service.example.com';
  const load = {
    zones: ['us-east-1/zone-a'],
    network: { between: [{ a: 'us-east-1', b: 'us-west-1', rtt: '60ms' }] },
    traffic: [{ name: 'load', from: 'client', to: `http://${HOST}/`, rate: '100/s' }],
  };

  test('without it nobody answers for the host', async () => {
    const result = await run([REGISTRY_ONLY, pods('client')], load);
    expect(Object.keys(outcomes(result, 'load'))).toEqual(['no response']);
    expect(outcomes(await run([seed(FILE), REGISTRY_ONLY, pods('client')], load), 'load')).toEqual({ 200: 1 });
  });

  test('many requests go to the other coast, until locality counts', async () => {
    const spread = await run([seed(FILE), pods('client')], load);
    expect(spread.totals.latency.p90Ms.value).toBeGreaterThan(60);
    expect(spread.totals.latency.p50Ms.value).toBeLessThan(10);
    const near = await run(
      [
        seed(FILE),
        pods('client'),
        rule('near', `{ host: ${HOST}, trafficPolicy: { outlierDetection: { consecutive5xxErrors: 5 } } }`),
      ],
      load,
    );
    expect(near.totals.latency.p99Ms.value).toBeLessThan(10);
  });

  test('it is outside of the mesh: plain text, no proxy at the other end', async () => {
    const result = await run([seed(FILE), pods('client')], load);
    const external = result.services.find(({ name }) => name === HOST);
    expect(external).toMatchObject({ kind: 'external', workloads: [{ pods: 2, proxyCpuCores: { value: 0 } }] });
  });
});

describeSeed('10-multicluster-virtualservice.yaml', 'VirtualService istio-system/multicluster-routing', () => {
  const FILE = '10-multicluster-virtualservice.yaml';
  const around = [
    namespace('default', { 'istio-injection': 'enabled' }),
    ...['cluster-1', 'cluster-2'].flatMap((name) => [
      namespace(name, { 'istio-injection': 'enabled' }),
      // Names that the shares can be told apart by.
      pods(`page-${name}`, { namespace: name }),
      service('productpage', { namespace: name, selector: { app: `page-${name}` } }),
    ]),
    app('elsewhere'),
    ...['cluster-1', 'cluster-2', 'cluster-3'].map((cluster) => pods(`client-${cluster}`, { labels: { cluster } })),
  ];
  const split = async (from: string, to = 'http://productpage.cluster-1.svc.cluster.local/') =>
    callsTo(await run([seed(FILE), ...around], { traffic: [{ name: 'load', from, to, rate: '100/s' }] }));

  test.each([
    ['cluster-1', 'page-cluster-2'],
    ['cluster-2', 'page-cluster-1'],
  ])('one request in ten of a caller in %s goes to the other cluster', async (cluster, other) => {
    const { [`page-${cluster}`]: own = 0, [other]: far = 0, ...rest } = await split(`client-${cluster}`);
    expect(rest).toEqual({});
    expect(Math.abs(far / (own + far) - 0.1)).toBeLessThan(margin(0.1, own + far));
  });

  test('whatever host of the cluster they dial: *.local takes all; callers without the label go where they dialed', async () => {
    const to = 'http://elsewhere.default.svc.cluster.local/';
    expect(Object.keys(await split('client-cluster-1', to)).sort()).toEqual(['page-cluster-1', 'page-cluster-2']);
    expect(Object.keys(await split('client-cluster-3', to))).toEqual(['elsewhere']);
    expect(Object.keys(await split('client-cluster-3'))).toEqual(['page-cluster-1']);
  });
});

describeSeed('15-serviceentry-workloadentry.yaml', 'ServiceEntry default/external-apis', () => {
  const FILE = '15-serviceentry-workloadentry.yaml';
  const HOST = 'api.external-service.com';
  const load = { traffic: [{ name: 'load', from: 'client', to: `https://${HOST}/`, rate: '20/s' }] };

  test('without it nobody answers for the host', async () => {
    const around = [REGISTRY_ONLY, pods('client')];
    expect(outcomes(await run(around, load), 'load')['200']).toBeUndefined();
    expect(outcomes(await run([seed(FILE), ...around], load), 'load')).toEqual({ 200: 1 });
  });

  test('its endpoint has the labels that a subset asks for', async () => {
    const subset = (labels: string): string[] => [
      rule('apis', `{ host: ${HOST}, subsets: [{ name: some, labels: ${labels} }] }`),
      `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: apis, namespace: default }
spec:
  hosts: [${HOST}]
  tls: [{ match: [{ port: 443, sniHosts: [${HOST}] }], route: [{ destination: { host: ${HOST}, subset: some } }] }]
`,
    ];
    const answers = async (labels: string) =>
      outcomes(await run([seed(FILE), pods('client'), ...subset(labels)], load), 'load');
    expect(await answers('{ version: v1, environment: production, tier: external-api }')).toEqual({ 200: 1 });
    expect((await answers('{ version: v2 }'))['200']).toBeUndefined();
  });
});

describeSeed('15-serviceentry-workloadentry.yaml', 'WorkloadEntry default/external-workload', () => {
  const FILE = '15-serviceentry-workloadentry.yaml';
  const SERVICE = service('external', { selector: { app: 'external-service' }, port: 80 });
  const load = { traffic: [{ name: 'load', from: 'client', to: 'http://external/', rate: '20/s' }] };
  const denied = (port: number): string => `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: port, namespace: default }
spec: { selector: { matchLabels: { app: external-service } }, action: DENY, rules: [{ to: [{ operation: { ports: ["${port}"] } }] }] }
`;

  test('the machine answers for a Service that selects its labels; without it there is no endpoint', async () => {
    const [entries] = seed(FILE).text.split('\n---\n');
    const without = await run([{ name: FILE, text: entries! }, SERVICE, pods('client')], load);
    expect(Object.keys(outcomes(without, 'load'))).toEqual(['503 UH']);
    const result = await run([seed(FILE), SERVICE, pods('client')], load);
    expect(outcomes(result, 'load')).toEqual({ 200: 1 });
    expect(callsTo(result)).toEqual({ 'external-workload': result.totals.latency.samples });
    expect(result.edges[0]?.rows[0]?.version).toBe('v1');
  });

  test('it listens on port 8080, and has an identity, so that a proxy speaks mutual TLS there', async () => {
    const answers = async (port: number) =>
      Object.keys(outcomes(await run([seed(FILE), SERVICE, pods('client'), denied(port)], load), 'load'));
    expect(await answers(8080)).toEqual(['403']);
    expect(await answers(80)).toEqual(['200']);
    expect(
      proxyCores(await run([seed(FILE), SERVICE, pods('client')], load), 'external-workload.default'),
    ).toBeGreaterThan(0);
    const bare = seed(FILE)
      .text.replace('  serviceAccount: external-service-sa\n', '')
      .replace('  serviceAccount: external-service-sa', '');
    const plain = await run([{ name: FILE, text: bare }, SERVICE, pods('client')], load);
    expect(proxyCores(plain, 'external-workload.default')).toBe(0);
  });
});
