// Small plans for tests: a client in the mesh that calls one service, everything else a default that can be replaced.

import { formatFlags } from '../../models/mesh/recording/flags.js';
import type { OutcomeCount, ReplicationResult } from '../../models/mesh/recording/result.js';
import { PLAIN_CLUSTER } from '../../models/plan/contract/cluster-plan.js';
import { NEWEST_ENVOY } from '../../models/plan/contract/envoy-plan.js';
import type { FilterPlan } from '../../models/plan/contract/filter-plan.js';
import type {
  AppPlan,
  ArrivalPlan,
  ClusterPlan,
  DestinationPlan,
  ErrorPlan,
  HandlerPlan,
  MeshPlan,
  OutlierPlan,
  ProxyPlan,
  RetryPlan,
  RoutePlan,
  StepPlan,
} from '../../models/plan/contract/plan.js';
import { DEFAULT_BODY_BYTES, MISSING_CLUSTER_STATUS, NO_LIMIT, UNOBSERVED } from '../../models/plan/contract/plan.js';

export const US = 1_000;
export const MS = 1_000_000;
export const S = 1_000_000_000;

export interface SmallPlan {
  readonly pods?: number;
  readonly clientPods?: number;
  readonly arrivals?: readonly ArrivalPlan[];
  readonly clientTimeoutNs?: number;
  readonly program?: readonly StepPlan[];
  readonly errors?: readonly (Pick<ErrorPlan, 'status' | 'probability'> & Partial<ErrorPlan>)[];
  readonly app?: Partial<AppPlan>;
  readonly clientProxy?: Partial<ProxyPlan> | null;
  readonly serverProxy?: Partial<ProxyPlan> | null;
  readonly cluster?: Partial<Omit<ClusterPlan, 'limits'>>;
  readonly limits?: Partial<ClusterPlan['limits']>;
  readonly route?: Partial<RoutePlan>;
  readonly oneWayNs?: number;
  readonly grpc?: boolean;
  readonly requestBytes?: number;
  readonly responseBytes?: number;
  /** Of the network; 0 or absent = no limit. */
  readonly bytesPerSecond?: number;
  /** HTTP filters of the plan; those of the caller are named by `route.filters`, those of the server here. */
  readonly filters?: readonly FilterPlan[];
  readonly inboundFilters?: readonly number[];
  readonly inbound?: Partial<{ maxConnections: number; maxPendingRequests: number; maxRequests: number }>;
}

export const PROXY: ProxyPlan = {
  workers: 1,
  requestCpuNs: 0,
  responseCpuNs: 0,
  afterResponseCpuNs: 0,
  latencyNs: 0,
  cpuLimitMillis: null,
  handshakeCpuNs: 0,
  resumedHandshakeCpuNs: 0,
  ...UNOBSERVED,
  sharedQueue: false,
  cpuPerKiBNs: 0,
  memory: null,
  product: 'istio',
};

export const APP: AppPlan = {
  workers: null,
  queue: null,
  overflow: { kind: 'status', status: 503 },
  cores: 1000,
  cpuLimitMillis: null,
  cancels: false,
  keepAlive: { idleNs: 0, requests: 0 },
  memory: null,
};

export const ERROR: Omit<ErrorPlan, 'status' | 'probability'> = { rateLimited: false, retryAfterNs: null };

export const HANDLER: Pick<HandlerPlan, 'request' | 'operation' | 'errors' | 'responseBytes'> = {
  request: 'GET /',
  operation: 'default',
  errors: [],
  responseBytes: DEFAULT_BODY_BYTES,
};

/** The only destination of a route. */
export const DESTINATION: Pick<DestinationPlan, 'weight' | 'missingStatus' | 'hash'> = {
  weight: 1,
  missingStatus: MISSING_CLUSTER_STATUS,
  hash: [],
};

/** Istio's built-in retry policy for a request class that is not gRPC. */
export const RETRY: RetryPlan = {
  retries: 2,
  statuses: [],
  onConnectFailure: true,
  onReset: false,
  onResetBeforeRequest: false,
  onRefusedStream: true,
  perTryTimeoutNs: 0,
  backoffBaseNs: 25 * MS,
  backoffMaxNs: 250 * MS,
  avoidPreviousHosts: true,
  hostSelectionAttempts: 5,
  onEnvoyRateLimited: false,
  perTryIdleTimeoutNs: 0,
  hedgeOnPerTryTimeout: false,
  rateLimitedMaxNs: 0,
};

export const OUTLIER: OutlierPlan = {
  consecutive5xx: 5,
  consecutiveGatewayErrors: 0,
  consecutiveLocalOriginFailures: 5,
  splitLocalOriginErrors: false,
  intervalNs: 10 * S,
  baseEjectionNs: 30 * S,
  maxEjectionNs: 300 * S,
  maxEjectionPercent: 10,
  alwaysEjectOne: false,
  maxEjectionJitterNs: 0,
  enforcing: { consecutive5xx: 100, consecutiveGatewayErrors: 100, consecutiveLocalOriginFailures: 100 },
  successRate: null,
  failurePercentage: null,
};

export const CLUSTER: Omit<ClusterPlan, 'groups'> = {
  ...PLAIN_CLUSTER,
  name: 'outbound|80||web.default.svc.cluster.local',
  host: 'web.default.svc.cluster.local',
  port: 80,
  subset: '',
  protocol: 'http1',
  appProtocol: 'http1',
  balancer: { policy: 'round_robin', choiceCount: 2 },
  limits: { maxConnections: NO_LIMIT, maxPendingRequests: NO_LIMIT, maxRequests: NO_LIMIT, maxRetries: NO_LIMIT },
  maxRequestsPerConnection: 0,
  maxConcurrentStreams: 1024,
  idleTimeoutNs: 3600 * S,
  connectTimeoutNs: 10 * S,
  tls: { mode: 'none', roundTrips: 0 },
  reachable: 'yes',
  outlier: null,
  panicThresholdPercent: 0,
  position: null,
  maxConnectionDurationNs: 0,
  preconnectRatio: 1,
  retryBudget: null,
  maxStreamDurationNs: 0,
  healthCheck: null,
};

export function work(durationNs: number, cpuShare = 0): StepPlan {
  return { kind: 'work', duration: { kind: 'constant', value: durationNs }, cpuShare, retryWork: 'fresh' };
}

export function expWork(meanNs: number, cpuShare = 0): StepPlan {
  return { kind: 'work', duration: { kind: 'exponential', mean: meanNs }, cpuShare, retryWork: 'fresh' };
}

export function poisson(ratePerSecond: number): ArrivalPlan {
  return { kind: 'open', process: 'poisson', profile: [{ atNs: 0, ratePerSecond }] };
}

/** `n` requests one nanosecond apart, the first at `atNs` + 1. */
export function burst(atNs: number, n: number): ArrivalPlan {
  return {
    kind: 'open',
    process: 'constant',
    profile: [
      { atNs, ratePerSecond: 0 },
      { atNs, ratePerSecond: S },
      { atNs: atNs + n, ratePerSecond: S },
      { atNs: atNs + n, ratePerSecond: 0 },
    ],
  };
}

/** Evenly spaced requests from `atNs` on. */
export function every(periodNs: number, atNs = 0): ArrivalPlan {
  const ratePerSecond = S / periodNs;
  return {
    kind: 'open',
    process: 'constant',
    profile: [
      { atNs, ratePerSecond: 0 },
      { atNs, ratePerSecond },
    ],
  };
}

const CLIENT = 0;
const WEB = 1;

/** Client (workload 0) → web (workload 1). Row 0 is the answer of web, row 1 an answer without an upstream. */
export function smallPlan(options: SmallPlan = {}): MeshPlan {
  const arrivals = options.arrivals ?? [poisson(100)];
  const proxy = (given: Partial<ProxyPlan> | null | undefined): ProxyPlan | null =>
    given === null ? null : { ...PROXY, ...given };
  const noLimits = { maxConnections: NO_LIMIT, maxPendingRequests: NO_LIMIT, maxRequests: NO_LIMIT };
  return {
    schema: 'seatrial.plan/2',
    istioVersion: '1.31',
    localities: [{ region: 'r', zone: 'a' }],
    network: {
      oneWayNs: [[options.oneWayNs ?? 0.25 * MS]],
      jitter: [[0]],
      loss: [[0]],
      bytesPerSecond: [[options.bytesPerSecond ?? 0]],
    },
    workloads: [
      {
        name: 'client',
        namespace: 'default',
        kind: 'app',
        service: 'client',
        version: 'v1',
        podLocalities: new Array<number>(options.clientPods ?? 1).fill(0),
        proxy: proxy(options.clientProxy),
        inbound: noLimits,
        inboundRetries: null,
        ztunnel: null,
        app: APP,
      },
      {
        name: 'web-v1',
        namespace: 'default',
        kind: 'app',
        service: 'web',
        version: 'v1',
        podLocalities: new Array<number>(options.pods ?? 1).fill(0),
        proxy: proxy(options.serverProxy),
        inbound: { ...noLimits, ...options.inbound },
        inboundRetries: null,
        ztunnel: null,
        app: { ...APP, ...options.app },
      },
    ],
    clusters: [
      {
        ...CLUSTER,
        groups: [{ workload: WEB, weight: 1, passage: null }],
        appProtocol: options.cluster?.protocol ?? CLUSTER.protocol,
        ...options.cluster,
        limits: { ...CLUSTER.limits, ...options.limits },
      },
    ],
    edges: [{ from: CLIENT, fromName: 'client', toName: 'web' }],
    rows: [
      { edge: 0, request: 'GET /', workload: WEB },
      { edge: 0, request: 'GET /', workload: -1 },
    ],
    sites: [
      {
        caller: CLIENT,
        edge: 0,
        request: 'GET /',
        grpc: options.grpc ?? false,
        route: {
          name: 'default',
          position: null,
          fault: null,
          action: {
            kind: 'forward',
            destinations: [
              {
                ...DESTINATION,
                cluster: 0,
                clusterName: CLUSTER.name,
                arrivals: [{ handler: 0, row: 0, chain: 0, beyond: [] }],
                localRow: 1,
              },
            ],
            mirrors: [],
          },
          timeoutNs: 0,
          retry: null,
          maxStreamDurationNs: 0,
          streamIdleTimeoutNs: 0,
          filters: [],
          connections: null,
          skipsProxy: false,
          ...options.route,
        },
        requestBytes: options.requestBytes ?? DEFAULT_BODY_BYTES,
      },
    ],
    handlers: [
      {
        ...HANDLER,
        workload: WEB,
        program: options.program ?? [work(10 * MS)],
        errors: (options.errors ?? []).map((error) => ({ ...ERROR, ...error })),
        responseBytes: options.responseBytes ?? DEFAULT_BODY_BYTES,
      },
    ],
    traffic: arrivals.map((arrival, i) => ({
      name: `load ${i}`,
      client: CLIENT,
      arrival,
      requests: [
        { name: 'get', weight: 1, site: 0, timeoutNs: options.clientTimeoutNs ?? 0, expect: null, attributes: [] },
      ],
    })),
    filters: options.filters ?? [],
    envoy: NEWEST_ENVOY,
    assumedMesh: null,
    timeline: [],
    autoscalers: [],
    controllers: [],
    nodes: null,
    configurations: null,
    chains: [options.inboundFilters ?? []],
  };
}

/** Outcomes as text: `{ '200 -': 3, '503 UO': 2 }`. */
export function outcomes(counts: readonly OutcomeCount[]): Record<string, number> {
  const text: Record<string, number> = {};
  for (const { status, flags, count } of counts) {
    const key = `${status} ${formatFlags(flags, status === 0)}`;
    text[key] = (text[key] ?? 0) + count;
  }
  return text;
}

/** The outcomes of all traffic of a run together. */
export function allOutcomes(result: ReplicationResult): Record<string, number> {
  return outcomes(result.traffic.flatMap((traffic) => traffic.outcomes));
}
