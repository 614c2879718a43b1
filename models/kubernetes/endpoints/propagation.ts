// How long a change of a pod takes to reach EndpointSlices, and from there the rules of kube-proxy.
// Sources: k8s: pkg/controller/endpointslice/endpointslice_controller.go (onPodUpdate),
// pkg/proxy/runner/bounded_frequency_runner.go, pkg/proxy/apis/config/v1alpha1/defaults.go.
// Connections that are established stay on the endpoint that they have (conntrack), whatever the rules say. The room:
// conditions.ts what an endpoint is said to be; hints.ts which zone an endpoint is for; this file, when whom it
// reaches. Proxies of a mesh hear of endpoints by their control plane, not by kube-proxy.
import { SECOND_NS } from '../units.js';

/** The EndpointSlice controller, for one Service: changes that come close together are written once. */
export class SliceWriter {
  private dueNs: number | null = null;

  /** @param batchNs `--endpoint-updates-batch-period`, 0 */
  constructor(private readonly batchNs = 0) {}

  /** When the slices are written; null: nothing has changed. */
  get nextNs(): number | null {
    return this.dueNs;
  }

  /** A pod has come, gone, or changed its conditions. */
  changed(nowNs: number): void {
    this.dueNs ??= nowNs + this.batchNs;
  }

  /** Writes the slices if they are due; true: everybody who watches them hears of them now. */
  write(nowNs: number): boolean {
    if (this.dueNs === null || nowNs < this.dueNs) return false;
    this.dueNs = null;
    return true;
  }
}

/** Settings of kube-proxy. */
export interface ProxyRules {
  /** `iptables.minSyncPeriod`. */
  readonly minSyncNs: number;
  /** `iptables.syncPeriod`: everything is written again at the latest after so long. */
  readonly fullSyncNs: number;
  /** How long the rules take to be written: grows with the number of Services, for the driver to say. */
  readonly writeNs: number;
}

/** The settings as kube-proxy has them, and no time for the writing. */
export const DEFAULT_PROXY_RULES: ProxyRules = { minSyncNs: SECOND_NS, fullSyncNs: 30 * SECOND_NS, writeNs: 0 };

/** kube-proxy of one node: at once if its last sync is longer ago than minSyncPeriod, else when that is over. */
export class ProxySync {
  private dueNs: number | null = null;
  private lastNs = -Infinity;

  constructor(private readonly rules: ProxyRules = DEFAULT_PROXY_RULES) {}

  /** When the next sync begins; null: none is asked for, and there has been none. */
  get nextNs(): number | null {
    if (this.dueNs !== null) return this.dueNs;
    return this.lastNs === -Infinity ? null : this.lastNs + this.rules.fullSyncNs;
  }

  /** A slice or a Service has changed. */
  changed(nowNs: number): void {
    this.dueNs ??= Math.max(nowNs, this.lastNs + this.rules.minSyncNs);
  }

  /** Begins a sync if one is due: returns when its rules are in force; null: none is due. */
  sync(nowNs: number): number | null {
    const { nextNs } = this;
    if (nextNs === null || nowNs < nextNs) return null;
    this.dueNs = null;
    this.lastNs = nowNs;
    return nowNs + this.rules.writeNs;
  }
}
