// The part of the MeshPlan that an Envoy cluster is: endpoints as a caller ranks them, balancer, limits, connections, outlier detection,
// health checks. Plain data, like the rest of the plan.
import type { SourcePosition } from '../../config/diagnostic.js';
import type { EnvoyHealthCheck } from '../../config/kinds/envoy-health-check.js';

/** `peak_ewma` is that of Linkerd's proxies. */
export type BalancerPolicy = 'round_robin' | 'least_request' | 'random' | 'ring_hash' | 'maglev' | 'peak_ewma';

export interface BalancerPlan {
  readonly policy: BalancerPolicy;
  /** Least request among equal hosts: how many are drawn. */
  readonly choiceCount: number;
  /** Smallest size of a hash ring, or the size of a Maglev table (a prime). Absent: Envoy's default. */
  readonly tableSize?: number;
  /** Least request among unequal hosts: exponent of the active requests. Absent: 1. */
  readonly activeRequestBias?: number;
  /** New hosts get their share little by little (round robin, least request). Absent: at once. */
  readonly slowStart?: SlowStartPlan;
  /** Peak EWMA: failures count as slow answers. Absent: they count by their time. */
  readonly failureBias?: FailureBiasPlan;
}

/** linkerd2-proxy: linkerd/load-biaser. */
export interface FailureBiasPlan {
  readonly penaltyNs: number;
  /** Longest wait that a response may ask for. */
  readonly maxRetryAfterNs: number;
  /** Statuses are those of gRPC. */
  readonly grpc: boolean;
}

/** envoy: source/extensions/load_balancing_policies/common/load_balancer_impl.cc (applySlowStartFactor). */
export interface SlowStartPlan {
  readonly windowNs: number;
  /** >= 1; 1 = the share grows linearly. */
  readonly aggression: number;
  readonly minWeightPercent: number;
}

/** The hosts of a cluster as a caller of one locality ranks them. */
export interface LocalityViewPlan {
  /** Envoy's priority of the hosts by [group of the cluster][locality of the pod]; NONE = the caller does not get them. */
  readonly priorities: readonly (readonly number[])[];
  /** Locality-weighted balancing: weights by [priority][locality]; null = localities are not told apart within a priority. */
  readonly weights: readonly (readonly number[])[] | null;
}

/** envoy: zone-aware routing (load_balancer_impl.cc, ZoneAwareLoadBalancerBase); the local cluster is the caller's own workload. */
export interface ZoneAwarePlan {
  readonly minClusterSize: number;
}

/** An Envoy cluster as one caller sees it: `outbound|80|v1|reviews.default.svc.cluster.local`. */
export interface ClusterPlan {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly subset: string;
  /** Endpoints: all pods of these workloads, in this order. */
  readonly groups: readonly EndpointGroupPlan[];
  readonly protocol: 'http1' | 'http2';
  readonly balancer: BalancerPlan;
  readonly limits: {
    readonly maxConnections: number;
    readonly maxPendingRequests: number;
    readonly maxRequests: number;
    readonly maxRetries: number;
  };
  /** 0 = unlimited. */
  readonly maxRequestsPerConnection: number;
  /** Streams per HTTP/2 connection. */
  readonly maxConcurrentStreams: number;
  readonly idleTimeoutNs: number;
  readonly connectTimeoutNs: number;
  readonly tls: {
    readonly mode: 'none' | 'mtls' | 'tls';
    /** Round trips of the handshake after TCP's one. */
    readonly roundTrips: number;
  };
  /** What a connection to each endpoint meets, e.g. plaintext to STRICT: `reset` = 503 UC, `tls-failure` = 503 UF; `denied`: the server closes it. */
  readonly reachable: 'yes' | 'reset' | 'tls-failure' | 'dropped' | 'denied';
  readonly outlier: OutlierPlan | null;
  /** Percent of healthy hosts below which all hosts are used; 0 = never. */
  readonly panicThresholdPercent: number;
  /** The DestinationRule (or Service) it comes from. */
  readonly position: SourcePosition | null;
  /** By the caller's locality (`localityView`); a null, or none at all: all hosts are alike. */
  readonly localityViews: readonly (LocalityViewPlan | null)[];
  /** null: zones are not preferred. */
  readonly zoneAware: ZoneAwarePlan | null;
  /** In panic no host is used instead of all (503 UH). */
  readonly failTrafficOnPanic: boolean;
  /** Retries in flight as a share of the requests, instead of `limits.maxRetries`; null = none. */
  readonly retryBudget: RetryBudgetPlan | null;
  /** Longest duration of one try from its connection on; 0 = none (Istio sets none). */
  readonly maxStreamDurationNs: number;
  /** Active health checks; null = none (Istio configures none on sidecars and gateways). */
  readonly healthCheck: HealthCheckPlan | null;
  /** A connection takes no more streams after this time; 0 = no limit. */
  readonly maxConnectionDurationNs: number;
  /** Connections made ahead of need: streams × this are provided for (envoy: preconnect_policy.per_upstream_preconnect_ratio); 1 = none. */
  readonly preconnectRatio: number;
  /** The caller has no HTTP proxy: an endpoint is drawn for each connection, and requests take a connection that is free. Else one is drawn for each request. */
  readonly perConnection: boolean;
  /** What the proxies of its servers speak to their applications: `protocol`, but on an upgraded port of HTTP/1.1. */
  readonly appProtocol: 'http1' | 'http2';
  /** By group (`wayTo`), where its endpoints are not all reached in one way; `tls` and `reachable` are those of the first group then. Else empty. */
  readonly endpointTls: readonly EndpointTlsPlan[];
  /** Connections to its endpoints go past the proxies of these. */
  readonly skipsProxy: boolean;
  /** The caller's connections go past its own proxy. */
  readonly skipsOwnProxy: boolean;
  /** Linkerd's circuit breaker; null = none. */
  readonly accrual: AccrualPlan | null;
}

/** Of a cluster that asks for nothing in particular: endpoints that are alike, balanced for each request, reached in one way and through the proxies. */
export const PLAIN_CLUSTER: Pick<
  ClusterPlan,
  | 'localityViews'
  | 'zoneAware'
  | 'failTrafficOnPanic'
  | 'perConnection'
  | 'endpointTls'
  | 'skipsProxy'
  | 'skipsOwnProxy'
  | 'accrual'
> = {
  localityViews: [],
  zoneAware: null,
  failTrafficOnPanic: false,
  perConnection: false,
  endpointTls: [],
  skipsProxy: false,
  skipsOwnProxy: false,
  accrual: null,
};

/** The hosts as a caller of a locality ranks them; null: all are alike. */
export function localityView({ localityViews }: ClusterPlan, locality: number): LocalityViewPlan | null {
  return localityViews[locality] ?? null;
}

/** How connections to the endpoints of a group are secured, and what becomes of them. */
export function wayTo(cluster: EndpointTlsPlan & Pick<ClusterPlan, 'endpointTls'>, group: number): EndpointTlsPlan {
  return cluster.endpointTls[group] ?? cluster;
}

export interface EndpointGroupPlan {
  readonly workload: number;
  /** Of each endpoint. */
  readonly weight: number;
  /** The workload is a gateway into another network, and one endpoint stands for all pods behind it; null: each pod is one. */
  readonly passage: PassagePlan | null;
  /** It holds the place of a group that another version of the configuration has, and has no endpoints. */
  readonly absent?: true;
}

/** istio: pilot/pkg/xds/endpoints/ep_filters.go; pilot/pkg/networking/core/gateway.go (buildAutoPassthroughFilterChains). */
export interface PassagePlan {
  /** Index into clusters: what the gateway's proxy chooses from for each connection. */
  readonly cluster: number;
  /** Where the pods behind it are, as callers rank them. */
  readonly locality: number;
}

/** linkerd2-proxy: linkerd/app/outbound/src/http/breaker/consecutive_failures.rs. */
export interface AccrualPlan {
  /** Failures in a row that shut an endpoint; 0 = none do. */
  readonly maxFailures: number;
  readonly minPenaltyNs: number;
  readonly maxPenaltyNs: number;
  /** Largest random part of a penalty, as a share of it. */
  readonly jitterRatio: number;
  /** Statuses are those of gRPC. */
  readonly grpc: boolean;
  /** Too few good responses shut an endpoint as well. Absent: they do not. */
  readonly successRate?: SuccessRateAccrualPlan;
}

/** linkerd2-proxy: linkerd/app/outbound/src/http/breaker/unified.rs. */
export interface SuccessRateAccrualPlan {
  /** 0..1, above 0: the share of good responses below which an endpoint is shut. */
  readonly threshold: number;
  readonly windowNs: number;
  /** Responses that the window must have. */
  readonly minRequests: number;
}

/** How connections to the endpoints of one group are secured, and what becomes of them. */
export type EndpointTlsPlan = Pick<ClusterPlan, 'tls' | 'reachable' | 'skipsProxy'>;

/** Active checks of the endpoints of a cluster, as they are written, and what they meet there. */
export interface HealthCheckPlan extends EnvoyHealthCheck {
  /** What a check does at an endpoint of each group: an index into handlers. */
  readonly handlers: readonly number[];
}

/** envoy: source/common/upstream/resource_manager_impl.h, RetryBudgetImpl. */
export interface RetryBudgetPlan {
  /** Percent of the active and pending requests. */
  readonly percent: number;
  /** So many retries may be in flight in any case. */
  readonly minConcurrency: number;
}

/** envoy: source/common/upstream/outlier_detection_impl.cc. A threshold of 0 switches that detector off. */
export interface OutlierPlan {
  readonly consecutive5xx: number;
  readonly consecutiveGatewayErrors: number;
  readonly consecutiveLocalOriginFailures: number;
  readonly splitLocalOriginErrors: boolean;
  readonly intervalNs: number;
  readonly baseEjectionNs: number;
  readonly maxEjectionNs: number;
  readonly maxEjectionPercent: number;
  /** Envoy before 1.28: the first ejection is exempt from maxEjectionPercent. */
  readonly alwaysEjectOne: boolean;
  /** A random part on top of each ejection time, whole milliseconds up to this; 0 = none. */
  readonly maxEjectionJitterNs: number;
  /** Percent of the detections of each consecutive detector that eject. */
  readonly enforcing: {
    readonly consecutive5xx: number;
    readonly consecutiveGatewayErrors: number;
    readonly consecutiveLocalOriginFailures: number;
  };
  /** Hosts that fail more often than the others; null = off, as Istio has it. */
  readonly successRate: SuccessRatePlan | null;
  /** Hosts that fail too often; null = off, as Istio has it. */
  readonly failurePercentage: FailurePercentagePlan | null;
}

interface RateDetectorPlan {
  /** So many hosts with enough requests are needed for a judgement. */
  readonly minimumHosts: number;
  /** Requests in an interval that a host needs to be judged. */
  readonly requestVolume: number;
  /** Percent of the detections that eject: by responses, and by failures of local origin (where these are split off). */
  readonly enforcing: number;
  readonly enforcingLocalOrigin: number;
}

export interface SuccessRatePlan extends RateDetectorPlan {
  /** Standard deviations below the mean, in thousandths (1900 = 1.9). */
  readonly stdevFactor: number;
}

export interface FailurePercentagePlan extends RateDetectorPlan {
  /** Percent of failures from which on a host is ejected. */
  readonly threshold: number;
}
