// Linkerd's circuit breaker and its failfast in a run.
import { describe, expect, test } from 'vitest';
import { loadMesh, type RunResult, type ScenarioSpec, simulate } from '../../scenarios/library.js';

const deployment = (name: string, app: string, replicas: number): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${app}, name: ${name} } }
  template: { metadata: { labels: { app: ${app}, name: ${name} } }, spec: { containers: [{ name: app, image: app }] } }
`;

const service = (annotations: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: web, annotations: { ${annotations} } }\nspec: { selector: { app: web }, ports: [{ name: http, port: 80 }] }\n`;

const namespace =
  'apiVersion: v1\nkind: Namespace\nmetadata: { name: default, annotations: { linkerd.io/inject: enabled } }\n';
const CONSECUTIVE = 'balancer.linkerd.io/failure-accrual: consecutive';

const scenario = {
  run: { duration: '60s', warmup: '0s', replications: 1, seed: 'breaker' },
  traffic: [{ name: 'load', from: 'client.default', to: 'http://web/', rate: '50/s' }],
  workloads: { good: { work: 'constant(2ms)' }, bad: { work: 'constant(1ms)', errors: { 500: '100%' } } },
} satisfies ScenarioSpec;

async function run(texts: readonly string[], own: ScenarioSpec = scenario): Promise<RunResult> {
  const text = [namespace, deployment('client', 'client', 1), ...texts].join('---\n');
  return await simulate(loadMesh([{ name: 'mesh.yaml', text }], { scenario: own }), { workers: 0 });
}

const count = (result: RunResult, status: string): number =>
  result.traffic
    .flatMap(({ requests }) => requests.flatMap(({ outcomes }) => outcomes))
    .filter(({ label }) => label.startsWith(status))
    .reduce((sum, outcome) => sum + outcome.count, 0);

const PODS = [deployment('good', 'web', 1), deployment('bad', 'web', 1)];

describe('failure accrual', () => {
  test('shuts an endpoint after seven failures in a row, and lets one request try it after 1, 2, 4 … seconds', async () => {
    const without = await run([...PODS, service('')]);
    const broken = await run([...PODS, service(CONSECUTIVE)]);
    expect(count(without, '500')).toBeGreaterThan(1000);
    // Seven, and a few that are under way; then one each time: with penalties of 1 to 1.5, 2 to 3 … seconds five or six in a minute.
    expect(count(broken, '500')).toBeGreaterThanOrEqual(7 + 4);
    expect(count(broken, '500')).toBeLessThanOrEqual(7 + 10);
    const ejections = broken.clusters.reduce((sum, { counters }) => sum + counters.ejectionsEnforced!, 0);
    expect(ejections).toBeGreaterThanOrEqual(5);
  });

  test('a number of failures', async () => {
    const two = `${CONSECUTIVE}, balancer.linkerd.io/failure-accrual-consecutive-max-failures: "2"`;
    expect(count(await run([...PODS, service(two)]), '500')).toBeLessThan(2 + 10);
  });

  test('with a ServiceProfile there is none', async () => {
    const profile =
      'apiVersion: linkerd.io/v1alpha2\nkind: ServiceProfile\nmetadata: { name: web.default.svc.cluster.local }\nspec: { routes: [] }\n';
    expect(count(await run([...PODS, service(CONSECUTIVE), profile]), '500')).toBeGreaterThan(1000);
  });

  test('unified: an endpoint of which too few responses are good is shut, though never seven in a row fail', async () => {
    const half = {
      ...scenario,
      workloads: { good: { work: 'constant(2ms)' }, bad: { work: 'constant(1ms)', errors: { 500: '40%' } } },
    } satisfies ScenarioSpec;
    const failures = async (annotations: string): Promise<number> =>
      count(await run([...PODS, service(annotations)], half), '500');
    const UNIFIED = 'balancer.linkerd.io/failure-accrual: unified';
    const RATE = 'balancer.alpha.linkerd.io/failure-accrual-success-rate';
    const consecutive = await failures(CONSECUTIVE);
    expect(consecutive).toBeGreaterThan(200);
    expect(await failures(UNIFIED)).toBeLessThan(consecutive / 3);
    // 60 % good is enough here, or nothing is asked of it.
    expect(await failures(`${UNIFIED}, ${RATE}-threshold: "0.3"`)).toBeGreaterThan(consecutive / 2);
    expect(await failures(`${UNIFIED}, ${RATE}-threshold: "0"`)).toBe(consecutive);
    expect(await failures(`${UNIFIED}, ${RATE}-min-requests: "100000"`)).toBe(consecutive);
  });

  test('unified: 429 is no failure in a row, but not good either', async () => {
    const limited = {
      ...scenario,
      workloads: { good: { work: 'constant(2ms)' }, bad: { work: 'constant(1ms)', errors: { 429: '100%' } } },
    } satisfies ScenarioSpec;
    const refused = async (mode: string): Promise<number> =>
      count(await run([...PODS, service(`balancer.linkerd.io/failure-accrual: ${mode}`)], limited), '429');
    expect(await refused('consecutive')).toBeGreaterThan(1000);
    expect(await refused('unified')).toBeLessThan(30);
  });

  test('all endpoints shut: requests wait for one, and fail fast after three seconds', async () => {
    const result = await run([deployment('good', 'elsewhere', 1), deployment('bad', 'web', 1), service(CONSECUTIVE)]);
    // The penalties of the beginning are shorter than three seconds, those of the end are not.
    // The queue has 100 places; those who wait in it fail together, and whoever comes while the gate is shut is shed.
    expect(count(result, '504')).toBeGreaterThanOrEqual(100);
    expect(count(result, '504') % 100).toBe(0);
    expect(count(result, '503')).toBeGreaterThan(1000);
    expect(count(result, '500')).toBeGreaterThanOrEqual(7 + 4);
    expect(result.totals.latency.maxMs).toBeGreaterThan(2900);
    // Every request that is let through starts the three seconds anew: after at most 1.5 and 3 seconds there is one, then not in time.
    expect(result.totals.latency.maxMs).toBeLessThan(7600);
    // The median is of those that fail at once.
    expect(result.totals.latency.p50Ms.value!).toBeLessThan(50);
  });
});

test('penalize-failures: the balancer keeps away from an endpoint that refuses fast', async () => {
  const limited = {
    ...scenario,
    workloads: { good: { work: 'constant(20ms)' }, bad: { work: 'constant(1ms)', errors: { 429: '100%' } } },
  } satisfies ScenarioSpec;
  const refused = async (annotations: string): Promise<number> =>
    count(await run([...PODS, service(annotations)], limited), '429');
  // What refuses answers fast, so that most requests go there.
  expect(await refused('')).toBeGreaterThan(1500);
  expect(await refused('balancer.alpha.linkerd.io/penalize-failures: "true"')).toBeLessThan(100);
  expect(await refused('balancer.alpha.linkerd.io/penalize-failures: "no"')).toBeGreaterThan(1500);
});
