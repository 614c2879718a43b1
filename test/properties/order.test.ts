// Any order of documents that means the same to Istio gives the same fingerprint: Istio sorts by creation time, then name, then namespace, so neither
// the order of documents nor the names of files say anything.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { documentsIn, fingerprintOf, planOf, shuffled } from '../support/shuffled.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const SCENARIO = /^kind: Scenario$/m;

/** The manifests and the scenario of an example, the latter without its paths: all texts are given. */
function example(directory: string, isPart: (name: string) => boolean = () => true) {
  const names = readdirSync(join(root, directory), { recursive: true, encoding: 'utf8' });
  const texts = names
    .filter((name) => name.endsWith('.yaml') && isPart(name))
    .map((name) => readFileSync(join(root, directory, name), 'utf8'));
  const scenario = texts.find((text) => SCENARIO.test(text));
  if (scenario === undefined) throw new Error(`no scenario in ${directory}`);
  return {
    scenario: withoutMesh(scenario),
    documents: texts.filter((text) => !SCENARIO.test(text)).flatMap(documentsIn),
  };
}

function withoutMesh(scenario: string): string {
  return scenario.replace(/^ {2}mesh:.*\n(?: {4}.*\n)*/m, '');
}

describe('documents in another order, in files of other names', () => {
  test.each(['examples/minimal', 'examples/shop', 'examples/networks', 'examples/ambient'])('%s', async (directory) => {
    const { documents, scenario } = example(directory);
    expect(documents.length).toBeGreaterThan(1);
    const first = await fingerprintOf([{ name: 'all.yaml', text: documents.join('\n---\n') }], scenario, '500ms');
    for (const seed of [1, 2]) expect(await fingerprintOf(shuffled(documents, seed), scenario, '500ms')).toBe(first);
  });

  const corpus = join(root, '../shared/corpus/istio/samples/bookinfo');
  test.skipIf(!existsSync(corpus))('bookinfo, as it is published (skipped without the corpus)', async () => {
    const scenario = withoutMesh(readFileSync(join(root, 'test/corpus/bookinfo.scenario.yaml'), 'utf8'));
    const documents = [
      join(root, 'test/corpus/injected-default.yaml'),
      ...[
        'platform/kube/bookinfo.yaml',
        'networking/bookinfo-gateway.yaml',
        'networking/destination-rule-all.yaml',
      ].map((name) => join(corpus, name)),
    ].flatMap((path) => documentsIn(readFileSync(path, 'utf8')));
    const first = await fingerprintOf([{ name: 'all.yaml', text: documents.join('\n---\n') }], scenario, '500ms');
    for (const seed of [1, 2]) expect(await fingerprintOf(shuffled(documents, seed), scenario, '500ms')).toBe(first);
  });

  test.prop([mesh(), fc.nat(1_000_000)], { numRuns: 6, seed: 20261130 })(
    'any mesh of services, versions, routes, policies and filters: the same fingerprint',
    async ({ documents, scenario }, seed) => {
      const one = await fingerprintOf([{ name: 'all.yaml', text: documents.join('\n---\n') }], scenario, '500ms');
      expect(await fingerprintOf(shuffled(documents, seed), scenario, '500ms')).toBe(one);
    },
  );

  test.prop([mesh(), fc.nat(1_000_000)], { numRuns: 15, seed: 20261130 })(
    'any such mesh: the same plan, byte for byte, of which a run is a function',
    ({ documents, scenario }, seed) => {
      const one = planOf([{ name: 'all.yaml', text: documents.join('\n---\n') }], scenario);
      expect(planOf(shuffled(documents, seed), scenario)).toBe(one);
    },
  );
});

interface ServiceShape {
  readonly versions: number;
  readonly replicas: number;
  readonly workers: number;
  readonly balancer: string;
  readonly breaker: boolean;
  readonly routes: readonly number[];
  readonly fault: boolean;
  readonly limit: boolean;
  readonly concurrency: boolean;
  readonly policy: 'none' | 'allow' | 'deny';
  readonly created: number | null;
  readonly calls: readonly number[];
}

function mesh(): fc.Arbitrary<{ readonly documents: string[]; readonly scenario: string }> {
  const shape = fc.record<ServiceShape>({
    versions: fc.integer({ min: 1, max: 3 }),
    replicas: fc.integer({ min: 1, max: 3 }),
    workers: fc.integer({ min: 1, max: 4 }),
    balancer: fc.constantFrom(
      'simple: ROUND_ROBIN',
      'simple: RANDOM',
      'simple: LEAST_REQUEST',
      'consistentHash: { useSourceIp: true }',
      'consistentHash: { httpCookie: { name: c, ttl: 0s } }',
    ),
    breaker: fc.boolean(),
    routes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 0, maxLength: 3 }),
    fault: fc.boolean(),
    limit: fc.boolean(),
    concurrency: fc.boolean(),
    policy: fc.constantFrom('none', 'none', 'allow', 'deny'),
    created: fc.constantFrom(null, null, 1, 2),
    calls: fc.array(fc.nat(5), { maxLength: 2 }),
  });
  const names = fc.uniqueArray(fc.constantFrom('zeta', 'api', 'm-1', 'm-10', 'm-2', 'basket'), {
    minLength: 2,
    maxLength: 5,
  });
  return fc.tuple(names, fc.array(shape, { minLength: 5, maxLength: 5 })).map(([services, shapes]) => ({
    documents: [NAMESPACE, ...services.flatMap((name, i) => manifestsOf(name, shapes[i]!))],
    scenario: scenarioOf(services, shapes),
  }));
}

const NAMESPACE = `apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio-injection: enabled } }`;

function manifestsOf(name: string, shape: ServiceShape): string[] {
  const created = shape.created === null ? '' : `, creationTimestamp: "2026-01-0${shape.created}T00:00:00Z"`;
  const versions = Array.from({ length: shape.versions }, (_, i) => `v${i + 1}`);
  const service = `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80, targetPort: 8080 }] }`;
  const deployments = versions.map(
    (version) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}-${version}, namespace: shop }
spec:
  replicas: ${shape.replicas}
  selector: { matchLabels: { app: ${name}, version: ${version} } }
  template:
    metadata:
      labels: { app: ${name}, version: ${version} }
      annotations: { proxy.istio.io/config: "{concurrency: ${shape.workers}}" }
    spec: { containers: [{ name: main, image: app:1 }] }`,
  );
  const rule = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${name}, namespace: shop${created} }
spec:
  host: ${name}
  trafficPolicy:
    loadBalancer: { ${shape.balancer} }
${shape.breaker ? '    outlierDetection: { consecutive5xxErrors: 3, interval: 100ms, baseEjectionTime: 200ms }\n    connectionPool: { http: { http2MaxRequests: 4 }, tcp: { maxConnections: 3 } }\n' : ''}  subsets: [${versions.map((version) => `{ name: ${version}, labels: { version: ${version} } }`).join(', ')}]`;
  // More than one VirtualService of a host: the first in Istio's order counts.
  const routes = shape.routes.map(
    (weight, i) => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}-${(weight * 7) % 5}-${i}, namespace: shop${created} }
spec:
  hosts: [${name}]
  http:
    - retries: { attempts: ${i + 1}, perTryTimeout: ${10 * weight}ms }
${shape.fault ? '      fault: { abort: { percentage: { value: 5 }, httpStatus: 503 }, delay: { percentage: { value: 20 }, fixedDelay: 3ms } }\n' : ''}      route: [${versions.map((version, v) => `{ destination: { host: ${name}, subset: ${version} }, weight: ${weight + v} }`).join(', ')}]`,
  );
  return [
    service,
    ...deployments,
    rule,
    ...routes,
    ...(shape.limit ? [filter(name, 'local_ratelimit', LOCAL_RATE_LIMIT)] : []),
    ...(shape.concurrency ? [filter(name, 'adaptive_concurrency', ADAPTIVE_CONCURRENCY)] : []),
    ...(shape.policy === 'none' ? [] : [policy(name, shape.policy)]),
  ];
}

const LOCAL_RATE_LIMIT =
  'stat_prefix: l, token_bucket: { max_tokens: 20, tokens_per_fill: 20, fill_interval: 1s }, filter_enabled: { default_value: { numerator: 80 } }, filter_enforced: { default_value: { numerator: 100 } }';
const ADAPTIVE_CONCURRENCY =
  'gradient_controller_config: { sample_aggregate_percentile: { value: 90 }, concurrency_limit_params: { concurrency_update_interval: 0.1s }, min_rtt_calc_params: { interval: 1s, request_count: 10 } }, enabled: { default_value: true, runtime_key: x }';
const TYPES: ReadonlyMap<string, string> = new Map([
  ['local_ratelimit', 'type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit'],
  [
    'adaptive_concurrency',
    'type.googleapis.com/envoy.extensions.filters.http.adaptive_concurrency.v3.AdaptiveConcurrency',
  ],
]);

function filter(name: string, kind: string, config: string): string {
  return `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: { name: ${name}-${kind.replaceAll('_', '-')}, namespace: shop }
spec:
  workloadSelector: { labels: { app: ${name} } }
  configPatches:
    - applyTo: HTTP_FILTER
      match: { context: SIDECAR_INBOUND, listener: { filterChain: { filter: { name: envoy.filters.network.http_connection_manager } } } }
      patch:
        operation: INSERT_BEFORE
        value: { name: envoy.filters.http.${kind}, typed_config: { "@type": ${TYPES.get(kind)}, ${config} } }`;
}

function policy(name: string, action: 'allow' | 'deny'): string {
  return `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: ${name}-${action}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${name} } }
  action: ${action.toUpperCase()}
  rules: [{ to: [{ operation: { methods: [${action === 'allow' ? 'GET' : 'POST'}] } }] }]`;
}

function scenarioOf(services: readonly string[], shapes: readonly ServiceShape[]): string {
  const behaviour = services.map((name, i) => {
    const calls = shapes[i]!.calls.map((target) => services[target % services.length]!).filter(
      (target) => services.indexOf(target) > i,
    );
    const steps = [
      '{ cpu: "exponential(1ms)" }',
      ...calls.map((target) => `{ call: "${target}", path: /x, onError: ignore }`),
    ];
    return `    ${name}: { steps: [${steps.join(', ')}], errors: { 500: 2% } }`;
  });
  return `apiVersion: seatrial.dev/v1alpha1
kind: Scenario
metadata: { name: generated }
spec:
  run: { duration: 2s, warmup: 200ms, seed: order, replications: 1 }
  zones: [r/a, r/b]
  traffic:
    - { name: open, from: ${services[0]!}, to: "http://${services[1]!}", rate: 120/s }
    - { name: closed, to: "http://${services[0]!}.shop", connections: 3 }
  services:
${behaviour.join('\n')}
`;
}
