// What becomes of an endpoint's conditions on the way to a proxy: istiod's word for its health, whether a push follows
// and of which kind, and what the cluster's assignment says of it. All functions of plain data; nothing here takes time
// but the informer's delay.
import { MS_NS } from './time.js';

/** Conditions of an endpoint in an EndpointSlice; null: not said. */
export interface EndpointConditions {
  readonly ready: boolean | null;
  readonly serving: boolean | null;
  readonly terminating: boolean | null;
}

export type EndpointHealth = 'healthy' | 'unhealthy' | 'draining' | 'terminating';

/**
 * What an assignment says of an endpoint; `absent`: it is not in it. A draining host is not picked, but a session may
 * still name it.
 */
export type EdsEntry = 'HEALTHY' | 'UNHEALTHY' | 'DRAINING' | 'absent';

/** Of the service, and of istiod, what decides. */
export interface EndpointPolicy {
  /** The service has the label of persistent sessions by cookie (`istio.io/persistent-session`). */
  readonly keepsSessions: boolean;
  /** Endpoints that are not ready are sent, see `sendsUnhealthy`. */
  readonly sendsUnhealthy: boolean;
}

/** istio: pilot/pkg/serviceregistry/kube/controller/endpointslice.go (endpointHealthStatus). */
export function endpointHealth(
  { ready, serving, terminating }: EndpointConditions,
  { keepsSessions }: Pick<EndpointPolicy, 'keepsSessions'>,
): EndpointHealth {
  if (ready !== false) return 'healthy';
  if (terminating === false) return 'unhealthy';
  return keepsSessions && serving !== false ? 'draining' : 'terminating';
}

export interface UnhealthySettings {
  /** Minor number of the release of Istio, 31 for 1.31. */
  readonly istioMinor: number;
  /** PILOT_SEND_UNHEALTHY_ENDPOINTS. */
  readonly forcesUnhealthy: boolean;
  /** PILOT_AUTO_SEND_UNHEALTHY_ENDPOINTS, which 1.31 brought; true where nobody says. */
  readonly autoSendsUnhealthy: boolean;
  /** The service has a trafficDistribution. */
  readonly hasTrafficDistribution: boolean;
  /** `minHealthPercent` of the outlier detection that holds for the cluster; 0: none. */
  readonly minHealthPercent: number;
}

/**
 * Whether a cluster's assignment names endpoints that are not ready (istio: pilot/pkg/model/service.go,
 * pilot/pkg/xds/endpoints/endpoint_builder.go).
 */
export function sendsUnhealthy(settings: UnhealthySettings): boolean {
  if (settings.forcesUnhealthy || settings.hasTrafficDistribution) return true;
  return settings.istioMinor >= 31 && settings.autoSendsUnhealthy && settings.minHealthPercent === 0;
}

/**
 * @param isLabelledDraining the pod has the label `istio.io/draining`
 * @see istio: pilot/pkg/xds/endpoints/endpoint_builder.go (filterIstioEndpoint, buildEnvoyLbEndpoint)
 */
export function edsEntry(health: EndpointHealth, policy: EndpointPolicy, isLabelledDraining = false): EdsEntry {
  if (health === 'terminating') return 'absent';
  if (health === 'unhealthy' && !policy.sendsUnhealthy) return 'absent';
  if (health === 'draining' || isLabelledDraining) return policy.keepsSessions ? 'DRAINING' : 'absent';
  return health === 'healthy' ? 'HEALTHY' : 'UNHEALTHY';
}

/** An endpoint as a registry tells istiod of it. */
export interface RegisteredEndpoint {
  /** What it is told apart by: address and port. */
  readonly key: string;
  readonly health: EndpointHealth;
  /** '' = none. */
  readonly serviceAccount: string;
  /** Changes with anything else that an assignment says of it: weight, locality, labels, TLS mode. */
  readonly content: string;
}

/**
 * `incremental`: endpoints of that service; `full`: the key is the service itself, so that its clusters are generated
 * too.
 */
export type EndpointPush = 'none' | 'incremental' | 'full';

/**
 * The endpoints of one service as istiod has them, in one shard for each registry (cluster).
 * @see istio: pilot/pkg/model/endpointshards.go (UpdateServiceEndpoints, endpointUpdateRequiresPush,
 * updateShardServiceAccount)
 */
export class ServiceEndpoints {
  private readonly shards = new Map<string, ReadonlyMap<string, RegisteredEndpoint>>();
  private accounts: ReadonlySet<string> = new Set();
  private isKnown = false;

  /**
   * The registry tells all endpoints that it has for the service now. What push follows?
   * @param sendsUnhealthy of the service, whatever the outlier detection of its clusters says: see `sendsUnhealthy`,
   * with no `minHealthPercent`
   */
  update(shard: string, endpoints: readonly RegisteredEndpoint[], sendsUnhealthy: boolean): EndpointPush {
    if (endpoints.length === 0) {
      // The accounts stay: a lone pod that crashes again and again causes no full pushes.
      this.shards.delete(shard);
      return 'incremental';
    }
    const isNew = !this.isKnown;
    this.isKnown = true;
    const before = this.shards.get(shard);
    const now = new Map(endpoints.map((endpoint) => [endpoint.key, endpoint]));
    this.shards.set(shard, now);
    const hasNewAccounts = this.readAccounts();
    if (isNew || hasNewAccounts) return 'full';
    return before === undefined || differ(before, now, sendsUnhealthy) ? 'incremental' : 'none';
  }

  private readAccounts(): boolean {
    const all = [...this.shards.values()].flatMap((shard) => [...shard.values()]);
    const accounts = new Set(all.map(({ serviceAccount }) => serviceAccount).filter((account) => account !== ''));
    const isSame = accounts.size === this.accounts.size && [...accounts].every((account) => this.accounts.has(account));
    this.accounts = accounts;
    return !isSame;
  }
}

function differ(
  before: ReadonlyMap<string, RegisteredEndpoint>,
  now: ReadonlyMap<string, RegisteredEndpoint>,
  sendsUnhealthy: boolean,
): boolean {
  for (const [key, { health, serviceAccount, content }] of now) {
    const old = before.get(key);
    if (old === undefined) {
      if (health !== 'unhealthy' || sendsUnhealthy) return true;
    } else if (old.health !== health || old.serviceAccount !== serviceAccount || old.content !== content) {
      return true;
    }
  }
  return [...before.keys()].some((key) => !now.has(key));
}

/**
 * The time from a change at the API server to the informers of one replica: 10 to 100 ms (an estimate).
 * @param u uniform in (0, 1)
 */
export function informerDelayNs(u: number): number {
  return 10 * MS_NS + Math.round(u * 90 * MS_NS);
}
