// What a proxy's memory is estimated from: what it has at rest by release (versions.ts), the clusters and endpoints that it is configured with, and
// the connections that it holds. Every proxy knows every service that is exported to its namespace, used or not.
// envoy: test/integration/stats_integration_test.cc (MemoryLargeClusterSize, MemoryLargeHostSizeWithStats: bytes that a cluster and a host add);
// istio: manifests/charts/istio-control/istio-discovery/values.yaml (global.proxy.resources).

import type { ProxyMemoryPlan } from '../contract/plan.js';
import type { Pods } from '../registry/pods.js';
import type { Registry } from '../registry/registry.js';
import type { Workload } from '../registry/workload.js';
import type { DestinationRules } from '../settings/destination-rule.js';
import type { MeshSettings } from '../settings/mesh-settings.js';
import { proxyLimit } from '../settings/proxy-limits.js';
import { isVisible } from '../terms/visibility.js';

/** Measured by Envoy's own test: 40,577 bytes a cluster, 1,380 a host. */
const CLUSTER_BYTES = 40_577;
const ENDPOINT_BYTES = 1_380;

/** An engineering estimate: TLS state, codec and buffers of a connection that has carried traffic. */
const CONNECTION_BYTES = 50_000;

export class ProxyMemory {
  /** By namespace. */
  private readonly configs = new Map<string, number>();

  constructor(
    private readonly baseBytes: number,
    private readonly registry: Registry,
    private readonly rules: DestinationRules,
    private readonly pods: Pods,
    private readonly mesh: Pick<MeshSettings, 'proxyMemoryLimitBytes'>,
  ) {}

  of(workload: Workload): ProxyMemoryPlan {
    return {
      baseBytes: this.baseBytes,
      configBytes: this.configBytes(workload.namespace),
      perConnectionBytes: CONNECTION_BYTES,
      limitBytes: limitOf(workload, this.mesh.proxyMemoryLimitBytes),
    };
  }

  /** One cluster for each port of a service and each of its subsets, whose endpoints are counted as all of the service's. */
  private configBytes(namespace: string): number {
    const known = this.configs.get(namespace);
    if (known !== undefined) return known;
    let bytes = 0;
    for (const service of this.registry.services) {
      if (!isVisible(service.exportTo, service.namespace, namespace)) continue;
      const rule = this.rules.lookup(service.host, service.namespace, namespace, {});
      const clusters = service.ports.length * (1 + (rule?.subsets.length ?? 0));
      let endpoints = 0;
      for (const { workload } of service.endpoints) endpoints += this.pods.localitiesOf(workload).length;
      bytes += clusters * (CLUSTER_BYTES + endpoints * ENDPOINT_BYTES);
    }
    this.configs.set(namespace, bytes);
    return bytes;
  }
}

/** The proxy of a machine has no container with a limit. */
function limitOf({ kind, pod }: Workload, injected: number | null): number | null {
  return kind === 'external' ? null : proxyLimit(pod, 'memory', injected).value;
}
