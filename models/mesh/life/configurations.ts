// What a proxy does with another version of the configuration, type by type as the messages of istiod come (envoy: source/common/upstream/{cds_api_helper,
// cluster_manager_impl}.cc, source/common/rds): clusters that are gone are gone with CDS; a cluster that has changed takes the place of the old one when
// its endpoints come; a new one answers NC until the proxy has asked for its endpoints; routes hold for the next request, filters for the next connection.
import type { Clusters } from '../clusters/clusters.js';
import type { Pod } from '../state/pod.js';
import type { RuntimePlan } from '../state/runtime.js';
import type { ListenerDrains } from './listener-drains.js';

/** A message that is about a version of the configuration; `whole`: of those who hear all of it at once. */
export interface ConfigurationMessage {
  readonly type: 'cds' | 'eds' | 'lds' | 'rds' | 'whole';
  readonly version: number;
  /** The proxy has asked for it: endpoints of clusters that are new to it. */
  readonly isRequested: boolean;
  /** Endpoints follow in the same push. */
  readonly hasEndpoints: boolean;
}

/** Linkerd's proxies, ztunnels, and callers without a proxy. */
export function wholeOf(version: number): ConfigurationMessage {
  return { type: 'whole', version, isRequested: false, hasEndpoints: false };
}

export class Configurations {
  /** By pod: the Cluster messages whose endpoints its proxy waits for, the oldest first. */
  private readonly messages = new Map<number, readonly RuntimePlan[]>();

  constructor(
    private readonly versions: readonly RuntimePlan[],
    private readonly clusters: Clusters,
    private readonly drains: ListenerDrains,
    /** The proxy of a pod wants to know the endpoints of clusters that it has just heard of. */
    private readonly wantEndpoints: (pod: Pod) => void,
  ) {}

  /** A proxy that starts has the configuration as istiod has it. */
  born(pod: Pod, version: number): void {
    const config = this.versions[version];
    pod.config = config;
    pod.clusterConfig = config;
    pod.listenerConfig = config;
    pod.missing = config.missing;
    this.messages.delete(pod.id);
  }

  /** Whether a message tells a proxy anything that it does not have already. */
  isNews(pod: Pod, { type, version, isRequested }: ConfigurationMessage): boolean {
    switch (type) {
      case 'cds':
        return this.lastOf(pod).version !== version;
      case 'eds':
        return isRequested || this.messages.has(pod.id);
      case 'lds':
        return pod.listenerConfig.version !== version;
      case 'rds':
      case 'whole':
        return pod.config.version !== version;
    }
  }

  receive(pod: Pod, { type, version, isRequested, hasEndpoints }: ConfigurationMessage): void {
    const to = this.versions[version];
    switch (type) {
      case 'cds':
        this.clustersChanged(pod, to);
        if (!hasEndpoints) this.takeClusters(pod);
        return;
      case 'eds':
        this.takeClusters(pod);
        if (isRequested) pod.missing = this.lastOf(pod).missing;
        return;
      case 'rds':
        this.takeRoutes(pod, to);
        return;
      case 'lds':
        this.drains.begin(pod, to);
        return;
      case 'whole':
        this.clusters.drop(pod, to.missing);
        this.messages.set(pod.id, [to]);
        pod.missing = to.missing;
        this.takeClusters(pod);
        this.drains.begin(pod, to);
        this.takeRoutes(pod, to);
    }
  }

  private clustersChanged(pod: Pod, to: RuntimePlan): void {
    const from = this.lastOf(pod);
    this.messages.set(pod.id, [...(this.messages.get(pod.id) ?? []), to]);
    this.clusters.drop(pod, to.missing);
    // Those that are new stay missing until their endpoints come.
    pod.missing = new Set([...pod.missing, ...to.missing]);
    if ([...from.missing].some((name) => !to.missing.has(name))) this.wantEndpoints(pod);
  }

  /** The last Cluster messages that its proxy has. */
  private lastOf(pod: Pod): RuntimePlan {
    return this.messages.get(pod.id)?.at(-1) ?? pod.clusterConfig;
  }

  private takeClusters(pod: Pod): void {
    const messages = this.messages.get(pod.id) ?? [];
    this.messages.delete(pod.id);
    if (messages.length > 0) this.clusters.reconfigure(pod, messages);
  }

  private takeRoutes(pod: Pod, to: RuntimePlan): void {
    pod.config = to;
    this.clusters.beginAt(pod, to.sites);
  }
}
