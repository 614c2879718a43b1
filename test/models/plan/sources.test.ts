// Which field stands behind what acts: objects, paths, values, lines and columns; precedence; nobody; alignment with the plan.
import { describe, expect, test } from 'vitest';
import type { FieldSource, PlanSources } from '../../../models/plan/contract/sources.js';
import { CLUSTER, compile, deployment, destinationRule, namespace, request, service, type Wish } from './support.js';

/** The sources of the cluster of support.ts and one more text, `mesh-1.yaml`. */
function sourcesOf(text: string, more: Partial<Wish> = {}): PlanSources {
  const { sources, diagnostics } = compile({ yaml: [CLUSTER, text], ...more });
  if (sources === null) throw new Error(`no plan: ${JSON.stringify(diagnostics)}`);
  return sources;
}

/** `object field = value line:column`, where the text of the place in `text` is `needle`. */
function written(source: FieldSource | null | undefined, text: string): string {
  if (source === null || source === undefined) return 'nobody';
  const { object, field, value, position } = source;
  const at = position === null ? 'nowhere' : (text.split('\n')[position.line - 1] ?? '').slice(position.column - 1);
  return `${object} ${field} = ${value} @ ${at.trim()}`;
}

/** Of the first cluster that the client calls. */
function cluster(text: string, more: Partial<Wish> = {}) {
  return sourcesOf(text, more).clusters[0]!;
}

const RULE = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: web, namespace: b }
spec:
  host: web
  trafficPolicy:
    connectionPool:
      tcp: { maxConnections: 7, connectTimeout: 3s }
      http:
        http1MaxPendingRequests: 5
        http2MaxRequests: 2
        maxRequestsPerConnection: 9
        maxRetries: 1
    outlierDetection:
      consecutive5xxErrors: 4
      maxEjectionPercent: 60
      minHealthPercent: 30
    loadBalancer:
      simple: RANDOM
      localityLbSetting: { enabled: true }
    tls: { mode: ISTIO_MUTUAL }
`;

describe('clusters', () => {
  test.each([
    ['connections', 'connectionPool.tcp.maxConnections = 7 @ maxConnections: 7, connectTimeout: 3s }'],
    ['pendingRequests', 'connectionPool.http.http1MaxPendingRequests = 5 @ http1MaxPendingRequests: 5'],
    ['requests', 'connectionPool.http.http2MaxRequests = 2 @ http2MaxRequests: 2'],
    ['retries', 'connectionPool.http.maxRetries = 1 @ maxRetries: 1'],
    ['maxRequestsPerConnection', 'connectionPool.http.maxRequestsPerConnection = 9 @ maxRequestsPerConnection: 9'],
    ['connectTimeout', 'connectionPool.tcp.connectTimeout = 3s @ connectTimeout: 3s }'],
    ['outlierDetection', 'outlierDetection =  @ outlierDetection:'],
    ['consecutiveErrors', 'outlierDetection.consecutive5xxErrors = 4 @ consecutive5xxErrors: 4'],
    ['maxEjectionPercent', 'outlierDetection.maxEjectionPercent = 60 @ maxEjectionPercent: 60'],
    ['minHealthPercent', 'outlierDetection.minHealthPercent = 30 @ minHealthPercent: 30'],
    ['loadBalancer', 'loadBalancer.simple = RANDOM @ simple: RANDOM'],
    ['localityFailover', 'loadBalancer.localityLbSetting =  @ localityLbSetting: { enabled: true }'],
    ['tls', 'tls.mode = ISTIO_MUTUAL @ mode: ISTIO_MUTUAL }'],
  ] as const)('%s', (name, expected) => {
    expect(written(cluster(RULE)[name], RULE)).toBe(`DestinationRule b/web ${expected}`);
  });

  test('the place is exact', () => {
    expect(cluster(RULE).requests?.position).toEqual({ file: 'mesh-1.yaml', line: 11, column: 9 });
  });

  test('a port level setting replaces all blocks', () => {
    const text = destinationRule(
      'web',
      'b',
      '{ host: web, trafficPolicy: { connectionPool: { http: { http2MaxRequests: 2, maxRetries: 3 } }, portLevelSettings: [{ port: { number: 80 }, connectionPool: { http: { http2MaxRequests: 4 } } }] } }',
    );
    const { requests, retries } = cluster(text);
    expect(requests).toMatchObject({
      field: 'portLevelSettings[0].connectionPool.http.http2MaxRequests',
      value: '4',
    });
    expect(retries).toBeNull();
  });

  test('the block of a subset comes before that of the host, the others stay', () => {
    const texts = [
      destinationRule(
        'web',
        'b',
        '{ host: web, trafficPolicy: { connectionPool: { http: { http2MaxRequests: 2 } }, outlierDetection: { consecutive5xxErrors: 9 } }, subsets: [{ name: v1, labels: { version: v1 }, trafficPolicy: { connectionPool: { http: { http2MaxRequests: 3 } } } }] }',
      ),
      'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: web, namespace: b }\nspec: { hosts: [web], http: [{ route: [{ destination: { host: web, subset: v1 } }] }] }\n',
    ];
    const { requests, consecutiveErrors, rule } = cluster(texts.join('---\n'));
    expect(requests).toMatchObject({
      field: 'subsets[0].trafficPolicy.connectionPool.http.http2MaxRequests',
      value: '3',
    });
    expect(consecutiveErrors).toMatchObject({ field: 'outlierDetection.consecutive5xxErrors', value: '9' });
    expect(rule).toMatchObject({ object: 'DestinationRule b/web', field: 'subsets[0]', value: '' });
  });

  test('nobody says anything', () => {
    const { unreachable, ...own } = cluster(namespace('d'));
    expect(Object.values(own).every((source) => source === null)).toBe(true);
    expect(unreachable).toEqual([[], []]);
  });

  test('an EnvoyFilter replaces thresholds, in either spelling', () => {
    const patch = `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: { name: limits, namespace: a }
spec:
  configPatches:
    - applyTo: CLUSTER
      match: { context: SIDECAR_OUTBOUND }
      patch:
        operation: MERGE_AND_REPLACE_LIST
        value:
          connectTimeout: 1s
          circuit_breakers:
            thresholds:
              - priority: HIGH
                max_requests: 99
              - max_requests: 6
`;
    const { requests, pendingRequests, connectTimeout } = cluster(`${RULE}---\n${patch}`);
    expect(requests).toMatchObject({ object: 'EnvoyFilter a/limits', value: '6' });
    expect(requests?.position).toMatchObject({ line: 38, column: 17 });
    expect(connectTimeout).toMatchObject({ object: 'EnvoyFilter a/limits', value: '1s' });
    expect(pendingRequests).toBeNull();
  });

  test('settings of the mesh, in the text of a ConfigMap', () => {
    const text = `apiVersion: v1
kind: ConfigMap
metadata: { name: istio, namespace: istio-system }
data:
  mesh: |-
    connectTimeout: 7s
    defaultConfig:
      concurrency: 3
    defaultHttpRetryPolicy:
      attempts: 5
`;
    const { clusters, workloads, sites } = sourcesOf(text);
    expect(written(clusters[0]!.connectTimeout, text)).toBe(
      'ConfigMap istio-system/istio connectTimeout = 7s @ connectTimeout: 7s',
    );
    expect(written(workloads[0]!.proxyConcurrency, text)).toBe(
      'ConfigMap istio-system/istio defaultConfig.concurrency = 3 @ concurrency: 3',
    );
    expect(written(sites[0]!.attempts, text)).toBe(
      'ConfigMap istio-system/istio defaultHttpRetryPolicy.attempts = 5 @ attempts: 5',
    );
  });
});

describe('unreachable', () => {
  test.each([
    [
      'the NetworkPolicy that selects the pods',
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: closed, namespace: b }\nspec: { podSelector: {}, policyTypes: [Ingress] }\n',
      ['NetworkPolicy b/closed'],
    ],
    [
      'the NetworkPolicies of the caller',
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: one, namespace: a }\nspec: { podSelector: {}, policyTypes: [Egress] }\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: two, namespace: a }\nspec: { podSelector: {}, policyTypes: [Egress] }\n',
      ['NetworkPolicy a/one', 'NetworkPolicy a/two'],
    ],
    [
      'a DestinationRule without TLS, and who asks for TLS',
      'apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: { name: strict, namespace: b }\nspec: { mtls: { mode: STRICT } }\n---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: { name: web, namespace: b }\nspec: { host: web, trafficPolicy: { tls: { mode: DISABLE } } }\n',
      ['PeerAuthentication b/strict mtls.mode STRICT', 'DestinationRule b/web tls.mode DISABLE'],
    ],
  ])('%s', (_, text, expected) => {
    for (const sources of cluster(text).unreachable) {
      expect(sources.map(({ object, field, value }) => `${object} ${field} ${value}`.trim())).toEqual(expected);
      expect(sources.every(({ position }) => position?.file === 'mesh-1.yaml')).toBe(true);
    }
    expect(cluster(text).unreachable.length).toBe(2);
  });
});

const POD = `apiVersion: apps/v1
kind: Deployment
metadata: { name: cart, namespace: b }
spec:
  replicas: 3
  selector: { matchLabels: { app: cart } }
  template:
    metadata:
      labels: { app: cart }
      annotations:
        sidecar.istio.io/proxyCPULimit: 300m
        sidecar.istio.io/proxyMemoryLimit: 200Mi
        proxy.istio.io/config: |
          concurrency: 4
    spec:
      containers:
        - name: app
          image: app
          resources:
            limits:
              cpu: 200m
              memory: 100Mi
---
${service('cart', 'b', ['{ name: http, port: 80 }'])}---
${destinationRule('cart', 'b', '{ host: cart, trafficPolicy: { connectionPool: { http: { http2MaxRequests: 8 } } } }')}`;

/** The workload that a further text adds first. */
function workload(text: string, name = 'cart', more: Partial<Wish> = {}) {
  const { plan, sources } = compile({ yaml: [CLUSTER, text], ...more });
  return sources!.workloads[plan!.workloads.findIndex((own) => own.name === name)]!;
}

describe('workloads', () => {
  test.each([
    ['object', 'Deployment b/cart  =  @ apiVersion: apps/v1'],
    ['replicas', 'Deployment b/cart replicas = 3 @ replicas: 3'],
    ['cpuLimit', 'Deployment b/cart limits.cpu = 200m @ cpu: 200m'],
    ['memoryLimit', 'Deployment b/cart limits.memory = 100Mi @ memory: 100Mi'],
    ['proxyCpuLimit', 'Deployment b/cart sidecar.istio.io/proxyCPULimit = 300m @ sidecar.istio.io/proxyCPULimit: 300m'],
    [
      'proxyMemoryLimit',
      'Deployment b/cart sidecar.istio.io/proxyMemoryLimit = 200Mi @ sidecar.istio.io/proxyMemoryLimit: 200Mi',
    ],
    ['proxyConcurrency', 'Deployment b/cart proxy.istio.io/config concurrency = 4 @ concurrency: 4'],
  ] as const)('%s', (name, expected) => {
    expect(written(workload(POD)[name], POD)).toBe(expected);
  });

  test('the limits of its own inbound cluster', () => {
    const { inbound } = workload(POD);
    expect(inbound.maxRequests).toMatchObject({ object: 'DestinationRule b/cart', value: '8' });
    expect(inbound.maxConnections).toBeNull();
  });

  test('a Sidecar comes before the DestinationRule', () => {
    const sidecar =
      'apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: { name: own, namespace: b }\nspec: { inboundConnectionPool: { http: { http2MaxRequests: 1 } } }\n';
    expect(workload(`${POD}---\n${sidecar}`).inbound.maxRequests).toMatchObject({
      object: 'Sidecar b/own',
      field: 'inboundConnectionPool.http.http2MaxRequests',
      value: '1',
    });
  });

  test('nobody limits anything', () => {
    const { object, replicas, inbound, ...rest } = workload(namespace('d'), 'client');
    expect(object).toMatchObject({ object: 'Deployment a/client' });
    expect(replicas).toMatchObject({ field: 'replicas', value: '1' });
    expect(Object.values({ ...rest, ...inbound }).every((source) => source === null)).toBe(true);
  });

  test('of several containers the largest, by its name', () => {
    const limits = (cpu: string) => `image: x, resources: { limits: { cpu: ${cpu} } }`;
    const spec = `{ containers: [{ name: small, ${limits('100m')} }, { name: big, ${limits('1')} }] }`;
    expect(workload(deployment('two-in-one', 'b', { app: 't' }, 1, { spec }), 'two-in-one').cpuLimit).toMatchObject({
      field: 'containers[big] limits.cpu',
      value: '1',
    });
  });

  test('an autoscaler bounds the replicas', () => {
    const scaler =
      'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: cart, namespace: b }\nspec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: cart }, minReplicas: 5, maxReplicas: 9 }\n';
    expect(workload(`${POD}---\n${scaler}`).replicas).toMatchObject({
      object: 'HorizontalPodAutoscaler b/cart',
      field: 'minReplicas',
      value: '5',
    });
  });

  test('a ProxyConfig of the namespace, the values of the installation', () => {
    const config =
      'apiVersion: networking.istio.io/v1beta1\nkind: ProxyConfig\nmetadata: { name: few, namespace: a }\nspec: { concurrency: 1 }\n';
    expect(workload(config, 'client').proxyConcurrency).toMatchObject({ object: 'ProxyConfig a/few', value: '1' });
    const values =
      'apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: { name: all, namespace: istio-system }\nspec: { values: { global: { proxy: { resources: { limits: { cpu: 700m } } } } } }\n';
    expect(workload(values, 'client').proxyCpuLimit).toMatchObject({
      object: 'IstioOperator istio-system/all',
      field: 'global.proxy.resources.limits.cpu',
      value: '700m',
    });
  });

  test("Linkerd's annotations, of the pod or of its Namespace", () => {
    const text = [
      'apiVersion: v1\nkind: Namespace\nmetadata: { name: l, annotations: { linkerd.io/inject: enabled, config.linkerd.io/proxy-cpu-limit: 500m } }\n',
      deployment('own', 'l', { app: 'own' }, 1, { annotations: 'config.linkerd.io/proxy-cpu-limit: 250m' }),
      deployment('other', 'l', { app: 'other' }, 1),
    ].join('---\n');
    expect(workload(text, 'own').proxyCpuLimit).toMatchObject({
      object: 'Deployment l/own',
      field: 'config.linkerd.io/proxy-cpu-limit',
      value: '250m',
    });
    expect(workload(text, 'other').proxyCpuLimit).toMatchObject({ object: 'Namespace l', value: '500m' });
  });
});

const ROUTE = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: b }
spec:
  hosts: [web]
  http:
    - timeout: 4s
      retries:
        attempts: 3
        perTryTimeout: 1s
      fault:
        delay: { fixedDelay: 2s, percentage: { value: 5 } }
        abort: { httpStatus: 418, percentage: { value: 5 } }
      mirror: { host: two, port: { number: 80 } }
      route:
        - destination: { host: web }
`;

describe('sites', () => {
  test.each([
    ['route', 'http[0] =  @ - timeout: 4s'],
    ['timeout', 'http[0].timeout = 4s @ timeout: 4s'],
    ['attempts', 'http[0].retries.attempts = 3 @ attempts: 3'],
    ['perTryTimeout', 'http[0].retries.perTryTimeout = 1s @ perTryTimeout: 1s'],
    ['faultDelay', 'http[0].fault.delay.fixedDelay = 2s @ fixedDelay: 2s, percentage: { value: 5 } }'],
    ['faultAbort', 'http[0].fault.abort.httpStatus = 418 @ httpStatus: 418, percentage: { value: 5 } }'],
    ['mirror', 'http[0].mirror =  @ mirror: { host: two, port: { number: 80 } }'],
  ] as const)('%s', (name, expected) => {
    const place = expected.startsWith('http[0] =') ? expected.replace('@ - ', '@ ') : expected;
    expect(written(sourcesOf(ROUTE).sites[0]![name], ROUTE)).toBe(`VirtualService b/web ${place}`);
  });

  test('a delegate without retries has those of its root; a header takes the place of what is written', () => {
    const text = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: b }
spec:
  hosts: [web]
  http:
    - retries: { attempts: 7 }
      timeout: 9s
      delegate: { name: inner, namespace: b }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: inner, namespace: b }
spec:
  http:
    - timeout: 5s
      route:
        - destination: { host: web }
`;
    const [site] = sourcesOf(text).sites;
    expect(site?.attempts).toMatchObject({ object: 'VirtualService b/web', value: '7' });
    expect(site?.timeout).toMatchObject({ object: 'VirtualService b/inner', value: '5s' });
    const headers = { 'x-envoy-upstream-rq-timeout-ms': '250' };
    expect(sourcesOf(text, { requests: [request({ headers })] }).sites[0]?.timeout).toMatchObject({
      object: 'the request',
      value: '250',
    });
  });

  test('what answers by itself', () => {
    const text =
      'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: web, namespace: b }\nspec:\n  hosts: [web]\n  http:\n    - directResponse: { status: 418 }\n';
    expect(sourcesOf(text).sites[0]?.response).toMatchObject({ field: 'http[0].directResponse.status', value: '418' });
  });

  test('the default route of a service is nobody’s', () => {
    expect(Object.values(sourcesOf(namespace('d')).sites[0]!).every((source) => source === null)).toBe(true);
  });

  test('an HTTPRoute says its time-out', () => {
    const text =
      'apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: { name: web, namespace: b }\nspec:\n  parentRefs: [{ group: "", kind: Service, name: web }]\n  rules:\n    - timeouts: { request: 6s }\n      backendRefs: [{ name: web, port: 80 }]\n';
    expect(sourcesOf(text).sites[0]?.timeout).toMatchObject({
      object: 'HTTPRoute b/web',
      field: 'rules[0].timeouts.request',
      value: '6s',
      position: { line: 7, column: 19 },
    });
  });
});

describe('filters', () => {
  const policy = (name: string, spec: string) =>
    `apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: { name: ${name}, namespace: b }\nspec:\n${spec}`;
  const GET = '    - to: [{ operation: { methods: [GET] } }]\n';
  const POST = '    - to: [{ operation: { methods: [POST] } }]\n';

  test.each([
    [
      'the rule that denies',
      policy('closed', `  action: DENY\n  rules:\n${POST}${GET}`),
      'closed',
      'rules[1]',
      'DENY rule 2',
      8,
    ],
    ['no rule that allows', policy('few', `  rules:\n${POST}`), 'few', '', 'no ALLOW rule matches', 1],
  ])('%s', (_, text, name, field, detail, line) => {
    const { plan, sources } = compile({ yaml: [CLUSTER, text] });
    const refusing = plan!.filters.findIndex((filter) => filter.kind === 'rbac' && filter.status === 403);
    expect(sources!.filters[refusing]).toMatchObject({
      object: `AuthorizationPolicy b/${name}`,
      field,
      reason: 'authorization',
      detail,
      position: { file: 'mesh-1.yaml', line },
    });
  });

  test('a local rate limit of an EnvoyFilter has the size of its bucket', () => {
    const text = `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: { name: limit, namespace: b }
spec:
  workloadSelector: { labels: { app: web } }
  configPatches:
    - applyTo: HTTP_FILTER
      match: { context: SIDECAR_INBOUND }
      patch:
        operation: INSERT_BEFORE
        value:
          name: envoy.filters.http.local_ratelimit
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
            stat_prefix: limit
            token_bucket: { max_tokens: 10, tokens_per_fill: 10, fill_interval: 1s }
            filter_enabled: { default_value: { numerator: 100 } }
            filter_enforced: { default_value: { numerator: 100 } }
`;
    const [source] = sourcesOf(text).filters;
    expect(source).toMatchObject({
      object: 'EnvoyFilter b/limit',
      value: '10',
      reason: 'rate-limit',
      detail: 'local rate limit',
      position: { line: 16, column: 29 },
    });
  });
});
