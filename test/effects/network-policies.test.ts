// Network policies in a run: who reaches whom, and what a caller sees where its packets are dropped or its request is refused.
// kubernetes: networking/v1 NetworkPolicy; cilium: Documentation/security/policy/{layer3,layer4,layer7}.rst.
import { describe, expect, test } from 'vitest';
import { loadMesh, type RunResult, type ScenarioSpec, simulate } from '../../scenarios/library.js';

const NAMESPACES = ['shop', 'other']
  .map((name) => `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name}, labels: { team: ${name} } }\n`)
  .join('---\n');

const pods = (name: string, namespace: string, version = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}${version}, namespace: ${namespace} }
spec:
  selector: { matchLabels: { app: ${name}, version: "${version}" } }
  template:
    metadata: { labels: { app: ${name}, version: "${version}" }, annotations: { sidecar.istio.io/inject: "INJECT" } }
    spec: { containers: [{ name: app, image: app, ports: [{ name: web, containerPort: 8080 }] }] }
`;
const SERVICE = `apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
`;

const policy = (spec: string, name = 'p'): string =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: ${name}, namespace: shop }\nspec: ${spec}\n`;
const cilium = (spec: string, name = 'c'): string =>
  `apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: { name: ${name}, namespace: shop }\nspec: ${spec}\n`;

const WEB = 'podSelector: { matchLabels: { app: web } }';

async function run(policies: readonly string[], own: { proxies?: boolean; from?: string; path?: string } = {}) {
  const { proxies = true, from = 'client.shop', path = '/' } = own;
  const scenario = {
    run: { duration: '30s', warmup: '0s', replications: 1, seed: 'policies' },
    traffic: [
      {
        name: 'load',
        from,
        to: `http://web.shop${path}`,
        rate: '2/s',
      },
    ],
    services: { 'web.shop': { work: 'constant(5ms)' } },
  } satisfies ScenarioSpec;
  const text = [NAMESPACES, pods('client', 'shop'), pods('client', 'other'), pods('web', 'shop'), SERVICE, ...policies]
    .join('---\n')
    .replaceAll('"INJECT"', `"${proxies}"`);
  return await simulate(loadMesh([{ name: 'mesh.yaml', text }], { scenario }), { workers: 0 });
}

function outcomes(result: RunResult): string[] {
  return result.traffic.flatMap(({ requests }) => requests.flatMap((request) => request.outcomes.map((o) => o.label)));
}

const codes = (result: RunResult): string[] => result.diagnostics.map(({ code }) => code);

describe('NetworkPolicy', () => {
  test('an empty list lets nobody in: connections time out', async () => {
    const result = await run([policy(`{ ${WEB}, policyTypes: [Ingress], ingress: [] }`)]);
    expect(outcomes(result).every((label) => label.startsWith('503 ') && label.includes('UF'))).toBe(true);
    expect(codes(result)).toContain('network-policy-drops');
    // Later ones fail with the connections of those before them (envoy: ConnPoolImplBase::purgePendingStreams).
    expect(result.totals.latency.maxMs!).toBeGreaterThan(9000);
  });

  test('an empty rule lets everybody in', async () => {
    expect(outcomes(await run([policy(`{ ${WEB}, ingress: [{}] }`)]))).toEqual(['200']);
  });

  test('policies for other pods, or for the other direction, restrict nothing', async () => {
    const others = policy('{ podSelector: { matchLabels: { app: db } }, ingress: [] }', 'db');
    const egress = policy(`{ ${WEB}, policyTypes: [Egress], egress: [] }`, 'egress');
    expect(outcomes(await run([others, egress]))).toEqual(['200']);
  });

  test('by the labels of pods and of namespaces', async () => {
    const own = policy(`{ ${WEB}, ingress: [{ from: [{ podSelector: { matchLabels: { app: client } } }] }] }`);
    expect(outcomes(await run([own]))).toEqual(['200']);
    expect(outcomes(await run([own], { from: 'client.other' }))).not.toContain('200');
    const team = policy(`{ ${WEB}, ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: other } } }] }] }`);
    expect(outcomes(await run([team]))).not.toContain('200');
    expect(outcomes(await run([team], { from: 'client.other' }))).toEqual(['200']);
  });

  test('by the port of the pods, as a number or a name, not that of the Service', async () => {
    const port = (written: string): string => policy(`{ ${WEB}, ingress: [{ ports: [{ port: ${written} }] }] }`);
    expect(outcomes(await run([port('8080')]))).toEqual(['200']);
    expect(outcomes(await run([port('web')]))).toEqual(['200']);
    expect(outcomes(await run([port('80')]))).not.toContain('200');
  });

  test('the egress of the caller must allow it too', async () => {
    const client = 'podSelector: { matchLabels: { app: client } }';
    const nothing = policy(`{ ${client}, policyTypes: [Egress] }`);
    expect(outcomes(await run([nothing]))).not.toContain('200');
    const toWeb = policy(`{ ${client}, policyTypes: [Egress], egress: [{ to: [{ ${WEB} }] }] }`, 'more');
    expect(outcomes(await run([nothing, toWeb]))).toEqual(['200']);
  });

  test('without sidecars nothing is heard for 127 s', async () => {
    const result = await run([policy(`{ ${WEB}, policyTypes: [Ingress] }`)], { proxies: false });
    expect(outcomes(result)).toEqual([]);
    expect(codes(result)).toContain('network-policy-drops');
  });
});

describe('CiliumNetworkPolicy', () => {
  const web = 'endpointSelector: { matchLabels: { app: web } }';

  test('an empty rule lets nobody in, an empty list restricts nothing', async () => {
    expect(outcomes(await run([cilium(`{ ${web}, ingress: [{}] }`)]))).not.toContain('200');
    expect(outcomes(await run([cilium(`{ ${web}, ingress: [] }`)]))).toEqual(['200']);
  });

  test('what is denied stays so, whatever others allow', async () => {
    const all = cilium(`{ ${web}, ingress: [{ fromEntities: [all] }] }`);
    const deny = cilium(`{ ${web}, ingressDeny: [{ fromEndpoints: [{ matchLabels: { app: client } }] }] }`, 'deny');
    expect(outcomes(await run([all]))).toEqual(['200']);
    expect(outcomes(await run([all, deny]))).not.toContain('200');
  });

  test('rules for HTTP answer 403; a rule without them for the same peer lifts them', async () => {
    const from = 'fromEndpoints: [{ matchLabels: { app: client } }]';
    const ports = 'ports: [{ port: "8080", protocol: TCP }]';
    const http = cilium(
      `{ ${web}, ingress: [{ ${from}, toPorts: [{ ${ports}, rules: { http: [{ method: GET, path: "/public" }] } }] }] }`,
    );
    expect(outcomes(await run([http], { path: '/public' }))).toEqual(['200']);
    expect(outcomes(await run([http], { path: '/public?x=1' }))).toEqual(['403']);
    expect(outcomes(await run([http], { path: '/admin', proxies: false }))).toEqual(['403']);
    const open = cilium(`{ ${web}, ingress: [{ ${from}, toPorts: [{ ${ports} }] }] }`, 'open');
    expect(outcomes(await run([http, open], { path: '/admin' }))).toEqual(['200']);
  });
});
