// Pairs of small worlds of which it is known what the change does: two pods of `api` behind a sidecar, called by `web`, and a `db` that only version 2
// of `api` calls.

import type { ScenarioSpec } from '../../../scenarios/document/schema.js';
import type { HeadlineKind } from '../../../scenarios/result/diff-result.js';

export interface KnownPair {
  readonly name: string;
  /** YAML beside that of the world. */
  readonly before?: string;
  readonly after?: string;
  /** A change of the world's own YAML in the candidate. */
  readonly edit?: (yaml: string) => string;
  readonly scenario?: Partial<ScenarioSpec>;
  readonly kind: HeadlineKind;
  /** In the first sentence that `diff` gives. */
  readonly says?: RegExp;
  /** The first finding of a run of the candidate. */
  readonly finding?: string;
  /** Of the fast tier. */
  readonly isFast?: true;
}

export const WORLD = `
apiVersion: v1
kind: Namespace
metadata: { name: default, labels: { istio-injection: enabled } }
---
apiVersion: v1
kind: Service
metadata: { name: api }
spec: { selector: { app: api }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: db }
spec: { selector: { app: db }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
${deployment('api', 'v1', 2, '600m')}
${deployment('api', 'v2', 2, '600m')}
${deployment('db', 'v1', 1, '1')}
${deployment('web', 'v1', 1, '1')}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: subsets }
spec:
  host: api
  subsets:
    - { name: v1, labels: { version: v1 } }
    - { name: v2, labels: { version: v2 } }
`;

function deployment(app: string, version: string, replicas: number, cpu: string): string {
  return `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${app}-${version} }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${app}, version: ${version} } }
  template:
    metadata: { labels: { app: ${app}, version: ${version} } }
    spec:
      serviceAccountName: ${app}
      containers: [{ name: ${app}, image: ${app}, resources: { limits: { cpu: ${cpu} } } }]`;
}

export const SCENARIO: ScenarioSpec = {
  run: { duration: '10s', warmup: '2s', seed: 'known' },
  traffic: [{ name: 'shoppers', from: 'web-v1.default', to: 'http://api/items', rate: '100/s' }],
  defaults: { cpu: '2ms' },
};

/** `api` by its routes; `more` beside the destinations. */
function routes(destinations: string, more = ''): string {
  return `
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: api }
spec:
  hosts: [api]
  http: [{ route: [${destinations}]${more} }]
`;
}

const V1 = '{ destination: { host: api, subset: v1 } }';
const weighted = (v1: number, v2: number): string =>
  `{ destination: { host: api, subset: v1 }, weight: ${v1} }, { destination: { host: api, subset: v2 }, weight: ${v2} }`;
const SOLE = routes(V1, ', retries: { attempts: 0 }');

const policy = (kind: string, spec: string, name = 'known', group = 'security.istio.io/v1'): string => `
---
apiVersion: ${group}
kind: ${kind}
metadata: { name: ${name} }
spec: ${spec}
`;
const ONLY_ADMIN = policy('AuthorizationPolicy', '{ rules: [{ to: [{ operation: { paths: ["/admin/*"] } }] }] }');
const JWT =
  policy('RequestAuthentication', '{ jwtRules: [{ issuer: https://issuer.example.com, jwks: \'{"keys":[]}\' }] }') +
  policy('AuthorizationPolicy', '{ rules: [{ from: [{ source: { requestPrincipals: ["*"] } }] }] }', 'token');
const NO_WAY_IN = policy(
  'NetworkPolicy',
  '{ podSelector: { matchLabels: { app: api } }, policyTypes: [Ingress], ingress: [{ from: [{ podSelector: { matchLabels: { app: db } } }] }] }',
  'known',
  'networking.k8s.io/v1',
);
const BREAKER = (most: number): string =>
  policy(
    'DestinationRule',
    `{ host: api, subsets: [{ name: v1, labels: { version: v1 }, trafficPolicy: { connectionPool: { http: { http2MaxRequests: ${most}, http1MaxPendingRequests: ${most} }, tcp: { maxConnections: ${most} } } } }] }`,
    'subsets',
    'networking.istio.io/v1',
  );
const PANIC = (health: number): string =>
  policy(
    'DestinationRule',
    `{ host: api, trafficPolicy: { outlierDetection: { consecutive5xxErrors: 3, interval: 1s, baseEjectionTime: 20s, maxEjectionPercent: 100, minHealthPercent: ${health} } } }`,
    'subsets',
    'networking.istio.io/v1',
  );
const RATE_LIMIT = `
---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: { name: limit }
spec:
  workloadSelector: { labels: { app: api } }
  configPatches:
    - applyTo: HTTP_FILTER
      match: { context: SIDECAR_INBOUND, listener: { filterChain: { filter: { name: envoy.filters.network.http_connection_manager } } } }
      patch:
        operation: INSERT_BEFORE
        value:
          name: envoy.filters.http.local_ratelimit
          typed_config:
            "@type": type.googleapis.com/udpa.type.v1.TypedStruct
            type_url: type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
            value:
              stat_prefix: http_local_rate_limiter
              token_bucket: { max_tokens: 5, tokens_per_fill: 5, fill_interval: 1s }
              filter_enabled: { default_value: { numerator: 100, denominator: HUNDRED } }
              filter_enforced: { default_value: { numerator: 100, denominator: HUNDRED } }
`;
const PLAIN_TO_STRICT =
  policy('PeerAuthentication', '{ mtls: { mode: STRICT } }') +
  policy(
    'DestinationRule',
    '{ host: api, trafficPolicy: { tls: { mode: DISABLE } }, subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }] }',
    'subsets',
    'networking.istio.io/v1',
  );
/** The rule of the world gives way to another of its name. */
const withoutRule = (yaml: string): string => yaml.slice(0, yaml.lastIndexOf('---'));

const even: ScenarioSpec['traffic'] = [
  { name: 'shoppers', from: 'web-v1.default', to: 'http://api/items', rate: '20/s', arrivals: 'constant' },
];
const flaky: Partial<ScenarioSpec> = {
  traffic: even,
  services: { api: { cpu: '0.1ms', wait: '50ms', errors: { 503: '10%' } } },
};
const busy: Partial<ScenarioSpec> = { services: { api: { cpu: '4ms', errors: { 503: '10%' } } } };
const working: Partial<ScenarioSpec> = { services: { api: { cpu: '4ms' } } };
const quiet: Partial<ScenarioSpec> = { services: { api: { cpu: '0.1ms', wait: '5ms' } } };
const failing: Partial<ScenarioSpec> = { services: { api: { cpu: '2ms', errors: { 500: '60%' } } } };
const slowV2: Partial<ScenarioSpec> = { workloads: { 'api-v2.default': { cpu: '2ms', wait: '20ms' } } };
const slowV1: Partial<ScenarioSpec> = { workloads: { 'api-v1.default': { cpu: '2ms', wait: '20ms' } } };
const slow: Partial<ScenarioSpec> = { services: { api: { cpu: '1ms', wait: '20ms' } } };
const callsDb: Partial<ScenarioSpec> = {
  workloads: { 'api-v2.default': { steps: [{ cpu: '2ms' }, { call: 'db' }] } },
};
const refused: Partial<ScenarioSpec> = {
  traffic: [
    {
      name: 'shoppers',
      from: 'web-v1.default',
      to: 'http://api',
      rate: '100/s',
      requests: [{ name: 'items', path: '/items', expect: 403 }],
    },
  ],
};

export const KNOWN_PAIRS: readonly KnownPair[] = [
  { name: 'nothing changes', before: SOLE, after: SOLE, kind: 'same', isFast: true },
  { name: 'a comment changes', edit: (yaml) => `# new\n${yaml}`, kind: 'same', isFast: true },
  {
    name: 'lockout by an AuthorizationPolicy',
    after: ONLY_ADMIN,
    kind: 'outage',
    says: /^100 % of the requests that were good are refused \(403\) by AuthorizationPolicy default\/known/,
    finding: 'F107',
    isFast: true,
  },
  {
    name: 'end of a lockout',
    before: ONLY_ADMIN,
    kind: 'recovery',
    says: /^100 % of the requests that were bad are good now; in the base, they are refused \(403\) by AuthorizationPolicy/,
    isFast: true,
  },
  {
    name: 'a token is required',
    after: JWT,
    kind: 'outage',
    says: /are refused \(403\) by AuthorizationPolicy default\/token/,
    finding: 'F107',
  },
  {
    name: 'no route matches any more',
    before: SOLE,
    after: SOLE.replace('http: [{', 'http: [{ match: [{ uri: { prefix: /other } }],'),
    kind: 'outage',
    says: /find no route \(404 NR\)/,
    finding: 'F106',
    isFast: true,
  },
  {
    name: 'a local rate limit',
    after: RATE_LIMIT,
    kind: 'outage',
    says: /are refused \(429.*\) by .*limit/,
    finding: 'F108',
  },
  { name: 'a NetworkPolicy lets nobody in', after: NO_WAY_IN, kind: 'outage', says: /connect/, finding: 'F112' },
  {
    name: 'panic is switched on',
    before: PANIC(0),
    after: PANIC(50),
    edit: withoutRule,
    scenario: failing,
    kind: 'recovery',
    says: /find no endpoint \(503 UH\)/,
  },
  {
    name: 'panic is switched off',
    before: PANIC(50),
    after: PANIC(0),
    edit: withoutRule,
    scenario: failing,
    kind: 'outage',
    says: /find no endpoint \(503 UH\)/,
    finding: 'F105',
  },
  {
    name: 'retries are added',
    before: SOLE,
    after: routes(V1, ', retries: { attempts: 3, retryOn: 5xx }'),
    scenario: flaky,
    kind: 'no-regression',
    says: /^(9\d(\.\d+)?|100) % of the requests that were bad are good now; in the base, they get an error of the application \(503\): api/,
    isFast: true,
  },
  {
    name: 'retries that cost latency',
    before: SOLE,
    after: routes(V1, ', retries: { attempts: 3, retryOn: 5xx }'),
    scenario: busy,
    kind: 'regression',
    says: /^shoppers (p99|p90|p50|mean) went from .*; 100 % of the requests that were bad are good now/,
  },
  {
    name: 'retries are removed',
    before: routes(V1, ', retries: { attempts: 3, retryOn: 5xx }'),
    after: SOLE,
    scenario: flaky,
    kind: 'regression',
    says: /of the requests that were good get an error of the application \(503.*\): api/,
    finding: 'F101',
  },
  {
    name: 'a slower canary',
    before: routes(weighted(100, 0)),
    after: routes(weighted(80, 20)),
    scenario: slowV2,
    kind: 'regression',
    says: /^shoppers (p99|p90|p50|mean) went from/,
    isFast: true,
  },
  {
    name: 'a faster canary',
    before: routes(weighted(100, 0)),
    after: routes(weighted(20, 80)),
    scenario: slowV1,
    kind: 'no-regression',
  },
  {
    name: 'a canary like the rest',
    before: routes(weighted(100, 0)),
    after: routes(weighted(50, 50)),
    kind: 'no-regression',
  },
  {
    name: 'a new edge',
    before: routes(weighted(100, 0)),
    after: routes(weighted(50, 50)),
    scenario: callsDb,
    kind: 'regression',
    says: /^shoppers (p99|p90|p50|mean) went from/,
    isFast: true,
  },
  {
    name: 'an edge that is gone',
    before: routes(weighted(50, 50)),
    after: routes(weighted(100, 0)),
    scenario: callsDb,
    kind: 'no-regression',
  },
  {
    name: 'more replicas',
    before: SOLE,
    after: SOLE,
    edit: (yaml) => yaml.replace('replicas: 2', 'replicas: 4'),
    kind: 'no-regression',
  },
  {
    name: 'half the CPU limit',
    before: SOLE,
    after: SOLE,
    edit: (yaml) => yaml.replace('cpu: 600m', 'cpu: 300m'),
    scenario: working,
    kind: 'regression',
    says: /^shoppers (p99|p90|p50|mean) went from/,
  },
  {
    name: 'a CPU limit that is used up',
    before: SOLE,
    after: SOLE,
    edit: (yaml) => yaml.replace('cpu: 600m', 'cpu: 100m'),
    scenario: working,
    kind: 'regression',
    says: /^shoppers (p99|p90|p50|mean) went from/,
    finding: 'F201',
  },
  {
    name: 'a tighter circuit breaker',
    before: SOLE + BREAKER(100),
    after: SOLE + BREAKER(1),
    edit: withoutRule,
    scenario: slow,
    kind: 'outage',
    says: /fail \(503 UO\), (pending|request) limit: api/,
    finding: 'F104',
  },
  {
    name: 'a looser circuit breaker',
    before: SOLE + BREAKER(1),
    after: SOLE + BREAKER(100),
    edit: withoutRule,
    scenario: slow,
    kind: 'recovery',
    says: /are good now/,
  },
  {
    name: 'a fault is injected',
    before: SOLE,
    after: routes(V1, ', fault: { abort: { percentage: { value: 30 }, httpStatus: 503 } }, retries: { attempts: 0 }'),
    kind: 'regression',
    says: /^(29|30|31)(\.\d+)? % of the requests that were good are ended by an injected fault \(503 FI\)/,
    finding: 'F113',
    isFast: true,
  },
  {
    name: 'a fault is removed',
    before: routes(V1, ', fault: { abort: { percentage: { value: 30 }, httpStatus: 503 } }, retries: { attempts: 0 }'),
    after: SOLE,
    scenario: quiet,
    kind: 'no-regression',
    says: /are good now/,
  },
  {
    name: 'a delay is injected',
    before: SOLE,
    after: routes(
      V1,
      ', fault: { delay: { percentage: { value: 100 }, fixedDelay: 100ms } }, retries: { attempts: 0 }',
    ),
    kind: 'regression',
    says: /^shoppers (p99|p90|p50|mean) went from/,
    finding: 'F206',
  },
  {
    name: 'a time-out below the service time',
    before: SOLE,
    after: routes(V1, ', timeout: 10ms, retries: { attempts: 0 }'),
    scenario: slow,
    kind: 'outage',
    says: /run out of time \(504 UT\)/,
    finding: 'F115',
  },
  {
    name: 'a longer time-out',
    before: routes(V1, ', timeout: 10ms, retries: { attempts: 0 }'),
    after: SOLE,
    scenario: slow,
    kind: 'recovery',
    says: /run out of time \(504 UT\)/,
  },
  {
    name: 'plain text to STRICT',
    before: SOLE,
    after: SOLE + PLAIN_TO_STRICT,
    edit: withoutRule,
    kind: 'outage',
    says: /do not agree on TLS/,
    finding: 'F111',
  },
  {
    name: 'a 403 that is expected stays',
    before: SOLE + ONLY_ADMIN,
    after: routes(V1) + ONLY_ADMIN,
    scenario: refused,
    kind: 'no-regression',
  },
  {
    name: 'a policy opens what must be refused',
    before: SOLE + ONLY_ADMIN,
    after: SOLE,
    scenario: refused,
    kind: 'outage',
    says: /^100 % of the requests that were good get an answer that is not expected \(200\)/,
    finding: 'F117',
    isFast: true,
  },
  {
    name: 'the subset is not there',
    before: SOLE,
    after: SOLE.replace('subset: v1', 'subset: v9'),
    kind: 'outage',
    says: /are routed to what does not exist \(503 NC\)/,
    finding: 'F114',
  },
  {
    name: 'scaled to zero',
    before: SOLE,
    after: SOLE,
    edit: (yaml) => yaml.replace('replicas: 2', 'replicas: 0'),
    kind: 'outage',
    says: /find no endpoint \(503 UH\)/,
    finding: 'F105',
    isFast: true,
  },
];
