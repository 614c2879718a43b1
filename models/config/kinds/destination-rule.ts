// DestinationRule (istio api: networking/v1alpha3/destination_rule.proto). Blocks that are absent are null: Istio replaces whole
// blocks, so `{}` is not the same. Limits are null where unset or 0, which Istio cannot tell apart.
import type { StringMap } from './common.js';

/** Kinds that say how clients reach a host. BackendTLSPolicies are turned into DestinationRules, as Istio does. */
export type RuleKind = 'DestinationRule' | 'BackendTLSPolicy';

export interface DestinationRuleSpec {
  /** As written: short name, FQDN or wildcard. */
  readonly host: string;
  readonly trafficPolicy: TrafficPolicy | null;
  readonly subsets: readonly Subset[];
  /** Empty: the mesh's default, `*`. */
  readonly exportTo: readonly string[];
  /** Labels of the client pods that it applies to; null: all. */
  readonly workloadSelector: StringMap | null;
}

export interface Subset {
  readonly name: string;
  /** Empty: all endpoints. */
  readonly labels: StringMap;
  readonly trafficPolicy: TrafficPolicy | null;
}

/** The four blocks that a port level setting may hold. */
export interface PortPolicy {
  readonly loadBalancer: LoadBalancerSettings | null;
  readonly connectionPool: ConnectionPoolSettings | null;
  readonly outlierDetection: OutlierDetection | null;
  readonly tls: ClientTlsSettings | null;
}

export interface TrafficPolicy extends PortPolicy {
  /** Replace all four blocks for one Service port; nothing is inherited. */
  readonly portLevelSettings: readonly PortLevelSettings[];
  readonly retryBudget: RetryBudget | null;
}

export interface PortLevelSettings extends PortPolicy {
  readonly portNumber: number | null;
}

export type SimpleLoadBalancer = 'UNSPECIFIED' | 'ROUND_ROBIN' | 'LEAST_REQUEST' | 'RANDOM' | 'PASSTHROUGH';

export interface LoadBalancerSettings {
  /** LEAST_CONN is read as LEAST_REQUEST; UNSPECIFIED where absent. */
  readonly simple: SimpleLoadBalancer;
  readonly consistentHash: ConsistentHash | null;
  readonly localityLbSetting: LocalityLbSetting | null;
  readonly zoneAwareLbSetting: ZoneAwareLbSetting | null;
  readonly warmup: { readonly durationNs: number; readonly minimumPercent: number; readonly aggression: number } | null;
}

export interface ConsistentHash {
  readonly httpHeaderName: string;
  readonly httpCookie: { readonly name: string; readonly path: string; readonly ttlNs: number | null } | null;
  readonly useSourceIp: boolean;
  readonly httpQueryParameterName: string;
  readonly algorithm: 'ring-hash' | 'maglev';
  /** Ring size or table size; null: Istio's default. */
  readonly size: number | null;
}

export interface LocalityLbSetting {
  readonly enabled: boolean | null;
  readonly distribute: readonly { readonly from: string; readonly to: Readonly<Record<string, number>> }[];
  readonly failover: readonly { readonly from: string; readonly to: string }[];
  readonly failoverPriority: readonly string[];
}

export interface ZoneAwareLbSetting {
  readonly enabled: boolean | null;
  readonly failover: readonly { readonly from: string; readonly to: string }[];
  readonly failoverPriority: readonly string[];
  readonly minClusterSize: number | null;
}

export interface ConnectionPoolSettings {
  readonly tcp: {
    readonly maxConnections: number | null;
    readonly connectTimeoutNs: number | null;
    readonly idleTimeoutNs: number | null;
    readonly maxConnectionDurationNs: number | null;
  } | null;
  readonly http: {
    readonly http1MaxPendingRequests: number | null;
    readonly http2MaxRequests: number | null;
    readonly maxRequestsPerConnection: number | null;
    readonly maxRetries: number | null;
    readonly idleTimeoutNs: number | null;
    readonly maxConcurrentStreams: number | null;
    readonly h2UpgradePolicy: 'DEFAULT' | 'DO_NOT_UPGRADE' | 'UPGRADE';
    readonly useClientProtocol: boolean;
  } | null;
}

export interface OutlierDetection {
  /** null: 5; 0: switched off. */
  readonly consecutive5xxErrors: number | null;
  /** null or 0: switched off. */
  readonly consecutiveGatewayErrors: number | null;
  readonly splitExternalLocalOriginErrors: boolean;
  readonly consecutiveLocalOriginFailures: number | null;
  readonly intervalNs: number | null;
  readonly baseEjectionTimeNs: number | null;
  /** 0..100; null where unset or 0 (10). */
  readonly maxEjectionPercent: number | null;
  /** 0..100; 0 where absent. */
  readonly minHealthPercent: number;
}

export interface ClientTlsSettings {
  readonly mode: 'DISABLE' | 'SIMPLE' | 'MUTUAL' | 'ISTIO_MUTUAL';
  readonly sni: string;
  /** Of a BackendTLSPolicy: its servers end TLS on ports that declare no protocol, or none of them is trusted. Absent: on those that declare TLS. */
  readonly servers?: 'tls-unless-declared' | 'none-trusted';
}

export interface RetryBudget {
  /** 0..100 */
  readonly percent: number | null;
  readonly minRetryConcurrency: number | null;
}
