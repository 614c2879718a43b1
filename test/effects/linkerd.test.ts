// Pods with Linkerd's proxy in a run: what it costs, whom it calls, what its callers see of failures, and what of Istio's it does not read.
// Bounds are wide of what the seeds give; shares are within five standard errors.
import { describe, expect, test } from 'vitest';
import { loadMesh, type RunResult, type ScenarioSpec, simulate } from '../../scenarios/library.js';

const namespace = (annotation: string): string =>
  `apiVersion: v1\nkind: Namespace\nmetadata: { name: default, ${annotation} }\n`;
const LINKERD = 'annotations: { linkerd.io/inject: enabled }';

const pods = (name: string, replicas = 2, more = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template: { metadata: { labels: { app: ${name} }${more} }, spec: { containers: [{ name: app, image: app }] } }
---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] }
`;

const scenario = {
  run: { duration: '20s', warmup: '1s', replications: 1, seed: 'linkerd' },
  traffic: [{ name: 'load', from: 'client.default', to: 'http://web/', rate: '100/s' }],
  services: { web: { work: 'constant(5ms)' } },
} satisfies ScenarioSpec;

async function run(texts: readonly string[], own: ScenarioSpec = scenario): Promise<RunResult> {
  const text = texts.join('---\n');
  return await simulate(loadMesh([{ name: 'mesh.yaml', text }], { scenario: own }), { workers: 0 });
}

function labels(result: RunResult): string[] {
  return result.traffic.flatMap(({ requests }) => requests.flatMap(({ outcomes }) => outcomes.map((o) => o.label)));
}

const meanings = (result: RunResult): string => result.fidelity.map(({ meaning }) => meaning).join('\n');

describe('a namespace with linkerd.io/inject: enabled', () => {
  test('costs two traversals of its proxy a call, and has no sidecar of Istio', async () => {
    const bare = await run([namespace('labels: {}'), pods('client'), pods('web')]);
    const meshed = await run([namespace(LINKERD), pods('client'), pods('web')]);
    const istio = await run([namespace('labels: { istio-injection: enabled }'), pods('client'), pods('web')]);
    const median = (result: RunResult): number => result.totals.latency.p50Ms.value!;
    const added = median(meshed) - median(bare);
    expect(added).toBeGreaterThan(0.5);
    expect(added).toBeLessThan(0.8);
    expect(meanings(meshed)).toContain("Linkerd's proxy");
    expect(meanings(istio)).not.toContain('Linkerd');
  });

  test('a pod that opts out has no proxy', async () => {
    const plain = ', annotations: { linkerd.io/inject: disabled }';
    const result = await run([namespace(LINKERD), pods('client', 2, plain), pods('web', 2, plain)]);
    expect(result.totals.latency.p50Ms.value!).toBeLessThan(5.6);
  });

  test('prefers the pods that answer fast', async () => {
    const slow =
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: slow }\nspec: { replicas: 1, selector: { matchLabels: { app: web, version: slow } }, template: { metadata: { labels: { app: web, version: slow } }, spec: { containers: [{ name: app, image: app }] } } }\n';
    const own = { ...scenario, workloads: { slow: { work: 'constant(100ms)' } } } satisfies ScenarioSpec;
    const result = await run([namespace(LINKERD), pods('client', 1), pods('web', 1), slow], own);
    const answered = (workload: string): number =>
      result.services.flatMap(({ workloads }) => workloads).find(({ name }) => name === `${workload}.default`)!
        .completedPerSecond.value!;
    // Half of the calls with a random pick; here those that the decay of the estimate sends there.
    expect(answered('slow') / (answered('slow') + answered('web'))).toBeLessThan(0.1);
    expect(answered('slow')).toBeGreaterThan(0);
  });

  test('knows neither VirtualServices nor DestinationRules', async () => {
    const virtualService =
      'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: web }\nspec: { hosts: [web], http: [{ fault: { abort: { httpStatus: 500, percentage: { value: 100 } } }, route: [{ destination: { host: web } }] }] }\n';
    const result = await run([namespace(LINKERD), pods('client'), pods('web'), virtualService]);
    expect(result.totals.errorShare.value).toBe(0);
    expect(meanings(result)).toContain('Linkerd does not read it');
  });

  test('retries nothing by itself', async () => {
    const own = { ...scenario, services: { web: { work: '5ms', errors: { 503: '20%' } } } } satisfies ScenarioSpec;
    const result = await run([namespace(LINKERD), pods('client'), pods('web')], own);
    expect(Math.abs(result.totals.errorShare.value! - 0.2)).toBeLessThan(5 * Math.sqrt((0.2 * 0.8) / 2000));
  });

  test('a connection that the application resets is a 502, a Service without pods a 504', async () => {
    const own = {
      ...scenario,
      services: { web: { work: '500ms', workers: 1, queue: 0, overflow: 'reset' } },
    } satisfies ScenarioSpec;
    expect(labels(await run([namespace(LINKERD), pods('client'), pods('web')], own))).toContain('502');
    const nobody =
      'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { selector: { app: nobody }, ports: [{ name: http, port: 80 }] }\n';
    const empty = { ...scenario, services: {} } satisfies ScenarioSpec;
    const result = await run([namespace(LINKERD), pods('client'), nobody], empty);
    // Those that waited for 3 seconds get 504; those that come while the gate is shut are shed.
    expect(new Set(labels(result).map((label) => label.slice(0, 3)))).toEqual(new Set(['504', '503']));
    expect(result.totals.errorShare.value).toBe(1);
  });
});

test('mutual TLS and HTTP/2 between proxies of Linkerd, plain text to pods without one', async () => {
  const handshakes = async (annotation: string): Promise<RunResult> =>
    await run([
      namespace(LINKERD),
      pods('client'),
      pods('web', 2, `, annotations: { linkerd.io/inject: ${annotation} }`),
    ]);
  const both = await handshakes('enabled');
  const one = await handshakes('disabled');
  const connections = (result: RunResult): number =>
    result.clusters.reduce((sum, { counters }) => sum + counters.upstreamCxTotal!, 0);
  expect(both.clusters.map(({ name }) => name)).toEqual(['linkerd|80||web.default.svc.cluster.local']);
  expect(connections(both)).toBeLessThan(connections(one));
});

describe('linkerd of the scenario', () => {
  const meshed = [namespace(LINKERD), pods('client'), pods('web')];
  const median = (result: RunResult): number => result.totals.latency.p50Ms.value!;

  test('says what a traversal costs: of four in all, each way, 1 ms more', async () => {
    const usual = await run(meshed);
    const slow = await run(meshed, { ...scenario, linkerd: { latency: '1.1ms' } });
    expect(median(slow) - median(usual)).toBeCloseTo(4, 1);
    expect(slow.meshes).toEqual(['linkerd']);
  });

  test('its CPU is seen in the use of the proxies', async () => {
    const costly = await run(meshed, { ...scenario, linkerd: { requestCpu: '500us', responseCpu: '500us' } });
    const used = (result: RunResult): number =>
      result.services.flatMap(({ workloads }) => workloads).find(({ name }) => name === 'web.default')!
        .proxyUtilisationShare.value!;
    // 50 requests a second and pod, 1 ms each, on one thread.
    expect(used(costly)).toBeCloseTo(0.05, 2);
    expect(used(await run(meshed))).toBeCloseTo(0.005, 3);
  });
});
