// The kinds of policies and filters as Istio's admission webhook reads them (istio: pkg/config/validation/validation_test.go), with their places.
import { describe, expect, it, test } from 'vitest';
import { errors, load, shown } from './helpers.js';

/** `spec` stands on line 4, its first field at column 8. */
function policy(kind: string, spec: string, api = 'security.istio.io/v1'): string {
  return `apiVersion: ${api}\nkind: ${kind}\nmetadata: {name: p, namespace: shop}\nspec: {${spec}}\n`;
}

const authorization = (spec: string) => load(policy('AuthorizationPolicy', spec));
const tokens = (spec: string) => load(policy('RequestAuthentication', spec));
const wasm = (spec: string) => load(policy('WasmPlugin', spec, 'extensions.istio.io/v1alpha1'));
const envoy = (spec: string) => load(policy('EnvoyFilter', spec, 'networking.istio.io/v1alpha3'));
const to = (operation: string) => authorization(`rules: [{to: [{operation: {${operation}}}]}]`);
const from = (source: string) => authorization(`rules: [{from: [{source: {${source}}}]}]`);

describe('an AuthorizationPolicy', () => {
  it('tells an absent list of rules from an empty rule', () => {
    expect(authorization('').authorizationPolicies[0]!.spec.rules).toBeNull();
    expect(authorization('rules: [{}]').authorizationPolicies[0]!.spec.rules).toEqual([{ from: [], to: [], when: [] }]);
    expect(shown(authorization('').diagnostics)).toEqual(['warning denies-everything 4:1']);
  });

  test.each([
    ['a source without fields', from('').diagnostics],
    ['an operation without fields', to('').diagnostics],
    ['an empty value', to('methods: [""]').diagnostics],
    ['no port', to('ports: ["0"]').diagnostics],
    ['no address', from('ipBlocks: [10.0.0.300]').diagnostics],
    ['a block too long', from('ipBlocks: [10.0.0.0/33]').diagnostics],
    ['a template with two ends', to('paths: ["/{**}/{*}"]').diagnostics],
    ['a template in a word', to('paths: ["/a{*}"]').diagnostics],
    ['accounts beside namespaces', from('serviceAccounts: [a], namespaces: [b]').diagnostics],
    ['a condition without a key', authorization('rules: [{when: [{values: [a]}]}]').diagnostics],
    ['a condition that nobody knows', authorization('rules: [{when: [{key: x, values: [a]}]}]').diagnostics],
    ['a condition without values', authorization('rules: [{when: [{key: source.ip}]}]').diagnostics],
    ['DENY without rules', authorization('action: DENY').diagnostics],
    ['CUSTOM without a provider', authorization('action: CUSTOM, rules: [{}]').diagnostics],
    ['a provider without CUSTOM', authorization('provider: {name: x}, rules: [{}]').diagnostics],
  ])('is refused: %s', (_name, diagnostics) => {
    expect(diagnostics.map(({ code }) => code)).toContain('rejected-by-istio');
    expect(diagnostics.every(({ position }) => position!.line === 4 && position!.column >= 1)).toBe(true);
  });

  it('is accepted with paths, templates and blocks', () => {
    const set = to('paths: ["/a/{*}/b/{**}", "/x*", "*y"], ports: ["8080"], notHosts: ["*.com"]');
    expect(errors(set)).toEqual([]);
    expect(errors(from('remoteIpBlocks: ["::1", "10.0.0.0/8", "2001:db8::/32"]'))).toEqual([]);
  });

  it.each([
    [from('principals: ["cluster.local/ns/*/sa/*"]'), 'inner-wildcard'],
    [from('principals: ["cluster.local/ns/a/*"]'), undefined],
    [from('namespaces: ["a*b"]'), 'inner-wildcard'],
    [to('paths: ["/api/*/items"]'), 'inner-wildcard'],
    [to('paths: ["/api/{*}/items"]'), undefined],
    [from('requestPrincipals: ["ann@example.com"]'), 'principal-without-issuer'],
    [from('requestPrincipals: ["*", "issuer/ann", "*ann"]'), undefined],
  ])('%# is warned of what can never be met', (set, code) => {
    expect(set.diagnostics.map((diagnostic) => diagnostic.code)).toEqual(code === undefined ? [] : [code]);
    expect(set.authorizationPolicies).toHaveLength(1);
  });

  it('of a waypoint', () => {
    const set = authorization('targetRefs: [{kind: Service, name: web}], rules: [{}]');
    expect(set.fidelity).toEqual([]);
    expect(set.authorizationPolicies[0]!.spec.targetRefs).toEqual([{ group: '', kind: 'Service', name: 'web' }]);
  });
});

describe('a RequestAuthentication', () => {
  it('is read', () => {
    const [found] = tokens('jwtRules: [{issuer: i, fromHeaders: [{name: x, prefix: "B "}]}]').requestAuthentications;
    expect(found!.spec.jwtRules).toMatchObject([
      { issuer: 'i', audiences: [], fromHeaders: [{ name: 'x', prefix: 'B ' }], forwardOriginalToken: false },
    ]);
  });

  it('needs an issuer or keys', () => {
    expect(errors(tokens('jwtRules: [{audiences: [a]}]'))).toEqual(['error rejected-by-istio 4:19']);
  });

  it('says that signatures are not checked', () => {
    const set = tokens('jwtRules: [{issuer: i, jwksUri: "https://x/y"}]');
    expect(set.fidelity).toMatchObject([{ status: 'approximated', path: 'spec.jwtRules[0].jwksUri' }]);
  });
});

describe('a WasmPlugin', () => {
  it('is read, and said not to be run', () => {
    const set = wasm('url: "oci://x/y", phase: AUTHN, priority: 3, failStrategy: FAIL_OPEN');
    expect(set.wasmPlugins[0]!.spec).toMatchObject({
      phase: 'AUTHN',
      priority: 3,
      failStrategy: 'FAIL_OPEN',
      match: [],
    });
    expect(set.fidelity).toMatchObject([{ status: 'approximated', path: 'spec' }]);
  });

  it('needs a URL of a known scheme', () => {
    expect(errors(wasm('url: ""'))).toEqual(['error rejected-by-istio 4:8']);
    expect(errors(wasm('url: "ftp://x"'))).toEqual(['error rejected-by-istio 4:8']);
  });
});

describe('a TrafficExtension', () => {
  const extension = (spec: string) =>
    load(
      `apiVersion: extensions.istio.io/v1alpha1\nkind: TrafficExtension\nmetadata: {name: t, namespace: shop}\nspec: {${spec}}\n`,
    );

  it('is a script or a module, and said not to be run', () => {
    const set = extension('phase: AUTHZ, priority: 2, lua: {inlineCode: "function envoy_on_request(h) end"}');
    expect(set.trafficExtensions[0]!.spec).toMatchObject({ runs: 'lua', phase: 'AUTHZ', priority: 2, type: 'HTTP' });
    expect(set.fidelity).toMatchObject([{ status: 'approximated', path: 'spec' }]);
    const [module] = extension('wasm: {url: "oci://x/y", failStrategy: FAIL_OPEN}').trafficExtensions;
    expect(module!.spec).toMatchObject({ runs: 'wasm', failStrategy: 'FAIL_OPEN', phase: 'UNSPECIFIED_PHASE' });
  });

  test.each([
    ['neither', 'phase: AUTHN'],
    ['both', 'wasm: {url: x}, lua: {inlineCode: abc}'],
    ['an empty script', 'lua: {inlineCode: ""}'],
    ['a module of an unknown scheme', 'wasm: {url: "ftp://x"}'],
  ])('is refused with %s', (_name, spec) => {
    expect(errors(extension(spec))).toEqual([expect.stringMatching(/^error rejected-by-istio 4:/)]);
  });
});

describe('an EnvoyFilter', () => {
  const one = (fields: string) => envoy(`configPatches: [{${fields}}]`);
  const TYPE = '"@type": type.googleapis.com/envoy.extensions.filters.http';

  test.each([
    ['without applyTo', 'patch: {operation: MERGE, value: {}}'],
    ['without a patch', 'applyTo: CLUSTER'],
    ['without an operation', 'applyTo: CLUSTER, patch: {value: {}}'],
    ['without a value', 'applyTo: CLUSTER, patch: {operation: MERGE}'],
  ])('is refused %s', (_name, fields) => {
    expect(errors(one(fields))).toEqual(['error rejected-by-istio 4:24']);
  });

  it('lists what is not applied, each with its place', () => {
    const set = one('applyTo: LISTENER_FILTER, patch: {operation: INSERT_FIRST, value: {name: x}}');
    expect(set.fidelity).toMatchObject([
      { status: 'not-modelled', path: 'spec.configPatches[0]', position: { line: 4, column: 24 } },
    ]);
  });

  test.each([
    ['a filter after the router', 'applyTo: HTTP_FILTER, patch: {operation: ADD, value: {name: f}}'],
    ['REPLACE without a subFilter', 'applyTo: HTTP_FILTER, patch: {operation: REPLACE, value: {name: f}}'],
    ['REMOVE of a ROUTE_CONFIGURATION', 'applyTo: ROUTE_CONFIGURATION, patch: {operation: REMOVE}'],
    ['REPLACE of a CLUSTER', 'applyTo: CLUSTER, patch: {operation: REPLACE, value: {name: c}}'],
  ])('that does nothing in Istio does nothing here, with a warning: %s', (_name, fields) => {
    const set = one(fields);
    expect(shown(set.diagnostics)).toEqual(['warning patch-without-effect 4:24']);
    expect([set.fidelity, set.envoyFilters[0]!.spec.patches]).toEqual([[], []]);
  });

  test.each([
    ['a Lua script', 'typed_config: {TYPE.lua.v3.Lua}', 'approximated'],
    ['a Wasm module', 'typed_config: {TYPE.wasm.v3.Wasm}', 'approximated'],
    [
      'a Wasm module that is fetched',
      'config_discovery: {type_urls: [x/envoy.extensions.filters.http.wasm.v3.Wasm]}',
      'approximated',
    ],
    ['another filter', 'typed_config: {TYPE.ext_proc.v3.ExternalProcessor}', 'not-modelled'],
  ])('says how well it stands for %s', (_name, config, status) => {
    const set = one(
      `applyTo: HTTP_FILTER, patch: {operation: INSERT_FIRST, value: {name: f, ${config.replace('TYPE', TYPE)}}}`,
    );
    expect(set.fidelity.map((entry) => entry.status)).toEqual([status]);
    expect(set.envoyFilters[0]!.spec.patches).toHaveLength(1);
  });

  test.each([
    ['CLUSTER', '{name: c}', 'approximated'],
    ['EXTENSION_CONFIG', `{name: e, typed_config: {${TYPE}.wasm.v3.Wasm}}`, 'approximated'],
    ['EXTENSION_CONFIG', `{name: e, typed_config: {${TYPE}.local_ratelimit.v3.LocalRateLimit}}`, 'not-modelled'],
    ['LISTENER_FILTER', '{name: envoy.filters.listener.proxy_protocol}', 'approximated'],
    ['LISTENER_FILTER', '{name: envoy.filters.listener.original_src}', 'not-modelled'],
  ])('that adds a %s %s: %s', (applyTo, value, status) => {
    const set = one(`applyTo: ${applyTo}, patch: {operation: ADD, value: ${value}}`);
    expect(set.fidelity.map((entry) => entry.status)).toEqual([status]);
  });

  test.each([
    ['BOOTSTRAP', '{stats_config: {}}', 'approximated'],
    ['BOOTSTRAP', '{overload_manager: {}}', 'not-modelled'],
    ['FILTER_CHAIN', '{transportSocket: {name: envoy.transport_sockets.tls}}', 'approximated'],
    ['FILTER_CHAIN', '{filters: []}', 'not-modelled'],
  ])('that merges into a %s %s: %s', (applyTo, value, status) => {
    const set = one(`applyTo: ${applyTo}, patch: {operation: MERGE, value: ${value}}`);
    expect(set.fidelity.map((entry) => entry.status)).toEqual([status]);
  });

  it('that Envoy would refuse has no effect, and says why', () => {
    const set = one(
      `applyTo: HTTP_FILTER, patch: {operation: INSERT_FIRST, value: {name: a, typed_config: {${TYPE}.adaptive_concurrency.v3.AdaptiveConcurrency}}}`,
    );
    expect(set.envoyFilters[0]!.spec.patches).toEqual([]);
    expect(shown(set.diagnostics)).toEqual(['warning refused-by-envoy 4:24']);
  });

  it('lists fields of a filter that are not simulated', () => {
    const set = one(
      `applyTo: HTTP_FILTER, patch: {operation: INSERT_FIRST, value: {name: f, typed_config: {${TYPE}.fault.v3.HTTPFault, upstream_cluster: elsewhere}}}`,
    );
    expect(set.fidelity.map(({ path }) => path)).toEqual([
      'spec.configPatches[0].patch.value.typed_config.upstream_cluster',
    ]);
  });

  it('warns of thresholds that are appended', () => {
    const set = one(
      'applyTo: CLUSTER, match: {context: GATEWAY}, patch: {operation: MERGE, value: {circuit_breakers: {thresholds: [{max_requests: 1}]}}}',
    );
    expect(set.diagnostics.map(({ code }) => code)).toEqual(['appended-thresholds']);
  });

  it('reads a filter inside a TypedStruct, and names in camel case', () => {
    const set = one(
      'applyTo: HTTP_FILTER, patch: {operation: INSERT_FIRST, value: {name: l, typedConfig: {"@type": type.googleapis.com/udpa.type.v1.TypedStruct, typeUrl: type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault, value: {maxActiveFaults: 3}}}}',
    );
    expect(set.fidelity).toEqual([]);
    expect(set.envoyFilters[0]!.spec.patches).toMatchObject([{ filter: { kind: 'fault', maxActive: 3 } }]);
  });
});

describe('a ConfigMap', () => {
  const map = (data: string) =>
    load(`apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop}\ndata:\n${data}`);

  it('takes part where it is the configuration of a rate limit service', () => {
    const set = map('  config.yaml: |\n    domain: d\n    descriptors: []\n');
    expect(set.configMaps).toHaveLength(1);
    expect(set.fidelity).toEqual([]);
  });

  it('takes none otherwise', () => {
    expect(map('  a: b\n').fidelity).toMatchObject([{ status: 'not-modelled', path: '' }]);
  });
});
