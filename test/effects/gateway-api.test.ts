// What objects of the Gateway API do in a run: shares of requests, statuses, time-outs. Bounds are five standard errors of a binomial share.
import { describe, expect, test } from 'vitest';
import { loadMesh, type RunResult, type ScenarioSpec, simulate } from '../../scenarios/library.js';

const pods = (name: string, replicas = 2): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template: { metadata: { labels: { app: ${name} } }, spec: { containers: [{ name: app, image: app }] } }
---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] }
`;

const gateway = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge }
spec: { gatewayClassName: istio, listeners: [{ name: web, port: 80, protocol: HTTP }] }
`;

const route = (rule: string): string => `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: route }
spec: { parentRefs: [{ name: edge }], rules: [${rule}] }
`;

const scenario = {
  run: { duration: '40s', warmup: '2s', replications: 1, seed: 'gateway api' },
  traffic: [{ name: 'visitors', to: 'http://shop.example.com/', rate: '100/s' }],
  services: { old: { work: '2ms' }, new: { work: '300ms' } },
} satisfies ScenarioSpec;

/** With the one service `old`. */
const alone = { ...scenario, services: { old: { work: '2ms' } } } satisfies ScenarioSpec;

async function runAll(documents: readonly string[], spec: ScenarioSpec = alone): Promise<RunResult> {
  const text = documents.join('---\n');
  return await simulate(loadMesh([{ name: 'mesh.yaml', text }], { scenario: spec }), { workers: 0 });
}

async function run(rule: string): Promise<RunResult> {
  return await runAll([pods('old'), pods('new', 40), gateway, route(rule)], scenario);
}

const labels = (result: RunResult): string[] =>
  result.edges.flatMap(({ outcomes }) => outcomes.filter(({ count }) => count > 0).map(({ label }) => label));

/** Share of the gateway's calls that went to a service. */
function shareOf(result: RunResult, to: string): number {
  const calls = (name: string): number =>
    result.edges.find((edge) => edge.from === 'edge-istio' && edge.to === name)?.latency.samples ?? 0;
  return calls(to) / (calls('old') + calls('new'));
}

describe('HTTPRoute', () => {
  test('sends requests by weight', async () => {
    const result = await run(
      '{ backendRefs: [{ name: old, port: 80, weight: 9 }, { name: new, port: 80, weight: 1 }] }',
    );
    expect(Math.abs(shareOf(result, 'new') - 0.1)).toBeLessThan(5 * Math.sqrt((0.1 * 0.9) / 4000));
    expect(result.totals.errorShare.value).toBe(0);
  });

  test('a backend that is gone costs its share of the requests: 500', async () => {
    const result = await run(
      '{ backendRefs: [{ name: old, port: 80, weight: 3 }, { name: gone, port: 80, weight: 1 }] }',
    );
    const failed = result.totals.errorShare.value!;
    expect(Math.abs(failed - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / 4000));
    expect(labels(result)).toContain('500 NC');
  });

  test('its time-out ends slow requests', async () => {
    const result = await run('{ backendRefs: [{ name: new, port: 80 }], timeouts: { request: 100ms } }');
    expect(result.totals.errorShare.value).toBe(1);
    expect(result.edges.flatMap(({ outcomes }) => outcomes.map(({ label }) => label))).toContain('504 UT');
    expect(result.totals.latency.maxMs).toBeLessThan(110);
  });
});

describe('ListenerSet', () => {
  const open = gateway.replace('listeners:', 'allowedListeners: { namespaces: { from: Same } }, listeners:');
  const set = `apiVersion: gateway.networking.k8s.io/v1
kind: ListenerSet
metadata: { name: more }
spec: { parentRef: { name: edge }, listeners: [{ name: other, port: 8080, protocol: HTTP }] }
`;
  const atSet = route('{ backendRefs: [{ name: old, port: 80 }] }').replace(
    '{ name: edge }',
    '{ kind: ListenerSet, name: more }',
  );
  const spec = { ...alone, traffic: [{ ...scenario.traffic[0]!, to: 'http://shop.example.com:8080/' }] };

  test('its listener takes requests at the pods of the Gateway', async () => {
    const result = await runAll([pods('old'), open, set, atSet], spec);
    expect(shareOf(result, 'old')).toBe(1);
    expect(result.totals.errorShare.value).toBe(0);
  });

  test('the Gateway has to allow it: else nobody listens there', async () => {
    await expect(runAll([pods('old'), gateway, set, atSet], spec)).rejects.toThrow(
      'no gateway serves shop.example.com on port 8080',
    );
  });
});

describe('Gateway infrastructure', () => {
  const parameters = (cpu: string): string => `apiVersion: v1
kind: ConfigMap
metadata: { name: options }
data:
  deployment: |
    spec: { template: { spec: { containers: [{ name: istio-proxy, resources: { limits: { cpu: ${cpu} } } }] } } }
`;
  const bound = gateway.replace(
    'listeners:',
    'infrastructure: { parametersRef: { group: "", kind: ConfigMap, name: options } }, listeners:',
  );

  test('a CPU limit in its parameters slows the gateway down', async () => {
    const backend = route('{ backendRefs: [{ name: old, port: 80 }] }');
    const ample = await runAll([pods('old'), bound, backend, parameters('2')]);
    const tight = await runAll([pods('old'), bound, backend, parameters('15m')]);
    expect(tight.totals.latency.p99Ms!.value!).toBeGreaterThan(5 * ample.totals.latency.p99Ms!.value!);
  });
});

describe('BackendTLSPolicy', () => {
  const policy = `apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: { name: tls }
spec:
  targetRefs: [{ group: "", kind: Service, name: old }]
  validation: { hostname: old.example.com, wellKnownCACertificates: System }
`;
  const outside = (port: string): string =>
    pods('old')
      .replace('{ name: http, port: 80 }', `{ name: ${port}, port: 80 }`)
      .replace('labels: { app: old } }, spec:', 'labels: { app: old, sidecar.istio.io/inject: "false" } }, spec:');
  const far = {
    ...alone,
    network: { crossZone: '0ms', sameZone: '40ms' },
    traffic: [{ ...scenario.traffic[0]!, rate: '1/s' }],
  };
  const backend = route('{ backendRefs: [{ name: old, port: 80 }] }');

  test('each new connection costs one more round trip', async () => {
    const plain = await runAll([outside('x'), gateway, backend], far);
    const tls = await runAll([outside('x'), gateway, backend, policy], far);
    const slower = tls.totals.latency.maxMs! - plain.totals.latency.maxMs!;
    expect(slower).toBeGreaterThan(39);
    expect(slower).toBeLessThan(60);
    expect(tls.totals.errorShare.value).toBe(0);
  });

  test('a backend that speaks HTTP in plain text fails, also when it is tried again: 503 UF', async () => {
    const result = await runAll([outside('http'), gateway, backend, policy]);
    expect(result.totals.errorShare.value).toBe(1);
    expect(labels(result)).toContain('503 URX,UF');
  });
});

describe('CORS', () => {
  const filter = '{ type: CORS, cors: { allowOrigins: ["https://*.example.com"] } }';
  const rule = (filters: string): string => `{ backendRefs: [{ name: old, port: 80 }], filters: [${filters}] }`;
  const preflights = (origin: string): ScenarioSpec => ({
    ...alone,
    traffic: [
      {
        ...scenario.traffic[0]!,
        requests: [
          {
            name: 'preflight',
            method: 'OPTIONS',
            path: '/',
            headers: { origin, 'access-control-request-method': 'PUT' },
          },
        ],
      },
    ],
  });
  const calls = (result: RunResult): number =>
    result.edges.find(({ from, to }) => from === 'edge-istio' && to === 'old')?.latency.samples ?? 0;

  test('the gateway answers preflights itself, and of other origins too, without consent', async () => {
    for (const origin of ['https://shop.example.com', 'https://evil.example.org']) {
      const result = await runAll([pods('old'), gateway, route(rule(filter))], preflights(origin));
      expect(calls(result)).toBe(0);
      expect(result.totals.errorShare.value).toBe(0);
    }
  });

  test('without the filter they reach the service', async () => {
    const result = await runAll([pods('old'), gateway, route(rule(''))], preflights('https://shop.example.com'));
    expect(calls(result)).toBeGreaterThan(3000);
  });
});
