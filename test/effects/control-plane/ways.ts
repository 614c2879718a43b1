// What stands on the way of a request: a waypoint that a gateway passes by, certificate authorities of a BackendTLSPolicy.
import { app, type Case, istio, namespace } from './case.js';

const WAYPOINT = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: way, namespace: foo, labels: { istio.io/waypoint-for: service } }
spec: { gatewayClassName: istio-waypoint, listeners: [{ name: mesh, port: 15008, protocol: HBONE }] }
`;
const NO_ADMIN = istio(
  'AuthorizationPolicy',
  'no-admin',
  'foo',
  '{ targetRefs: [{ group: "", kind: Service, name: web }], action: DENY, rules: [{ to: [{ operation: { paths: ["/admin"] } }] }] }',
);
const INGRESS = istio(
  'Gateway',
  'front',
  'foo',
  '{ selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [web.example.com] }] }',
);
const TO_WEB = istio(
  'VirtualService',
  'front',
  'foo',
  '{ hosts: [web.example.com], gateways: [front], http: [{ route: [{ destination: { host: web } }] }] }',
);
const ambient = (labels: string): string[] => [
  namespace('foo', `istio.io/dataplane-mode: ambient, istio.io/use-waypoint: way${labels}`),
  app('web', 'foo'),
  app('client', 'foo'),
  WAYPOINT,
  NO_ADMIN,
  INGRESS,
  TO_WEB,
];
const ADMIN = [
  { name: 'outside', to: 'http://web.example.com/', path: '/admin' },
  { name: 'inside', from: 'client.foo', to: 'http://web/', path: '/admin' },
];

const backend = (authority: string, port: string): string[] => [
  namespace('shop', 'istio-injection: disabled'),
  app('web', 'shop').replace('name: http, port: 80', `name: ${port}, port: 80`),
  `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop }
spec: { gatewayClassName: istio, listeners: [{ name: http, port: 80, protocol: HTTP }] }
`,
  `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: shop }
spec: { parentRefs: [{ name: edge }], hostnames: [web.example.com], rules: [{ backendRefs: [{ name: web, port: 80 }] }] }
`,
  `apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: { name: web, namespace: shop }
spec: { targetRefs: [{ group: "", kind: Service, name: web }], validation: { hostname: web.example.com, caCertificateRefs: [{ group: "", kind: ${authority}, name: ca }] } }
`,
];
const VISIT = [{ name: 'visit', to: 'http://web.example.com/' }];
const AUTHORITIES =
  'istio: pilot/pkg/config/kube/gateway/backend_policies.go (getBackendTLSCredentialName: ConfigMaps alone; any other kind is an invalid reference)';

export const WAYS: readonly Case[] = [
  {
    title: 'a gateway goes past the waypoint: what is enforced there does not hold for visitors',
    why: 'istio: pilot/pkg/networking/core/cluster_waypoint.go, pilot/pkg/serviceregistry/ambient (ingress-use-waypoint is off by default)',
    mesh: ambient(''),
    traffic: ADMIN,
    answers: { outside: '200', inside: '403' },
    called: ['istio-ingressgateway', 'way', 'web'],
    says: [],
  },
  {
    title: 'a gateway that is told to goes through the waypoint',
    why: 'istio.io: docs/ambient/usage/waypoint (istio.io/ingress-use-waypoint)',
    mesh: ambient(', istio.io/ingress-use-waypoint: "true"'),
    traffic: ADMIN,
    answers: { outside: '403', inside: '403' },
    called: ['istio-ingressgateway', 'way'],
    says: [],
  },
  {
    title: 'a Secret with certificate authorities is not read: nothing is trusted, and that is the reason',
    why: AUTHORITIES,
    mesh: backend('Secret', 'https'),
    traffic: VISIT,
    answers: { visit: '503' },
    called: ['edge-istio'],
    says: [/BackendTLSPolicy shop\/web names Secret ca.*ConfigMaps alone/],
  },
  {
    title: 'a ConfigMap is',
    why: AUTHORITIES,
    mesh: backend('ConfigMap', 'https'),
    traffic: VISIT,
    answers: { visit: '200' },
    called: ['edge-istio', 'web'],
    says: [],
  },
];
