// What is read of Istio's Helm values, as the injector's ConfigMap, an IstioOperator or an Istio of the Sail operator hold them
// (istio: manifests/charts/istio-control/istio-discovery/{values.yaml,templates/configmap.yaml,files/injection-template.yaml}). They are an open world: unknown ones are not complained of.
import { fieldOf, isPlainMap, type PlainValue } from '../document.js';
import { INVALID, type Place } from '../place.js';
import { bytes, cpuMillis } from '../scalars.js';
import type { Schema } from '../schema.js';
import type { StringMap } from './common.js';
import { type MeshConfig, meshConfig } from './mesh-config.js';
import { type MeshNetworks, networksByName } from './mesh-networks.js';

export interface MeshValues {
  /** `resources` of the sidecars; null: the chart's. */
  readonly proxyResources: { readonly cpuLimitMillis: number | null; readonly memoryLimitBytes: number | null } | null;
  /** What the values say of requests of the proxy; undefined: nothing, and null: that there is none. */
  readonly proxyRequests: {
    readonly cpuMillis: number | null | undefined;
    readonly memoryBytes: number | null | undefined;
  };
  /** `global.proxy.tracer`, which the chart makes a part of the mesh's defaultConfig; '' where absent. */
  readonly tracer: string;
  /** `sidecarInjectorWebhook.enableNamespacesByDefault` */
  readonly injectsByDefault: boolean | null;
  /** `pilot.traceSampling`, percent. */
  readonly traceSampling: number | null;
  /** `pilot.env`: the environment of istiod. */
  readonly env: StringMap;
  /** `compatibilityVersion`: the release whose behaviour istiod is asked for; '' where absent. */
  readonly compatibility: string;
  /** `meshConfig` among the values. */
  readonly mesh: MeshConfig | null;
  /** `global.network`: the network of the pods that are injected; '' where absent. */
  readonly network: string;
  /** `global.multiCluster.clusterName`; '' where absent. */
  readonly clusterName: string;
  /** `global.meshNetworks`; null: absent. */
  readonly networks: MeshNetworks | null;
}

const OTHERS =
  'of the values, only the resources and the tracer of the sidecars, injection by default, networks, traceSampling, pilot.env, compatibilityVersion and meshConfig are read';

/** The values at a place; what has the wrong type is as if absent, and told. */
export function readMeshValues(value: PlainValue, place: Place): MeshValues {
  const limits = down(value, 'global', 'proxy', 'resources', 'limits');
  const resources = down(value, 'global', 'proxy', 'resources');
  const limit = <T>(name: string, schema: Schema<T>): T | null | typeof INVALID => {
    const amount = fieldOf(limits, name);
    if (amount === undefined || amount === null) return null;
    return schema.read(amount, place.down('global', 'proxy', 'resources', 'limits', name));
  };
  const requests = fieldOf(resources, 'requests');
  const request = (name: string, schema: Schema<number>): number | null | undefined => {
    const amount = requests === null ? null : fieldOf(requests, name);
    if (amount === undefined || amount === null) return amount;
    const read = schema.read(amount, place.down('global', 'proxy', 'resources', 'requests', name));
    return read === INVALID ? undefined : read;
  };
  const cpu = limit('cpu', cpuMillis);
  const memory = limit('memory', bytes);
  noteConcurrency(down(value, 'global', 'proxy', 'concurrency'), place);
  const tracer = down(value, 'global', 'proxy', 'tracer');
  const mesh = fieldOf(value, 'meshConfig');
  const read = mesh === undefined || mesh === null ? null : meshConfig.read(mesh, place.child('meshConfig'));
  const byDefault = down(value, 'sidecarInjectorWebhook', 'enableNamespacesByDefault');
  const sampled = down(value, 'pilot', 'traceSampling');
  const written = down(value, 'global', 'meshNetworks');
  const networks = isPlainMap(written) ? networksByName.read(written, place.down('global', 'meshNetworks')) : null;
  if (isPlainMap(value) && Object.keys(value).some((key) => key !== 'meshConfig')) place.approximated(OTHERS);
  return {
    proxyResources:
      resources === undefined || cpu === INVALID || memory === INVALID
        ? null
        : { cpuLimitMillis: cpu === 0 ? null : cpu, memoryLimitBytes: memory === 0 ? null : memory },
    proxyRequests: { cpuMillis: request('cpu', cpuMillis), memoryBytes: request('memory', bytes) },
    tracer: typeof tracer === 'string' ? tracer : '',
    injectsByDefault: typeof byDefault === 'boolean' ? byDefault : null,
    traceSampling: typeof sampled === 'number' ? sampled : null,
    mesh: read === INVALID ? null : read,
    env: environmentOf(down(value, 'pilot', 'env')),
    compatibility: releaseText(fieldOf(value, 'compatibilityVersion')),
    network: textAt(value, 'global', 'network'),
    clusterName: textAt(value, 'global', 'multiCluster', 'clusterName'),
    networks: networks === INVALID ? null : networks,
  };
}

/** Numbers and words are texts to a process. */
function environmentOf(written: PlainValue | undefined): StringMap {
  if (!isPlainMap(written)) return {};
  return Object.fromEntries(Object.entries(written).map(([name, value]) => [name, String(value)]));
}

/** `1.30` without quotes is the number 1.3. */
function releaseText(written: PlainValue | undefined): string {
  return typeof written === 'number' && written < 1.2 + 1e-9
    ? ''
    : written === undefined || written === null
      ? ''
      : String(written);
}

function textAt(value: PlainValue | undefined, ...path: readonly string[]): string {
  const found = down(value, ...path);
  return typeof found === 'string' ? found : '';
}

/** Once the chart made it the defaultConfig's; no release that is known here reads it (removed in 1.7). */
function noteConcurrency(concurrency: PlainValue | undefined, place: Place): void {
  if (concurrency === undefined) return;
  place
    .down('global', 'proxy', 'concurrency')
    .warn(
      'ignored-by-istio',
      'Istio has not read this value since 1.7: proxies have as many worker threads as their CPU limit has cores, rounded up',
      'set meshConfig.defaultConfig.concurrency, or a ProxyConfig',
    );
}

function down(value: PlainValue | undefined, ...path: readonly string[]): PlainValue | undefined {
  return path.reduce<PlainValue | undefined>((inner, name) => fieldOf(inner, name), value);
}
