// Worker threads that the proxies of a workload are configured with (istio: pilot/pkg/model/proxy_config.go, EffectiveProxyConfig; pkg/config/mesh/mesh.go):
// the mesh's defaultConfig, then ProxyConfigs of the root namespace and of the workload's, then the annotation of the pod, then a
// ProxyConfig that selects it; each replaces what came before.
import type { ResourceSet } from '../config/load.js';
import type { MeshSettings } from './mesh-settings.js';
import { selects } from './visibility.js';
import type { Workload } from './workload.js';

/** null: nothing says so, and the CPU limit decides; 0: all cores of the node. */
export function concurrencyOf(
  { namespace, labels, pod }: Pick<Workload, 'namespace' | 'labels' | 'pod'>,
  { proxyConfigs }: Pick<ResourceSet, 'proxyConfigs'>,
  { rootNamespace, concurrency }: Pick<MeshSettings, 'rootNamespace' | 'concurrency'>,
): number | null {
  const wide = (of: string) =>
    proxyConfigs.find((config) => config.namespace === of && config.spec.selector === null)?.spec.concurrency ?? null;
  const own = proxyConfigs.find(
    (config) =>
      config.namespace === namespace && config.spec.selector !== null && selects(config.spec.selector, labels),
  );
  const annotation = annotated(pod?.annotations['proxy.istio.io/config']);
  return own?.spec.concurrency ?? annotation ?? wide(namespace) ?? wide(rootNamespace) ?? concurrency;
}

/** `concurrency` of the annotation `proxy.istio.io/config`, a small YAML text. */
function annotated(config: string | undefined): number | null {
  const found = config === undefined ? null : /(?:^|[\s{,"])concurrency"?\s*:\s*(\d+)/.exec(config);
  return found === null ? null : Number(found[1]);
}
