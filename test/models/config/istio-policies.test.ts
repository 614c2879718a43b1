// The kinds of Istio that say how proxies behave, as its admission webhook reads them.
import { describe, expect, it } from 'vitest';
import { errors, load } from './helpers.js';

describe('a PeerAuthentication', () => {
  const peers = (spec: string): ReturnType<typeof load> =>
    load(
      `apiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: p, namespace: shop}\nspec: ${spec}\n`,
    );

  it('is read', () => {
    const set = peers(
      '{selector: {matchLabels: {app: web}}, mtls: {mode: STRICT}, portLevelMtls: {8080: {mode: DISABLE}, "9090": {}}}',
    );
    expect(errors(set)).toEqual([]);
    expect(set.fidelity).toEqual([]);
    expect(set.peerAuthentications[0]!.spec).toEqual({
      selector: { app: 'web' },
      mode: 'STRICT',
      portModes: { 8080: 'DISABLE', 9090: 'UNSET' },
    });
    expect(peers('{selector: {}}').peerAuthentications[0]!.spec).toEqual({
      selector: null,
      mode: 'UNSET',
      portModes: {},
    });
  });

  it.each([
    ['{mtls: {mode: strict}}', 'error wrong-type 4:21'],
    ['{portLevelMtls: {80: {mode: STRICT}}}', 'error rejected-by-istio 4:8'],
    ['{selector: {matchLabels: {a: b}}, portLevelMtls: {}}', 'error rejected-by-istio 4:41'],
    ['{selector: {matchLabels: {a: b}}, portLevelMtls: {0: {mode: STRICT}}}', 'error rejected-by-istio 4:57'],
    ['{selector: {matchLabels: {a: "*"}}}', 'error rejected-by-istio 4:33'],
  ])('%s is refused', (spec, error) => {
    const set = peers(spec);
    expect(errors(set)).toEqual([error]);
    expect(set.peerAuthentications).toEqual([]);
  });
});

describe('a Sidecar', () => {
  const sidecar = (spec: string): ReturnType<typeof load> =>
    load(`apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: s, namespace: shop}\nspec: ${spec}\n`);

  it('is read', () => {
    const set = sidecar(
      '{workloadSelector: {labels: {app: web}}, egress: [{port: {number: 80, protocol: HTTP, name: h}, hosts: ["./*"]}, {hosts: ["istio-system/*"]}], ingress: [{port: {number: 8080, protocol: HTTP, name: in}, defaultEndpoint: "127.0.0.1:9000"}], outboundTrafficPolicy: {}}',
    );
    expect(errors(set)).toEqual([]);
    expect(set.sidecars[0]!.spec).toEqual({
      selector: { app: 'web' },
      egress: [
        { port: 80, hosts: ['./*'] },
        { port: null, hosts: ['istio-system/*'] },
      ],
      ingress: [{ port: 8080, protocol: 'HTTP', pool: null, endsTls: false }],
      inboundPool: null,
      outbound: { mode: 'REGISTRY_ONLY', egressProxy: null },
    });
    expect(set.fidelity.map(({ path }) => path)).toEqual(['spec.ingress[0].defaultEndpoint']);
  });

  it.each([
    ['{}', 'error rejected-by-istio 4:1'],
    ['{egress: [{hosts: []}]}', 'error rejected-by-istio 4:17'],
    ['{egress: [{hosts: [reviews]}]}', 'error rejected-by-istio 4:26'],
    ['{egress: [{hosts: ["a/b_c"]}]}', 'error rejected-by-istio 4:26'],
    [
      '{egress: [{hosts: ["./*"]}, {port: {number: 80, protocol: HTTP}, hosts: ["./*"]}]}',
      'error rejected-by-istio 4:17',
    ],
    ['{ingress: [{bind: 0.0.0.0}]}', 'error rejected-by-istio 4:18'],
    [
      '{ingress: [{port: {number: 80, protocol: HTTP}, defaultEndpoint: "10.0.0.1:80"}]}',
      'error rejected-by-istio 4:55',
    ],
    ['{outboundTrafficPolicy: {egressProxy: {host: a}}}', 'error rejected-by-istio 4:32'],
    ['{inboundConnectionPool: {}}', 'error rejected-by-istio 4:8'],
  ])('%s is refused', (spec, error) => {
    expect(errors(sidecar(spec))).toEqual([error]);
  });
});

describe('the settings of the mesh', () => {
  const map = (text: string, name = 'istio', key = 'mesh'): ReturnType<typeof load> =>
    load(
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: istio-system}\ndata:\n  ${key}: ${text}\n`,
    );

  it('are the YAML inside the ConfigMap, and have its lines', () => {
    const set = map('|-\n    # comment\n    connectTimeout: 45s\n    nonsense: 1\n    tcpKeepalive: {time: 3s}');
    expect(set.diagnostics.map(({ code, position }) => `${code} ${position!.line}`)).toEqual([
      'rejected-by-istio 7',
      'unknown-field 8',
    ]);
    expect(set.rejected.map(({ name }) => name)).toEqual(['istio']);
    expect(map('"connectTimeout: 45s\\nenableTracing: 3"').diagnostics.map(({ position }) => position!.line)).toEqual([
      5, 5,
    ]);
    expect(errors(map('|-\n    {{ if }}'))).toHaveLength(1);
  });

  it('list what a run leaves out', () => {
    const set = map('|-\n    tcpKeepalive: {time: 3s}\n    defaultConfig: {connectionSettings: {}}');
    expect(set.fidelity.map(({ path, position }) => `${path} ${position!.line}`)).toEqual([
      'tcpKeepalive 6',
      'defaultConfig.connectionSettings 7',
    ]);
  });

  it('of the injector are values', () => {
    const set = map(
      '|-\n    {"global": {"proxy": {"resources": {"limits": {"cpu": "500m"}}}}}',
      'istio-sidecar-injector',
      'values',
    );
    expect(errors(set)).toEqual([]);
    expect(set.configMaps[0]!.spec.values!.proxyResources).toEqual({
      cpuLimitMillis: 500,
      memoryLimitBytes: null,
    });
  });

  it('are in no other ConfigMap', () => {
    const set = map('|-\n    connectTimeout: nonsense', 'settings');
    expect(set.diagnostics).toEqual([]);
    expect(set.fidelity.map(({ status }) => status)).toEqual(['not-modelled']);
  });

  it('of an IstioOperator need no name', () => {
    const set = load(
      'apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec: {profile: demo, components: {pilot: {}}}\n',
    );
    expect(errors(set)).toEqual([]);
    expect(set.istioOperators[0]!.spec.profile).toBe('demo');
    expect(set.fidelity.map(({ path }) => path)).toEqual(['spec.components']);
  });
});
