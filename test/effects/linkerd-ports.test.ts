// Ports that skip Linkerd's proxy, and Services of which only some pods have one, in a run.
import { describe, expect, test } from 'vitest';
import { loadMesh, type RunResult, type ScenarioSpec, simulate } from '../../scenarios/library.js';

const pods = (name: string, annotations = 'linkerd.io/inject: enabled', app = name): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: ${app}, name: ${name} } }
  template:
    metadata: { labels: { app: ${app}, name: ${name} }, annotations: { ${annotations} } }
    spec: { containers: [{ name: app, image: app }] }
`;
const SERVICE =
  'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8080 }] }\n';
const SKIP = (direction: string, ports: string): string =>
  `linkerd.io/inject: enabled, config.linkerd.io/skip-${direction}-ports: "${ports}"`;

const scenario = {
  run: { duration: '20s', warmup: '1s', replications: 1, seed: 'linkerd ports' },
  traffic: [{ name: 'load', from: 'client.default', to: 'http://web/', rate: '100/s' }],
  services: { web: { work: 'constant(5ms)' } },
} satisfies ScenarioSpec;

async function run(texts: readonly string[], own: ScenarioSpec = scenario): Promise<RunResult> {
  return await simulate(loadMesh([{ name: 'mesh.yaml', text: texts.join('---\n') }], { scenario: own }), {
    workers: 0,
  });
}

const refused = (result: RunResult): number =>
  result.traffic
    .flatMap(({ requests }) => requests.flatMap(({ outcomes }) => outcomes))
    .filter(({ label }) => label.startsWith('403'))
    .reduce((sum, { share }) => sum + share, 0);
const median = (result: RunResult): number => result.totals.latency.p50Ms.value!;
const proxyUse = (result: RunResult, workload: string): number | null =>
  result.services.flatMap(({ workloads }) => workloads).find(({ name }) => name === `${workload}.default`)!
    .proxyUtilisationShare.value;

describe('skip-outbound-ports', () => {
  test('a call goes past the proxy of its caller: half of what proxies add is gone, and nothing is encrypted', async () => {
    const usual = await run([pods('client'), pods('web'), SERVICE]);
    const skipped = await run([pods('client', SKIP('outbound', '80')), pods('web'), SERVICE]);
    // Of 0.3 ms in all for each of the two proxies one is left.
    expect(median(usual) - median(skipped)).toBeGreaterThan(0.25);
    expect(median(usual) - median(skipped)).toBeLessThan(0.4);
    expect(proxyUse(skipped, 'client')).toBe(0);
    expect(proxyUse(skipped, 'web')).toBeGreaterThan(0);
  });

  test('ranges, and ports that are not in the list', async () => {
    const usual = await run([pods('client'), pods('web'), SERVICE]);
    expect(median(await run([pods('client', SKIP('outbound', '443,8080-8090')), pods('web'), SERVICE]))).toBe(
      median(usual),
    );
    expect(proxyUse(await run([pods('client', SKIP('outbound', '70-90')), pods('web'), SERVICE]), 'client')).toBe(0);
  });

  test('without its proxy nothing is retried, balanced by load, or answered for the server', async () => {
    const retried = SERVICE.replace('{ name: web }', '{ name: web, annotations: { retry.linkerd.io/http: 5xx } }');
    const own = { ...scenario, services: { web: { work: '1ms', errors: { 503: '50%' } } } } satisfies ScenarioSpec;
    const retries = (result: RunResult): number => result.edges.find(({ to }) => to === 'web')!.retriesPerCall.value!;
    expect(retries(await run([pods('client'), pods('web'), retried], own))).toBeGreaterThan(0.4);
    const result = await run([pods('client', SKIP('outbound', '80')), pods('web'), retried], own);
    expect(retries(result)).toBe(0);
    const gone = await run([pods('client', SKIP('outbound', '80')), SERVICE], { ...scenario, services: {} });
    const seen = gone.traffic.flatMap(({ requests }) =>
      requests.flatMap(({ outcomes }) => outcomes.map((o) => o.label)),
    );
    expect(seen.every((label) => label.startsWith('no response'))).toBe(true);
  });
});

describe('skip-inbound-ports', () => {
  test('by the port of the pod: a call goes past the proxy of its server', async () => {
    const usual = await run([pods('client'), pods('web'), SERVICE]);
    const skipped = await run([pods('client'), pods('web', SKIP('inbound', '8080')), SERVICE]);
    expect(median(usual) - median(skipped)).toBeGreaterThan(0.2);
    expect(proxyUse(skipped, 'web')).toBe(0);
    expect(proxyUse(skipped, 'client')).toBeGreaterThan(0);
    expect(median(await run([pods('client'), pods('web', SKIP('inbound', '80')), SERVICE]))).toBe(median(usual));
  });

  test('policies are not asked there', async () => {
    const deny = ', config.linkerd.io/default-inbound-policy: deny';
    expect(refused(await run([pods('client'), pods('web', `linkerd.io/inject: enabled${deny}`), SERVICE]))).toBe(1);
    expect(refused(await run([pods('client'), pods('web', SKIP('inbound', '8080') + deny), SERVICE]))).toBe(0);
  });
});

test('of a Service some of whose pods have a proxy, these are reached by mutual TLS and know who calls', async () => {
  const authenticated = 'linkerd.io/inject: enabled, config.linkerd.io/default-inbound-policy: all-authenticated';
  const mixed = [
    pods('client'),
    pods('meshed', authenticated, 'web'),
    pods('plain', 'linkerd.io/inject: disabled', 'web'),
    SERVICE,
  ];
  const own = { ...scenario, services: {} } satisfies ScenarioSpec;
  const result = await run(mixed, own);
  expect(refused(result)).toBe(0);
  const answered = result.services
    .flatMap(({ workloads }) => workloads)
    .filter(({ name }) => /meshed|plain/.test(name));
  expect(answered.map(({ completedPerSecond }) => completedPerSecond.value! > 10)).toEqual([true, true]);
  expect(result.fidelity.map(({ meaning }) => meaning).join()).toContain('all over HTTP/1.1');
  // A caller that nobody knows is refused by the one and not by the other.
  const plain = await run([pods('client', 'linkerd.io/inject: disabled'), ...mixed.slice(1)], own);
  expect(refused(plain)).toBeGreaterThan(0.2);
  expect(refused(plain)).toBeLessThan(0.8);
});
