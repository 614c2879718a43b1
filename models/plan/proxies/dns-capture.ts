// Whether a sidecar answers the DNS questions of its application, and gives entries without addresses some of their own.
// istio.io: content/en/docs/ops/configuration/traffic-management/dns-proxy; istio: pilot/pkg/model/service.go (nodeUsesAutoallocatedIPs),
// pilot/pkg/model/proxy_config.go (EffectiveProxyConfig: proxyMetadata is merged key by key).
import type { ResourceSet } from '../../config/load.js';
import type { Workload } from '../registry/workload.js';
import type { MeshSettings } from '../settings/mesh-settings.js';
import type { ReleaseDefaults } from '../settings/versions.js';
import { proxyVariable } from './proxy-variables.js';

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

  private setting(workload: Pick<Workload, 'namespace' | 'labels' | 'pod'>, name: string): string | null {
    return proxyVariable(workload, name, this.resources, this.mesh);
  }
}
