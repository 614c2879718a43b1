// The MeshPlan: what the YAML and the scenario mean, with every name resolved, every default filled in and every matcher
// settled. Plain, immutable, serialisable data: it can be printed, compared, hashed and posted to a worker thread.
// Everything refers to everything else by index into the arrays of the plan. Times are integer nanoseconds.
import type { DistributionSpec } from '../../../sim/distributions/spec.js';
import type { SourcePosition } from '../../config/diagnostic.js';
import type { AutoscalerPlan } from './autoscaler-plan.js';
import type { CallerConnectionsPlan } from './caller-connections.js';
import type { ClusterPlan } from './cluster-plan.js';
import type { ConfigurationsPlan } from './configurations.js';
import type { ControllerPlan } from './controller-plan.js';
import type { EnvoyPlan } from './envoy-plan.js';
import type { FaultPlan, FilterPlan } from './filter-plan.js';
import type { KubeletPlan } from './kubelet-plan.js';
import type { NodesPlan } from './node-plan.js';
import type { ObservationPlan } from './observation-plan.js';
import type { StoppingPlan } from './stopping-plan.js';
import type { TimelineEntryPlan } from './timeline-plan.js';

export type * from './cluster-plan.js';
export type * from './envoy-plan.js';
export type { FaultPlan } from './filter-plan.js';

/** "No limit" of Envoy's and Istio's 32-bit counters (istio: pilot/pkg/networking/core/cluster_traffic_policy.go). */
export const NO_LIMIT = 4294967295;
/** Bytes of a body that nobody has said anything about: that of Istio's published tests (istio/tools: perf/benchmark, 1 kB of payload). */
export const DEFAULT_BODY_BYTES = 1024;
/** In place of the size of a response: as large as the answer of the call that the handler has made last. */
export const BODY_OF_CALL = -1;
/** What a proxy answers for a cluster that does not exist (envoy: source/common/router/config_impl.cc, clusterNotFoundResponseCode). */
export const MISSING_CLUSTER_STATUS = 503;
/** An index that points nowhere. */
export const NONE = -1;

/** Whose proxies there are. */
export const MESHES = ['istio', 'linkerd'] as const;
export type Mesh = (typeof MESHES)[number];

export interface MeshPlan {
  readonly schema: 'seatrial.plan/2';
  readonly istioVersion: string;
  readonly localities: readonly LocalityPlan[];
  readonly network: NetworkPlan;
  readonly workloads: readonly WorkloadPlan[];
  readonly clusters: readonly ClusterPlan[];
  readonly edges: readonly EdgePlan[];
  readonly rows: readonly RowPlan[];
  readonly sites: readonly CallSitePlan[];
  readonly handlers: readonly HandlerPlan[];
  readonly traffic: readonly TrafficPlan[];
  /** What requests meet in the proxies of servers, by who asks for what: the filters of each, in order, as indices into `filters`. */
  readonly chains: readonly (readonly number[])[];
  /** HTTP filters that routes and arrivals refer to by index. */
  readonly filters: readonly FilterPlan[];
  /** The release of Envoy that all proxies run. */
  readonly envoy: EnvoyPlan;
  /** Whose proxies some pods are taken to have, without a word of it in the YAML; null: nobody's. */
  readonly assumedMesh: Mesh | null;
  /** What is done to the mesh while it runs; empty: nothing. */
  readonly timeline: readonly TimelineEntryPlan[];
  /** What scales workloads while the mesh runs; empty: nothing does. */
  readonly autoscalers: readonly AutoscalerPlan[];
  /** What keeps the pods of workloads while the mesh runs; a workload without one keeps its pods as a ReplicaSet does. */
  readonly controllers: readonly ControllerPlan[];
  /** The nodes that pods run on; null: a run knows of none, and there is room for all. */
  readonly nodes: NodesPlan | null;
  /** What `apply` and `delete` of the timeline make of the configuration; null: it does not change. */
  readonly configurations: ConfigurationsPlan<MeshPlan> | null;
}

export interface LocalityPlan {
  readonly region: string;
  readonly zone: string;
}

/** One-way delays between pods by (from locality, to locality): `oneWayNs[from][to]`. */
export interface NetworkPlan {
  readonly oneWayNs: readonly (readonly number[])[];
  /** Coefficient of variation of the part of the delay above its constant floor; 0 = constant delay. */
  readonly jitter: readonly (readonly number[])[];
  /** Probability that a message loses a packet and pays a retransmission time-out. */
  readonly loss: readonly (readonly number[])[];
  /** What a message has to itself by pair; 0 = no limit. */
  readonly bytesPerSecond: readonly (readonly number[])[];
}

/**
 * Pods that behave alike. `app`: a Deployment or StatefulSet; `gateway`: an ingress gateway (its handlers hold one call that
 * passes its status through); `client`: a traffic source outside the mesh; `external`: the endpoints of a ServiceEntry; `waypoint`: as
 * a gateway, in front of services of the mesh; `ztunnel`: one pod a node, which carries the connections of the ambient pods there.
 */
export interface WorkloadPlan {
  readonly name: string;
  readonly namespace: string;
  readonly kind: 'app' | 'gateway' | 'client' | 'external' | 'waypoint' | 'ztunnel';
  /** Display name of the service(s) it stands behind, e.g. `reviews`; its own name if none. */
  readonly service: string;
  readonly version: string;
  /** One entry per pod: index of its locality. */
  readonly podLocalities: readonly number[];
  /** The proxy beside (or, for a gateway, of) each pod; null where no sidecar is injected. */
  readonly proxy: ProxyPlan | null;
  readonly inbound: InboundPlan;
  /** How often its proxy tries a connection again that the application refuses, and whether it does so for gRPC; null: never. */
  readonly inboundRetries: { readonly count: number; readonly grpc: boolean } | null;
  readonly app: AppPlan;
  /** Ambient pods: the workload of kind `ztunnel`, and for each pod the one of its node; null: nothing captures its connections. */
  readonly ztunnel: { readonly workload: number; readonly nodes: readonly number[] } | null;
  /** Absent: nothing probes its application, which is there as soon as its container is. */
  readonly kubelet?: KubeletPlan;
  /** How its pods end; absent: nothing in the run ends one, or nothing is known of that (`stoppingOf` has the defaults). */
  readonly stopping?: StoppingPlan;
}

/** What one proxy costs and how it is threaded. Sources: istio.io performance-and-scalability; envoy threading model. */
export interface ProxyPlan {
  /** Envoy worker threads (`concurrency`). */
  readonly workers: number;
  /** CPU of a worker before the request goes on. */
  readonly requestCpuNs: number;
  /** CPU of a worker before the response goes on. */
  readonly responseCpuNs: number;
  /** CPU spent after the response has gone on (telemetry): delays the next request, not this one. */
  readonly afterResponseCpuNs: number;
  /** Latency without CPU per traversal and direction (wake-ups, loopback). */
  readonly latencyNs: number;
  /** CPU limit in thousandths of a core (CFS quota), or null. */
  readonly cpuLimitMillis: number | null;
  /** CPU of a worker for one TLS handshake, on either side: in full, and where a session is resumed. */
  readonly handshakeCpuNs: number;
  readonly resumedHandshakeCpuNs: number;
  /** More CPU after a response that one of its calls brought, and after one of its own application; 0 = none. */
  readonly observing: { readonly outboundNs: number; readonly inboundNs: number };
  /** What it tells others of the calls of its pod, and of those that it answers; null: nothing is known of that. */
  readonly observed: { readonly outbound: ObservedPlan; readonly inbound: ObservedPlan } | null;
  /** Whatever comes in is taken by the first thread that is free (tokio), instead of each connection keeping to one (Envoy). */
  readonly sharedQueue: boolean;
  /** CPU of a worker for each KiB of a body above DEFAULT_BODY_BYTES, in either direction. */
  readonly cpuPerKiBNs: number;
  /** What its memory is estimated from; null: nothing is known of that. */
  readonly memory: ProxyMemoryPlan | null;
  /** Whose it is; `other`: of a gateway that is simulated with Istio's defaults. */
  readonly product: Mesh | 'other';
}

/** Of a proxy whose observing costs nothing of its own, and of which nobody knows what it tells others. */
export const UNOBSERVED: Pick<ProxyPlan, 'observing' | 'observed'> = {
  observing: { outboundNs: 0, inboundNs: 0 },
  observed: null,
};

/** Access logs, spans and metrics of a proxy in one of its roles. */
export type ObservedPlan = Omit<ObservationPlan, 'cpuNs'>;

/** Bytes of memory of a proxy process: what it has from the start, and what each connection adds. */
export interface ProxyMemoryPlan {
  readonly baseBytes: number;
  /** Clusters and endpoints that it is configured with. */
  readonly configBytes: number;
  readonly perConnectionBytes: number;
  /** Limit of its container, or null. */
  readonly limitBytes: number | null;
}

/** Limits of the server proxy's inbound cluster; NO_LIMIT where the DestinationRule sets none. */
export interface InboundPlan {
  readonly maxConnections: number;
  readonly maxPendingRequests: number;
  readonly maxRequests: number;
}

export interface AppPlan {
  /** Requests a pod serves at once, held while it waits for others; null = unlimited. */
  readonly workers: number | null;
  /** Waiting places in front of the workers; null = unlimited. */
  readonly queue: number | null;
  /** What a request gets that finds the queue full. `refuse`: its connection is refused; `drop`: no answer at all. */
  readonly overflow:
    | { readonly kind: 'status'; readonly status: number }
    | { readonly kind: 'reset' | 'refuse' | 'drop' };
  /** Cores that the pod's threads can use at the same time (of its node, or its limit rounded up). */
  readonly cores: number;
  /** CPU limit in thousandths of a core (CFS quota, 100 ms periods), or null. */
  readonly cpuLimitMillis: number | null;
  /** Whether the application stops working for a caller that has gone. */
  readonly cancels: boolean;
  /** When it closes connections of its callers: idle for so long, after so many requests; 0 = never. */
  readonly keepAlive: { readonly idleNs: number; readonly requests: number };
  /** Bytes of a pod at rest and for each request that it holds, and what its containers may have; null: nobody says. */
  readonly memory: {
    readonly baseBytes: number;
    readonly perRequestBytes: number;
    readonly limitBytes: number | null;
  } | null;
}

/** Who calls whom: the unit of the report's edge table. */
export interface EdgePlan {
  /** Workload index of the caller. */
  readonly from: number;
  /** Display name of the caller: traffic source, gateway or service. */
  readonly fromName: string;
  /** Display name of the destination service (its short name where unambiguous). */
  readonly toName: string;
}

/** One line of observation: an edge, a request class and the workload that answered (NONE: no upstream did). */
export interface RowPlan {
  readonly edge: number;
  /** e.g. `GET /reviews` or the name of a traffic request. */
  readonly request: string;
  readonly workload: number;
}

/** A place in a program (or a traffic request) from which calls start: caller × host × request class, routed. */
export interface CallSitePlan {
  /** Workload whose pod makes the call; its proxy (if any) routes it. */
  readonly caller: number;
  readonly edge: number;
  readonly request: string;
  readonly grpc: boolean;
  readonly route: RoutePlan;
  /** Body of its requests; DEFAULT_BODY_BYTES where nobody says. */
  readonly requestBytes: number;
}

export interface RoutePlan {
  readonly name: string;
  /** The VirtualService route, or null for the default route of a service. */
  readonly position: SourcePosition | null;
  readonly fault: FaultPlan | null;
  readonly action: ForwardPlan | RespondPlan;
  /** Whole call including retries; 0 = none. */
  readonly timeoutNs: number;
  readonly retry: RetryPlan | null;
  /** From the arrival of the request, filters included; 0 = none. With it the time-out above does not hold. */
  readonly maxStreamDurationNs: number;
  /** Longest silence of a stream; 0 = none, as Istio has it. */
  readonly streamIdleTimeoutNs: number;
  /** The filters before the router, in order: indices into `MeshPlan.filters`, or ROUTE_FAULT. */
  readonly filters: readonly number[];
  /** Calls keep to connections of their caller's own; null: its proxy chooses for each request. */
  readonly connections: CallerConnectionsPlan | null;
  /** Calls go past the proxy of their caller. */
  readonly skipsProxy: boolean;
}

/**
 * One hash policy of a route, settled for the request class (envoy: source/common/http/hash_policy.cc). A policy that finds nothing in the
 * class is left out.
 */
export type HashKeyPlan =
  /** A header, a query parameter or a cookie that the request has: constant text and attributes of the user's request, in turn. */
  | { readonly kind: 'text'; readonly parts: readonly (string | { readonly attribute: string })[] }
  /** A cookie that the proxy hands out where there is none; who made the request brings it back. */
  | { readonly kind: 'cookie' }
  /** The address of the downstream connection: the pod of the caller, or the client of a gateway. */
  | { readonly kind: 'source-ip' };

export interface ForwardPlan {
  readonly kind: 'forward';
  readonly destinations: readonly DestinationPlan[];
  readonly mirrors: readonly { readonly probability: number; readonly destination: DestinationPlan }[];
}

/** The proxy answers itself: direct response, redirect, no route (404 NR), REGISTRY_ONLY (502). */
export interface RespondPlan {
  readonly kind: 'respond';
  /** 0: the connection is closed without an answer. */
  readonly status: number;
  /** Response flag (`NR`) or ''. */
  readonly flag: '' | 'NR';
  readonly row: number;
}

export interface DestinationPlan {
  readonly weight: number;
  /** Index into clusters; NONE = the cluster does not exist. */
  readonly cluster: number;
  /** What the proxy answers (NC) where it does not; MISSING_CLUSTER_STATUS where it does. */
  readonly missingStatus: number;
  readonly clusterName: string;
  /** What happens at an endpoint of each group of the cluster, in the order of `ClusterPlan.groups`. */
  readonly arrivals: readonly EndpointArrivalPlan[];
  /** Row for outcomes without an upstream (UH, UO before a host, NC, FI). */
  readonly localRow: number;
  /** What a consistent hash of its cluster looks at; empty: nothing, every request has a hash of its own. */
  readonly hash: readonly HashKeyPlan[];
}

export interface EndpointArrivalPlan {
  readonly handler: number;
  readonly row: number;
  /** Of `MeshPlan.chains`: what this caller's requests of this class meet in the server's proxy; NONE = it has no such proxy. */
  readonly chain: number;
  /** Behind a gateway of another network: by group of the gateway's cluster. What stands beside it is the first of these. Empty elsewhere. */
  readonly beyond: readonly EndpointArrivalPlan[];
}

/** envoy: source/common/router/retry_state_impl.cc, with the tokens already resolved for this request class. */
export interface RetryPlan {
  readonly retries: number;
  /** Status codes of responses that are retried (`5xx` is 500..599 here). */
  readonly statuses: readonly number[];
  /** TCP or TLS connect failure, connect time-out. */
  readonly onConnectFailure: boolean;
  /** Any reset before response headers: connection lost, per-try time-out … (connect failures too). */
  readonly onReset: boolean;
  readonly onResetBeforeRequest: boolean;
  readonly onRefusedStream: boolean;
  /** 0 = none. */
  readonly perTryTimeoutNs: number;
  readonly backoffBaseNs: number;
  readonly backoffMaxNs: number;
  readonly avoidPreviousHosts: boolean;
  /** Extra picks when the picked host was tried before. */
  readonly hostSelectionAttempts: number;
  /** Responses that an Envoy's rate limit made (`x-envoy-ratelimited`) are retried; no other condition holds for these. */
  readonly onEnvoyRateLimited: boolean;
  /** Silence of a try; 0 = none. */
  readonly perTryIdleTimeoutNs: number;
  /** A try that exceeds its time-out goes on while another is started; the first good answer wins. */
  readonly hedgeOnPerTryTimeout: boolean;
  /** A response that says when to come back is believed up to this long; 0 = the back-off is always exponential. */
  readonly rateLimitedMaxNs: number;
  /** After each so many tries, the priorities of all hosts that were tried are left out. Absent: the load of a retry is that of all requests. */
  readonly previousPriorities?: number;
  /** A policy of Linkerd's: nothing of it is Envoy's but the fields above. */
  readonly linkerd?: LinkerdRetryPlan;
}

/** What bounds the retries of a proxy of Linkerd's. */
export interface LinkerdRetryPlan {
  /** Of a ServiceProfile, whose retries follow at once; null: the number of retries, after back-offs. */
  readonly budget: TokenBudgetPlan | null;
}

/** tower: tower/src/retry/budget/tps_budget.rs. Every proxy has one for each `number`. */
export interface TokenBudgetPlan {
  readonly number: number;
  /** Retries for each call, >= 0. */
  readonly retryRatio: number;
  readonly minRetriesPerSecond: number;
  readonly ttlNs: number;
}

/** What a workload does with a request of one class. */
export interface HandlerPlan {
  readonly workload: number;
  readonly request: string;
  /** Name of the operation that matched, `default` otherwise. */
  readonly operation: string;
  readonly program: readonly StepPlan[];
  /** Status codes that the application returns by itself after its work, with their probabilities (0..1, sum <= 1). */
  readonly errors: readonly ErrorPlan[];
  /** Body of its good answers, or BODY_OF_CALL; DEFAULT_BODY_BYTES where nobody says. Answers of 400 and more have next to none. */
  readonly responseBytes: number;
}

export interface ErrorPlan {
  readonly status: number;
  readonly probability: number;
  /** The response says `x-envoy-ratelimited`. */
  readonly rateLimited: boolean;
  /** When to come back, as the response says; null: it does not say. */
  readonly retryAfterNs: number | null;
}

export type StepPlan =
  /** `cpuShare` of the duration is CPU time that contends for the pod's CPU; the rest is waiting. */
  | {
      readonly kind: 'work';
      readonly duration: DistributionSpec;
      readonly cpuShare: number;
      readonly retryWork: 'fresh' | 'same';
    }
  | CallStepPlan
  /** All branches start together; goes on when all have ended. */
  | { readonly kind: 'parallel'; readonly branches: readonly (readonly StepPlan[])[] }
  /** With this probability the steps are done. */
  | { readonly kind: 'maybe'; readonly probability: number; readonly steps: readonly StepPlan[] };

export interface CallStepPlan {
  readonly kind: 'call';
  readonly site: number;
  /** The application's own time-out for the call; 0 = none. */
  readonly timeoutNs: number;
  /** The application's own retries. */
  readonly retries: number;
  /** A failed call: `fail` ends the handler with `failStatus`, `pass` with the status of the call, `ignore` goes on. */
  readonly onError: 'fail' | 'pass' | 'ignore';
  readonly failStatus: number;
}

export interface TrafficPlan {
  readonly name: string;
  /** The workload whose pods send: a `client` workload, or one of the mesh (`from:`). */
  readonly client: number;
  readonly arrival: ArrivalPlan;
  readonly requests: readonly TrafficRequestPlan[];
}

export interface TrafficRequestPlan {
  readonly name: string;
  readonly weight: number;
  readonly site: number;
  /** The client's time-out; 0 = none. */
  readonly timeoutNs: number;
  /** Statuses (1..599; 0 = no answer) that its sender expects, ascending: these are good and no others. null: below 400, and what the application gives below 500. */
  readonly expect: readonly number[] | null;
  /** Numbers drawn for each request, which everything that it causes shares. */
  readonly attributes: readonly AttributePlan[];
}

/** Who a request is: a number from 1 to `values`, 1 the most frequent. */
export interface AttributePlan {
  readonly name: string;
  readonly values: number;
  /** Exponent of Zipf's law; 0 = all alike. */
  readonly skew: number;
}

export type ArrivalPlan =
  | {
      readonly kind: 'open';
      readonly process: 'poisson' | 'constant';
      /** Piecewise linear rate; constant after the last point. t = 0 is the end of the warm-up; the rate before is the first. */
      readonly profile: readonly { readonly atNs: number; readonly ratePerSecond: number }[];
    }
  | {
      readonly kind: 'closed';
      readonly connections: number;
      /** Total target rate over all connections (fortio's pacing); null = as fast as answers come. */
      readonly ratePerSecond: number | null;
      /** Spreads the starts of the connections over the first period. */
      readonly uniform: boolean;
      readonly think: DistributionSpec | null;
      /** Calls of all connections together, each making as many (fortio's -n); null = as many as there is time for. */
      readonly calls: number | null;
      /** When the connections begin, after the warm-up; null = with it. */
      readonly startNs: number | null;
    };
