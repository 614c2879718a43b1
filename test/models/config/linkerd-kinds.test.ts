// Kinds of Linkerd as its admission webhooks read them (linkerd: pkg/profiles/profiles.go), with their places.
import { describe, expect, it, test } from 'vitest';
import { errors, load } from './helpers.js';

/** `spec` stands on line 4, its first field at column 8. */
const profile = (spec: string) =>
  load(
    `apiVersion: linkerd.io/v1alpha2\nkind: ServiceProfile\nmetadata: {name: web.shop.svc.cluster.local, namespace: shop}\nspec: {${spec}}\n`,
  );

describe('a ServiceProfile', () => {
  it('is read with its defaults', () => {
    const [read] = profile('routes: [{name: r, condition: {not: {method: GET}}}]').serviceProfiles;
    const nothing = { method: null, pathRegex: null, allOf: null, anyOf: null, not: null };
    expect(read!.spec).toEqual({
      routes: [
        {
          name: 'r',
          condition: { ...nothing, not: { ...nothing, method: 'GET' } },
          isRetryable: false,
          timeoutNs: 0,
          responseClasses: [],
        },
      ],
      retryBudget: null,
      dstOverrides: [],
    });
  });

  test.each([
    ['a route without a condition', 'routes: [{name: r}]', 'error missing-field 4:17'],
    ['an empty condition', 'routes: [{name: r, condition: {}}]', 'error rejected-by-kubernetes 4:27'],
    [
      'a path that is no expression',
      'routes: [{name: r, condition: {pathRegex: "("}}]',
      'error rejected-by-kubernetes 4:39',
    ],
    [
      'a time-out without a unit',
      'routes: [{name: r, condition: {method: GET}, timeout: "5"}]',
      'error wrong-type 4:62',
    ],
    [
      'a budget without a time to live',
      'retryBudget: {retryRatio: 0.2, minRetriesPerSecond: 10}',
      'error missing-field 4:8',
    ],
    ['a negative ratio', 'retryBudget: {retryRatio: -1, minRetriesPerSecond: 10, ttl: 10s}', 'error wrong-type 4:34'],
  ])('is refused: %s', (_name, spec, expected) => {
    expect(errors(profile(spec))).toEqual([expected]);
  });

  test.each([
    [
      'a range upside down',
      'routes: [{name: r, condition: {method: GET}, responseClasses: [{condition: {status: {min: 500, max: 400}}}]}]',
    ],
    [
      'a class without a condition',
      'routes: [{name: r, condition: {method: GET}, responseClasses: [{condition: {}}]}]',
    ],
  ])('is refused: %s', (_name, spec) => {
    expect(errors(profile(spec))).toHaveLength(1);
  });
});

/** `spec` stands on line 4, its first field at column 8. */
const policyObject = (kind: string, spec: string, version = 'v1alpha1') =>
  load(
    `apiVersion: policy.linkerd.io/${version}\nkind: ${kind}\nmetadata: {name: web, namespace: shop}\nspec: {${spec}}\n`,
  );

describe('a Server', () => {
  it('is read with its defaults', () => {
    const [read] = policyObject('Server', 'podSelector: {}, port: http', 'v1beta3').linkerdServers;
    expect(read!.spec).toEqual({
      podSelector: { matchLabels: {}, matchExpressions: [] },
      port: 'http',
      accessPolicy: 'deny',
    });
  });

  test.each([
    ['without a port', 'podSelector: {}', 'error missing-field 4:1'],
    ['with a policy that is none', 'podSelector: {}, port: 80, accessPolicy: allow', 'error wrong-type 4:49'],
    ['with a port that is none', 'podSelector: {}, port: 70000', 'error wrong-type 4:31'],
  ])('is refused %s', (_name, spec, expected) => {
    expect(errors(policyObject('Server', spec, 'v1beta3'))).toEqual([expected]);
  });

  it('lists what it leaves out', () => {
    const { fidelity } = policyObject('Server', 'podSelector: {}, port: 80, proxyProtocol: HTTP/2', 'v1beta2');
    expect(fidelity.map(({ path }) => path)).toEqual(['spec.proxyProtocol']);
  });
});

describe('an AuthorizationPolicy of Linkerd', () => {
  const SERVER = 'targetRef: {group: policy.linkerd.io, kind: Server, name: web}';
  const required = (...kinds: readonly string[]) =>
    `${SERVER}, requiredAuthenticationRefs: [${kinds.map((kind) => `{kind: ${kind}, name: who}`).join(', ')}]`;

  it('names one identity and one network', () => {
    expect(errors(policyObject('AuthorizationPolicy', required()))).toEqual([]);
    expect(
      errors(policyObject('AuthorizationPolicy', required('MeshTLSAuthentication', 'NetworkAuthentication'))),
    ).toEqual([]);
    expect(errors(policyObject('AuthorizationPolicy', required('ServiceAccount')))).toEqual([]);
  });

  test.each([
    ['for something that is no target', 'targetRef: {kind: Service, name: web}, requiredAuthenticationRefs: []'],
    ['for nothing', 'requiredAuthenticationRefs: []'],
    ['without authentications', SERVER],
    ['with one that authenticates nobody', required('Namespace')],
    ['with two identities', required('MeshTLSAuthentication', 'ServiceAccount')],
    ['with two networks', required('NetworkAuthentication', 'NetworkAuthentication')],
  ])('is refused %s', (_name, spec) => {
    expect(errors(policyObject('AuthorizationPolicy', spec))).toHaveLength(1);
  });
});

describe('authentications', () => {
  test.each([
    ['MeshTLSAuthentication', 'identities: ["*"]'],
    ['MeshTLSAuthentication', 'identityRefs: [{kind: Namespace, name: shop}]'],
    ['NetworkAuthentication', 'networks: [{cidr: 10.0.0.0/8, except: [10.1.0.0/16]}, {cidr: "::/0"}]'],
  ])('%s: {%s} is read', (kind, spec) => {
    const { diagnostics, fidelity } = policyObject(kind, spec);
    expect([...diagnostics, ...fidelity]).toEqual([]);
  });

  test.each([
    ['MeshTLSAuthentication', '', 'error rejected-by-kubernetes 4:1'],
    ['MeshTLSAuthentication', 'identities: all', 'error wrong-type 4:20'],
    ['NetworkAuthentication', 'networks: []', 'error rejected-by-kubernetes 4:8'],
    ['NetworkAuthentication', 'networks: [{}]', 'error missing-field 4:19'],
    ['NetworkAuthentication', 'networks: [{cidr: pods}]', 'error rejected-by-kubernetes 4:20'],
  ])('%s: {%s} is refused', (kind, spec, expected) => {
    expect(errors(policyObject(kind, spec))).toEqual([expected]);
  });
});

describe('a ServerAuthorization', () => {
  const authorization = (client: string, server = 'name: web') =>
    policyObject('ServerAuthorization', `server: {${server}}, client: {${client}}`, 'v1beta1');

  it('is read with its defaults', () => {
    const [read] = authorization('unauthenticated: true', 'selector: {matchLabels: {a: b}}').serverAuthorizations;
    expect(read!.spec).toEqual({
      server: { name: null, selector: { matchLabels: { a: 'b' }, matchExpressions: [] } },
      client: { networks: [], unauthenticated: true, meshTls: null },
    });
  });

  test.each([
    ['that authorizes nobody', '', 'error rejected-by-kubernetes 4:29'],
    ['of two minds', 'unauthenticated: true, meshTLS: {identities: ["*"]}', 'error rejected-by-kubernetes 4:29'],
    ['that names nobody', 'meshTLS: {}', 'error rejected-by-kubernetes 4:38'],
    [
      'that names somebody and anybody',
      'meshTLS: {unauthenticatedTLS: true, identities: ["*"]}',
      'error rejected-by-kubernetes 4:38',
    ],
  ])('is refused: %s', (_name, client, expected) => {
    expect(errors(authorization(client))).toEqual([expected]);
  });
});

describe('an HTTPLocalRateLimitPolicy', () => {
  const SERVER = 'targetRef: {group: policy.linkerd.io, kind: Server, name: web}';
  const limit = (spec: string, target = SERVER) => policyObject('HTTPLocalRateLimitPolicy', `${target}, ${spec}`);

  it('is read', () => {
    const [read] = limit('total: {requestsPerSecond: 10}').linkerdRateLimits;
    expect(read!.spec).toMatchObject({ total: { requestsPerSecond: 10 }, identity: null, overrides: [] });
  });

  test.each([
    ['a limit of nothing', 'total: {requestsPerSecond: 0}'],
    ['more for one than for all', 'total: {requestsPerSecond: 10}, identity: {requestsPerSecond: 11}'],
    [
      'more for an override than for all',
      'total: {requestsPerSecond: 10}, overrides: [{requestsPerSecond: 11, clientRefs: []}]',
    ],
    ['a client that is none', 'overrides: [{requestsPerSecond: 11, clientRefs: [{kind: Namespace, name: who}]}]'],
    ['a number in words', 'identity: {requestsPerSecond: ten}'],
  ])('is refused: %s', (_name, spec) => {
    expect(errors(limit(spec))).toHaveLength(1);
  });

  it('is about a Server', () => {
    expect(errors(limit('total: {requestsPerSecond: 1}', 'targetRef: {kind: Service, name: web}'))).toHaveLength(1);
  });
});

describe('an EgressNetwork', () => {
  test.each(['trafficPolicy: Allow', 'trafficPolicy: Deny, networks: [{cidr: 0.0.0.0/0}]'])('{%s} is read', (spec) => {
    const { diagnostics, egressNetworks } = policyObject('EgressNetwork', spec);
    expect(diagnostics).toEqual([]);
    expect(egressNetworks).toHaveLength(1);
  });

  test.each([
    ['networks: [{cidr: 0.0.0.0/0}]', 'error missing-field 4:1'],
    ['trafficPolicy: Refuse', 'error wrong-type 4:23'],
    ['trafficPolicy: Deny, networks: []', 'error rejected-by-kubernetes 4:29'],
  ])('{%s} is refused', (spec, expected) => {
    expect(errors(policyObject('EgressNetwork', spec))).toEqual([expected]);
  });
});

describe('a TrafficSplit', () => {
  const split = (spec: string) =>
    load(`apiVersion: split.smi-spec.io/v1alpha2\nkind: TrafficSplit\nmetadata: {name: web}\nspec: {${spec}}\n`);

  it('has weights whole or in thousandths', () => {
    const backends = 'backends: [{service: a, weight: 1}, {service: b, weight: 500m}]';
    const [read] = split(`service: web, ${backends}`).trafficSplits;
    expect(read!.spec.backends).toEqual([
      { service: 'a', weight: 1000 },
      { service: 'b', weight: 500 },
    ]);
  });

  test.each([
    ['service: web', 'error missing-field 4:1'],
    ['service: web, backends: [{service: a}]', 'error missing-field 4:33'],
    ['service: web, backends: [{service: a, weight: much}]', 'error wrong-type 4:54'],
  ])('{%s} is refused', (spec, expected) => {
    expect(errors(split(spec))).toEqual([expected]);
  });
});
