// Meshes in which each service has an object of every kind: whatever looks through all objects of a kind for each service, or through all services for
// each object, works in squares there. No chance: the same options give the same texts.

export interface WideMesh {
  readonly manifests: string;
  readonly scenario: string;
}

type Proxies = 'istio' | 'ambient' | 'linkerd';

const PORT = 8080;
const NS = 'wide';

/** @param services number of services, a tree in which each calls three; each is also called once more: through a gateway where the proxies are Istio's, else by another service */
export function wideMesh(services: number, proxies: Proxies): WideMesh {
  const names = Array.from({ length: services }, (_, index) => `svc-${index}`);
  const manifests = [namespace(proxies), ...INGRESS, ...names.flatMap((name) => objectsOf(name, proxies))];
  const sources = names.map((name, index) => {
    const to = proxies === 'istio' ? `http://${name}.${['gw', 'ing', 'api'][index % 3]}.example.com/` : dialed(name);
    const from = proxies === 'istio' ? '' : `, from: ${names[(index + 1) % services]}`;
    return `{ name: from-${name}, to: "${to}", rate: 1/s${from} }`;
  });
  const behaviours = names.map((name, index) => {
    const called = [1, 2, 3].flatMap((child) => names[3 * index + child] ?? []);
    const calls = [...called.map(dialed), ...(proxies === 'istio' ? [`https://${name}.example.org/`] : [])];
    return `${name}.${NS}: { steps: [{ cpu: 1ms }${calls.map((to) => `, { call: "${to}" }`).join('')}] }`;
  });
  return {
    manifests: manifests.join('\n---\n'),
    scenario: [
      'apiVersion: seatrial.dev/v1alpha1',
      'kind: Scenario',
      'metadata: { name: wide }',
      `spec:\n  traffic: [${sources.join(', ')}]\n  services:`,
      ...behaviours.map((line) => `    ${line}`),
    ].join('\n'),
  };
}

function dialed(name: string): string {
  return `http://${name}.${NS}:${PORT}/`;
}

function namespace(proxies: Proxies): string {
  switch (proxies) {
    case 'istio':
      return `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${NS}, labels: { istio-injection: enabled } }`;
    case 'ambient':
      return `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${NS}, labels: { istio.io/dataplane-mode: ambient } }`;
    case 'linkerd':
      return `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${NS}, annotations: { linkerd.io/inject: enabled } }`;
  }
}

const POD = 'containers: [{ name: app, image: app, resources: { limits: { cpu: "2" } } }]';

const INGRESS = [
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ingress, namespace: istio-system }\nspec: { selector: { matchLabels: { istio: ingressgateway } }, template: { metadata: { labels: { istio: ingressgateway } }, spec: { ${POD} } } }`,
  'apiVersion: v1\nkind: Service\nmetadata: { name: ingress, namespace: istio-system }\nspec: { type: LoadBalancer, selector: { istio: ingressgateway }, ports: [{ name: http, port: 80 }] }',
];

function objectsOf(name: string, proxies: Proxies): string[] {
  const object = (apiVersion: string, kind: string, spec: string, own = name, labels = '') =>
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: ${own}, namespace: ${NS}${labels} }\nspec: ${spec}`;
  const mine = `matchLabels: { app: ${name} }`;
  const near = `affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: topology.kubernetes.io/zone, labelSelector: { ${mine} } }] } }`;
  const waypoint = proxies === 'ambient' ? `, labels: { istio.io/use-waypoint: way-${name} }` : '';
  const common = [
    object('v1', 'Service', `{ selector: { app: ${name} }, ports: [{ name: http, port: ${PORT} }] }`, name, waypoint),
    object(
      'apps/v1',
      'Deployment',
      `{ selector: { ${mine} }, template: { metadata: { labels: { app: ${name}, version: v1 } }, spec: { ${near}, ${POD} } } }`,
    ),
    object(
      'autoscaling/v2',
      'HorizontalPodAutoscaler',
      `{ scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: ${name} }, maxReplicas: 4 }`,
    ),
    object('networking.k8s.io/v1', 'NetworkPolicy', `{ podSelector: { ${mine} }, ingress: [{}] }`),
    object('v1', 'Service', '{ ports: [{ name: http, port: 80 }] }', `out-${name}`),
    `apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: { name: out-${name}, namespace: ${NS}, labels: { kubernetes.io/service-name: out-${name} } }\naddressType: IPv4\nports: [{ name: http, port: 80 }]\nendpoints: [{ addresses: [10.0.0.1] }]`,
  ];
  switch (proxies) {
    case 'linkerd':
      return [
        ...common,
        object('policy.linkerd.io/v1beta3', 'Server', `{ podSelector: { ${mine} }, port: ${PORT} }`),
        object(
          'policy.linkerd.io/v1alpha1',
          'AuthorizationPolicy',
          `{ targetRef: { group: policy.linkerd.io, kind: Server, name: ${name} }, requiredAuthenticationRefs: [{ kind: ServiceAccount, name: default }] }`,
        ),
        object('linkerd.io/v1alpha2', 'ServiceProfile', '{ routes: [] }', `${name}.${NS}.svc.cluster.local`),
      ];
    case 'ambient':
      return [
        ...common,
        object(
          'gateway.networking.k8s.io/v1',
          'Gateway',
          '{ gatewayClassName: istio-waypoint, listeners: [{ name: mesh, port: 15008, protocol: HBONE }] }',
          `way-${name}`,
        ),
        object(
          'security.istio.io/v1',
          'AuthorizationPolicy',
          `{ targetRefs: [{ group: "", kind: Service, name: ${name} }], rules: [{}] }`,
        ),
      ];
    case 'istio':
      return [...common, ...istioObjects(name, object)];
  }
}

function istioObjects(
  name: string,
  object: (apiVersion: string, kind: string, spec: string, own?: string) => string,
): string[] {
  const networking = 'networking.istio.io/v1';
  const selector = `selector: { matchLabels: { app: ${name} } }`;
  const route = `http: [{ route: [{ destination: { host: ${name}, subset: v1 } }] }]`;
  const backend = `backendRefs: [{ name: ${name}, port: ${PORT} }]`;
  return [
    object(networking, 'DestinationRule', `{ host: ${name}, subsets: [{ name: v1, labels: { version: v1 } }] }`),
    object(networking, 'VirtualService', `{ hosts: [${name}], ${route} }`),
    object(
      networking,
      'Gateway',
      `{ selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["${name}.gw.example.com"] }] }`,
    ),
    object(
      networking,
      'VirtualService',
      `{ hosts: ["${name}.gw.example.com"], gateways: [${name}], ${route} }`,
      `in-${name}`,
    ),
    object(
      'networking.k8s.io/v1',
      'Ingress',
      `{ ingressClassName: istio, rules: [{ host: ${name}.ing.example.com, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: ${name}, port: { number: ${PORT} } } } }] } }] }`,
    ),
    object(
      'gateway.networking.k8s.io/v1',
      'Gateway',
      `{ gatewayClassName: istio, listeners: [{ name: http, port: 80, protocol: HTTP, hostname: ${name}.api.example.com }] }`,
      `api-${name}`,
    ),
    object(
      'gateway.networking.k8s.io/v1',
      'HTTPRoute',
      `{ parentRefs: [{ name: api-${name} }], hostnames: [${name}.api.example.com], rules: [{ ${backend} }] }`,
      `api-${name}`,
    ),
    object(
      networking,
      'ServiceEntry',
      `{ hosts: [${name}.example.org, "*.${name}.example.org"], location: MESH_EXTERNAL, resolution: NONE, ports: [{ number: 443, name: tls, protocol: TLS }] }`,
    ),
    object(networking, 'Sidecar', `{ workloadSelector: { labels: { app: ${name} } }, egress: [{ hosts: ["./*"] }] }`),
    object('networking.istio.io/v1beta1', 'ProxyConfig', `{ ${selector}, concurrency: 2 }`),
    object('telemetry.istio.io/v1', 'Telemetry', `{ ${selector}, accessLogging: [{ disabled: true }] }`),
    object('security.istio.io/v1', 'PeerAuthentication', `{ ${selector}, mtls: { mode: STRICT } }`),
    object('security.istio.io/v1', 'AuthorizationPolicy', `{ ${selector}, rules: [{}] }`),
    object(
      'security.istio.io/v1',
      'RequestAuthentication',
      `{ ${selector}, jwtRules: [{ issuer: i, jwksUri: "https://i.example.com/jwks" }] }`,
    ),
    object(
      'networking.istio.io/v1alpha3',
      'EnvoyFilter',
      `{ workloadSelector: { labels: { app: ${name} } }, configPatches: [{ applyTo: CLUSTER, match: { context: SIDECAR_OUTBOUND }, patch: { operation: MERGE, value: { connect_timeout: 3s } } }] }`,
    ),
  ];
}
