// ServiceProfiles in a run: retries within their budget, time-outs, shares. Bounds are five standard errors of a binomial share.
import { describe, expect, test } from 'vitest';
import { loadMesh, type RunResult, type ScenarioSpec, simulate } from '../../scenarios/library.js';

const pods = (name: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: 2
  selector: { matchLabels: { app: ${name} } }
  template: { metadata: { labels: { app: ${name} } }, spec: { containers: [{ name: app, image: app }] } }
---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] }
`;

const mesh = [
  'apiVersion: v1\nkind: Namespace\nmetadata: { name: default, annotations: { linkerd.io/inject: enabled } }\n',
  pods('client'),
  pods('web'),
  pods('other'),
];

const profile = (spec: string): string =>
  `apiVersion: linkerd.io/v1alpha2\nkind: ServiceProfile\nmetadata: { name: web.default.svc.cluster.local }\nspec: ${spec}\n`;

const load = (errors: Record<string, string>, work = 'constant(2ms)'): ScenarioSpec => ({
  run: { duration: '60s', warmup: '20s', replications: 1, seed: 'profiles' },
  traffic: [{ name: 'load', from: 'client.default', to: 'http://web/books/7', rate: '100/s' }],
  services: { web: { work, errors }, other: { work: 'constant(2ms)' } },
});

async function run(spec: string | null, scenario: ScenarioSpec, more: readonly string[] = []): Promise<RunResult> {
  const text = [...mesh, ...(spec === null ? [] : [profile(spec)]), ...more].join('---\n');
  return await simulate(loadMesh([{ name: 'mesh.yaml', text }], { scenario }), { workers: 0 });
}

const GET_BOOK = 'name: book, condition: { method: GET, pathRegex: "/books/[^/]*" }';
const retryable = (more: string): string => `{ routes: [{ ${GET_BOOK}, isRetryable: true }]${more} }`;
const retries = (result: RunResult): number => result.edges.find(({ to }) => to === 'web')!.retriesPerCall.value!;

describe('a ServiceProfile', () => {
  test('retries until it succeeds, within its budget', async () => {
    const result = await run(retryable(''), load({ 503: '10%' }));
    // One failure in ten, each retried until it succeeds.
    expect(result.totals.errorShare.value).toBe(0);
    expect(Math.abs(retries(result) - 1 / 9)).toBeLessThan(5 * Math.sqrt(0.13 / 6000));
  });

  test('an outage is amplified by its ratio and its minimum, not by a number of retries', async () => {
    const budget = ', retryBudget: { retryRatio: 0.2, minRetriesPerSecond: 10, ttl: 10s }';
    const result = await run(retryable(budget), load({ 500: '100%' }));
    // Nothing succeeds, so that nothing is put in: the reserve of 100 retries for each of the two client proxies, of 100 calls a second. What was taken
    // is forgotten after five to six seconds instead of ten: tower's slots go on by two whenever they are looked at a little later than a slot is long.
    expect(retries(result)).toBeGreaterThan(0.3);
    expect(retries(result)).toBeLessThan(0.4);
    expect(result.totals.errorShare.value).toBe(1);
  });

  test('only on the routes that say so', async () => {
    const result = await run(
      '{ routes: [{ name: post, condition: { method: POST }, isRetryable: true }] }',
      load({ 503: '10%' }),
    );
    expect(retries(result)).toBe(0);
  });

  test('response classes say what a failure is', async () => {
    const classes = 'responseClasses: [{ condition: { status: { min: 503, max: 503 } }, isFailure: false }]';
    const result = await run(`{ routes: [{ ${GET_BOOK}, isRetryable: true, ${classes} }] }`, load({ 503: '10%' }));
    expect(retries(result)).toBe(0);
  });

  test('its time-out ends the call: 504', async () => {
    const result = await run(`{ routes: [{ ${GET_BOOK}, timeout: 50ms }] }`, load({}, 'constant(200ms)'));
    expect(result.totals.errorShare.value).toBe(1);
    expect(result.totals.latency.maxMs).toBeLessThan(52);
    expect(result.edges.flatMap(({ outcomes }) => outcomes.map(({ label }) => label))).toContain('504 UT');
  });

  test('dstOverrides share the requests', async () => {
    const to = (name: string, weight: string): string =>
      `{ authority: "${name}.default.svc.cluster.local:80", weight: ${weight} }`;
    const result = await run(`{ dstOverrides: [${to('web', '750m')}, ${to('other', '250m')}] }`, load({}));
    const calls = (name: string): number => result.edges.find((edge) => edge.to === name)!.latency.samples;
    const share = calls('other') / (calls('web') + calls('other'));
    expect(Math.abs(share - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / 6000));
  });

  test('a TrafficSplit shares the requests too, beside the routes of the profile', async () => {
    const split =
      'apiVersion: split.smi-spec.io/v1alpha2\nkind: TrafficSplit\nmetadata: { name: web }\nspec: { service: web, backends: [{ service: web, weight: 1 }, { service: other, weight: 3 }] }\n';
    const result = await run(retryable(''), load({ 503: '10%' }), [split]);
    const calls = (name: string): number => result.edges.find((edge) => edge.to === name)!.latency.samples;
    const share = calls('other') / (calls('web') + calls('other'));
    expect(Math.abs(share - 0.75)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / 6000));
    expect(result.totals.errorShare.value).toBe(0);
  });

  test('without a profile nothing is retried', async () => {
    expect(retries(await run(null, load({ 503: '10%' })))).toBe(0);
  });

  test('that no caller with a proxy meets, is said to have no effect', async () => {
    const said = ({ diagnostics }: RunResult): string[] =>
      diagnostics.filter(({ code }) => code === 'profile-without-callers').map(({ message }) => message);
    const outside = { ...load({}), traffic: [{ name: 'load', to: 'http://web.default/books/7', rate: '10/s' }] };
    expect(said(await run(retryable(''), outside))).toEqual([
      "no caller with Linkerd's proxy calls the service of ServiceProfile default/web.default.svc.cluster.local: it has no effect in this run",
    ]);
    expect(said(await run(retryable(''), load({})))).toEqual([]);
  });
});
