// The settings of the mesh (istio api: mesh/v1alpha1/{config,proxy}.proto; istio: pkg/config/validation/agent/validation.go
// ValidateMeshConfig, ValidateMeshConfigProxyConfig). What is absent is null or empty: the defaults are Istio's.
import { formatDuration } from '../duration.js';
import { bool, duration, int32, number, string, stringMap, strings, word } from '../scalars.js';
import {
  approximated,
  checked,
  defaulted,
  INERT,
  inert,
  listed,
  listOf,
  mapped,
  notModelled,
  object,
  optional,
  required,
  type Schema,
} from '../schema.js';
import type { LabelSelector, StringMap } from './common.js';
import type { LocalityLbSetting } from './destination-rule.js';
import { protoWith } from './istio-fields.js';
import { labelSelector } from './label-selector.js';
import { localityLbSetting } from './load-balancer.js';
import { checkLocalities } from './locality-rules.js';
import type { HttpRetry } from './virtual-service.js';
import { retries } from './virtual-service-actions.js';

/** A policy without a mode is REGISTRY_ONLY: that is the zero of the enumeration. */
export type OutboundMode = 'REGISTRY_ONLY' | 'ALLOW_ANY' | 'ALLOW_ANY_DYNAMIC_DNS';

export interface MeshConfig {
  readonly outboundMode: OutboundMode | null;
  readonly enableAutoMtls: boolean | null;
  /** '' where absent. */
  readonly rootNamespace: string;
  readonly connectTimeoutNs: number | null;
  readonly retries: HttpRetry | null;
  readonly localityLbSetting: LocalityLbSetting | null;
  readonly h2UpgradePolicy: 'DO_NOT_UPGRADE' | 'UPGRADE' | null;
  readonly serviceExportTo: readonly string[];
  readonly virtualServiceExportTo: readonly string[];
  readonly destinationRuleExportTo: readonly string[];
  readonly discoverySelectors: readonly LabelSelector[];
  readonly defaultConfig: ProxyDefaults | null;
  readonly accessLogFile: string | null;
  readonly enableTracing: boolean | null;
  readonly defaultProviders: Providers | null;
  readonly extensionProviders: readonly ExtensionProvider[];
}

export interface Providers {
  readonly tracing: readonly string[];
  readonly metrics: readonly string[];
  readonly accessLogging: readonly string[];
}

export interface ExtensionProvider {
  readonly name: string;
  /** The field that says what it is: `envoyFileAccessLog`, `zipkin`, … */
  readonly kind: string;
}

/** `defaultConfig`, and the annotation `proxy.istio.io/config`. */
export interface ProxyDefaults {
  /** Worker threads; 0: all cores. */
  readonly concurrency: number | null;
  /** Percent; null where absent. */
  readonly sampling: number | null;
  /** A tracer is named. */
  readonly hasTracer: boolean;
  /** Variables of the proxies' environment. */
  readonly proxyMetadata: StringMap;
  /** From SIGTERM to the end of a proxy; null where absent. */
  readonly terminationDrainNs: number | null;
}

const MIN_CONNECT_NS = 1_000_000;
const MAX_CONNECT_NS = 30_000_000_000;

const connectTimeout: Schema<number> = checked(duration, (ns, place) => {
  if (ns >= MIN_CONNECT_NS && ns <= MAX_CONNECT_NS) return;
  place.rejectedByIstio(`a connect time-out of ${formatDuration(ns)} is not between 1ms and 30s`, 'use 1ms to 30s');
});

/** Whatever stands there is accepted. */
const anything: Schema<true> = { expected: 'anything', read: () => true };

const outbound: Schema<OutboundMode> = mapped(
  object<{ mode: OutboundMode | null }>(
    'an outbound traffic policy',
    { mode: optional('mode', word(['REGISTRY_ONLY', 'ALLOW_ANY', 'ALLOW_ANY_DYNAMIC_DNS'])) },
    protoWith(inert('tls')),
  ),
  ({ mode }) => mode ?? 'REGISTRY_ONLY',
);

const sampling: Schema<number> = checked(number(-1e9, 1e9), (percent, place) => {
  if (percent < 0 || percent > 100) place.rejectedByIstio(`${percent} is not a percentage`, 'use 0 to 100');
});

export const concurrency: Schema<number> = checked(int32, (workers, place) => {
  if (workers < 0) place.rejectedByIstio(`${workers} worker threads`, 'use 0 (all cores) or more');
});

const TRACERS = ['datadog', 'lightstep', 'openCensusAgent', 'stackdriver', 'zipkin'] as const;

interface Tracing {
  readonly sampling: number | null;
  readonly hasTracer: boolean;
}

const tracing: Schema<Tracing> = mapped(
  object<{ readonly sampling: number | null } & Readonly<Record<(typeof TRACERS)[number], true | null>>>(
    'tracing settings',
    {
      sampling: optional('sampling', sampling),
      datadog: optional('datadog', anything),
      lightstep: optional('lightstep', anything),
      openCensusAgent: optional('openCensusAgent', anything),
      stackdriver: optional('stackdriver', anything),
      zipkin: optional('zipkin', anything),
    },
    protoWith(inert('customTags', 'enableIstioTags', 'maxPathTagLength', 'tlsSettings')),
  ),
  (written) => ({ sampling: written.sampling, hasTracer: TRACERS.some((tracer) => written[tracer] !== null) }),
);

/** Variables that something here follows (models/plan/proxies/{dns-capture,stopping}.ts). */
const FOLLOWED: readonly string[] = [
  'ISTIO_META_DNS_CAPTURE',
  'ISTIO_META_DNS_AUTO_ALLOCATE',
  'EXIT_ON_ZERO_ACTIVE_CONNECTIONS',
  'MINIMUM_DRAIN_DURATION',
];

/** The environment of proxies. */
export const proxyVariables: Schema<StringMap> = checked(stringMap, (variables, place) => {
  for (const name of Object.keys(variables)) {
    if (!FOLLOWED.includes(name)) place.child(name).notModelled(`the variable ${name} of the proxies is not followed`);
  }
});

const LIFECYCLE = listed(notModelled('proxies are ready from the start, and drain as by default'));
const CONNECTIONS = listed(notModelled("Envoy's defaults hold for the connections of the proxies"));

export const proxyDefaults: Schema<ProxyDefaults> = mapped(
  object<{
    concurrency: number | null;
    tracing: Tracing | null;
    proxyMetadata: StringMap;
    terminationDrainNs: number | null;
  }>(
    'settings of a proxy',
    {
      concurrency: optional('concurrency', concurrency),
      tracing: optional('tracing', tracing),
      proxyMetadata: defaulted('proxyMetadata', proxyVariables, {}),
      terminationDrainNs: optional('terminationDrainDuration', duration),
    },
    protoWith({
      ...inert(
        'availabilityZone',
        'binaryPath',
        'caCertificatesPem',
        'configPath',
        'controlPlaneAuthPolicy',
        'customConfigFile',
        'discoveryAddress',
        'discoveryRefreshDelay',
        'envoyAccessLogService',
        'envoyMetricsService',
        'envoyMetricsServiceAddress',
        'extraStatTags',
        'fileFlushInterval',
        'fileFlushMinSizeKb',
        'image',
        'meshId',
        'proxyAdminPort',
        'proxyBootstrapTemplatePath',
        'proxyStatsMatcher',
        'sds',
        'serviceCluster',
        'statNameLength',
        'statsCompression',
        'statsdUdpAddress',
        'statusPort',
        'tracingServiceName',
        'zipkinAddress',
      ),
      connectTimeout: INERT,
      drainDuration: LIFECYCLE,
      holdApplicationUntilProxyStarts: LIFECYCLE,
      parentShutdownDuration: LIFECYCLE,
      readinessProbe: LIFECYCLE,
      gatewayTopology: listed(
        notModelled('gateways take the address of the client from x-forwarded-for where a request has the header'),
      ),
      interceptionMode: listed(
        notModelled('connections are redirected (REDIRECT): the application does not see who calls'),
      ),
      proxyHeaders: listed(notModelled('proxies add and remove the headers that they do by default')),
      connectionSettings: CONNECTIONS,
      runtimeValues: listed(notModelled("Envoy's runtime values are not changed")),
      privateKeyProvider: listed(notModelled('handshakes cost what the scenario says: no accelerator shortens them')),
    }),
  ),
  (written) => ({
    concurrency: written.concurrency,
    proxyMetadata: written.proxyMetadata,
    terminationDrainNs: written.terminationDrainNs,
    sampling: written.tracing?.sampling ?? null,
    hasTracer: written.tracing?.hasTracer ?? false,
  }),
);

const providers: Schema<Providers> = object<Providers>(
  'default providers',
  {
    tracing: defaulted('tracing', strings, []),
    metrics: defaulted('metrics', strings, []),
    accessLogging: defaulted('accessLogging', strings, []),
  },
  protoWith({}),
);

const PROVIDER_KINDS = [
  'envoyExtAuthzHttp',
  'envoyExtAuthzGrpc',
  'zipkin',
  'lightstep',
  'datadog',
  'stackdriver',
  'opencensus',
  'skywalking',
  'opentelemetry',
  'prometheus',
  'envoyFileAccessLog',
  'envoyHttpAls',
  'envoyTcpAls',
  'envoyOtelAls',
  'sds',
] as const;

type ProviderKind = (typeof PROVIDER_KINDS)[number];
type WrittenProvider = { readonly name: string } & Readonly<Record<ProviderKind, true | null>>;

const extensionProvider: Schema<ExtensionProvider> = mapped(
  object<WrittenProvider>(
    'an extension provider',
    {
      name: required('name', string),
      envoyExtAuthzHttp: optional('envoyExtAuthzHttp', anything),
      envoyExtAuthzGrpc: optional('envoyExtAuthzGrpc', anything),
      zipkin: optional('zipkin', anything),
      lightstep: optional('lightstep', anything),
      datadog: optional('datadog', anything),
      stackdriver: optional('stackdriver', anything),
      opencensus: optional('opencensus', anything),
      skywalking: optional('skywalking', anything),
      opentelemetry: optional('opentelemetry', anything),
      prometheus: optional('prometheus', anything),
      envoyFileAccessLog: optional('envoyFileAccessLog', anything),
      envoyHttpAls: optional('envoyHttpAls', anything),
      envoyTcpAls: optional('envoyTcpAls', anything),
      envoyOtelAls: optional('envoyOtelAls', anything),
      sds: optional('sds', anything),
    },
    protoWith({}),
  ),
  (written, place) => {
    const kinds = PROVIDER_KINDS.filter((kind) => written[kind] !== null);
    if (kinds.length !== 1) place.rejectedByIstio(`a provider is of one kind, this one of ${kinds.length}`, 'give one');
    return { name: written.name, kind: kinds[0] ?? '' };
  },
);

const EXPORTS = ['.', '*', '~'];

const exportTo: Schema<readonly string[]> = checked(strings, (names, place) => {
  names.forEach((name, index) => {
    if (EXPORTS.includes(name)) return;
    place.child(index).rejectedByIstio(`a default is exported to "*", "." or "~", not to ${name}`, 'use one of these');
  });
});

export const meshConfig: Schema<MeshConfig> = object<MeshConfig>(
  'a mesh configuration',
  {
    outboundMode: optional('outboundTrafficPolicy', outbound),
    enableAutoMtls: optional('enableAutoMtls', bool),
    rootNamespace: defaulted('rootNamespace', string, ''),
    connectTimeoutNs: optional('connectTimeout', connectTimeout),
    retries: optional('defaultHttpRetryPolicy', retries),
    localityLbSetting: optional('localityLbSetting', checked(localityLbSetting, checkLocalities)),
    h2UpgradePolicy: optional('h2UpgradePolicy', word(['DO_NOT_UPGRADE', 'UPGRADE'])),
    serviceExportTo: defaulted('defaultServiceExportTo', exportTo, []),
    virtualServiceExportTo: defaulted('defaultVirtualServiceExportTo', exportTo, []),
    destinationRuleExportTo: defaulted('defaultDestinationRuleExportTo', exportTo, []),
    discoverySelectors: defaulted('discoverySelectors', listOf('label selectors', labelSelector), []),
    defaultConfig: optional('defaultConfig', proxyDefaults),
    accessLogFile: optional('accessLogFile', string),
    enableTracing: optional('enableTracing', bool),
    defaultProviders: optional('defaultProviders', providers),
    extensionProviders: defaulted('extensionProviders', listOf('extension providers', extensionProvider), []),
  },
  protoWith({
    ...inert(
      'accessLogEncoding',
      'accessLogFormat',
      'authPolicy',
      'ca',
      'caCertificates',
      'certificates',
      'configSources',
      'disableEnvoyListenerLog',
      'disableMixerHttpReports',
      'disablePolicyChecks',
      'disableReportBatch',
      'dnsRefreshRate',
      'enableClientSidePolicyCheck',
      'enableEnvoyAccessLogService',
      'enablePrometheusMerge',
      'enableSdsTokenMount',
      'hboneIdleTimeout',
      'inboundClusterStatName',
      'ingressClass',
      'ingressControllerMode',
      'ingressSelector',
      'ingressService',
      'meshMTLS',
      'meshMtls',
      'mixerAddress',
      'mixerCheckServer',
      'mixerReportServer',
      'outboundClusterStatName',
      'pathNormalization',
      'policyCheckFailOpen',
      'proxyHttpPort',
      'proxyInboundListenPort',
      'proxyListenPort',
      'rdsRefreshDelay',
      'reportBatchMaxEntries',
      'reportBatchMaxTime',
      'sdsRefreshDelay',
      'sdsUdsPath',
      'sdsUseK8sSaJwt',
      'sidecarToTelemetrySessionAffinity',
      'terminationDrainDuration',
      'thriftConfig',
      'tlsDefaults',
      'trustDomain',
      'trustDomainAliases',
      'verifyCertificateAtClient',
    ),
    defaultTrafficPolicy: listed(notModelled('services without a DestinationRule have no connection limits here')),
    inboundTrafficPolicy: listed(notModelled('applications are taken to listen where their Services say')),
    protocolDetectionTimeout: listed(notModelled('ports without a protocol are taken for HTTP at once')),
    serviceEntryVisibility: listed(notModelled('ServiceEntries are visible as their exportTo says')),
    serviceScopeConfigs: listed(notModelled('there is one cluster: scopes make no difference')),
    serviceSettings: listed(notModelled('there is one cluster: its services are all local')),
    tcpKeepalive: listed(
      approximated(
        'probes are not sent: peers that fall silent in a timeline are found by time-outs alone, and idle connections are not cut on the way',
      ),
    ),
    zoneAwareLbSetting: listed(
      notModelled('zones are not balanced by Envoy itself: endpoints of all zones are used alike'),
    ),
  }),
);
