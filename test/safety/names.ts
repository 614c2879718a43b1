// Words that every object in JavaScript has an entry for, and words that libraries use beside them: as a user's name each is a name like any other.
export const INHERITED = [
  'constructor',
  '__proto__',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
  'validate',
  'toJSON',
  'length',
  'then',
] as const;

/** A mesh with a place for a word wherever a table of words may be asked: ‹…› holds what stands there otherwise. */
export const MESH = `apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio-injection: enabled, ‹team›: ‹a› }, ‹managedFields›: [] }
---
apiVersion: ‹v1›
kind: ‹Service›
metadata: { name: api, namespace: shop, annotations: { ‹note›: x } }
spec: { selector: { app: api, ‹tier›: back }, ports: [{ name: ‹http›, port: 80, targetPort: ‹main› }], ‹ipFamilies›: [] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: shop }
‹status›: {}
spec:
  ‹paused›: false
  selector: { matchLabels: { app: api, ‹tier›: back } }
  template:
    metadata:
      labels: { app: api, version: v1, ‹tier›: back }
      annotations: { ‹sidecar.istio.io/rewriteAppHTTPProbers›: "true", proxy.istio.io/config: "{‹tracing›: {}}" }
    spec:
      nodeSelector: { ‹disk›: ssd }
      containers: [{ name: main, image: app:1, ports: [{ name: ‹main›, containerPort: 8080 }], resources: { limits: { cpu: 1, ‹memory›: 1Gi } } }]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: api, namespace: shop }
spec:
  host: api
  trafficPolicy:
    loadBalancer: { simple: ‹RANDOM›, localityLbSetting: { distribute: [{ from: r/a, to: { ‹r/a›: 100 } }] } }
    ‹outlierDetection›: {}
  subsets: [{ name: ‹v1›, labels: { ‹version›: v1 } }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: api, namespace: shop }
spec:
  hosts: [‹api›]
  http:
    - match: [{ headers: { ‹x-user›: { ‹exact›: a } }, queryParams: { ‹q›: { exact: a } }, withoutHeaders: { ‹x-no›: {} }, sourceLabels: { ‹app›: web } }]
      route: [{ destination: { host: api, subset: ‹v1› } }]
    - retries: { attempts: 2, retryOn: "5xx,‹unavailable›" }
      headers: { request: { set: { ‹x-set›: b } } }
      route: [{ destination: { host: ‹api› } }]
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: api, namespace: shop }
spec: { selector: { matchLabels: { ‹app›: api } }, mtls: { mode: ‹STRICT› }, portLevelMtls: { ‹8080›: { mode: STRICT } } }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: api, namespace: shop }
spec: { action: ‹ALLOW›, rules: [{ when: [{ key: "request.headers[‹x-a›]", values: [a] }] }, { to: [{ operation: { methods: [GET] } }] }] }
---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: { name: api, namespace: shop }
spec:
  workloadSelector: { labels: { app: api } }
  configPatches:
    - applyTo: HTTP_FILTER
      match: { context: SIDECAR_INBOUND, listener: { filterChain: { filter: { name: envoy.filters.network.http_connection_manager } } } }
      patch: { operation: INSERT_BEFORE, value: { name: ‹envoy.filters.http.fault›, typed_config: { ‹abort›: { http_status: 503, percentage: { numerator: 1, denominator: ‹HUNDRED› } } } } }
    - applyTo: CLUSTER
      match: { cluster: { service: api.shop.svc.cluster.local } }
      patch: { operation: MERGE, value: { lb_policy: ‹RANDOM› } }
---
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: { name: api, namespace: shop }
spec: { metrics: [{ overrides: [{ match: { metric: ‹REQUEST_COUNT› }, tagOverrides: { ‹request_host›: { operation: UPSERT, value: request.host } } }] }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: limits, namespace: shop }
data: { ‹config.yaml›: "domain: d\\ndescriptors: [{ key: k, rate_limit: { unit: ‹second›, requests_per_unit: 5 } }]\\n" }
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: { name: api, namespace: shop }
spec: { groups: [{ name: g, rules: [{ alert: A, expr: "‹sum›(rate(x{‹job›=\\"a\\"}[5m])) by (‹le›) > 1", labels: { ‹severity›: page } }] }] }
---
apiVersion: ‹batch/v1›
kind: ‹Job›
metadata: { name: once, namespace: shop }
spec: { template: { spec: { containers: [{ name: c, image: x }] } } }
---
‹adoption_phases›: { ‹pilot›: { since: 2026-01-01 } }
`;

export const SCENARIO = `apiVersion: seatrial.dev/v1alpha1
kind: Scenario
metadata: { name: ‹names›, ‹labels›: {} }
spec:
  run: { duration: 200ms, warmup: 0s, seed: ‹names›, replications: 1, ‹maxEvents›: 100000 }
  zones: [r/a]
  traffic:
    - name: ‹users›
      to: "http://api.shop"
      rate: ‹50/s›
      requests: [{ name: ‹read›, path: /‹x›, headers: { ‹x-user›: a }, attributes: { ‹user›: "‹uniform›(10)" } }]
  services: { ‹api›: { work: "‹exponential›(‹mean›=1ms)", responseBytes: ‹1KiB› } }
  workloads: { ‹api›: { work: 1ms } }
  slos: [{ name: ‹fast›, latency: 100ms, objective: 90% }]
  thresholds: ["‹errors› < 50%"]
`;

const SLOT = /‹([^›]*)›/g;

/** What stands in the places of a text. */
export function plain(text: string): string {
  return text.replace(SLOT, '$1');
}

/** The text for each of its places with another word in that place alone, in turn; or in all places that hold one of some names. */
export function variants(
  text: string,
  words: readonly string[],
  offset: number,
): { readonly what: string; readonly text: string }[] {
  return [...text.matchAll(SLOT)].map(({ 1: usual, index }, i) => {
    const word = words[(i + offset) % words.length]!;
    const before = plain(text.slice(0, index));
    return {
      what: `${word} for ${usual}`,
      text: `${before}${word}${plain(text.slice(index).replace(/^‹[^›]*›/, ''))}`,
    };
  });
}
