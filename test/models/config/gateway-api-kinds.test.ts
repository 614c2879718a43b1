// ListenerSet, BackendTLSPolicy and what Gateways say beside listeners: known good documents, and one bad one a rule (gateway-api: apis/v1/
// {listenerset,backendtlspolicy,gateway}_types.go; CORS: istio pkg/config/validation/validation_test.go TestValidateCORSPolicy).
import { describe, expect, it } from 'vitest';
import { errors, load, shown, virtualService } from './helpers.js';

const object = (kind: string, spec: string, apiVersion = 'v1'): string =>
  `apiVersion: gateway.networking.k8s.io/${apiVersion}\nkind: ${kind}\nmetadata: { name: o, namespace: shop }\nspec: ${spec}\n`;

const statuses = (text: string): string[] => load(text).fidelity.map(({ status, path }) => `${status} ${path}`);

describe('ListenerSet', () => {
  const set = (listeners: string): string =>
    object('ListenerSet', `{ parentRef: { name: g }, listeners: [${listeners}] }`);

  it('is read whole', () => {
    const found = load(set('{ name: a, port: 80, protocol: HTTP, hostname: shop.example.com }'));
    expect(shown(found.diagnostics)).toEqual([]);
    expect(found.fidelity).toEqual([]);
    expect(found.listenerSets[0]!.spec).toMatchObject({
      parentRef: { group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: null, name: 'g' },
      listeners: [{ name: 'a', port: 80, allowedRoutes: { from: 'Same' } }],
    });
  });

  it.each([
    ['no listener', set(''), 'error rejected-by-kubernetes 4:33'],
    [
      'two of a name',
      set('{ name: a, port: 80, protocol: HTTP }, { name: a, port: 81, protocol: HTTP }'),
      'error rejected-by-kubernetes 4:86',
    ],
    [
      'no parent',
      object('ListenerSet', '{ listeners: [{ name: a, port: 80, protocol: HTTP }] }'),
      'error missing-field 4:1',
    ],
    ['no port', set('{ name: a, protocol: HTTP }'), 'error missing-field 4:45'],
  ])('is refused with %s', (_, text, expected) => {
    expect(errors(load(text))).toEqual([expected]);
    expect(load(text).listenerSets).toEqual([]);
  });
});

describe('BackendTLSPolicy', () => {
  const CA = 'caCertificateRefs: [{ group: "", kind: ConfigMap, name: ca }]';
  const TARGET = '{ group: "", kind: Service, name: web }';
  const policy = (targets: string, validation: string): string =>
    object('BackendTLSPolicy', `{ targetRefs: [${targets}], validation: { ${validation} } }`);

  it('is read in both of its versions', () => {
    for (const version of ['v1', 'v1alpha3']) {
      const found = load(policy(TARGET, `hostname: web.example.com, ${CA}`).replace('/v1\n', `/${version}\n`));
      expect(shown(found.diagnostics)).toEqual([]);
      expect(found.backendTlsPolicies[0]!.spec).toMatchObject({
        sni: 'web.example.com',
        targetRefs: [{ sectionName: '' }],
      });
    }
    expect(statuses(policy(TARGET, `hostname: web, ${CA}`))).toEqual(['approximated spec.validation']);
  });

  it.each([
    ['no target', policy('', `hostname: web, ${CA}`), 'error rejected-by-kubernetes 4:9'],
    ['a target twice', policy(`${TARGET}, ${TARGET}`, `hostname: web, ${CA}`), 'error rejected-by-kubernetes 4:64'],
    ['no host name', policy(TARGET, CA), 'error missing-field 4:65'],
    ['no authority', policy(TARGET, 'hostname: web'), 'error rejected-by-kubernetes 4:65'],
    [
      'two sorts of authorities',
      policy(TARGET, `hostname: web, wellKnownCACertificates: System, ${CA}`),
      'error rejected-by-kubernetes 4:65',
    ],
  ])('is refused with %s', (_, text, expected) => {
    expect(errors(load(text)).map((one) => one.replace(/:\d+$/, ''))).toEqual([expected.replace(/:\d+$/, '')]);
  });
});

describe('Gateway', () => {
  const gateway = (more: string): string => object('Gateway', `{ gatewayClassName: istio, ${more} }`);

  it('has certificates of clients by port, and listeners from others', () => {
    const text = gateway(
      'allowedListeners: { namespaces: { from: All } }, tls: { frontend: { default: { validation: { caCertificateRefs: [] } }, perPort: [{ port: 8443, tls: { validation: { mode: AllowInsecureFallback } } }] }, backend: { clientCertificateRef: { name: c } } }',
    );
    expect(load(text).kubernetesGateways[0]!.spec).toMatchObject({
      allowedListeners: { from: 'All' },
      clientCertificates: { all: 'AllowValidOnly', ports: [{ port: 8443, mode: 'AllowInsecureFallback' }] },
    });
    expect(statuses(text)).toEqual(['approximated spec.tls']);
  });

  it('has parameters in a ConfigMap; those of other controllers are not read', () => {
    const parameters = (group: string, kind: string): string =>
      gateway(`infrastructure: { parametersRef: { group: "${group}", kind: ${kind}, name: p } }`);
    expect(statuses(parameters('', 'ConfigMap'))).toEqual([]);
    expect(statuses(parameters('gateway.envoyproxy.io', 'EnvoyProxy'))).toEqual([
      'not-modelled spec.infrastructure.parametersRef',
    ]);
  });

  it('says of UDP that Istio does not route it', () => {
    const route = object('UDPRoute', '{ rules: [] }', 'v1alpha2');
    expect(load(route).fidelity.map(({ meaning }) => meaning)).toEqual([
      'Istio routes no datagrams, and neither does the simulation',
    ]);
  });
});

describe('a CORS policy of a VirtualService', () => {
  const cors = (policy: string): string =>
    virtualService(`{corsPolicy: ${policy}, route: [{destination: {host: reviews}}]}`);

  it('is read whole; the older list of origins counts where the newer is absent', () => {
    const found = load(
      cors('{allowOrigin: [https://a.example.com], allowMethods: [GET], maxAge: 2s, allowCredentials: true}'),
    );
    expect(shown(found.diagnostics)).toEqual([]);
    expect(found.fidelity).toEqual([]);
    expect(found.virtualServices[0]!.spec.http[0]!.cors).toEqual({
      allowOrigins: [{ kind: 'exact', value: 'https://a.example.com' }],
      unmatchedPreflights: 'FORWARD',
    });
  });

  it.each([
    ['{allowMethods: [PUTTT]}', 'allowMethods'],
    ['{allowOrigins: [{}]}', 'an origin'],
    ['{allowOrigins: [{regex: "("}]}', 'a regular expression'],
    ['{maxAge: 1500ms}', 'part of a second'],
  ])('is refused: %s', (policy) => {
    expect(errors(load(cors(policy)))).toEqual([expect.stringContaining('error rejected-by-istio')]);
  });
});
