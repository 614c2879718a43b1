// Rows of the table of releases that act in the plan, each on both sides of its release (istio: releasenotes/notes).
import { describe, expect, test } from 'vitest';
import {
  clusterOf,
  codes,
  compile,
  deployment,
  destinationRule,
  forwardOf,
  istio,
  namespace,
  onlyCluster,
  outcome,
  planOf,
  service,
  siteBetween,
  type Wish,
  withCluster,
} from './support.js';

const ZONES = {
  placement: [
    { region: 'r1', zone: 'r1-a' },
    { region: 'r1', zone: 'r1-b' },
  ],
};
const at = (istioVersion: string, ...documents: string[]): Wish => ({
  yaml: withCluster(...documents),
  input: { istioVersion },
});
const inZones = (istioVersion: string, ...documents: string[]): Wish => ({
  yaml: withCluster(...documents),
  input: { istioVersion, ...ZONES },
});
const rule = (policy: string): string =>
  destinationRule('web', 'a', `{ host: web.b.svc.cluster.local, trafficPolicy: { ${policy} } }`);
const isRanked = (wish: Wish): boolean =>
  onlyCluster(planOf(wish)).localityViews.some((view) => new Set(view?.priorities ?? []).size > 1);

describe('fields that a release does not read yet are told', () => {
  test.each([
    ['1.20', 3_600_000_000_000, true],
    ['1.21', 60_000_000_000, false],
  ])('tcp.idleTimeout in %s', (version, idleTimeoutNs, isTold) => {
    const { plan, diagnostics } = compile(at(version, rule('connectionPool: { tcp: { idleTimeout: 60s } }')));
    expect(onlyCluster(plan!).idleTimeoutNs).toBe(idleTimeoutNs);
    expect(codes(diagnostics, 'warning').includes('field-of-a-later-release')).toBe(isTold);
  });

  test.each([
    ['1.20', 2147483647],
    ['1.21', 7],
  ])('http.maxConcurrentStreams of a subset in %s', (version, streams) => {
    const subset = destinationRule(
      'web',
      'a',
      '{ host: web.b.svc.cluster.local, subsets: [{ name: v1, labels: { version: v1 }, trafficPolicy: { portLevelSettings: [{ port: { number: 80 }, connectionPool: { http: { maxConcurrentStreams: 7 } } }] } }] }',
    );
    const toSubset = istio(
      'VirtualService',
      'web',
      'a',
      '{ hosts: [web.b.svc.cluster.local], http: [{ route: [{ destination: { host: web.b.svc.cluster.local, subset: v1 } }] }] }',
    );
    expect(onlyCluster(planOf(at(version, subset, toSubset))).maxConcurrentStreams).toBe(streams);
  });

  test('the inbound pool of a Sidecar', () => {
    const sidecar = istio('Sidecar', 'default', 'b', '{ inboundConnectionPool: { tcp: { maxConnections: 3 } } }');
    const told = (version: string): boolean =>
      codes(compile(at(version, sidecar)).diagnostics, 'warning').includes('field-of-a-later-release');
    expect([told('1.20'), told('1.21')]).toEqual([true, false]);
  });

  test.each([
    ['1.27', undefined],
    ['1.28', 'tls'],
  ])('BackendTLSPolicy in %s', (version, mode) => {
    const { plan, diagnostics } = compile({ ...behindGateway(version), from: null, to: 'http://web.example.com/' });
    const tls = clusterOf(plan!, forwardOf(siteBetween(plan!, 'edge-istio', 'web').route).destinations[0]!).tls.mode;
    expect(tls === 'tls' ? tls : undefined).toBe(mode);
    expect(codes(diagnostics, 'warning').includes('field-of-a-later-release')).toBe(mode === undefined);
  });
});

const GATEWAY = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: b }
spec: { gatewayClassName: istio, listeners: [{ name: http, port: 80, protocol: HTTP }] }
`;
const route = (backends: string): string => `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: b }
spec: { parentRefs: [{ name: edge }], hostnames: [web.example.com], rules: [{ ${backends} }] }
`;
const BACKEND_TLS = `apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: { name: web, namespace: b }
spec: { targetRefs: [{ group: "", kind: Service, name: web }], validation: { hostname: web.example.com, wellKnownCACertificates: System } }
`;
function behindGateway(version: string, ...more: string[]): Wish {
  return at(version, GATEWAY, route('backendRefs: [{ name: web, port: 80 }]'), BACKEND_TLS, ...more);
}

describe('a BackendTLSPolicy beside a DestinationRule', () => {
  const limits = destinationRule(
    'web',
    'b',
    '{ host: web, trafficPolicy: { connectionPool: { tcp: { maxConnections: 5 } } } }',
  );
  const cluster = (version: string, own: string) => {
    const plan = planOf({ ...behindGateway(version, own), from: null, to: 'http://web.example.com/' });
    return clusterOf(plan, forwardOf(siteBetween(plan, 'edge-istio', 'web').route).destinations[0]!);
  };

  test('gives all of the policy up to 1.30, and fills in what is open since 1.31', () => {
    expect(cluster('1.30', limits)).toMatchObject({ tls: { mode: 'tls' } });
    expect(cluster('1.30', limits).limits.maxConnections).not.toBe(5);
    expect(cluster('1.31', limits)).toMatchObject({ tls: { mode: 'tls' }, limits: { maxConnections: 5 } });
  });

  test('yields to its tls', () => {
    const plain = destinationRule('web', 'b', '{ host: web, trafficPolicy: { tls: { mode: DISABLE } } }');
    expect(cluster('1.30', plain).tls.mode).toBe('tls');
    expect(cluster('1.31', plain).tls.mode).toBe('none');
  });
});

test.each([
  ['1.29', '500'],
  ['1.30', '404'],
  ['1.31', '500'],
])('%s answers a rule without backends with %s', (version, status) => {
  const plan = planOf({ ...at(version, GATEWAY, route('matches: []')), from: null, to: 'http://web.example.com/' });
  expect(outcome(plan, plan.sites.find((site) => plan.workloads[site.caller]!.name === 'edge-istio')!)).toBe(status);
});

test.each([
  ['1.29', 0.2],
  ['1.30', 20],
])('a retry budget without a percent is %s: %d percent', (version, percent) => {
  const budget = rule('retryBudget: { minRetryConcurrency: 1 }');
  expect(onlyCluster(planOf(at(version, budget))).retryBudget?.percent).toBe(percent);
});

test('sidecars heed trafficDistribution since 1.25', () => {
  const near = service('web', 'b', ['{ name: http, port: 80, targetPort: 8080 }'], 'trafficDistribution: PreferClose');
  const yaml = (version: string): Wish => ({
    ...inZones(version),
    yaml: withCluster().replace(service('web', 'b', ['{ name: http, port: 80, targetPort: 8080 }']), near),
  });
  expect([isRanked(yaml('1.24')), isRanked(yaml('1.25'))]).toEqual([false, true]);
});

test('failoverPriority ranks endpoints by DNS since 1.30', () => {
  const entry = istio(
    'ServiceEntry',
    'out',
    'a',
    '{ hosts: [out.example.com], resolution: DNS, ports: [{ number: 80, name: http, protocol: HTTP }], endpoints: [{ address: one.example.com, labels: { app: client } }, { address: two.example.com, labels: { app: other } }] }',
  );
  const failover = destinationRule(
    'out',
    'a',
    '{ host: out.example.com, trafficPolicy: { outlierDetection: { consecutive5xxErrors: 1 }, loadBalancer: { localityLbSetting: { failoverPriority: [app] } } } }',
  );
  const wish = (version: string): Wish => ({ ...inZones(version, entry, failover), to: 'http://out.example.com/' });
  expect([isRanked(wish('1.29')), isRanked(wish('1.30'))]).toEqual([false, true]);
});

describe('gateways go through waypoints', () => {
  const WAYPOINT = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: way, namespace: c }
spec: { gatewayClassName: istio-waypoint, listeners: [{ name: mesh, port: 15008, protocol: HBONE }] }
`;
  const INGRESS = [
    istio(
      'Gateway',
      'front',
      'c',
      '{ selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [app.example.com] }] }',
    ),
    istio(
      'VirtualService',
      'front',
      'c',
      '{ hosts: [app.example.com], gateways: [front], http: [{ route: [{ destination: { host: app } }] }] }',
    ),
  ];
  const LABELS = 'istio.io/use-waypoint: way, istio.io/ingress-use-waypoint: "true"';
  const goes = (istioVersion: string, ofNamespace: string, ofService: string): boolean => {
    const own = service('app', 'c', ['{ name: http, port: 80 }']).replace(
      'name: app, namespace: c',
      `name: app, namespace: c, labels: { ${ofService} }`,
    );
    const plan = planOf({
      yaml: [
        namespace('c', `istio.io/dataplane-mode: ambient${ofNamespace}`),
        deployment('app', 'c', { app: 'app' }, 1),
        own,
        WAYPOINT,
        ...INGRESS,
      ].join('---\n'),
      input: { istioVersion },
      from: null,
      to: 'http://app.example.com/',
    });
    return plan.sites.some((site) => plan.workloads[site.caller]!.kind === 'waypoint');
  };

  test.each([
    ['1.23', false, false],
    ['1.24', true, false],
    ['1.25', true, true],
  ])('in %s by the label of the Service: %s, of its namespace: %s', (version, byService, byNamespace) => {
    expect(goes(version, '', LABELS)).toBe(byService);
    expect(goes(version, `, ${LABELS}`, '')).toBe(byNamespace);
  });
});

describe('CUSTOM policies of two providers', () => {
  const custom = (name: string): string =>
    `apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: { name: ${name}, namespace: b }\nspec: { action: CUSTOM, provider: { name: ${name} }, rules: [{}] }\n`;
  const kinds = (version: string): string[] =>
    planOf(at(version, custom('login'), custom('keys'))).filters.map(({ kind }) => kind);

  test('deny what they match up to 1.29, and are asked one after the other since 1.30', () => {
    expect(kinds('1.29')).toEqual(['rbac']);
    expect(kinds('1.30')).toEqual(['ext-authz', 'ext-authz']);
  });
});
