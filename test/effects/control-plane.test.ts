// What the control plane makes of several objects at once, seen in runs: merged ServiceEntries, listeners by address, gateways as servers, names that
// nobody knows, waypoints, localities. Each case says why its answer is the right one.
import { describe, expect, test } from 'vitest';
import {
  lintTexts,
  loadMesh,
  type RunResult,
  type ScenarioSpec,
  type ServiceSummary,
  simulate,
} from '../../scenarios/library.js';
import { type Case, namespace } from './control-plane/case.js';
import { EGRESS } from './control-plane/egress.js';
import { ENTRIES } from './control-plane/entries.js';
import { NAMES, OPEN_DOOR } from './control-plane/names.js';
import { WAYS } from './control-plane/ways.js';

/** What is said of every run that is as small as these. */
const ALWAYS = ['too-few-samples', 'few-replications', 'short-run'];

function scenarioOf({ traffic, scenario, istioVersion }: Case): ScenarioSpec {
  return {
    run: { duration: '4s', warmup: '1s', replications: 1, seed: 'control plane' },
    ...(istioVersion === undefined ? {} : { istioVersion }),
    ...scenario,
    traffic: traffic.map(({ name, from, to, path }) => ({
      name,
      to,
      rate: '10/s',
      ...(from === undefined ? {} : { from }),
      ...(path === undefined ? {} : { requests: [{ name, path }] }),
    })),
  };
}

function answersOf(result: RunResult): Record<string, string> {
  return Object.fromEntries(
    result.traffic.map(({ name, outcomes }) => [
      name,
      outcomes
        .filter(({ count }) => count > 0)
        .map(({ label }) => label)
        .join(' or '),
    ]),
  );
}

const isReached = ({ kind, arrivalsPerSecond }: ServiceSummary): boolean =>
  kind !== 'client' && (arrivalsPerSecond.value ?? 0) > 0;

describe.each([
  ['ServiceEntries and listeners', ENTRIES],
  ['egress gateways', EGRESS],
  ['names that nobody knows', NAMES],
  ['waypoints, authorities, localities', WAYS],
])('%s', (_, cases) => {
  test.each(cases)('$title', async (one) => {
    const mesh = loadMesh([{ name: 'mesh.yaml', text: one.mesh.join('---\n') }], { scenario: scenarioOf(one) });
    const result = await simulate(mesh, { workers: 0 });
    const said = result.diagnostics.filter(({ code, severity }) => severity === 'warning' && !ALWAYS.includes(code));
    expect(answersOf(result)).toEqual(one.answers);
    const called = result.services.filter(isReached).map(({ name }) => name);
    expect(called.sort()).toEqual([...one.called].sort());
    expect(said).toHaveLength(one.says.length);
    for (const words of one.says) expect(said.map(({ message }) => message).join('\n')).toMatch(words);
  });
});

test('a failing BackendTLSPolicy is put down to the kind of its reference', async () => {
  const secret = WAYS.find(({ title }) => title.startsWith('a Secret'))!;
  const texts = [{ name: 'mesh.yaml', text: secret.mesh.join('---\n') }];
  const { findings } = await simulate(loadMesh(texts, { scenario: scenarioOf(secret) }), { workers: 0 });
  const found = findings.find(({ code }) => code === 'F111');
  expect(found?.sources).toMatchObject([{ field: 'validation.caCertificateRefs[0].kind', value: 'Secret' }]);
  const { result } = await lintTexts(texts);
  expect(result.findings.map(({ code, message }) => `${code}: ${message}`)).toContainEqual(
    expect.stringMatching(/^ST2413: .* the Secret ca, and Istio reads ConfigMaps alone/),
  );
});

describe('a single label', () => {
  const calling = (to: string): (() => unknown) => {
    const scenario = { traffic: [{ name: 'load', from: 'cart.shop', to, rate: '1/s' }] } satisfies ScenarioSpec;
    return () => loadMesh([{ name: 'mesh.yaml', text: OPEN_DOOR.join('---\n') }], { scenario });
  };

  // No name of the internet has one label: DNS of the cluster answers with the search list or not at all (kubernetes: DNS for Services and Pods).
  test('that is nearly a Service is an error which names that', () => {
    expect(calling('http://catalgo/')).toThrow(/nothing in the YAML answers to catalgo.*did you mean catalog/s);
    expect(calling('tcp://catalgo:5432')).toThrow(/did you mean catalog/);
  });

  test('that is like no Service is an error too, whatever the ingress gateway serves', () => {
    expect(calling('http://warehouse/')).toThrow(/nothing in the YAML answers to warehouse/);
  });
});

// istio: pilot/pkg/networking/core/cluster_traffic_policy.go of 1.23 (WeightedLb for all) and of 1.24 (for those with failover or distribute).
describe('two localities, one of them slow', () => {
  const pods = (name: string, zone: string, label: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { name: ${name} } }
  template:
    metadata: { labels: { app: ${label}, name: ${name} } }
    spec: { containers: [{ name: app, image: app }], nodeSelector: { topology.kubernetes.io/zone: ${zone} } }
`;
  const mesh = [
    namespace('default'),
    pods('caller', 'r-a', 'caller'),
    pods('near', 'r-a', 'web'),
    pods('far', 'r-b', 'web'),
    'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { selector: { app: web }, ports: [{ name: http, port: 80 }] }\n',
  ].join('---\n');

  async function farShare(istioVersion: string): Promise<number> {
    const scenario = {
      run: { duration: '30s', warmup: '2s', replications: 1, seed: 'localities' },
      istioVersion,
      zones: ['r/r-a', 'r/r-b'],
      network: { sameZone: '1ms', crossZone: '300ms' },
      traffic: [{ name: 'load', from: 'caller.default', to: 'http://web/', rate: '40/s' }],
      services: { web: { wait: '5ms' } },
    } satisfies ScenarioSpec;
    const result = await simulate(loadMesh([{ name: 'mesh.yaml', text: mesh }], { scenario }), { workers: 0 });
    const arrivals = result.services
      .flatMap(({ workloads }) => workloads)
      .map(({ name, arrivalsPerSecond }) => [name, arrivalsPerSecond.value ?? 0] as const);
    const of = (name: string): number => arrivals.find(([own]) => own === name)![1];
    return of('far.default') / (of('far.default') + of('near.default'));
  }

  // 1200 picks: a fair share is within 0.06 of one half but once in 30,000 runs.
  test('Istio 1.23 draws the locality by its weight, whoever is busy', async () => {
    expect(Math.abs((await farShare('1.23')) - 0.5)).toBeLessThan(0.06);
  });

  test('Istio 1.24 takes the one of two endpoints that has less to do', async () => {
    expect(await farShare('1.24')).toBeLessThan(0.4);
  });
});
