// Mutual TLS from YAML to what callers see (istio: pilot/pkg/security/authn/policy_applier_test.go TestComposePeerAuthentication;
// pilot/pkg/networking/core/sidecar_simulation_test.go TestInbound; pilot/pkg/networking/core/cluster_tls_test.go).
import { describe, expect, test } from 'vitest';
import { load } from '../models/config/helpers.js';
import {
  codes,
  compile,
  deployment,
  destinationRule,
  namespace,
  onlyCluster,
  planOf,
  service,
  siteBetween,
  withCluster,
} from '../models/plan/support.js';
import { createdIn, onlyOutcome, runIstio } from '../support/istio-run.js';

function peers(name: string, inNamespace: string, spec: string): string {
  return `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: { name: ${name}, namespace: ${inNamespace} }\nspec: ${spec}\n`;
}

const STRICT = peers('default', 'b', '{ mtls: { mode: STRICT } }');
const DISABLED = peers('default', 'b', '{ mtls: { mode: DISABLE } }');

/** A client without a sidecar, in a namespace of its own. */
const BARE = [namespace('bare', 'team: red'), deployment('curl', 'bare', { app: 'curl' }, 1)];

const rule = (mode: string, extra = ''): string =>
  destinationRule('web', 'b', `{ host: web, trafficPolicy: { tls: { mode: ${mode}${extra} } } }`);

describe('PeerAuthentication', () => {
  test('case 43: STRICT; a client without a sidecar sees its connection reset, and no HTTP status', () => {
    const yaml = withCluster(STRICT, ...BARE);
    expect(onlyOutcome({ yaml, from: 'curl.bare' })).toBe('0 UC');
    expect(onlyOutcome({ yaml })).toBe('200 -');
    expect(onlyOutcome({ yaml: withCluster(...BARE), from: 'curl.bare' })).toBe('200 -');
    expect(codes(compile({ yaml, from: 'curl.bare' }).diagnostics, 'warning')).toEqual(['plaintext-to-strict']);
  });

  test('case 44: STRICT and a DestinationRule with tls DISABLE: 503 UC after one try', () => {
    const run = runIstio({ yaml: withCluster(STRICT, rule('DISABLE')) });
    expect(Object.keys(run.outcomes)).toEqual(['503 UC']);
    expect(run.triesPerCall).toBe(1);
  });

  test('case 45: DISABLE, no DestinationRule: plaintext, and it works', () => {
    const yaml = withCluster(DISABLED);
    expect(onlyCluster(planOf({ yaml })).tls).toEqual({ mode: 'none', roundTrips: 0 });
    expect(onlyOutcome({ yaml })).toBe('200 -');
    expect(onlyCluster(planOf({ yaml: withCluster() })).tls.mode).toBe('mtls');
  });

  test('ISTIO_MUTUAL to DISABLE: the server reads TLS as HTTP and closes; 503 UF, retried as a failure to connect', () => {
    const run = runIstio({ yaml: withCluster(DISABLED, rule('ISTIO_MUTUAL')) });
    expect(Object.keys(run.outcomes)).toEqual(['503 URX,UF']);
    // Those at the edges of the measured window apart.
    expect(run.triesPerCall).toBeCloseTo(3, 1);
    expect(onlyOutcome({ yaml: withCluster(STRICT, rule('ISTIO_MUTUAL')) })).toBe('200 -');
  });

  test('SIMPLE: a sidecar in front of HTTP has no filter chain for it, whatever the mode', () => {
    expect(onlyOutcome({ yaml: withCluster(STRICT, rule('SIMPLE')) })).toBe('503 URX,UF');
    expect(onlyOutcome({ yaml: withCluster(rule('SIMPLE')) })).toBe('503 URX,UF');
  });

  test('DISABLE of the client to PERMISSIVE is plaintext, and it works', () => {
    expect(onlyOutcome({ yaml: withCluster(rule('DISABLE')) })).toBe('200 -');
  });
});

describe('the modes that hold', () => {
  const mode = (...policies: readonly string[]): string => {
    const { tls, reachable } = onlyCluster(planOf({ yaml: withCluster(...policies, ...BARE), from: 'curl.bare' }));
    expect(tls.mode).toBe('none');
    return reachable === 'reset' ? 'STRICT' : 'open';
  };

  test('workload before namespace before mesh', () => {
    const mesh = peers('default', 'istio-system', '{ mtls: { mode: STRICT } }');
    const open = peers('default', 'b', '{ mtls: { mode: PERMISSIVE } }');
    const web = peers('web', 'b', '{ selector: { matchLabels: { app: web } }, mtls: { mode: STRICT } }');
    expect(mode()).toBe('open');
    expect(mode(mesh)).toBe('STRICT');
    expect(mode(mesh, open)).toBe('open');
    expect(mode(mesh, open, web)).toBe('STRICT');
    expect(mode(open)).toBe('open');
  });

  test('UNSET is what the level above says', () => {
    const mesh = peers('default', 'istio-system', '{ mtls: { mode: STRICT } }');
    expect(mode(mesh, peers('default', 'b', '{ mtls: { mode: UNSET } }'))).toBe('STRICT');
    expect(mode(mesh, peers('default', 'b', '{}'))).toBe('STRICT');
    expect(mode(peers('web', 'b', '{ selector: { matchLabels: { app: web } } }'))).toBe('open');
  });

  test('a selector in the root namespace is ignored', () => {
    expect(
      mode(peers('web', 'istio-system', '{ selector: { matchLabels: { app: web } }, mtls: { mode: STRICT } }')),
    ).toBe('open');
  });

  test('of two policies of a level the older counts', () => {
    const open = peers('first', 'b', '{ mtls: { mode: PERMISSIVE } }');
    expect(mode(createdIn(2020, open), createdIn(2021, STRICT))).toBe('open');
    expect(mode(createdIn(2021, open), createdIn(2020, STRICT))).toBe('STRICT');
  });

  test('ports are those of the workload: 8080 behind the port 80 of the Service', () => {
    const at = (ports: string, own = 'STRICT'): string =>
      mode(
        peers(
          'web',
          'b',
          `{ selector: { matchLabels: { app: web } }, mtls: { mode: ${own} }, portLevelMtls: { ${ports} } }`,
        ),
      );
    expect(at('8080: { mode: DISABLE }')).toBe('open');
    expect(at('80: { mode: DISABLE }')).toBe('STRICT');
    expect(at('8080: { mode: UNSET }')).toBe('STRICT');
    expect(at('8080: { mode: STRICT }', 'PERMISSIVE')).toBe('STRICT');
  });
});

describe('automatic mTLS', () => {
  const half = [
    namespace('plain', 'team: red'),
    deployment('old', 'b', { app: 'mix', 'sidecar.istio.io/inject': 'false' }, 1),
    deployment('new', 'b', { app: 'mix' }, 1),
  ];

  test('is by endpoint: pods without a sidecar get plaintext, the others mTLS', () => {
    const yaml = withCluster(STRICT, ...half, service('mix', 'b', ['{ name: http, port: 80 }']));
    const cluster = onlyCluster(planOf({ yaml, to: 'http://mix.b/' }));
    expect(cluster.endpointTls.map(({ tls, reachable }) => [tls.mode, reachable])).toEqual([
      ['mtls', 'yes'],
      ['none', 'yes'],
    ]);
    expect(onlyOutcome({ yaml, to: 'http://mix.b/' })).toBe('200 -');
  });

  test('of a headless Service is all or nothing: one pod without a sidecar, and the STRICT ones reset', () => {
    const headless = service('mix', 'b', ['{ name: http, port: 80 }'], 'clusterIP: None');
    const yaml = withCluster(STRICT, ...half, headless);
    const { outcomes } = runIstio({ yaml, to: 'http://mix.b/' });
    expect(Object.keys(outcomes).sort()).toEqual(['200 -', '503 UC']);
  });

  test('a gateway does as sidecars do', () => {
    const yaml = withCluster(
      STRICT,
      `apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: { name: gw, namespace: b }\nspec: { selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["shop.example.com"] }] }\n`,
      `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: gw, namespace: b }\nspec: { hosts: [shop.example.com], gateways: [gw], http: [{ route: [{ destination: { host: web } }] }] }\n`,
    );
    const wish = { yaml, from: null, to: 'http://shop.example.com/' };
    expect(onlyOutcome(wish)).toBe('200 -');
    expect(onlyCluster(planOf(wish), siteBetween(planOf(wish), 'istio-ingressgateway', 'web')).tls.mode).toBe('mtls');
  });
});

describe('TLS that a sidecar ends with certificates of its own', () => {
  const TLS = 'tls: { mode: SIMPLE, serverCertificate: /c.pem, privateKey: /k.pem }';
  const sidecar = (tls: string): string =>
    `apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: { name: s, namespace: b }\nspec: { workloadSelector: { labels: { app: web } }, ingress: [{ port: { number: 8080, protocol: HTTPS, name: h }, defaultEndpoint: 127.0.0.1:8080, ${tls} }] }\n`;

  test('takes TLS, and nothing else, where mTLS of the mesh is off', () => {
    const own = (...more: string[]): string => withCluster(DISABLED, sidecar(TLS), ...more);
    const cert = ', clientCertificate: /c.pem, privateKey: /k.pem';
    expect(onlyOutcome({ yaml: own(rule('SIMPLE')) })).toBe('200 -');
    expect(onlyOutcome({ yaml: own(rule('MUTUAL', cert)) })).toBe('200 -');
    expect(onlyOutcome({ yaml: own() })).toBe('503 UC');
    expect(onlyOutcome({ yaml: own(rule('ISTIO_MUTUAL')) })).toBe('503 URX,UF');
    expect(codes(compile({ yaml: own() }).diagnostics, 'warning')).toEqual(['plaintext-to-tls']);
  });

  test('counts for nothing where it is on, or on other ports', () => {
    expect(onlyOutcome({ yaml: withCluster(sidecar(TLS)) })).toBe('200 -');
    expect(onlyOutcome({ yaml: withCluster(sidecar(TLS), rule('SIMPLE')) })).toBe('503 URX,UF');
    const other = sidecar(TLS).replaceAll('8080', '9090');
    expect(onlyOutcome({ yaml: withCluster(DISABLED, other) })).toBe('200 -');
  });

  test.each([
    ['without a certificate', 'tls: { mode: SIMPLE }'],
    ['of the mesh', 'tls: { mode: ISTIO_MUTUAL }'],
    ['by the name of a Secret', 'tls: { mode: SIMPLE, credentialName: c }'],
    ['with a redirect', TLS.replace('{', '{ httpsRedirect: true,')],
  ])('is refused %s', (_, tls) => {
    const [first] = load(sidecar(tls)).diagnostics;
    expect(first).toMatchObject({ severity: 'error', code: 'rejected-by-istio' });
  });
});
