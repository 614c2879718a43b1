// Annotations and routes of Linkerd in a run: retries after back-offs, time-outs, shares. Bounds are five standard errors of a binomial share.
import { describe, expect, test } from 'vitest';
import { loadMesh, type RunResult, type ScenarioSpec, simulate } from '../../scenarios/library.js';

const pods = (name: string, annotations = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: 2
  selector: { matchLabels: { app: ${name} } }
  template: { metadata: { labels: { app: ${name} } }, spec: { containers: [{ name: app, image: app }] } }
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, annotations: { ${annotations} } }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] }
`;

const namespace =
  'apiVersion: v1\nkind: Namespace\nmetadata: { name: default, annotations: { linkerd.io/inject: enabled } }\n';

const route = (rules: string, annotations = '', api = 'gateway.networking.k8s.io/v1'): string => `apiVersion: ${api}
kind: HTTPRoute
metadata: { name: route, annotations: { ${annotations} } }
spec: { parentRefs: [{ group: "", kind: Service, name: web, port: 80 }], rules: [${rules}] }
`;

const load = (errors: Record<string, string>, work = 'constant(2ms)', rate = '100/s'): ScenarioSpec => ({
  run: { duration: '60s', warmup: '2s', replications: 1, seed: 'linkerd routes' },
  traffic: [{ name: 'load', from: 'client.default', to: 'http://web/books/7', rate }],
  services: { web: { work, errors }, other: { work: 'constant(2ms)' } },
});

async function run(annotations: string, routes: readonly string[], scenario: ScenarioSpec): Promise<RunResult> {
  const text = [namespace, pods('client'), pods('web', annotations), pods('other'), ...routes].join('---\n');
  return await simulate(loadMesh([{ name: 'mesh.yaml', text }], { scenario }), { workers: 0 });
}

const edge = (result: RunResult, to: string) => result.edges.find((own) => own.to === to)!;
const labels = (result: RunResult): string[] =>
  result.edges.flatMap(({ outcomes }) => outcomes.filter(({ count }) => count > 0).map(({ label }) => label));

describe('annotations of a Service', () => {
  test('retry.linkerd.io/http: once, 25 to 50 ms later', async () => {
    const result = await run('retry.linkerd.io/http: 5xx', [], load({ 503: '20%' }));
    expect(Math.abs(edge(result, 'web').retriesPerCall.value! - 0.2)).toBeLessThan(5 * Math.sqrt(0.16 / 6000));
    expect(Math.abs(result.totals.errorShare.value! - 0.04)).toBeLessThan(5 * Math.sqrt(0.0384 / 6000));
    expect(result.totals.latency.p50Ms.value!).toBeLessThan(10);
    // Those that are retried are the slowest fifth.
    expect(result.totals.latency.p90Ms.value!).toBeGreaterThan(27);
    expect(result.totals.latency.maxMs).toBeLessThan(65);
  });

  test('retry.linkerd.io/limit, and only the statuses that are named', async () => {
    const more = await run('retry.linkerd.io/http: "503", retry.linkerd.io/limit: "3"', [], load({ 503: '100%' }));
    expect(edge(more, 'web').retriesPerCall.value!).toBeCloseTo(3, 1);
    const other = await run('retry.linkerd.io/http: "502"', [], load({ 503: '100%' }));
    expect(edge(other, 'web').retriesPerCall.value!).toBe(0);
  });

  test('retry.linkerd.io/timeout bounds every try but the last', async () => {
    const asked = 'retry.linkerd.io/http: 5xx, retry.linkerd.io/timeout: 20ms';
    const result = await run(asked, [], load({}, 'constant(100ms)', '3/s'));
    expect(edge(result, 'web').retriesPerCall.value!).toBeCloseTo(1, 1);
    expect(result.totals.errorShare.value).toBe(0);
    expect(result.totals.latency.p50Ms.value!).toBeGreaterThan(140);
  });

  test('timeout.linkerd.io/request: 504', async () => {
    const result = await run('timeout.linkerd.io/request: 50ms', [], load({}, 'constant(100ms)'));
    expect(result.totals.errorShare.value).toBe(1);
    expect(labels(result)).toContain('504 UT');
  });

  test('what Linkerd does not understand is warned of', async () => {
    const result = await run('retry.linkerd.io/http: often', [], load({}));
    expect(result.diagnostics.map(({ code }) => code)).toContain('annotation-not-understood');
  });
});

describe('an HTTPRoute at a Service', () => {
  test.each(['gateway.networking.k8s.io/v1', 'policy.linkerd.io/v1beta3'])('of %s shares by weight', async (api) => {
    const rules = '{ backendRefs: [{ name: web, port: 80, weight: 9 }, { name: other, port: 80, weight: 1 }] }';
    const result = await run('', [route(rules, '', api)], load({}));
    const calls = (name: string): number => edge(result, name).latency.samples;
    const share = calls('other') / (calls('web') + calls('other'));
    expect(Math.abs(share - 0.1)).toBeLessThan(5 * Math.sqrt(0.09 / 6000));
  });

  test('its annotations take the place of those of the Service', async () => {
    const rule = '{ backendRefs: [{ name: web, port: 80 }] }';
    const service = 'retry.linkerd.io/http: 5xx';
    const errors = load({ 503: '20%' });
    expect(edge(await run(service, [route(rule)], errors), 'web').retriesPerCall.value!).toBeGreaterThan(0.1);
    const own = route(rule, 'timeout.linkerd.io/request: 1s');
    expect(edge(await run(service, [own], errors), 'web').retriesPerCall.value!).toBe(0);
  });

  test('without backends it goes to its parent, with its time-out', async () => {
    const result = await run('', [route('{ timeouts: { request: 50ms } }')], load({}, 'constant(100ms)'));
    expect(labels(result)).toContain('504 UT');
  });

  test('what no rule matches is not found', async () => {
    const result = await run('', [route('{ matches: [{ path: { value: /authors } }] }')], load({}));
    expect(labels(result)).toEqual(['404 NR']);
  });

  test('a backend that is gone takes its share: 500', async () => {
    const rules = '{ backendRefs: [{ name: web, port: 80, weight: 3 }, { name: gone, port: 80, weight: 1 }] }';
    const result = await run('', [route(rules)], load({}));
    expect(Math.abs(result.totals.errorShare.value! - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / 6000));
    expect(labels(result)).toContain('500 NC');
  });

  test('a backend without pods leaves its share to the others', async () => {
    const empty =
      'apiVersion: v1\nkind: Service\nmetadata: { name: empty }\nspec: { selector: { app: nobody }, ports: [{ name: http, port: 80 }] }\n';
    const rules = '{ backendRefs: [{ name: web, port: 80, weight: 1 }, { name: empty, port: 80, weight: 3 }] }';
    const result = await run('', [route(rules), empty], load({}));
    expect(labels(result)).toEqual(['200']);
    expect(edge(result, 'web').latency.samples).toBeGreaterThan(5000);
  });

  test('with a filter that Linkerd does not know it is not accepted', async () => {
    const rule =
      '{ filters: [{ type: URLRewrite, urlRewrite: { hostname: other } }], backendRefs: [{ name: other, port: 80 }] }';
    const result = await run('', [route(rule)], load({}));
    expect(result.edges.map(({ to }) => to)).toContain('web');
    expect(result.diagnostics.map(({ code }) => code)).toContain('route-not-accepted');
  });
});
