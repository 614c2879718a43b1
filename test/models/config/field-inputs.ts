// Inputs of our own in which most fields of the mesh kinds act: for where no published YAML is at hand.

const object = (kind: string, name: string, spec: string, group = 'networking', version = 'v1'): string =>
  `apiVersion: ${group}.istio.io/${version}\nkind: ${kind}\nmetadata: { name: ${name}, namespace: shop }\nspec: ${spec}\n`;

const ROUTES = [
  object(
    'VirtualService',
    'web',
    `{ hosts: [web.shop.svc.cluster.local], http: [
      { name: fault, match: [{ uri: { prefix: /fault }, headers: { x-user: { exact: ann } }, method: { exact: GET } }], fault: { abort: { httpStatus: 418, percentage: { value: 20 } }, delay: { fixedDelay: 10ms, percentage: { value: 10 } } }, route: [{ destination: { host: web.shop.svc.cluster.local, subset: v1 } }] },
      { match: [{ uri: { exact: /old } }], redirect: { uri: /new, redirectCode: 308 } },
      { match: [{ uri: { exact: /said } }], directResponse: { status: 404 } },
      { timeout: 2s, retries: { attempts: 3, perTryTimeout: 1s, retryOn: "5xx" }, mirror: { host: web.shop.svc.cluster.local, subset: v2 }, mirrorPercentage: { value: 10 }, rewrite: { uri: /new }, headers: { request: { set: { x-a: b } } }, route: [{ destination: { host: web.shop.svc.cluster.local, subset: v1, port: { number: 80 } }, weight: 80 }, { destination: { host: web.shop.svc.cluster.local, subset: v2 }, weight: 20 }] } ] }`,
  ),
  object(
    'DestinationRule',
    'web',
    `{ host: web.shop.svc.cluster.local, trafficPolicy: { connectionPool: { tcp: { maxConnections: 9, connectTimeout: 2s, idleTimeout: 30s, maxConnectionDuration: 60s }, http: { http1MaxPendingRequests: 7, http2MaxRequests: 8, maxRequestsPerConnection: 4, maxRetries: 2, idleTimeout: 20s, maxConcurrentStreams: 5 } }, outlierDetection: { consecutive5xxErrors: 4, interval: 5s, baseEjectionTime: 20s, maxEjectionPercent: 30, minHealthPercent: 20 }, loadBalancer: { simple: RANDOM }, tls: { mode: ISTIO_MUTUAL } }, subsets: [{ name: v1, labels: { version: v1 }, trafficPolicy: { connectionPool: { tcp: { maxConnections: 3 } } } }, { name: v2, labels: { version: v2 } }] }`,
  ),
];

const OUTSIDE = [
  object(
    'ServiceEntry',
    'pay',
    `{ hosts: [pay.example.org], location: MESH_EXTERNAL, resolution: STATIC, ports: [{ number: 80, name: http, protocol: HTTP }], endpoints: [{ address: 192.0.2.7, locality: r1/a, weight: 3, ports: { http: 8080 } }, { address: 192.0.2.8, locality: r2/a, weight: 2 }], exportTo: ["."] }`,
  ),
  object(
    'DestinationRule',
    'pay',
    `{ host: pay.example.org, trafficPolicy: { portLevelSettings: [{ port: { number: 80 }, loadBalancer: { consistentHash: { httpHeaderName: x-user } }, tls: { mode: SIMPLE } }] } }`,
  ),
  object(
    'Sidecar',
    'default',
    '{ egress: [{ hosts: ["./*", "istio-system/*"] }], outboundTrafficPolicy: { mode: REGISTRY_ONLY } }',
  ),
];

const EDGE = [
  object(
    'Gateway',
    'edge',
    `{ selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [shop.example.com] }, { port: { number: 443, name: https, protocol: HTTPS }, hosts: [shop.example.com], tls: { mode: SIMPLE, credentialName: cert } }] }`,
  ),
  object(
    'VirtualService',
    'edge',
    `{ hosts: [shop.example.com], gateways: [edge], http: [{ match: [{ uri: { prefix: /api } }], route: [{ destination: { host: web.shop.svc.cluster.local } }] }, { corsPolicy: { allowOrigins: [{ exact: "https://shop" }], allowMethods: [GET], maxAge: 1h }, route: [{ destination: { host: web.shop.svc.cluster.local } }] }] }`,
  ),
];

const SECURITY = [
  object(
    'AuthorizationPolicy',
    'web',
    `{ selector: { matchLabels: { app: web } }, action: ALLOW, rules: [{ from: [{ source: { namespaces: [shop] } }], to: [{ operation: { paths: ["/*"], methods: [GET], ports: ["8080"] } }] }] }`,
    'security',
  ),
  object(
    'PeerAuthentication',
    'web',
    '{ selector: { matchLabels: { app: web } }, mtls: { mode: STRICT }, portLevelMtls: { "8080": { mode: PERMISSIVE } } }',
    'security',
  ),
  object(
    'RequestAuthentication',
    'web',
    `{ selector: { matchLabels: { app: web } }, jwtRules: [{ issuer: someone, audiences: [shop], fromHeaders: [{ name: x-token, prefix: "T " }], forwardOriginalToken: true }] }`,
    'security',
  ),
  object(
    'Telemetry',
    'all',
    '{ tracing: [{ randomSamplingPercentage: 30 }], accessLogging: [{ disabled: true }] }',
    'telemetry',
  ),
  object(
    'ProxyConfig',
    'all',
    '{ concurrency: 3, environmentVariables: { ISTIO_META_DNS_CAPTURE: "true", OTHER: "1" } }',
    'networking',
    'v1beta1',
  ),
];

/** Each a text of several documents. */
export const OWN_INPUTS: readonly string[] = [ROUTES, OUTSIDE, EDGE, SECURITY].map((documents) =>
  documents.join('---\n'),
);
