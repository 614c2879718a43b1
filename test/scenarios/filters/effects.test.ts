// HTTP filters from YAML to their effect in a run. Seeds are fixed; bounds are at least five standard errors wide, or exact.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadMesh, type RunResult, type ScenarioSpec, simulate } from '../../../scenarios/library.js';

const yaml = readFileSync(join(import.meta.dirname, '../../../examples/minimal/mesh.yaml'), 'utf8');

type Request = NonNullable<NonNullable<ScenarioSpec['traffic']>[number]['requests']>[number];

async function run(policies: string, more: ScenarioSpec = {}, requests: Request[] = [{}]): Promise<RunResult> {
  const scenario = {
    run: { duration: '20s', warmup: '2s', replications: 2, seed: 'filters' },
    traffic: [{ name: 'visitors', from: 'visitor.default', to: 'http://greeter/hello', rate: '50/s', requests }],
    services: { greeter: { work: '2ms' } },
    ...more,
  } satisfies ScenarioSpec;
  const texts = [
    { name: 'mesh.yaml', text: yaml },
    { name: 'policies.yaml', text: policies },
  ];
  return await simulate(loadMesh(texts, { scenario }), { workers: 0 });
}

function meanMs(result: RunResult): number {
  return result.totals.latency.meanMs.value!;
}

function outcomes(result: RunResult): Record<string, number> {
  const rows = result.traffic.flatMap(({ requests }) => requests.flatMap((request) => request.outcomes));
  return Object.fromEntries(rows.map(({ label, count }) => [label, count]));
}

const policy = (kind: string, group: string, spec: string) =>
  `apiVersion: ${group}\nkind: ${kind}\nmetadata: { name: p, namespace: default }\nspec: ${spec}\n`;
const authorization = (spec: string) => policy('AuthorizationPolicy', 'security.istio.io/v1', spec);
const envoyFilter = (spec: string) => policy('EnvoyFilter', 'networking.istio.io/v1alpha3', spec);
const httpFilter = (context: string, value: string) =>
  envoyFilter(`{ configPatches: [{ applyTo: HTTP_FILTER,
    match: { context: ${context}, listener: { filterChain: { filter: { name: envoy.filters.network.http_connection_manager, subFilter: { name: envoy.filters.http.router } } } } },
    patch: { operation: INSERT_BEFORE, value: ${value} } }] }`);
const TYPE = '"@type": type.googleapis.com/envoy.extensions.filters.http';

describe('who may', () => {
  test('a request that no policy allows is refused, the others are served', async () => {
    const only = authorization('{ rules: [{ to: [{ operation: { paths: [/hello] } }] }] }');
    const result = await run(only, {}, [
      { name: 'hello', path: '/hello' },
      { name: 'admin', path: '/admin' },
    ]);
    const [hello, admin] = result.traffic[0]!.requests;
    expect(hello!.outcomes.map(({ label }) => label)).toEqual(['200']);
    expect(admin!.outcomes.map(({ label }) => label)).toEqual(['403']);
  });

  test('a token opens the door', async () => {
    const tokens = policy('RequestAuthentication', 'security.istio.io/v1', '{ jwtRules: [{ issuer: i }] }');
    const admins = authorization('{ rules: [{ when: [{ key: "request.auth.claims[role]", values: [admin] }] }] }');
    const result = await run(`${tokens}---\n${admins}`, {}, [
      { name: 'admin', token: { iss: 'i', sub: 'ann', role: ['admin'] } },
      { name: 'user', token: { iss: 'i', sub: 'bob', role: ['user'] } },
      { name: 'nobody' },
      { name: 'thief', token: 'invalid' },
    ]);
    const labels = result.traffic[0]!.requests.map((request) => request.outcomes.map(({ label }) => label).join());
    expect(labels).toEqual(['200', '403', '403', '401']);
  });

  test('an authorizer costs its latency, and denies its share', async () => {
    const custom = authorization('{ action: CUSTOM, provider: { name: opa }, rules: [{}] }');
    const [without, with5] = [await run(''), await run(custom, { filters: { authorization: { latency: '5ms' } } })];
    expect(meanMs(with5) - meanMs(without)).toBeCloseTo(5, 1);
    const denied = outcomes(await run(custom, { filters: { authorization: { latency: '1ms', deny: '25%' } } }));
    const [yes, no] = [denied['200']!, denied['403']!];
    // n = 2000: a standard error is 0.0097.
    expect(Math.abs(no / (yes + no) - 0.25)).toBeLessThan(0.05);
  });
});

describe('what it costs', () => {
  test('a Wasm filter costs its latency on the server', async () => {
    const plugin = policy(
      'WasmPlugin',
      'extensions.istio.io/v1alpha1',
      '{ url: oci://x/y, match: [{ mode: SERVER }] }',
    );
    const [without, with3] = [await run(''), await run(plugin, { filters: { wasm: { latency: '3ms' } } })];
    expect(meanMs(with3) - meanMs(without)).toBeGreaterThan(3);
    expect(meanMs(with3) - meanMs(without)).toBeLessThan(3.1);
  });

  test('a module that cannot be fetched denies everything', async () => {
    const plugin = policy('WasmPlugin', 'extensions.istio.io/v1alpha1', '{ url: oci://x/y }');
    expect(Object.keys(outcomes(await run(plugin, { filters: { wasm: { broken: 'p' } } })))).toEqual(['403']);
  });

  test('a Lua filter costs what the scenario says', async () => {
    const lua = httpFilter(
      'SIDECAR_OUTBOUND',
      `{ name: envoy.filters.http.lua, typed_config: { ${TYPE}.lua.v3.Lua } }`,
    );
    const [without, with2] = [await run(lua), await run(lua, { filters: { lua: { latency: '2ms' } } })];
    expect(meanMs(with2) - meanMs(without)).toBeCloseTo(2, 1);
  });

  test('so does the script of a TrafficExtension', async () => {
    const extension =
      'apiVersion: extensions.istio.io/v1alpha1\nkind: TrafficExtension\nmetadata: { name: t }\nspec: { match: [{ mode: SERVER }], lua: { inlineCode: "--" } }\n';
    const [without, with2] = [await run(extension), await run(extension, { filters: { lua: { latency: '2ms' } } })];
    expect(meanMs(with2) - meanMs(without)).toBeCloseTo(2, 1);
  });

  test('of a filter that is fetched the type is known', async () => {
    const fetched = httpFilter(
      'SIDECAR_OUTBOUND',
      '{ name: mine, config_discovery: { config_source: { ads: {} }, type_urls: [type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm] } }',
    );
    const [without, with3] = [
      await run(fetched, { filters: { wasm: { latency: '0ms' } } }),
      await run(fetched, { filters: { wasm: { latency: '3ms' } } }),
    ];
    expect(meanMs(with3) - meanMs(without)).toBeCloseTo(3, 1);
  });
});

describe('how many', () => {
  const limit = (more: string) =>
    httpFilter(
      'SIDECAR_INBOUND',
      `{ name: envoy.filters.http.local_ratelimit, typed_config: { ${TYPE}.local_ratelimit.v3.LocalRateLimit, stat_prefix: l,
        token_bucket: { max_tokens: 10, tokens_per_fill: 10, fill_interval: 1s } ${more} } }`,
    );
  const ON =
    ', filter_enabled: { default_value: { numerator: 100 } }, filter_enforced: { default_value: { numerator: 100 } }';

  test('a local rate limit holds by pod: two pods with 10/s each of 50/s', async () => {
    const found = outcomes(await run(limit(ON)));
    const served = found['200']! / (found['200']! + found['429']!);
    expect(served).toBeGreaterThan(0.37);
    expect(served).toBeLessThan(0.43);
  });

  test('without filter_enabled and filter_enforced it does nothing', async () => {
    expect(Object.keys(outcomes(await run(limit(''))))).toEqual(['200']);
  });

  test('a fault for a whole listener', async () => {
    const fault = httpFilter(
      'SIDECAR_OUTBOUND',
      `{ name: envoy.filters.http.fault, typed_config: { ${TYPE}.fault.v3.HTTPFault, abort: { http_status: 418, percentage: { numerator: 100 } } } }`,
    );
    expect(Object.keys(outcomes(await run(fault)))).toEqual(['418 FI']);
  });

  test('a global limit counts over all pods', async () => {
    const filter = httpFilter(
      'SIDECAR_INBOUND',
      `{ name: envoy.filters.http.ratelimit, typed_config: { ${TYPE}.ratelimit.v3.RateLimit, domain: d, failure_mode_deny: true,
        rate_limit_service: { grpc_service: { envoy_grpc: { cluster_name: c } }, transport_api_version: V3 } } }`,
    );
    const vhost =
      envoyFilter(`{ configPatches: [{ applyTo: VIRTUAL_HOST, match: { context: SIDECAR_INBOUND, routeConfiguration: { vhost: { name: "" } } },
      patch: { operation: MERGE, value: { rate_limits: [{ actions: [{ request_headers: { header_name: ":path", descriptor_key: PATH } }] }] } } }] }`).replace(
        'name: p',
        'name: q',
      );
    const config = `apiVersion: v1
kind: ConfigMap
metadata: { name: limits, namespace: default }
data:
  config.yaml: |
    domain: d
    descriptors:
      - { key: PATH, value: /hello, rate_limit: { unit: second, requests_per_unit: 5 } }
`;
    const found = outcomes(await run([filter, vhost, config].join('---\n'), {}, [{ path: '/hello' }]));
    // 5 of 50 a second, in whole seconds of the clock: the measured 20 s are 20 windows.
    expect(found['200']).toBe(2 * 20 * 5);
    expect(Object.keys(found).sort()).toEqual(['200', '429']);
  });
});
