// What differs between the releases of Istio that the plan knows: one table, a row a difference, each with the source of its change. Two
// releases differ in exactly what the rows between them say, and those of envoy-versions.ts between the releases of Envoy that they carry.
import {
  ENVOY_OF_ISTIO,
  type EnvoyRelease,
  envoyRelease,
  type VersionRow,
  valueAt,
} from '../contract/envoy-versions.js';

export { type VersionRow, valueAt } from '../contract/envoy-versions.js';

/** Releases whose defaults are known, oldest first. */
export const KNOWN_ISTIO_VERSIONS: readonly string[] = [
  '1.20',
  '1.21',
  '1.22',
  '1.23',
  '1.24',
  '1.25',
  '1.26',
  '1.27',
  '1.28',
  '1.29',
  '1.30',
  '1.31',
];

/** What depends on the release. */
export interface VersionedDefaults {
  /** Status codes that the built-in retry policy retries. */
  readonly defaultRetryStatuses: readonly number[];
  /** Balancer of a cluster whose DestinationRule names none. */
  readonly defaultBalancer: 'least_request' | 'round_robin';
  /** Panic threshold in percent of clusters without outlier detection. */
  readonly panicThresholdPercent: number;
  /** Whether `retries.backoff` and `retries.retryIgnorePreviousHosts` are read. */
  readonly retryBackoffFields: boolean;
  /** Whether `trafficPolicy.retryBudget` is read. */
  readonly retryBudget: boolean;
  /** Whether a Kubernetes Service is preferred among services of one host name. */
  readonly prefersKubernetesService: boolean;
  /** Whether localities are weighted in every cluster whose locality setting is not switched off. */
  readonly weighsLocalities: boolean;
  /** Whether ServiceEntries without addresses are given some, for proxies that capture DNS. */
  readonly allocatesAddresses: boolean;
  /** Whether `zoneAwareLbSetting` of a load balancer is read. */
  readonly zoneAwareSetting: boolean;
  /** Whether a server's sidecar retries by itself what its application has not seen (connections refused or reset before the request). */
  readonly inboundRetryPolicy: boolean;
  /** Whether it does so for gRPC as well. */
  readonly inboundRetriesOfGrpc: boolean;
  /** Whether proxies heed `trafficDistribution` of Services. */
  readonly trafficDistribution: boolean;
  /** Whether `failoverPriority` ranks endpoints that Envoy finds by DNS. */
  readonly ranksDnsByLabels: boolean;
  /** Whether `http.maxConcurrentStreams`, `tcp.idleTimeout` and the inbound pool of a Sidecar are read. */
  readonly poolFields: boolean;
  /** Percent of a retry budget that names none. */
  readonly retryBudgetPercent: number;
  /** Where the label that sends gateways through waypoints is looked for. */
  readonly ingressWaypointLabel: 'nowhere' | 'service' | 'namespace';
  /** Whether CUSTOM policies of one workload may name several providers. */
  readonly severalAuthorizers: boolean;
  /** Whether BackendTLSPolicies are read. */
  readonly backendTlsPolicy: boolean;
  /** Whether a BackendTLSPolicy fills in what a DestinationRule leaves open; else it gives all of the policy. */
  readonly backendTlsYields: boolean;
  /** Status of a rule of an HTTPRoute that has no backends. */
  readonly noBackendsStatus: number;
  /** CPU of a sidecar for a request and its response, what it does afterwards included. */
  readonly proxyCpuNs: number;
  /** What the two sidecars on the way of a request add to its latency, at the 90th percentile. */
  readonly proxiesAddedP90Ns: number;
  /** Memory of a sidecar. */
  readonly proxyMemoryBytes: number;
}

/** The defaults of one release. */
export interface ReleaseDefaults extends VersionedDefaults {
  readonly version: string;
  /** `1.31` → 31. */
  readonly minor: number;
  /** The Envoy that it carries, or that was asked for instead. */
  readonly envoy: EnvoyRelease;
}

/** One row for each of `VersionedDefaults`. */
export const VERSION_TABLE: { readonly [K in keyof VersionedDefaults]: VersionRow<VersionedDefaults[K]> } = {
  defaultBalancer: {
    what: 'balancer where a DestinationRule names none',
    source: 'istio: pilot/pkg/features/traffic.go (ENABLE_LEGACY_LB_ALGORITHM_DEFAULT), release notes of 1.14',
    values: [
      [0, 'round_robin'],
      [14, 'least_request'],
    ],
  },
  defaultRetryStatuses: {
    what: 'status codes that the built-in retries retry',
    source: 'istio: pilot/pkg/networking/core/route/retry/retry.go, releasenotes/notes/50506.yaml',
    values: [
      [0, [503]],
      [24, []],
    ],
  },
  proxyCpuNs: {
    what: 'CPU of a sidecar for a request, ns (0.5 ms: 0.5 vCPU at 1000 requests/s)',
    source:
      'istio.io: docs/ops/deployment/performance-and-scalability of 1.20 and 1.22 (0.5 vCPU at 1000 requests/s) and 1.24 (0.20)',
    values: [
      [0, 500_000],
      [24, 200_000],
    ],
  },
  proxiesAddedP90Ns: {
    what: 'what two sidecars add to a request at p90, ns',
    source:
      'istio.io: docs/ops/deployment/performance-and-scalability of 1.20 (0.228 ms; later pages have charts only)',
    values: [[0, 228_000]],
  },
  proxyMemoryBytes: {
    what: 'memory of a sidecar, bytes',
    source: 'istio.io: docs/ops/deployment/performance-and-scalability of 1.20 and 1.22 (50 MB) and 1.24 (60 MB)',
    values: [
      [0, 50_000_000],
      [24, 60_000_000],
    ],
  },
  retryBackoffFields: {
    what: '`retries.backoff` and `retries.retryIgnorePreviousHosts` of a VirtualService are read',
    source: 'istio: networking/v1/virtual_service.proto, release notes of 1.26',
    values: [
      [0, false],
      [26, true],
    ],
  },
  retryBudget: {
    what: '`trafficPolicy.retryBudget` of a DestinationRule is read',
    source: 'istio: networking/v1/destination_rule.proto, release notes of 1.27',
    values: [
      [0, false],
      [27, true],
    ],
  },
  prefersKubernetesService: {
    what: 'of several services of one host name the Kubernetes Service is taken',
    source: 'istio: pilot/pkg/model/push_context.go, release notes of 1.30',
    values: [
      [0, false],
      [30, true],
    ],
  },
  panicThresholdPercent: {
    what: 'panic threshold of clusters without outlier detection, percent',
    source: 'istio: pilot/pkg/features/experimental.go (PILOT_AUTO_SEND_UNHEALTHY_ENDPOINTS), release notes of 1.31',
    values: [
      [0, 50],
      [31, 0],
    ],
  },
  weighsLocalities: {
    what: 'a locality is drawn by its weight before an endpoint, also where nobody asks for failover; after, only where `failover`, `failoverPriority` or `distribute` are written',
    source:
      'istio: pilot/pkg/networking/core/cluster_traffic_policy.go of 1.23 and of 1.24 (ENABLE_LOCALITY_WEIGHTED_LB_CONFIG)',
    values: [
      [0, true],
      [24, false],
    ],
  },
  allocatesAddresses: {
    what: 'proxies that capture DNS (ISTIO_META_DNS_CAPTURE) have addresses for ServiceEntries without any; before, only with ISTIO_META_DNS_AUTO_ALLOCATE too',
    source: 'istio: pilot/pkg/features/pilot.go (PILOT_ENABLE_IP_AUTOALLOCATE), release notes of 1.25',
    values: [
      [0, false],
      [25, true],
    ],
  },
  zoneAwareSetting: {
    what: '`zoneAwareLbSetting` of a DestinationRule is read',
    source:
      'istio: pilot/pkg/networking/core/loadbalancer/loadbalancer.go, releasenotes/notes/zone-aware-load-balancing.yaml',
    values: [
      [0, false],
      [31, true],
    ],
  },
  inboundRetryPolicy: {
    what: "a server's sidecar retries requests that its application has not seen (connections refused, or reset before the request)",
    source: 'istio: pilot/pkg/features/traffic.go (ENABLE_INBOUND_RETRY_POLICY), releasenotes/notes/52055.yaml',
    values: [
      [0, false],
      [24, true],
    ],
  },
  inboundRetriesOfGrpc: {
    what: 'these retries of a sidecar are for gRPC as well',
    source: 'istio: pilot/pkg/networking/core/route/route.go, releasenotes/notes/grpc-inbound-retry.yaml',
    values: [
      [0, true],
      [26, false],
    ],
  },
  trafficDistribution: {
    what: '`trafficDistribution` of a Service is heeded by sidecars and gateways; before, by ztunnels and kube-proxy alone',
    source: 'istio: pilot/pkg/model/service.go, releasenotes/notes/traffic-distribution.yaml',
    values: [
      [0, false],
      [25, true],
    ],
  },
  ranksDnsByLabels: {
    what: '`failoverPriority` ranks endpoints that Envoy finds by DNS',
    source: 'istio: pilot/pkg/networking/core/cluster_traffic_policy.go, releasenotes/notes/dns-failover-priority.yaml',
    values: [
      [0, false],
      [30, true],
    ],
  },
  poolFields: {
    what: '`http.maxConcurrentStreams` and `tcp.idleTimeout` of a DestinationRule, `inboundConnectionPool` of a Sidecar are read',
    source:
      'istio: releasenotes/notes/{max-concurrent-streams,set-tcp-idle-timeout-in-http-clusters,sidecar-api-connectionpool}.yaml',
    values: [
      [0, false],
      [21, true],
    ],
  },
  retryBudgetPercent: {
    what: 'percent of a `retryBudget` that names none',
    source: 'istio: pilot/pkg/networking/core/cluster_traffic_policy.go, releasenotes/notes/retry-budget-percent.yaml',
    values: [
      [0, 0.2],
      [30, 20],
    ],
  },
  ingressWaypointLabel: {
    what: 'where gateways look for the label istio.io/ingress-use-waypoint',
    source:
      'istio: pilot/pkg/xds/endpoints/endpoint_builder.go of 1.24, releasenotes/notes/ingress-use-waypoint-namespace.yaml',
    values: [
      [0, 'nowhere'],
      [24, 'service'],
      [25, 'namespace'],
    ],
  },
  severalAuthorizers: {
    what: 'CUSTOM policies of one workload may name several providers; before, what they match is denied',
    source: 'istio: pilot/pkg/security/authz/builder/builder.go, releasenotes/notes/58082.yaml',
    values: [
      [0, false],
      [30, true],
    ],
  },
  backendTlsPolicy: {
    what: 'BackendTLSPolicies are read (before, with PILOT_ENABLE_ALPHA_GATEWAY_API alone)',
    source: 'istio: pilot/pkg/config/kube/gateway/controller.go, releasenotes/notes/gtw-140.yaml',
    values: [
      [0, false],
      [28, true],
    ],
  },
  backendTlsYields: {
    what: 'a BackendTLSPolicy fills in what the trafficPolicy of a DestinationRule leaves open; before, that trafficPolicy does not count',
    source:
      'istio: pilot/pkg/model/destination_rule.go (mergeBackendPolicyTrafficPolicy), releasenotes/notes/60358.yaml',
    values: [
      [0, false],
      [31, true],
    ],
  },
  noBackendsStatus: {
    what: 'status of a rule of an HTTPRoute that has no backendRefs',
    source: 'istio: releasenotes/notes/{59356,60787}.yaml',
    values: [
      [0, 500],
      [30, 404],
      [31, 500],
    ],
  },
};

/**
 * The defaults of a release, or null where the release is unknown. Patch numbers are allowed (`1.24.3`), as is a leading `v`.
 * @param envoyVersion instead of the Envoy that the release carries; unknown ones are null too
 */
export function releaseDefaults(version: string, envoyVersion?: string): ReleaseDefaults | null {
  const match = /^v?(\d+)\.(\d+)(?:\.\d+)?$/.exec(version.trim());
  if (match === null) return null;
  const release = `${match[1]}.${match[2]}`;
  if (!KNOWN_ISTIO_VERSIONS.includes(release)) return null;
  const envoy = envoyRelease(envoyVersion ?? ENVOY_OF_ISTIO[release]!);
  if (envoy === null) return null;
  const minor = Number(match[2]);
  const table = VERSION_TABLE;
  return {
    version: release,
    minor,
    envoy,
    defaultRetryStatuses: valueAt(table.defaultRetryStatuses, minor),
    defaultBalancer: valueAt(table.defaultBalancer, minor),
    panicThresholdPercent: valueAt(table.panicThresholdPercent, minor),
    retryBackoffFields: valueAt(table.retryBackoffFields, minor),
    retryBudget: valueAt(table.retryBudget, minor),
    prefersKubernetesService: valueAt(table.prefersKubernetesService, minor),
    weighsLocalities: valueAt(table.weighsLocalities, minor),
    allocatesAddresses: valueAt(table.allocatesAddresses, minor),
    zoneAwareSetting: valueAt(table.zoneAwareSetting, minor),
    inboundRetryPolicy: valueAt(table.inboundRetryPolicy, minor),
    inboundRetriesOfGrpc: valueAt(table.inboundRetriesOfGrpc, minor),
    trafficDistribution: valueAt(table.trafficDistribution, minor),
    ranksDnsByLabels: valueAt(table.ranksDnsByLabels, minor),
    poolFields: valueAt(table.poolFields, minor),
    retryBudgetPercent: valueAt(table.retryBudgetPercent, minor),
    ingressWaypointLabel: valueAt(table.ingressWaypointLabel, minor),
    severalAuthorizers: valueAt(table.severalAuthorizers, minor),
    backendTlsPolicy: valueAt(table.backendTlsPolicy, minor),
    backendTlsYields: valueAt(table.backendTlsYields, minor),
    noBackendsStatus: valueAt(table.noBackendsStatus, minor),
    proxyCpuNs: valueAt(table.proxyCpuNs, minor),
    proxiesAddedP90Ns: valueAt(table.proxiesAddedP90Ns, minor),
    proxyMemoryBytes: valueAt(table.proxyMemoryBytes, minor),
  };
}
