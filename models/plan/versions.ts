// What differs between the releases of Istio that the plan knows: one table, a row a difference, each with the source of its change. Two
// releases differ in exactly what the rows between them say, and those of envoy-versions.ts between the releases of Envoy that they carry.
import { ENVOY_OF_ISTIO, type EnvoyRelease, envoyRelease, type VersionRow, valueAt } from './envoy-versions.js';

export { type VersionRow, valueAt } from './envoy-versions.js';

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
  /** How often the inbound route of a sidecar tries a request again of which no byte was sent. */
  readonly inboundRetries: number;
  /** Whether a Kubernetes Service is preferred among services of one host name. */
  readonly prefersKubernetesService: boolean;
  /** Whether localities are weighted in every cluster whose locality setting is not switched off. */
  readonly weighsLocalities: boolean;
  /** Whether ServiceEntries without addresses are given some, for proxies that capture DNS. */
  readonly allocatesAddresses: boolean;
  /** Whether `zoneAwareLbSetting` of a load balancer is read. */
  readonly zoneAwareSetting: boolean;
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
  inboundRetries: {
    what: 'tries again that a sidecar makes at its own application (`reset-before-request`; not of gRPC)',
    source: 'istio: pilot/pkg/networking/core/route/route.go (ENABLE_INBOUND_RETRY_POLICY), release notes of 1.24',
    values: [
      [0, 0],
      [24, 2],
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
};

/** Changes between the known releases that no run shows: what, since when, and why it is not seen. */
export const ISTIO_UNSEEN: readonly (readonly [what: string, since: string, why: string])[] = [
  [
    'server names of TLS by the request (ENABLE_AUTO_SNI), certificates checked by default (VERIFY_CERTIFICATE_AT_CLIENT)',
    '1.21',
    'names and certificates are taken to be right; a request has the name of its host in all releases',
  ],
  ['ExternalName Services are aliases (ENABLE_EXTERNAL_NAME_ALIAS)', '1.21', 'they are in all releases here'],
  [
    'the most specific VirtualService has a host, not the oldest (PERSIST_OLDEST_FIRST_HEURISTIC_FOR_VIRTUAL_SERVICE_HOST_MATCHING)',
    '1.21',
    'the most specific one has it in all releases here',
  ],
  ['waypoints by label (istio.io/use-waypoint), no longer by service account', '1.22', 'by label in all releases here'],
  ['configuration is sent as differences (ISTIO_DELTA_XDS)', '1.22', 'nothing changes during a run'],
  ['no tracer zipkin.istio-system by default', '1.22', 'a tracer is one that the mesh names, in all releases here'],
  ['discoverySelectors hold for all kinds (ENABLE_ENHANCED_RESOURCE_SCOPING)', '1.22', 'they do in all releases here'],
  [
    'targetPort of a ServiceEntry without resolution (ENABLE_RESOLUTION_NONE_TARGET_PORT)',
    '1.22',
    'hosts outside answer on all ports alike',
  ],
  ['DNS traffic heeds the annotations that exclude traffic', '1.23', 'names are resolved without a packet'],
  [
    'Sidecars choose among services of one host as those without do (PILOT_UNIFIED_SIDECAR_SCOPE); DestinationRules merge by exportTo (ENABLE_ENHANCED_DESTINATIONRULE_MERGE); their TLS holds for hosts outside (PREFER_DESTINATIONRULE_TLS_FOR_EXTERNAL_SERVICES)',
    '1.24',
    'they do in all releases here',
  ],
  ['names of metrics of certificates; peers in metrics', '1.24', 'these metrics are not counted'],
  [
    'addresses that Envoy takes for internal (internalAddressConfig)',
    '1.25',
    'what a header says of its sender is decided by who a proxy belongs to',
  ],
  ['pods in ambient mode capture DNS', '1.25', 'a ztunnel goes by the name that was dialed'],
  ['OpenCensus is no tracer any more', '1.25', 'spans are not kept'],
  [
    'ztunnel and CNI: charts, reconciliation of iptables, file modes, excluded namespaces',
    '1.25 to 1.30',
    'installations are taken to be right',
  ],
  [
    'sidecars are init containers that keep running (Kubernetes 1.33 and newer)',
    '1.27',
    'all pods run from the start to the end',
  ],
  [
    'several certificates of a server; debug endpoints ask who calls',
    '1.27',
    'certificates are taken to be right; nobody asks',
  ],
  [
    'trafficDistribution: PreferSameZone, PreferSameNode',
    '1.27',
    'they prefer what is near in all releases here; nodes are not told apart',
  ],
  [
    'ServiceEntries without resolution in ambient mode go where the client wanted',
    '1.28',
    'they do in all releases here',
  ],
  ['copies keep their Host header (DISABLE_SHADOW_HOST_SUFFIX)', '1.28', 'nobody in a run looks at the Host of a copy'],
  ['InferencePools', '1.28', 'the kind is not read, and listed'],
  [
    'gauges of what circuit breakers have left are kept no longer (DISABLE_TRACK_REMAINING_CB_METRICS); metrics are compressed',
    '1.29',
    'these metrics are not counted',
  ],
  ['TrafficExtension; several CUSTOM providers of a workload', '1.30', 'the kind is listed as left out'],
  [
    'meshConfig: defaultTrafficPolicy, zoneAwareLbSetting, ALLOW_ANY_DYNAMIC_DNS',
    '1.31',
    'the settings of the mesh are not read, and listed where they are given',
  ],
  [
    'endpoints that are not ready are sent to the proxies',
    '1.31',
    'all pods are ready; the panic threshold of that change is in the table',
  ],
  [
    'managed Gateways of the Gateway API are not merged with Gateways of other namespaces (PILOT_ENABLE_STRICT_GATEWAY_MERGING)',
    '1.31',
    'a Gateway of Istio whose selector has the labels of a managed gateway is merged with it in all releases here',
  ],
  [
    'a span of its own for what a gateway sends (PILOT_SPAWN_UPSTREAM_SPAN_FOR_GATEWAY)',
    '1.28 to 1.31',
    'spans are not kept',
  ],
];

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
    inboundRetries: valueAt(table.inboundRetries, minor),
    weighsLocalities: valueAt(table.weighsLocalities, minor),
    allocatesAddresses: valueAt(table.allocatesAddresses, minor),
    zoneAwareSetting: valueAt(table.zoneAwareSetting, minor),
    proxyCpuNs: valueAt(table.proxyCpuNs, minor),
    proxiesAddedP90Ns: valueAt(table.proxiesAddedP90Ns, minor),
    proxyMemoryBytes: valueAt(table.proxyMemoryBytes, minor),
  };
}
