// EgressNetworks in a run: what leaves the cluster, and what does not.
import { describe, expect, test } from 'vitest';
import { loadMesh, type RunResult, type ScenarioSpec, simulate } from '../../scenarios/library.js';

const POD = `apiVersion: apps/v1
kind: Deployment
metadata: { name: client }
spec:
  selector: { matchLabels: { app: client } }
  template:
    metadata: { labels: { app: client }, annotations: { linkerd.io/inject: enabled } }
    spec: { containers: [{ name: app, image: app }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: inner }
spec:
  selector: { matchLabels: { app: inner } }
  template:
    metadata: { labels: { app: inner }, annotations: { linkerd.io/inject: enabled } }
    spec: { containers: [{ name: app, image: app }] }
---
apiVersion: v1
kind: Service
metadata: { name: inner }
spec: { selector: { app: inner }, ports: [{ name: http, port: 80 }] }
`;
const entry = (protocol = 'HTTP', port = 80): string =>
  `apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: { name: bank }\nspec: { hosts: [bank.example.com], location: MESH_EXTERNAL, resolution: DNS, ports: [{ number: ${port}, name: p, protocol: ${protocol} }] }\n`;
const network = (policy: string, more = '', namespace = 'default'): string =>
  `apiVersion: policy.linkerd.io/v1alpha1\nkind: EgressNetwork\nmetadata: { name: all, namespace: ${namespace} }\nspec: { trafficPolicy: ${policy}${more} }\n`;
const route = (rules: string, more = '', kind = 'HTTPRoute', parent = 'port: 80'): string =>
  `apiVersion: gateway.networking.k8s.io/v1\nkind: ${kind}\nmetadata: { name: out }\nspec: { parentRefs: [{ group: policy.linkerd.io, kind: EgressNetwork, name: all, ${parent} }]${more}, rules: [${rules}] }\n`;

const scenario = {
  run: { duration: '5s', warmup: '1s', replications: 1, seed: 'egress' },
  traffic: [{ name: 'load', from: 'client.default', to: 'http://bank.example.com/accounts/7', rate: '50/s' }],
} satisfies ScenarioSpec;

async function run(texts: readonly string[], bank = entry(), to?: string): Promise<RunResult> {
  const own = to === undefined ? scenario : { ...scenario, traffic: [{ ...scenario.traffic[0]!, to }] };
  const text = [POD, bank, ...texts].join('---\n');
  return await simulate(loadMesh([{ name: 'mesh.yaml', text }], { scenario: own }), { workers: 0 });
}

async function answers(...given: Parameters<typeof run>): Promise<string[]> {
  const { traffic } = await run(...given);
  return traffic.flatMap(({ requests }) => requests.flatMap(({ outcomes }) => outcomes.map(({ label }) => label)));
}

describe('an EgressNetwork', () => {
  test('refuses what leaves the cluster, or lets it go', async () => {
    expect(await answers([])).toEqual(['200']);
    expect(await answers([network('Allow')])).toEqual(['200']);
    expect(await answers([network('Deny')])).toEqual(['403']);
  });

  test('is about callers of its own namespace, or of all in linkerd-egress', async () => {
    expect(await answers([network('Deny', '', 'elsewhere')])).toEqual(['200']);
    expect(await answers([network('Deny', '', 'linkerd-egress')])).toEqual(['403']);
    expect(await answers([network('Deny', '', 'linkerd-egress'), network('Allow')])).toEqual(['200']);
  });

  test('of some addresses only, says that those of hosts outside are not known', async () => {
    expect(await answers([network('Deny', ', networks: [{ cidr: 0.0.0.0/0 }]')])).toEqual(['403']);
    const narrow = await run([network('Deny', ', networks: [{ cidr: 203.0.113.0/24 }]')]);
    expect(narrow.totals.errorShare.value).toBe(0);
    expect(narrow.fidelity.map(({ resource }) => resource)).toContain('EgressNetwork default/all');
  });

  test('is nothing to calls inside of the cluster', async () => {
    expect(await answers([network('Deny')], entry(), 'http://inner/')).toEqual(['200']);
  });

  test('closes connections that are not HTTP, unless a route names them', async () => {
    const bank = entry('TCP', 5432);
    const to = 'http://bank.example.com:5432/';
    expect(await answers([network('Allow')], bank, to)).toEqual(['200']);
    expect((await answers([network('Deny')], bank, to)).every((label) => label.startsWith('no response'))).toBe(true);
    const named = route('{}', '', 'TCPRoute', 'port: 5432');
    expect(await answers([network('Deny'), named], bank, to)).toEqual(['200']);
  });
});

describe('a route at an EgressNetwork', () => {
  const ACCOUNTS = '{ matches: [{ path: { value: /accounts } }] }';

  test('lets what it names go, and nothing else', async () => {
    expect(await answers([network('Deny'), route(ACCOUNTS)])).toEqual(['200']);
    expect(await answers([network('Deny'), route('{ matches: [{ path: { value: /others } }] }')])).toEqual(['403']);
    expect(await answers([network('Deny'), route(ACCOUNTS, '', 'HTTPRoute', 'port: 443')])).toEqual(['403']);
  });

  test('by host', async () => {
    expect(await answers([network('Deny'), route('{}', ', hostnames: [bank.example.com]')])).toEqual(['200']);
    expect(await answers([network('Deny'), route('{}', ', hostnames: [shop.example.com]')])).toEqual(['403']);
  });

  test('may send it to a Service', async () => {
    const result = await run([network('Allow'), route('{ backendRefs: [{ name: inner, port: 80 }] }')]);
    expect(result.totals.errorShare.value).toBe(0);
    expect(result.edges.map(({ to }) => to)).toEqual(['inner']);
  });

  test('has time-outs and retries of its own', async () => {
    const timed = route('{ timeouts: { request: 1ms } }');
    expect(await answers([network('Allow'), timed])).toEqual(['504 UT']);
  });
});
