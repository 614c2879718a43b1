// A plan with everything in it that a bootstrap of Envoy can say.
import type { FilterPlan } from '../../../models/plan/contract/filter-plan.js';
import { type MeshPlan, NO_LIMIT } from '../../../models/plan/contract/plan.js';
import { loadMesh } from '../../../scenarios/library.js';

const MS = 1_000_000;

const MESH = `
{ apiVersion: v1, kind: Namespace, metadata: { name: a, labels: { istio-injection: enabled } } }
---
{ apiVersion: v1, kind: Service, metadata: { name: b, namespace: a }, spec: { selector: { app: b }, ports: [{ name: http, port: 80 }] } }
---
{ apiVersion: v1, kind: Service, metadata: { name: c, namespace: a }, spec: { selector: { app: c }, ports: [{ name: http2, port: 80 }] } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: a }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: app, image: app }] } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: b-v1, namespace: a }
spec:
  replicas: 2
  selector: { matchLabels: { app: b } }
  template: { metadata: { labels: { app: b, version: v1 } }, spec: { containers: [{ name: app, image: app }] } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: c, namespace: a }
spec:
  selector: { matchLabels: { app: c } }
  template: { metadata: { labels: { app: c } }, spec: { containers: [{ name: app, image: app }] } }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: b, namespace: a }
spec:
  hosts: [b]
  http:
    - fault: { delay: { percentage: { value: 2.5 }, fixedDelay: 300ms }, abort: { percentage: { value: 0.5 }, httpStatus: 418 } }
      timeout: 2s
      retries: { attempts: 3, perTryTimeout: 250ms, retryOn: "5xx" }
      mirror: { host: c }
      mirrorPercentage: { value: 10 }
      route:
        - { destination: { host: b, subset: v1 }, weight: 75 }
        - { destination: { host: c }, weight: 25 }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: b, namespace: a }
spec:
  host: b
  subsets: [{ name: v1, labels: { version: v1 } }]
  trafficPolicy:
    loadBalancer: { consistentHash: { httpHeaderName: x-user, maglev: { tableSize: 211 } } }
    connectionPool:
      tcp: { maxConnections: 7, connectTimeout: 300ms }
      http: { http1MaxPendingRequests: 5, http2MaxRequests: 9, maxRequestsPerConnection: 4, maxRetries: 2 }
    outlierDetection: { consecutive5xxErrors: 3, interval: 2s, baseEjectionTime: 4s, maxEjectionPercent: 50, minHealthPercent: 20 }
`;

/** `web` calls `b`, whose routes and clusters have a bit of everything. */
export function richPlan(): MeshPlan {
  const { plan } = loadMesh([{ name: 'mesh.yaml', text: MESH }], {
    scenario: {
      mesh: ['mesh.yaml'],
      traffic: [
        { name: 'load', from: 'web.a', to: 'http://b/', rate: 1, requests: [{ headers: { 'x-user': 'one' } }] },
      ],
    },
  });
  return plan;
}

const FILTERS: readonly FilterPlan[] = [
  {
    kind: 'local-rate-limit',
    name: 'limit',
    group: 'limit',
    bucket: { maxTokens: 20, tokensPerFill: 10, fillIntervalNs: 1000 * MS },
    descriptors: [{ number: 0, maxTokens: 5, tokensPerFill: 5, fillIntervalNs: 1000 * MS }],
    alwaysConsumeDefault: true,
    enabledProbability: 1,
    enforcedProbability: 0.5,
    status: 429,
  },
  {
    kind: 'adaptive-concurrency',
    name: 'adaptive',
    samplePercentile: 0.9,
    updateIntervalNs: 100 * MS,
    maxConcurrency: 1000,
    minRttIntervalNs: 30_000 * MS,
    minRttRequests: 50,
    minRttJitter: 0.1,
    minConcurrency: 3,
    minRttBuffer: 0.25,
    fixedMinRttNs: 0,
  },
  {
    kind: 'admission-control',
    name: 'admission',
    samplingWindowNs: 30_000 * MS,
    successThreshold: 0.95,
    aggression: 1,
    rpsThreshold: 1,
    maxRejectionProbability: 0.8,
    successStatuses: [{ from: 100, to: 500 }],
  },
  {
    kind: 'fault',
    name: 'all',
    maxActive: NO_LIMIT,
    delayNs: 0,
    delayProbability: 0,
    abortStatus: 503,
    abortProbability: 0.01,
    responseRateKiBPerSecond: 64,
    responseRateProbability: 0.25,
  },
  { kind: 'rbac', name: 'rbac', cpuNs: 0, latencyNs: 0, status: 0, decidedBy: null },
];

/** The same with filters before the router. */
export function filteredPlan(): MeshPlan {
  const plan = richPlan();
  return {
    ...plan,
    filters: FILTERS,
    sites: plan.sites.map((site) => ({ ...site, route: { ...site.route, filters: FILTERS.map((_, i) => i) } })),
  };
}
