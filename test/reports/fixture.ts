// A small result with known numbers: one traffic source, two services, an edge with two versions.

import type { Measured } from '../../scenarios/result/measured.js';
import {
  type CallSummary,
  type ClientSummary,
  type LatencySummary,
  type OutcomeSummary,
  RESULT_SCHEMA,
  type RunResult,
  type WorkSummary,
} from '../../scenarios/result/run-result.js';

export function measured(value: number, half = 0): Measured {
  return { value, low: value - half, high: value + half, reason: null };
}

export const TOO_FEW: Measured = { value: null, low: null, high: null, reason: 'too few samples' };
export const NO_DATA: Measured = { value: null, low: null, high: null, reason: 'no data' };

export function latency(p50: number, p99: number): LatencySummary {
  return {
    samples: 60_000,
    meanMs: measured(p50 * 1.2, p50 * 0.01),
    p50Ms: measured(p50, p50 * 0.01),
    p90Ms: measured(p99 / 2, p99 * 0.01),
    p99Ms: measured(p99, p99 * 0.02),
    p999Ms: TOO_FEW,
    maxMs: p99 * 3,
  };
}

const OUTCOMES: readonly OutcomeSummary[] = [
  { status: 0, flags: 'DC', label: 'no response DC', isError: true, count: 24, share: 0.0004 },
  { status: 200, flags: '', label: '200', isError: false, count: 59_928, share: 0.9988 },
  { status: 503, flags: 'UO', label: '503 UO', isError: true, count: 48, share: 0.0008 },
];

const ALL_GOOD: readonly OutcomeSummary[] = [
  { status: 200, flags: '', label: '200', isError: false, count: 60_000, share: 1 },
];

function client(perSecond: number): ClientSummary {
  return {
    offeredPerSecond: measured(perSecond, 0.9),
    servedPerSecond: measured(perSecond - 0.1, 0.9),
    goodputPerSecond: measured(perSecond * 0.9988, 0.9),
    goodShare: measured(0.9988, 0.0003),
    errorShare: measured(0.0012, 0.0003),
    refusedShare: measured(0),
    refusals: [],
    latency: latency(12.34, 181.2),
    goodLatency: latency(12.34, 181.2),
    origins: [],
    intendedLatency: latency(12.34, 181.2),
    latencyDistribution: { boundsMs: [1, 10, 100, 1000], counts: [20_000, 39_000, 1000] },
    outcomes: OUTCOMES,
  };
}

function calls(perSecond: number): CallSummary {
  return {
    servedPerSecond: measured(perSecond, 0.5),
    goodputPerSecond: measured(perSecond, 0.5),
    goodShare: measured(1),
    errorShare: measured(0),
    refusedShare: measured(0),
    refusals: [],
    latency: latency(4.2, 40),
    goodLatency: latency(4.2, 40),
    outcomes: ALL_GOOD,
    attemptsPerCall: measured(1.02, 0.001),
    retriesPerCall: measured(0.02, 0.001),
  };
}

function work(pods: number, cpu: number): WorkSummary {
  return {
    pods,
    arrivalsPerSecond: measured(100, 0.5),
    completedPerSecond: measured(100, 0.5),
    overflowedPerSecond: measured(0),
    wastedPerSecond: measured(0),
    inService: measured(1.234, 0.01),
    queued: measured(0),
    cpuUtilisationShare: measured(cpu, 0.01),
    workerUtilisationShare: measured(0),
    proxyUtilisationShare: measured(0.05, 0.001),
    appCpuCores: measured(1.2, 0.01),
    proxyCpuCores: measured(0.1, 0.001),
    throttledPods: measured(0.1, 0.01),
    applicationLatency: latency(3, 30),
    proxyMemoryBytes: 62_914_560,
    proxyMemoryLimitBytes: 1_073_741_824,
    fullestPod: {
      cpuUtilisationShare: measured(cpu, 0.01),
      workerUtilisationShare: measured(0),
      proxyUtilisationShare: measured(0.05, 0.001),
      proxyThreadShare: measured(0.06, 0.001),
    },
    inbound: { pendingOverflow: 0, requestOverflow: 0, connectionOverflow: 0, lost: 0 },
  };
}

export const RESULT: RunResult = {
  schema: RESULT_SCHEMA,
  scenario: 'a quiet\u001b[31m day',
  seed: 'one',
  istioVersion: '1.31',
  meshes: ['istio'],
  replications: 5,
  replicationsRequested: 5,
  durationNs: 60e9,
  warmupNs: 10e9,
  warmup: 'fixed',
  events: 3_070_000,
  totals: client(300),
  traffic: [
    {
      ...client(300),
      name: 'shoppers',
      kind: 'open',
      requests: [
        { ...client(200), name: 'home' },
        { ...client(100), name: 'a rather long name of a request' },
      ],
    },
  ],
  services: [
    {
      ...work(3, 0.84),
      name: 'catalogue',
      kind: 'app',
      calls: calls(100),
      workloads: [
        { ...work(2, 0.84), name: 'catalogue-v1.shop', version: 'v1' },
        { ...work(1, 0.97), name: 'catalogue-v2.shop', version: 'v2' },
      ],
    },
    {
      ...work(1, 0.1),
      name: 'ledger',
      kind: 'app',
      calls: null,
      workloads: [{ ...work(1, 0.1), name: 'ledger.shop', version: 'v1' }],
    },
  ],
  edges: [
    {
      ...calls(100),
      from: 'storefront',
      to: 'catalogue',
      rows: [
        { ...calls(90), request: 'GET /items', workload: 'catalogue-v1.shop', version: 'v1' },
        { ...calls(10), request: 'GET /items', workload: 'catalogue-v2.shop', version: 'v2' },
      ],
    },
  ],
  clusters: [
    {
      name: 'outbound|8080|v2|catalogue.shop.svc.cluster.local',
      host: 'catalogue.shop.svc.cluster.local',
      subset: 'v2',
      counters: { upstreamRqTotal: 60_000, upstreamRqRetry: 1200, ejectionsEnforced: 3, upstreamRqPendingOverflow: 0 },
      peaks: { peakActiveRequests: 9 },
      limits: { connections: null, pendingRequests: 1024, requests: 10, retries: 3 },
    },
  ],
  telemetry: [
    {
      workload: 'reviews-v1.default',
      reporter: 'destination',
      pods: 2,
      metrics: [{ name: 'istio_requests_total', tags: 25, labelSets: 3, series: 3 }],
      seriesPerPod: 3,
      series: 6,
      spansPerSecond: 1.5,
      logLinesPerSecond: 0,
    },
  ],
  series: {
    intervalSeconds: 30,
    intervals: 2,
    traffic: [
      {
        traffic: 'shoppers',
        request: 'home',
        offeredPerSecond: [200, 201],
        servedPerSecond: [200, 200],
        errorsPerSecond: [0, 1],
        meanMs: [14, null],
        p50Ms: [12, null],
        p99Ms: [180, null],
      },
    ],
    workloads: [
      {
        name: 'catalogue-v1.shop',
        arrivalsPerSecond: [90, 91],
        inService: [1, 2],
        cpuUtilisationShare: [0.4, 0.92],
        workerUtilisationShare: [0, 0],
        proxyUtilisationShare: [0.1, 0.2],
      },
    ],
    clusters: [
      { name: 'outbound|8080|v2|catalogue.shop.svc.cluster.local', retriesPerSecond: [0, 0.5], ejections: [0, 1] },
    ],
  },
  slos: [
    {
      name: 'pages are fast',
      subject: 'shoppers',
      kind: 'latency',
      latencyMs: 300,
      objectiveShare: 0.99,
      goodShare: measured(0.994, 0.001),
      budgetUsedShare: 0.6,
      verdict: 'pass',
      position: null,
    },
  ],
  thresholds: [
    {
      text: 'p(99) < 150ms',
      subject: '',
      metric: 'p(99)',
      unit: 'ms',
      comparison: '<',
      limit: 150,
      value: measured(181.2, 3.6),
      verdict: 'fail',
      position: null,
    },
    {
      text: 'errors < 0.12%',
      subject: '',
      metric: 'errors',
      unit: 'share',
      comparison: '<',
      limit: 0.0012,
      value: measured(0.0012, 0.0003),
      verdict: 'inconclusive',
      position: null,
    },
  ],
  verdict: 'fail',
  findings: [],
  warnings: [
    {
      code: 'short-warm-up',
      severity: 'warning',
      position: null,
      message: 'the warm-up may be too short',
      hint: 'try warmup: auto',
    },
  ],
  diagnostics: [],
  fidelity: [
    {
      status: 'approximated',
      resource: 'Deployment shop/catalogue-v1',
      path: 'spec.template.spec.containers[0].readinessProbe',
      position: { file: 'k8s/catalogue.yaml', line: 12, column: 7 },
      meaning: 'Pods are ready from the start.',
    },
    {
      status: 'not-modelled',
      resource: 'HorizontalPodAutoscaler shop/catalogue',
      path: '',
      position: { file: 'k8s/hpa.yaml', line: 1, column: 1 },
      meaning:
        'The number of pods stays what the Deployment says; under changing load the real mesh would scale, which this run does not show.',
    },
  ],
};
