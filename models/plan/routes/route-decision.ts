// What a proxy does with the requests of a class: the destinations, retries and time-outs of the route that it takes, before it is known which
// clusters these are.
import type { SourcePosition } from '../../config/diagnostic.js';
import type { EnvoyTcpProxy } from '../../config/kinds/envoy-filter.js';
import type { FaultPlan, RetryPlan } from '../contract/plan.js';
import type { SiteSources } from '../contract/sources.js';
import type { GatewayEntry } from '../registry/gateways.js';
import type { Service } from '../registry/service.js';
import type { Workload } from '../registry/workload.js';
import type { RequestClass } from '../terms/request-class.js';

/** One destination of a route, before it is known which cluster that is. */
export interface Target {
  /** null: the registry has no such host. */
  readonly service: Service | null;
  readonly host: string;
  readonly port: number;
  readonly subset: string;
  readonly weight: number;
  /** The class that arrives there. */
  readonly request: RequestClass;
  /** Place of the destination in a VirtualService; null for default routes. */
  readonly position: SourcePosition | null;
  /** `kube-proxy`, `passthrough` and `ztunnel` know no policies, `linkerd` those of its own. */
  readonly via: 'mesh' | 'kube-proxy' | 'passthrough' | 'external' | 'ztunnel' | 'linkerd';
  /** What a proxy answers where the cluster is missing: 503, or 500 for a route of the Gateway API. */
  readonly missingStatus: 503 | 500;
  /** The gateway that is dialed from outside of it; null otherwise. */
  readonly entry: GatewayEntry | null;
  /** The waypoint of the service, where it is sent to instead of to the pods. */
  readonly waypoint?: Workload;
  /** A ServiceProfile of Linkerd's sends it there: no circuit breaker. */
  readonly profiled?: true;
  /** The connection goes past the caller's proxy. */
  readonly skipsProxy?: true;
}

export interface RouteDecision {
  readonly name: string;
  readonly position: SourcePosition | null;
  readonly fault: FaultPlan | null;
  readonly timeoutNs: number;
  readonly retry: RetryPlan | null;
  readonly action:
    | { readonly kind: 'respond'; readonly status: number; readonly flag: '' | 'NR' }
    | {
        readonly kind: 'forward';
        readonly targets: readonly Target[];
        readonly mirrors: readonly { readonly probability: number; readonly target: Target }[];
      };
  /** No HTTP is read: the proxy passes connections on. Absent: it is. */
  readonly opaque?: boolean;
  /** What EnvoyFilters have merged into the TCP proxy. */
  readonly tcpProxy?: EnvoyTcpProxy;
  /** Who wrote what; absent: nobody. */
  readonly sources?: SiteSources;
}
