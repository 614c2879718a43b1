// Where EnvoyFilters and WasmPlugins put filters. istio: pilot/pkg/networking/core/envoyfilter/listener_patch_test.go,
// pilot/pkg/model/{envoyfilter,extensions}_test.go.
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import type { LocalRateLimitPlan, RateLimitServicePlan } from '../../../../models/plan/contract/filter-plan.js';
import { activeFilters, generatedChain, inserted } from '../../../../models/plan/filters/chain.js';
import { DEFAULT_FILTER_COST } from '../../../../models/plan/settings/filter-cost.js';
import { compile, planOf, request, virtualService, type Wish, withCluster } from '../support.js';
import { envoyFilter, inboundOf, kinds, outboundOf, policy, tokens, wasm } from './support.js';

const TYPE = '"@type": type.googleapis.com/envoy.extensions.filters.http';
const ON =
  'filter_enabled: { default_value: { numerator: 100 } }, filter_enforced: { default_value: { numerator: 50 } }';
const BUCKET = 'token_bucket: { max_tokens: 10, tokens_per_fill: 5, fill_interval: 1s }';
const LIMIT = `{ name: envoy.filters.http.local_ratelimit, typed_config: { ${TYPE}.local_ratelimit.v3.LocalRateLimit, ${BUCKET}, ${ON} } }`;
const FAULT = `{ name: my.fault, typed_config: { ${TYPE}.fault.v3.HTTPFault, abort: { http_status: 503, percentage: { numerator: 5 } } } }`;

interface Where {
  readonly context?: string;
  readonly operation?: string;
  readonly beside?: string;
  readonly port?: number;
  readonly version?: string;
}

function patch(value: string, where: Where = {}): string {
  const { context = 'SIDECAR_INBOUND', operation = 'INSERT_BEFORE', beside = 'envoy.filters.http.router' } = where;
  const sub = beside === '' ? '' : `, subFilter: { name: ${beside} }`;
  const port = where.port === undefined ? '' : `portNumber: ${where.port}, `;
  const version = where.version === undefined ? '' : `proxy: { proxyVersion: '${where.version}' }, `;
  return `{ applyTo: HTTP_FILTER, match: { ${version}context: ${context}, listener: { ${port}filterChain: { filter: { name: envoy.filters.network.http_connection_manager${sub} } } } }, patch: { operation: ${operation}, value: ${value} } }`;
}

const of = (...patches: string[]) => envoyFilter(`{ configPatches: [${patches.join(', ')}] }`);
const route = (applyTo: string, match: string, value: string, context = 'SIDECAR_INBOUND') =>
  `{ applyTo: ${applyTo}, match: { context: ${context}, routeConfiguration: { ${match} } }, patch: { operation: MERGE, value: ${value} } }`;

function at(document: string, more: Partial<Wish> = {}) {
  const plan = planOf({ yaml: withCluster(document), ...more });
  return { inbound: inboundOf(plan), outbound: outboundOf(plan) };
}

describe('HTTP_FILTER', () => {
  test('before the router, behind the policies', () => {
    const documents = [of(patch(LIMIT)), policy('{ rules: [{}] }')].join('---\n');
    expect(kinds(at(documents).inbound)).toEqual(['rbac', 'local-rate-limit']);
  });

  test('first, and after the policies', () => {
    const first = of(patch(LIMIT, { operation: 'INSERT_FIRST' }));
    const rbac = policy('{ rules: [{}] }');
    expect(kinds(at([first, rbac].join('---\n')).inbound)).toEqual(['local-rate-limit', 'rbac']);
    const after = of(patch(LIMIT, { operation: 'INSERT_AFTER', beside: 'envoy.filters.http.rbac' }), patch(FAULT));
    expect(kinds(at([after, rbac].join('---\n')).inbound)).toEqual(['rbac', 'local-rate-limit', 'fault']);
  });

  test('beside a filter that is not there, behind the router, or in another context: not at all', () => {
    expect(kinds(at(of(patch(LIMIT, { beside: 'envoy.filters.http.lua' }))).inbound)).toEqual([]);
    expect(kinds(at(of(patch(LIMIT, { operation: 'INSERT_AFTER' }))).inbound)).toEqual([]);
    expect(kinds(at(of(patch(LIMIT, { context: 'GATEWAY' }))).inbound)).toEqual([]);
  });

  test('on one port of the pods', () => {
    expect(kinds(at(of(patch(LIMIT, { port: 8080 }))).inbound)).toEqual(['local-rate-limit']);
    expect(kinds(at(of(patch(LIMIT, { port: 80 }))).inbound)).toEqual([]);
  });

  test('of the caller: beside the fault filter of the route', () => {
    const document = envoyFilter(
      `{ configPatches: [${patch(FAULT, { context: 'SIDECAR_OUTBOUND', beside: 'envoy.filters.http.fault' })}] }`,
      'e',
      'a',
    );
    const found = at(document).outbound;
    expect(found).toEqual([expect.objectContaining({ kind: 'fault', abortProbability: 0.05 }), 'fault']);
    expect(at(document).inbound).toEqual([]);
  });

  test('for versions of the proxy', () => {
    expect(kinds(at(of(patch(LIMIT, { version: '^1\\.31.*' }))).inbound)).toEqual(['local-rate-limit']);
    expect(kinds(at(of(patch(LIMIT, { version: '^1\\.2.*' }))).inbound)).toEqual([]);
  });

  test('REMOVE and REPLACE', () => {
    const own = [policy('{}'), of(patch('{}', { operation: 'REMOVE', beside: 'envoy.filters.http.rbac' }))];
    expect(kinds(at(own.join('---\n')).inbound)).toEqual([]);
    const other = [policy('{}'), of(patch(LIMIT, { operation: 'REPLACE', beside: 'envoy.filters.http.rbac' }))];
    expect(kinds(at(other.join('---\n')).inbound)).toEqual(['local-rate-limit']);
  });

  test('in the order of priorities, the root namespace first', () => {
    const one = envoyFilter(`{ priority: 5, configPatches: [${patch(LIMIT)}] }`, 'one');
    const two = envoyFilter(`{ configPatches: [${patch(FAULT)}] }`, 'two');
    expect(kinds(at([one, two].join('---\n')).inbound)).toEqual(['fault', 'local-rate-limit']);
    const root = envoyFilter(`{ priority: 5, configPatches: [${patch(FAULT)}] }`, 'three', 'istio-system');
    expect(kinds(at([one, root].join('---\n')).inbound)).toEqual(['fault', 'local-rate-limit']);
  });

  test('a local rate limit needs both shares to act (case 54)', () => {
    const [limit] = at(of(patch(LIMIT))).inbound as LocalRateLimitPlan[];
    expect(limit).toMatchObject({
      bucket: { maxTokens: 10, tokensPerFill: 5, fillIntervalNs: 1e9 },
      enabledProbability: 1,
      enforcedProbability: 0.5,
      status: 429,
    });
    expect(at(of(patch(LIMIT.replace(`, ${ON}`, '')))).inbound).toEqual([]);
  });

  test('one that is not run costs what the scenario says', () => {
    const withType = (name: string, type: string): string =>
      of(patch(`{ name: ${name}, typed_config: { ${TYPE}.${type} } }`));
    const lua = withType('envoy.filters.http.lua', 'lua.v3.Lua');
    const other = withType('mine', 'ext_proc.v3.ExternalProcessor');
    expect(at(lua).inbound).toMatchObject([{ kind: 'wasm', cpuNs: 20_000 }]);
    expect(at(other).inbound).toEqual([]);
    const filters = {
      ...DEFAULT_FILTER_COST,
      lua: { cpuNs: 0, latencyNs: 3 },
      unknown: { cpuNs: 10_000, latencyNs: 0 },
    };
    expect(at(lua, { input: { filters } }).inbound).toMatchObject([{ kind: 'wasm', cpuNs: 0, latencyNs: 3 }]);
    expect(at(other, { input: { filters } }).inbound).toMatchObject([{ kind: 'wasm', cpuNs: 10_000 }]);
  });

  property.prop([fc.array(fc.constantFrom('INSERT_FIRST', 'INSERT_BEFORE', 'INSERT_AFTER'), { maxLength: 6 })])(
    'insertions keep the others in their order',
    (operations) => {
      const wasmSlots = { authn: [], authz: [], stats: [], last: [] };
      const rbac = { name: 'envoy.filters.http.rbac', filter: 0 };
      const base = generatedChain({ custom: [], jwt: [], rbac: [rbac], wasm: wasmSlots }, true);
      const chain = operations.reduce<ReturnType<typeof inserted>>(
        (before, operation, i) => inserted(before, { name: `own ${i}`, filter: 1 + i }, operation, rbac.name),
        base,
      );
      expect(chain.filter(({ name }) => !name.startsWith('own'))).toEqual(base);
      expect(activeFilters(chain).length).toBe(2 + operations.length);
    },
  );
});

describe('what routes say', () => {
  const filter = patch(
    LIMIT.replace(
      BUCKET,
      `${BUCKET}, descriptors: [{ entries: [{ key: p, value: gold }], token_bucket: { max_tokens: 3, fill_interval: 1s } }, { entries: [{ key: p }], token_bucket: { max_tokens: 2, fill_interval: 10s } }]`,
    ),
  );
  const limits = 'rate_limits: [{ actions: [{ request_headers: { header_name: x-plan, descriptor_key: p } }] }]';

  test('descriptors of a class take their buckets in ascending order of rates', () => {
    const document = of(filter, route('VIRTUAL_HOST', 'vhost: { name: "inbound|http|8080" }', `{ ${limits} }`));
    const descriptors = (headers: Record<string, string>) =>
      (at(document, { requests: [request({ headers })] }).inbound as LocalRateLimitPlan[])[0]!.descriptors.map(
        ({ number }) => number,
      );
    expect(descriptors({ 'x-plan': 'gold' })).toEqual([1, 0]);
    expect(descriptors({ 'x-plan': 'tin' })).toEqual([1]);
    expect(descriptors({})).toEqual([]);
  });

  test('classes share the buckets of one filter', () => {
    const document = of(filter, route('VIRTUAL_HOST', 'vhost: { name: "" }', `{ ${limits} }`));
    const plan = planOf({
      yaml: withCluster(document),
      requests: [request(), request({ name: 'gold', headers: { 'x-plan': 'gold' } })],
    });
    const own = plan.filters.filter((found): found is LocalRateLimitPlan => found.kind === 'local-rate-limit');
    expect(new Set(own.map(({ group }) => group)).size).toBe(1);
    expect(new Set(own.map(({ name }) => name)).size).toBe(2);
  });

  test('the configuration of a route takes the place of that of the listener', () => {
    const own = `{ typed_per_filter_config: { envoy.filters.http.local_ratelimit: { ${TYPE}.local_ratelimit.v3.LocalRateLimit, token_bucket: { max_tokens: 1, fill_interval: 1s }, ${ON} } } }`;
    const routes = '{ hosts: [web], http: [{ name: gold, route: [{ destination: { host: web } }] }] }';
    const document = (name: string) =>
      [
        virtualService('v', 'b', routes),
        envoyFilter(
          `{ configPatches: [${patch(LIMIT, { context: 'SIDECAR_OUTBOUND' })}, ${route('HTTP_ROUTE', `vhost: { name: "web.b.svc.cluster.local:80", route: { name: ${name} } }`, own, 'SIDECAR_OUTBOUND')}] }`,
          'e',
          'a',
        ),
      ].join('---\n');
    const tokensOf = (name: string) => (at(document(name)).outbound[1] as LocalRateLimitPlan).bucket!.maxTokens;
    expect(tokensOf('gold')).toBe(1);
    expect(tokensOf('other')).toBe(10);
  });

  test('a rate limit service is asked about the descriptors, and knows its limits', () => {
    const service = `{ name: envoy.filters.http.ratelimit, typed_config: { ${TYPE}.ratelimit.v3.RateLimit, domain: shop, timeout: 10ms, rate_limit_service: {} } }`;
    const config = `apiVersion: v1
kind: ConfigMap
metadata: { name: limits, namespace: b }
data:
  config.yaml: |
    domain: shop
    descriptors:
      - key: p
        value: gold
        rate_limit: { unit: minute, requests_per_unit: 100 }
      - key: p
        rate_limit: { unit: second, requests_per_unit: 1 }
`;
    const patches = of(patch(service), route('VIRTUAL_HOST', 'vhost: { name: "" }', `{ ${limits} }`));
    const asked = (headers: Record<string, string>, documents: string) =>
      (at(documents, { requests: [request({ headers })] }).inbound as RateLimitServicePlan[])[0];
    expect(asked({}, patches)).toBeUndefined();
    expect(asked({ 'x-plan': 'gold' }, patches)).toMatchObject({ timeoutNs: 1e7, failureMode: 'allow', limits: [] });
    const both = [patches, config].join('---\n');
    expect(asked({ 'x-plan': 'gold' }, both)!.limits).toMatchObject([{ requestsPerWindow: 100, windowNs: 60e9 }]);
    expect(asked({ 'x-plan': 'tin' }, both)!.limits).toMatchObject([{ requestsPerWindow: 1, windowNs: 1e9 }]);
  });
});

test('what is assumed is said: services, and clients that are not told apart', () => {
  const limits = 'rate_limits: [{ actions: [{ remote_address: {} }] }]';
  const authorizer = `{ name: a, typed_config: { ${TYPE}.ext_authz.v3.ExtAuthz, grpc_service: {} } }`;
  const document = of(patch(authorizer), patch(LIMIT), route('VIRTUAL_HOST', 'vhost: { name: "" }', `{ ${limits} }`));
  const { fidelity } = compile({ yaml: withCluster(document) });
  const own = fidelity.filter(({ resource }) => resource === 'EnvoyFilter b/e');
  expect(own.map(({ path, meaning }) => `${path} ${meaning.split(' ').slice(0, 4).join(' ')}`)).toEqual([
    'spec.configPatches[0] the authorization service answers',
    'spec.configPatches[1] users and addresses are',
  ]);
});

describe('WasmPlugin', () => {
  const names = (documents: readonly string[]) =>
    inboundOf(
      planOf({ yaml: withCluster(...documents), requests: [request({ headers: { authorization: 'Bearer bad' } })] }),
    ).map((filter) => (filter === 'fault' ? filter : filter.name.split(' ').pop()));

  test('by phase, in a phase by priority', () => {
    const documents = [
      wasm('last', '{ url: a }'),
      wasm('stats', '{ url: a, phase: STATS }'),
      wasm('authz', '{ url: a, phase: AUTHZ }'),
      wasm('authn-low', '{ url: a, phase: AUTHN, priority: 1 }'),
      wasm('authn-none', '{ url: a, phase: AUTHN }'),
      wasm('authn-high', '{ url: a, phase: AUTHN, priority: 9 }'),
      tokens('{ jwtRules: [{ issuer: i }] }'),
      policy('{}'),
    ];
    expect(names(documents)).toEqual([
      ...['b/authn-high', 'b/authn-low', 'b/authn-none', 'jwt', 'b/authz', 'rbac', 'b/stats', 'b/last'],
    ]);
  });

  test('by side and port of the traffic', () => {
    expect(names([wasm('w', '{ url: a, match: [{ mode: CLIENT }] }')])).toEqual([]);
    expect(names([wasm('w', '{ url: a, match: [{ mode: SERVER, ports: [{ number: 8080 }] }] }')])).toEqual(['b/w']);
    expect(names([wasm('w', '{ url: a, match: [{ ports: [{ number: 80 }] }] }')])).toEqual([]);
  });

  const extension = (name: string, spec: string): string =>
    `apiVersion: extensions.istio.io/v1alpha1\nkind: TrafficExtension\nmetadata: { name: ${name}, namespace: b }\nspec: ${spec}\n`;
  const LUA = 'lua: { inlineCode: "function envoy_on_request(h) end" }';

  test('TrafficExtensions stand among them, at the cost of what runs in them', () => {
    const documents = [
      wasm('plugin', '{ url: a, priority: 5 }'),
      extension('module', '{ wasm: { url: a }, priority: 9 }'),
      extension('script', `{ ${LUA} }`),
    ];
    expect(names(documents)).toEqual(['b/module', 'b/plugin', 'b/script']);
    expect(at(extension('script', `{ ${LUA} }`)).inbound).toMatchObject([{ cpuNs: 20_000, latencyNs: 0 }]);
    expect(at(extension('module', '{ wasm: { url: a } }')).inbound).toMatchObject([
      { cpuNs: 30_000, latencyNs: 500_000 },
    ]);
    expect(names([extension('off', `{ ${LUA}, selector: { matchLabels: { app: two } } }`)])).toEqual([]);
  });

  test('a broken module denies, or lets pass', () => {
    const filters = { ...DEFAULT_FILTER_COST, brokenWasm: ['w.b'] };
    expect(at(wasm('w', '{ url: a }'), { input: { filters } }).inbound).toMatchObject([{ status: 403 }]);
    expect(at(wasm('w', '{ url: a, failStrategy: FAIL_OPEN }'), { input: { filters } }).inbound).toEqual([]);
  });
});
