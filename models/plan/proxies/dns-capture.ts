// Whether a sidecar answers the DNS questions of its application, and gives entries without addresses some of their own.
// istio.io: content/en/docs/ops/configuration/traffic-management/dns-proxy; istio: pilot/pkg/model/service.go (nodeUsesAutoallocatedIPs),
// pilot/pkg/model/proxy_config.go (EffectiveProxyConfig: proxyMetadata is merged key by key).
import { lookup } from '../../../sim/lookup.js';
import type { StringMap } from '../../config/kinds/common.js';
import type { ResourceSet } from '../../config/load.js';
import type { Workload } from '../registry/workload.js';
import type { MeshSettings } from '../settings/mesh-settings.js';
import type { ReleaseDefaults } from '../settings/versions.js';
import { firstOfAll, firstSelecting } from '../terms/label-index.js';
import { PROXY_CONFIG } from './concurrency.js';

const CAPTURE = 'ISTIO_META_DNS_CAPTURE';
const ALLOCATE = 'ISTIO_META_DNS_AUTO_ALLOCATE';

export class DnsCapture {
  constructor(
    private readonly resources: Pick<ResourceSet, 'proxyConfigs'>,
    private readonly mesh: Pick<MeshSettings, 'rootNamespace' | 'proxyMetadata'>,
    private readonly release: Pick<ReleaseDefaults, 'allocatesAddresses'>,
  ) {}

  /** Whether entries without addresses have some for the proxy of a workload. */
  of(workload: Pick<Workload, 'namespace' | 'labels' | 'pod'>): boolean {
    if (this.setting(workload, CAPTURE) !== 'true') return false;
    return this.release.allocatesAddresses || this.setting(workload, ALLOCATE) === 'true';
  }

  /** The last that says it counts: the mesh, ProxyConfigs of the root namespace and of the workload's, the pod's annotation, a ProxyConfig for the pod. */
  private setting(
    { namespace, labels, pod }: Pick<Workload, 'namespace' | 'labels' | 'pod'>,
    name: string,
  ): string | null {
    const { proxyConfigs } = this.resources;
    const wide = (of: string) => firstOfAll(proxyConfigs, of);
    const selecting = firstSelecting(proxyConfigs, namespace, labels);
    const metadata = (variables: StringMap | undefined) => lookup(variables ?? {}, name) ?? null;
    return (
      metadata(selecting?.spec.environmentVariables) ??
      annotated(pod?.annotations[PROXY_CONFIG], name) ??
      metadata(wide(namespace)?.spec.environmentVariables) ??
      metadata(wide(this.mesh.rootNamespace)?.spec.environmentVariables) ??
      metadata(this.mesh.proxyMetadata)
    );
  }
}

/** A variable of the annotation, a small YAML text. */
function annotated(config: string | undefined, name: string): string | null {
  if (config === undefined) return null;
  return new RegExp(`(?:^|[\\s{,"'])${name}["']?\\s*:\\s*["']?(true|false)`).exec(config)?.[1] ?? null;
}
