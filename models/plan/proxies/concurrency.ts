// Worker threads that the proxies of a workload are configured with (istio: pilot/pkg/model/proxy_config.go, EffectiveProxyConfig; pkg/config/mesh/mesh.go):
// the mesh's defaultConfig, then ProxyConfigs of the root namespace and of the workload's, then the annotation of the pod, then a
// ProxyConfig that selects it; each replaces what came before.
import type { ResourceSet } from '../../config/load.js';
import type { Workload } from '../registry/workload.js';
import type { MeshSettings } from '../settings/mesh-settings.js';
import { firstOfAll, firstSelecting } from '../terms/label-index.js';

/** null: nothing says so, and the CPU limit decides; 0: all cores of the node. */
export function concurrencyOf(
  workload: ConcurrentWorkload,
  resources: Pick<ResourceSet, 'proxyConfigs'>,
  mesh: Pick<MeshSettings, 'rootNamespace' | 'concurrency'>,
): number | null {
  return placedConcurrency(workload, resources, mesh).value;
}

type ConcurrentWorkload = Pick<Workload, 'namespace' | 'labels' | 'pod'>;

/** Who says so: a ProxyConfig, the annotation of the pod, the mesh. */
export type ConcurrencyPlace = ResourceSet['proxyConfigs'][number] | 'annotation' | 'mesh';

export function placedConcurrency(
  { namespace, labels, pod }: ConcurrentWorkload,
  { proxyConfigs }: Pick<ResourceSet, 'proxyConfigs'>,
  { rootNamespace, concurrency }: Pick<MeshSettings, 'rootNamespace' | 'concurrency'>,
): { readonly value: number | null; readonly place: ConcurrencyPlace } {
  const own = firstSelecting(proxyConfigs, namespace, labels);
  const annotation = annotated(pod?.annotations[PROXY_CONFIG]);
  if (own !== undefined && own.spec.concurrency !== null) return { value: own.spec.concurrency, place: own };
  if (annotation !== null) return { value: annotation, place: 'annotation' };
  for (const of of [namespace, rootNamespace]) {
    const config = firstOfAll(proxyConfigs, of);
    if (config !== undefined && config.spec.concurrency !== null) {
      return { value: config.spec.concurrency, place: config };
    }
  }
  return { value: concurrency, place: 'mesh' };
}

export const PROXY_CONFIG = 'proxy.istio.io/config';

/** `concurrency` of the annotation, a small YAML text. */
function annotated(config: string | undefined): number | null {
  const found = config === undefined ? null : /(?:^|[\s{,"])concurrency"?\s*:\s*(\d+)/.exec(config);
  return found === null ? null : Number(found[1]);
}
