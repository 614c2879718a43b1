// Hosts that no assignment names any more, and that stay because they pass their active checks: they go when they fail one, or are hosts as before when an
// assignment names them again (envoy: source/common/upstream/upstream_impl.cc, updateDynamicHostList, PENDING_DYNAMIC_REMOVAL; source/extensions/clusters/
// eds/eds.cc, reloadHealthyHostsHelper; ignore_health_on_host_removal, which nobody sets here, would let them go). Envoy puts them behind all others
// in its list; here they keep their places.
import type { ClusterState, HostState } from '../state/cluster-state.js';
import type { Endpoint } from '../state/endpoint.js';
import type { Pod } from '../state/pod.js';

export class HeldHosts {
  private readonly held = new Set<HostState>();

  /** Holds those of the endpoints whose hosts pass their checks. @returns the others, which go */
  hold({ hosts, endpoints }: ClusterState, removed: readonly Endpoint[]): readonly Endpoint[] {
    return removed.filter(({ pod, group }) => {
      const host = hosts[endpoints.findIndex((one) => one.pod === pod && one.group === group)] ?? null;
      if (host === null || host.failedCheck || host.unready) return true;
      this.held.add(host);
      return false;
    });
  }

  /** An assignment names these pods. */
  named({ hosts }: ClusterState, pods: readonly Pod[]): void {
    if (this.held.size === 0) return;
    for (const host of hosts) if (host !== null && pods.includes(host.pod)) this.held.delete(host);
  }

  /** True where the host was held; it is no longer. */
  letGo(host: HostState): boolean {
    return this.held.delete(host);
  }
}
