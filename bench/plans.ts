// Two fixed plans, shaped like Istio's Bookinfo (productpage → details, reviews v1-v3; v2 and v3 → ratings), behind which the speed of the
// simulator is tracked. lean: routing, balancing, pools, breakers, outlier detection and retries; a proxy costs latency only.
// full: both sidecars with worker threads and CPU, quotas, bounded workers, every policy, jitter, faults, mirrors and time-outs.
import { PLAIN_CLUSTER } from '../models/plan/contract/cluster-plan.js';
import { NEWEST_ENVOY } from '../models/plan/contract/envoy-plan.js';
import type {
  CallSitePlan,
  ClusterPlan,
  EdgePlan,
  HandlerPlan,
  MeshPlan,
  ProxyPlan,
  RetryPlan,
  RowPlan,
  StepPlan,
  WorkloadPlan,
} from '../models/plan/contract/plan.js';
import {
  DEFAULT_BODY_BYTES,
  MISSING_CLUSTER_STATUS,
  NO_LIMIT,
  NONE,
  UNOBSERVED,
} from '../models/plan/contract/plan.js';

const MS = 1_000_000;
const S = 1_000 * MS;

interface App {
  readonly name: string;
  readonly service: string;
  readonly version: string;
  readonly replicas: number;
}

const APPS: readonly App[] = [
  { name: 'productpage-v1', service: 'productpage', version: 'v1', replicas: 4 },
  { name: 'details-v1', service: 'details', version: 'v1', replicas: 4 },
  { name: 'reviews-v1', service: 'reviews', version: 'v1', replicas: 2 },
  { name: 'reviews-v2', service: 'reviews', version: 'v2', replicas: 2 },
  { name: 'reviews-v3', service: 'reviews', version: 'v3', replicas: 2 },
  { name: 'ratings-v1', service: 'ratings', version: 'v1', replicas: 4 },
];
const CLIENT = APPS.length;

/** The plan; `ratePerSecond` of pages keeps the applications at a utilisation of about 30 %. */
export function bookinfoPlan(kind: 'lean' | 'full', ratePerSecond = 1000): MeshPlan {
  return new BookinfoPlan(kind === 'full', ratePerSecond).plan();
}

class BookinfoPlan {
  private readonly full: boolean;
  private readonly ratePerSecond: number;
  private readonly edges: EdgePlan[] = [];
  private readonly rows: RowPlan[] = [];
  private readonly sites: CallSitePlan[] = [];
  private readonly clusters: ClusterPlan[] = [];

  constructor(full: boolean, ratePerSecond: number) {
    this.full = full;
    this.ratePerSecond = ratePerSecond;
  }

  plan(): MeshPlan {
    const reviewCallers = [3, 4];
    const handlers: HandlerPlan[] = APPS.map((app, workload) => ({
      workload,
      request: 'GET /',
      operation: 'default',
      program: this.program(app),
      errors:
        this.full && app.service === 'ratings'
          ? [{ status: 503, probability: 0.01, rateLimited: false, retryAfterNs: null }]
          : [],
      responseBytes: DEFAULT_BODY_BYTES,
    }));
    this.site(CLIENT, 'pages', 'productpage', [0]);
    this.site(0, 'productpage', 'details', [1]);
    this.site(0, 'productpage', 'reviews', [2, 3, 4]);
    for (const caller of reviewCallers) this.site(caller, 'reviews', 'ratings', [5]);
    return {
      schema: 'seatrial.plan/2',
      istioVersion: '1.31',
      localities: [{ region: 'region', zone: 'a' }],
      network: { oneWayNs: [[0.25 * MS]], jitter: [[this.full ? 0.1 : 0]], loss: [[0]], bytesPerSecond: [[0]] },
      workloads: [...APPS.map((app) => this.workload(app)), this.client()],
      clusters: this.clusters,
      edges: this.edges,
      rows: this.rows,
      sites: this.sites,
      handlers,
      chains: [],
      filters: [],
      envoy: NEWEST_ENVOY,
      assumedMesh: null,
      timeline: [],
      autoscalers: [],
      controllers: [],
      nodes: null,
      configurations: null,
      traffic: [
        {
          name: 'pages',
          client: CLIENT,
          arrival: { kind: 'open', process: 'poisson', profile: [{ atNs: 0, ratePerSecond: this.ratePerSecond }] },
          requests: [
            { name: 'page', weight: 1, site: 0, timeoutNs: this.full ? 5 * S : 0, expect: null, attributes: [] },
          ],
        },
      ],
    };
  }

  private program(app: App): StepPlan[] {
    const work: StepPlan = {
      kind: 'work',
      duration: { kind: 'exponential', mean: MS },
      cpuShare: 1,
      retryWork: 'fresh',
    };
    const call = (site: number): StepPlan => ({
      kind: 'call',
      site,
      timeoutNs: this.full ? S : 0,
      retries: 0,
      onError: 'fail',
      failStatus: 500,
    });
    switch (app.name) {
      case 'productpage-v1':
        return [work, call(1), call(2)];
      case 'reviews-v2':
        return [work, call(3)];
      case 'reviews-v3':
        return [work, call(4)];
      default:
        return [work];
    }
  }

  private site(caller: number, fromName: string, toName: string, workloads: readonly number[]): void {
    const edge = this.edges.push({ from: caller, fromName, toName }) - 1;
    const row = (workload: number): number => this.rows.push({ edge, request: 'GET /', workload }) - 1;
    const cluster = this.cluster(toName, workloads);
    this.sites.push({
      caller,
      edge,
      request: 'GET /',
      grpc: false,
      route: {
        name: 'default',
        position: null,
        fault:
          this.full && toName === 'ratings'
            ? { delayNs: 20 * MS, delayProbability: 0.01, abortStatus: 503, abortProbability: 0.001 }
            : null,
        action: {
          kind: 'forward',
          destinations: [
            {
              weight: 100,
              cluster,
              missingStatus: MISSING_CLUSTER_STATUS,
              clusterName: toName,
              arrivals: workloads.map((handler) => ({ handler, row: row(handler), chain: NONE, beyond: [] })),
              localRow: row(-1),
              hash: [],
            },
          ],
          mirrors: [],
        },
        timeoutNs: this.full ? 2 * S : 0,
        retry: caller === CLIENT ? null : this.retry(),
        maxStreamDurationNs: 0,
        streamIdleTimeoutNs: 0,
        filters: [],
        connections: null,
        skipsProxy: false,
      },
      requestBytes: DEFAULT_BODY_BYTES,
    });
  }

  private retry(): RetryPlan {
    return {
      retries: 2,
      statuses: this.full ? [502, 503, 504] : [],
      onConnectFailure: true,
      onReset: this.full,
      onResetBeforeRequest: false,
      onRefusedStream: true,
      perTryTimeoutNs: this.full ? 500 * MS : 0,
      backoffBaseNs: 25 * MS,
      backoffMaxNs: 250 * MS,
      avoidPreviousHosts: true,
      hostSelectionAttempts: 5,
      onEnvoyRateLimited: false,
      perTryIdleTimeoutNs: 0,
      hedgeOnPerTryTimeout: false,
      rateLimitedMaxNs: 0,
    };
  }

  private cluster(service: string, workloads: readonly number[]): number {
    const limit = this.full ? 4096 : NO_LIMIT;
    return (
      this.clusters.push({
        ...PLAIN_CLUSTER,
        name: `outbound|9080||${service}.default.svc.cluster.local`,
        host: `${service}.default.svc.cluster.local`,
        port: 9080,
        subset: '',
        groups: workloads.map((workload) => ({ workload, weight: 1, passage: null })),
        protocol: 'http1',
        appProtocol: 'http1',
        balancer: { policy: 'least_request', choiceCount: 2 },
        limits: { maxConnections: limit, maxPendingRequests: limit, maxRequests: limit, maxRetries: limit },
        maxRequestsPerConnection: 0,
        maxConcurrentStreams: 2147483647,
        idleTimeoutNs: 3600 * S,
        connectTimeoutNs: 10 * S,
        tls: { mode: 'mtls', roundTrips: 1 },
        reachable: 'yes',
        outlier: {
          consecutive5xx: 5,
          consecutiveGatewayErrors: 0,
          consecutiveLocalOriginFailures: 5,
          splitLocalOriginErrors: false,
          intervalNs: 10 * S,
          baseEjectionNs: 30 * S,
          maxEjectionNs: 300 * S,
          maxEjectionPercent: 50,
          alwaysEjectOne: false,
          maxEjectionJitterNs: 0,
          enforcing: { consecutive5xx: 100, consecutiveGatewayErrors: 100, consecutiveLocalOriginFailures: 100 },
          successRate: null,
          failurePercentage: null,
        },
        panicThresholdPercent: 0,
        position: null,
        maxConnectionDurationNs: 0,
        preconnectRatio: 1,
        retryBudget: null,
        maxStreamDurationNs: 0,
        healthCheck: null,
      }) - 1
    );
  }

  private workload(app: App): WorkloadPlan {
    const proxy: ProxyPlan = {
      workers: 2,
      requestCpuNs: this.full ? 90_000 : 0,
      responseCpuNs: this.full ? 90_000 : 0,
      afterResponseCpuNs: this.full ? 70_000 : 0,
      latencyNs: 50_000,
      cpuLimitMillis: this.full ? 1500 : null,
      handshakeCpuNs: this.full ? 1_500_000 : 0,
      resumedHandshakeCpuNs: this.full ? 100_000 : 0,
      ...UNOBSERVED,
      sharedQueue: false,
      cpuPerKiBNs: 0,
      memory: null,
      product: 'istio',
    };
    return {
      name: app.name,
      namespace: 'default',
      kind: 'app',
      service: app.service,
      version: app.version,
      podLocalities: new Array<number>(app.replicas).fill(0),
      proxy,
      inbound: { maxConnections: NO_LIMIT, maxPendingRequests: NO_LIMIT, maxRequests: this.full ? 4096 : NO_LIMIT },
      inboundRetries: null,
      ztunnel: null,
      app: {
        workers: this.full ? 64 : null,
        queue: this.full ? 256 : null,
        overflow: { kind: 'status', status: 503 },
        cores: 4,
        cpuLimitMillis: this.full ? 2000 : null,
        cancels: false,
        keepAlive: { idleNs: 0, requests: 0 },
        memory: null,
      },
    };
  }

  private client(): WorkloadPlan {
    return {
      ...this.workload({ name: 'pages', service: 'pages', version: '', replicas: 1 }),
      kind: 'client',
      proxy: null,
      inbound: { maxConnections: NO_LIMIT, maxPendingRequests: NO_LIMIT, maxRequests: NO_LIMIT },
      app: {
        workers: null,
        queue: null,
        overflow: { kind: 'reset' },
        cores: 1,
        cpuLimitMillis: null,
        cancels: false,
        keepAlive: { idleNs: 0, requests: 0 },
        memory: null,
      },
    };
  }
}
