// Gateways as servers of the mesh: ports, TLS, and who calls in the eyes of their policies.
import { app, type Case, istio, namespace } from './case.js';

const GATEWAY = `apiVersion: v1
kind: Service
metadata: { name: way-out, namespace: edge }
spec: { selector: { istio: way-out }, ports: [{ name: http2, port: 80, targetPort: 8080 }, { name: https, port: 443, targetPort: 8443 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: way-out, namespace: edge }
spec:
  selector: { matchLabels: { istio: way-out } }
  template:
    metadata: { labels: { istio: way-out } }
    spec: { serviceAccountName: way-out, containers: [{ name: istio-proxy, image: istio/proxyv2 }] }
`;
const RATES = istio(
  'ServiceEntry',
  'rates',
  'billing',
  '{ hosts: [rates.example.org], location: MESH_EXTERNAL, resolution: DNS, ports: [{ number: 80, name: http, protocol: HTTP }, { number: 443, name: tls, protocol: TLS }] }',
);
const HOST = 'way-out.edge.svc.cluster.local';
const MUTUAL = 'tls: { mode: ISTIO_MUTUAL }';

const server = (port: string, more = ''): string =>
  istio(
    'Gateway',
    'out',
    'edge',
    `{ selector: { istio: way-out }, servers: [{ port: ${port}, hosts: [rates.example.org] ${more === '' ? '' : `, ${more}`} }] }`,
  );
const PLAIN = server('{ number: 80, name: http, protocol: HTTP }');
const SECURED = server('{ number: 443, name: https, protocol: HTTPS }', MUTUAL);
const PASSED = server('{ number: 443, name: tls, protocol: TLS }', 'tls: { mode: PASSTHROUGH }');
const through = (port: number): string =>
  istio(
    'VirtualService',
    'rates',
    'billing',
    `{ hosts: [rates.example.org], gateways: [mesh, edge/out], http: [
      { match: [{ gateways: [mesh], port: 80 }], route: [{ destination: { host: ${HOST}, port: { number: ${port} } } }] },
      { match: [{ gateways: [edge/out], port: ${port} }], route: [{ destination: { host: rates.example.org, port: { number: 80 } } }] }] }`,
  );
const PASSING = istio(
  'VirtualService',
  'rates',
  'billing',
  `{ hosts: [rates.example.org], gateways: [mesh, edge/out], tls: [
    { match: [{ gateways: [mesh], port: 443, sniHosts: [rates.example.org] }], route: [{ destination: { host: ${HOST}, port: { number: 443 } } }] },
    { match: [{ gateways: [edge/out], port: 443, sniHosts: [rates.example.org] }], route: [{ destination: { host: rates.example.org, port: { number: 443 } } }] }] }`,
);
const SPEAKS_MUTUAL = istio(
  'DestinationRule',
  'out',
  'billing',
  `{ host: ${HOST}, trafficPolicy: { portLevelSettings: [{ port: { number: 443 }, tls: { mode: ISTIO_MUTUAL, sni: rates.example.org } }] } }`,
);
const SPEAKS_SIMPLE = SPEAKS_MUTUAL.replace('mode: ISTIO_MUTUAL', 'mode: SIMPLE');
const policy = (spec: string): string =>
  istio('AuthorizationPolicy', 'out', 'edge', `{ selector: { matchLabels: { istio: way-out } }, ${spec} }`);
const ALLOW_INVOICES = policy(
  'action: ALLOW, rules: [{ from: [{ source: { principals: [cluster.local/ns/billing/sa/invoices] } }] }]',
);
const ALLOW_BILLING = policy('action: ALLOW, rules: [{ from: [{ source: { namespaces: [billing] } }] }]');
const DENY_GUESTS = policy('action: DENY, rules: [{ from: [{ source: { notNamespaces: [billing] } }] }]');
const denyPort = (port: number): string =>
  policy(`action: DENY, rules: [{ to: [{ operation: { ports: ["${port}"] } }] }]`);

const MESH = [
  ...['billing', 'guests', 'edge'].map((name) => namespace(name)),
  app('invoices', 'billing'),
  app('ledger', 'billing'),
  app('visitor', 'guests'),
  GATEWAY,
  RATES,
];
const to = 'http://rates.example.org/today';
const ONE = [{ name: 'invoices', from: 'invoices.billing', to }];
const ALL = [...ONE, { name: 'ledger', from: 'ledger.billing', to }, { name: 'visitor', from: 'visitor.guests', to }];
const BOTH = ['rates.example.org', 'way-out'];
const KNOWN = [RATES, SECURED, through(443), SPEAKS_MUTUAL];
const AUTHZ = 'istio: pilot/pkg/security/authz/model/generator.go (srcPrincipalGenerator, srcNamespaceGenerator)';
const PEER =
  'envoy: source/extensions/filters/common/rbac/matchers.cc (AuthenticatedMatcher: the URI SAN of the peer certificate)';

export const EGRESS: readonly Case[] = [
  {
    title: 'port 80 of the Gateway is that of the Service, whose pods listen at 8080',
    why: 'istio: pilot/pkg/model/gateway.go (resolvePorts)',
    mesh: [...MESH, PLAIN, through(80)],
    traffic: ONE,
    answers: { invoices: '200' },
    called: BOTH,
    says: [],
  },
  {
    title: 'a policy at the gateway names the port at which its pods listen',
    why: 'envoy: source/extensions/filters/common/rbac/matchers.cc (PortMatcher: the local address of the connection)',
    mesh: [...MESH, PLAIN, through(80), denyPort(8080)],
    traffic: ONE,
    answers: { invoices: '403' },
    called: ['way-out'],
    says: [],
  },
  {
    title: 'the port of the Service is none of the pods: a DENY for it refuses nobody',
    why: 'as above',
    mesh: [...MESH, PLAIN, through(80), denyPort(80)],
    traffic: ONE,
    answers: { invoices: '200' },
    called: BOTH,
    says: [],
  },
  {
    title: 'mutual TLS of the mesh: policies know the principals of callers',
    why: `${AUTHZ}; ${PEER}`,
    mesh: [...MESH, ...KNOWN.slice(1), ALLOW_INVOICES],
    traffic: ALL,
    answers: { invoices: '200', ledger: '403', visitor: '503 UC' },
    called: BOTH,
    says: [/takes TLS alone \(ISTIO_MUTUAL\).*plain text/],
  },
  {
    title: 'mutual TLS of the mesh: policies know the namespaces of callers',
    why: `${AUTHZ}; ${PEER}`,
    mesh: [...MESH, ...KNOWN.slice(1), SPEAKS_MUTUAL.replace('namespace: billing', 'namespace: guests'), DENY_GUESTS],
    traffic: ALL,
    answers: { invoices: '200', ledger: '200', visitor: '403' },
    called: BOTH,
    says: [],
  },
  {
    title: 'plain HTTP: a principal matches nobody, so that an ALLOW refuses everybody',
    why: `${PEER}: without a certificate nothing matches`,
    mesh: [...MESH, PLAIN, through(80), ALLOW_INVOICES],
    traffic: ALL,
    answers: { invoices: '403', ledger: '403', visitor: '403' },
    called: ['way-out'],
    says: [],
  },
  {
    title: 'plain HTTP: everybody is of another namespace, so that a DENY for these refuses everybody',
    why: `${PEER}; notNamespaces is the negation of what never matches`,
    mesh: [...MESH, PLAIN, through(80), DENY_GUESTS],
    traffic: ALL,
    answers: { invoices: '403', ledger: '403', visitor: '403' },
    called: ['way-out'],
    says: [],
  },
  {
    title: 'TLS that is passed on hides who calls: a namespace matches nobody',
    why: `${PEER}: the gateway ends no TLS and sees no certificate; RBAC of TCP closes the connection`,
    mesh: [...MESH, PASSED, PASSING, ALLOW_BILLING],
    traffic: [{ ...ONE[0]!, to: 'https://rates.example.org/' }],
    answers: { invoices: '403' },
    called: ['way-out'],
    says: [],
  },
  {
    title: 'TLS that is passed on, without a policy',
    why: 'istio.io: docs/tasks/traffic-management/egress/egress-gateway (Egress gateway for HTTPS traffic)',
    mesh: [...MESH, PASSED, PASSING],
    traffic: [{ ...ONE[0]!, to: 'https://rates.example.org/' }],
    answers: { invoices: '200' },
    called: BOTH,
    says: [],
  },
  {
    title: 'a server for ISTIO_MUTUAL does not take SIMPLE',
    why: 'istio: pilot/pkg/networking/core/gateway.go (buildGatewayListenerTLSContext: require_client_certificate)',
    mesh: [...MESH, SECURED, through(443), SPEAKS_SIMPLE],
    traffic: ONE,
    answers: { invoices: '503 URX,UF' },
    called: [],
    says: [/ISTIO_MUTUAL.*SIMPLE/],
  },
];
