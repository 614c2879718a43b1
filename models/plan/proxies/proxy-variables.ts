// Variables of a proxy's environment, and fields of its configuration, as they hold for the proxy of one workload (istio: pilot/pkg/model/proxy_config.go,
// EffectiveProxyConfig: proxyMetadata is merged key by key).
import { lookup } from '../../../sim/lookup.js';
import type { StringMap } from '../../config/kinds/common.js';
import type { ResourceSet } from '../../config/load.js';
import type { Workload } from '../registry/workload.js';
import type { MeshSettings } from '../settings/mesh-settings.js';
import { firstOfAll, firstSelecting } from '../terms/label-index.js';
import { PROXY_CONFIG } from './concurrency.js';

type Owner = Pick<Workload, 'namespace' | 'labels' | 'pod'>;

/** The last that says it counts: the mesh, ProxyConfigs of the root namespace and of the workload's, the pod's annotation, a ProxyConfig for the pod; null: nobody. */
export function proxyVariable(
  { namespace, labels, pod }: Owner,
  name: string,
  { proxyConfigs }: Pick<ResourceSet, 'proxyConfigs'>,
  mesh: Pick<MeshSettings, 'rootNamespace' | 'proxyMetadata'>,
): string | null {
  const wide = (of: string) => firstOfAll(proxyConfigs, of);
  const selecting = firstSelecting(proxyConfigs, namespace, labels);
  const metadata = (variables: StringMap | undefined) => lookup(variables ?? {}, name) ?? null;
  return (
    metadata(selecting?.spec.environmentVariables) ??
    annotatedValue(pod, name) ??
    metadata(wide(namespace)?.spec.environmentVariables) ??
    metadata(wide(mesh.rootNamespace)?.spec.environmentVariables) ??
    metadata(mesh.proxyMetadata)
  );
}

/** A plain value of the annotation `proxy.istio.io/config`, a small YAML text; null: it is not there. */
export function annotatedValue(pod: Owner['pod'], name: string): string | null {
  const config = pod?.annotations[PROXY_CONFIG];
  if (config === undefined) return null;
  return new RegExp(`(?:^|[\\s{,"'])${name}["']?\\s*:\\s*["']?([\\w.]+)`).exec(config)?.[1] ?? null;
}
