// The settings of the mesh as a whole, with Istio's defaults filled in (istio: pkg/config/mesh/mesh.go, DefaultMeshConfig and ApplyMeshConfig:
// what a file says replaces the default of the field). The ConfigMap that istiod reads comes before what an installer would make of its own.
import type { StringMap } from '../../config/kinds/common.js';
import type { LocalityLbSetting } from '../../config/kinds/destination-rule.js';
import type { ExtensionProvider, MeshConfig, OutboundMode, Providers } from '../../config/kinds/mesh-config.js';
import type { MeshNetworks } from '../../config/kinds/mesh-networks.js';
import type { MeshSettingsSpec } from '../../config/kinds/mesh-settings.js';
import type { MeshValues } from '../../config/kinds/mesh-values.js';
import type { HttpRetry } from '../../config/kinds/virtual-service.js';
import type { ResourceSet } from '../../config/load.js';
import type { Resource } from '../../config/resource.js';
import { ALL_PORTS, type InboundPorts } from '../../config/sidecar-template.js';
import type { Findings } from '../terms/findings.js';
import { ROOT_NAMESPACE } from '../terms/visibility.js';
import { type MeshSources, meshSources, NO_MESH_SOURCES } from './mesh-sources.js';

export interface MeshSettings {
  /** Namespace of the mesh-wide policies. */
  readonly rootNamespace: string;
  readonly enableAutoMtls: boolean;
  /** What sidecars do with hosts that are not in the registry. */
  readonly outbound: OutboundMode;
  readonly connectTimeoutNs: number;
  /** Retries of routes that say nothing; null: Istio's built-in ones. */
  readonly retries: HttpRetry | null;
  /** null: failover by distance wherever outliers are detected. */
  readonly localityLbSetting: LocalityLbSetting | null;
  readonly upgradesToHttp2: boolean;
  /** Visibility of objects that say nothing; empty = everybody. */
  readonly serviceExportTo: readonly string[];
  readonly virtualServiceExportTo: readonly string[];
  readonly destinationRuleExportTo: readonly string[];
  /** Namespaces that the mesh knows; empty = all. */
  readonly discoverySelectors: MeshConfig['discoverySelectors'];
  /** Worker threads of proxies; null: by their CPU limit. */
  readonly concurrency: number | null;
  /** CPU limit of injected proxies in thousandths of a core; null = none. */
  readonly proxyCpuLimitMillis: number | null;
  /** Of an injected proxy: thousandths of a core, and bytes; null: none. */
  readonly proxyCpuRequestMillis: number | null;
  readonly proxyMemoryRequestBytes: number | null;
  /** Memory limit of injected proxies; null = none. */
  readonly proxyMemoryLimitBytes: number | null;
  /** Ports of pods that injected proxies take. */
  readonly inboundPorts: InboundPorts;
  /** Pods of namespaces without a label get a sidecar. */
  readonly injectsByDefault: boolean;
  /** Where access logs go; '' = nowhere. */
  readonly accessLogFile: string;
  readonly enableTracing: boolean;
  /** The configuration of the proxies names a tracer. */
  readonly hasTracer: boolean;
  /** Variables of the proxies' environment. */
  readonly proxyMetadata: StringMap;
  /** `terminationDrainDuration` of proxies; null: nobody says so. */
  readonly terminationDrainNs: number | null;
  /** Percent of the requests that begin a trace. */
  readonly sampling: number;
  readonly defaultProviders: Providers;
  readonly extensionProviders: readonly ExtensionProvider[];
  readonly networks: MeshNetworks;
  /** The network that injected pods are labelled with; '' = none. */
  readonly network: string;
  /** What `networks` calls the cluster; '' where nobody says. */
  readonly clusterName: string;
  readonly sources: MeshSources;
}

/** Limits of an injected proxy where nothing says otherwise (istio: charts values global.proxy.resources). */
const DEFAULT_PROXY_LIMIT_MILLIS = 2000;
const DEFAULT_PROXY_LIMIT_BYTES = 1_073_741_824;
/** Requests, likewise. */
const DEFAULT_PROXY_REQUEST_MILLIS = 100;
const DEFAULT_PROXY_REQUEST_BYTES = 134_217_728;
const CONNECT_TIMEOUT_NS = 10_000_000_000;
/** istio: pilot/pkg/features (PILOT_TRACE_SAMPLING). */
const DEFAULT_SAMPLING = 1;

/** Of the value `global.proxy.tracer`: what the chart writes a tracer for. */
const TRACERS: readonly string[] = ['zipkin', 'lightstep', 'datadog', 'stackdriver'];

export const DEFAULT_MESH: MeshSettings = {
  rootNamespace: ROOT_NAMESPACE,
  enableAutoMtls: true,
  outbound: 'ALLOW_ANY',
  connectTimeoutNs: CONNECT_TIMEOUT_NS,
  retries: null,
  localityLbSetting: null,
  upgradesToHttp2: false,
  serviceExportTo: [],
  virtualServiceExportTo: [],
  destinationRuleExportTo: [],
  discoverySelectors: [],
  concurrency: null,
  proxyCpuLimitMillis: DEFAULT_PROXY_LIMIT_MILLIS,
  proxyCpuRequestMillis: DEFAULT_PROXY_REQUEST_MILLIS,
  proxyMemoryRequestBytes: DEFAULT_PROXY_REQUEST_BYTES,
  proxyMemoryLimitBytes: DEFAULT_PROXY_LIMIT_BYTES,
  inboundPorts: ALL_PORTS,
  injectsByDefault: false,
  accessLogFile: '',
  enableTracing: true,
  hasTracer: false,
  proxyMetadata: {},
  terminationDrainNs: null,
  sampling: DEFAULT_SAMPLING,
  defaultProviders: { tracing: [], metrics: ['prometheus'], accessLogging: [] },
  extensionProviders: [],
  networks: {},
  network: '',
  clusterName: '',
  sources: NO_MESH_SOURCES,
};

type Source = Resource<string, MeshSettingsSpec>;

export function meshSettings(resources: ResourceSet, findings: Findings): MeshSettings {
  const maps = resources.configMaps.filter(({ spec }) => spec.mesh !== null);
  const installed = [...resources.istioOperators, ...resources.istios].filter(({ spec }) => says(spec));
  const main = maps.find(({ name }) => name === 'istio');
  const sources: Source[] = [
    ...(main === undefined ? [] : [main]),
    ...maps.filter((map) => map !== main),
    ...installed,
  ];
  noteUnused(sources, findings);
  const injector = resources.configMaps.find(({ spec }) => spec.values !== null);
  const chosen = sources[0] ?? null;
  const valued =
    [injector, chosen, installed[0]].find((source) => source != null && source.spec.values !== null) ?? null;
  return {
    ...fill(chosen?.spec ?? null, valued?.spec.values ?? null),
    ...templateLimits(resources, findings),
    sources: meshSources(chosen, valued, resources.sidecarTemplates[0]),
  };
}

/** What stands in the template of the injector comes before the values, which only templates read. */
function templateLimits(
  { sidecarTemplates: [template, ...others] }: ResourceSet,
  findings: Findings,
): Partial<MeshSettings> {
  for (const { position } of others) {
    findings.notModelled('sidecar template', '', position, 'sidecars are injected with the first one that was read');
  }
  if (template === undefined) return {};
  const { cpuLimitMillis, memoryLimitBytes, cpuRequestMillis, memoryRequestBytes } = template.proxy.resources;
  return {
    proxyCpuLimitMillis: cpuLimitMillis,
    proxyMemoryLimitBytes: memoryLimitBytes,
    proxyCpuRequestMillis: cpuRequestMillis,
    proxyMemoryRequestBytes: memoryRequestBytes,
    inboundPorts: template.inbound,
  };
}

/** What is said, be it that there is none; else the default. */
function or(said: number | null | undefined, otherwise: number | null): number | null {
  return said === undefined ? otherwise : said;
}

function says({ mesh, values, profile }: MeshSettingsSpec): boolean {
  return mesh !== null || values !== null || profile !== '';
}

function fill(spec: MeshSettingsSpec | null, values: MeshValues | null): Omit<MeshSettings, 'sources'> {
  const mesh = spec?.mesh ?? null;
  const base = DEFAULT_MESH;
  return {
    rootNamespace: mesh?.rootNamespace || base.rootNamespace,
    enableAutoMtls: mesh?.enableAutoMtls ?? base.enableAutoMtls,
    outbound: mesh?.outboundMode ?? base.outbound,
    connectTimeoutNs: mesh?.connectTimeoutNs ?? base.connectTimeoutNs,
    retries: mesh?.retries ?? null,
    localityLbSetting: mesh?.localityLbSetting ?? null,
    upgradesToHttp2: mesh?.h2UpgradePolicy === 'UPGRADE',
    serviceExportTo: mesh?.serviceExportTo ?? [],
    virtualServiceExportTo: mesh?.virtualServiceExportTo ?? [],
    destinationRuleExportTo: mesh?.destinationRuleExportTo ?? [],
    discoverySelectors: mesh?.discoverySelectors ?? [],
    concurrency: mesh?.defaultConfig?.concurrency ?? null,
    proxyCpuLimitMillis:
      values?.proxyResources == null ? base.proxyCpuLimitMillis : values.proxyResources.cpuLimitMillis,
    proxyMemoryLimitBytes:
      values?.proxyResources == null ? base.proxyMemoryLimitBytes : values.proxyResources.memoryLimitBytes,
    proxyCpuRequestMillis: or(values?.proxyRequests.cpuMillis, base.proxyCpuRequestMillis),
    proxyMemoryRequestBytes: or(values?.proxyRequests.memoryBytes, base.proxyMemoryRequestBytes),
    inboundPorts: base.inboundPorts,
    injectsByDefault: values?.injectsByDefault ?? base.injectsByDefault,
    accessLogFile: mesh?.accessLogFile ?? (spec?.profile === 'demo' ? '/dev/stdout' : base.accessLogFile),
    enableTracing: mesh?.enableTracing ?? base.enableTracing,
    hasTracer:
      mesh === null ? TRACERS.includes(values?.tracer ?? '') : (mesh.defaultConfig?.hasTracer ?? base.hasTracer),
    proxyMetadata: mesh?.defaultConfig?.proxyMetadata ?? base.proxyMetadata,
    terminationDrainNs: mesh?.defaultConfig?.terminationDrainNs ?? base.terminationDrainNs,
    sampling: mesh?.defaultConfig?.sampling ?? values?.traceSampling ?? base.sampling,
    defaultProviders: mesh?.defaultProviders ?? base.defaultProviders,
    extensionProviders: mesh?.extensionProviders ?? [],
    networks: spec?.networks ?? values?.networks ?? {},
    network: values?.network ?? '',
    clusterName: values?.clusterName ?? '',
  };
}

/** One object says it all: the others are of other revisions, or not installed yet. */
function noteUnused([used, ...others]: readonly Source[], findings: Findings): void {
  if (used === undefined) return;
  for (const { kind, namespace, name, source } of others) {
    findings.notModelled(
      `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`,
      '',
      source.at([]),
      `the settings of the mesh are those of ${used.kind} ${used.name}: these are not used`,
    );
  }
}
