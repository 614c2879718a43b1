// What `seatrial explain` answers: the way of one request, proxy by proxy, with the place of everything that decided it. Plain data; the schema is in
// scenarios/explain/explain-schema.ts.
import type { FidelityEntry, SourcePosition } from '../../config/diagnostic.js';
import type { Decision } from '../contract/decision.js';
import type { AccrualPlan, ClusterPlan, FaultPlan, InboundPlan, Mesh, RetryPlan } from '../contract/plan.js';

export interface Explanation {
  readonly schema: 'seatrial.explain/1';
  readonly istioVersion: string;
  /** Whose proxies the mesh has; empty: nobody's. */
  readonly meshes: readonly Mesh[];
  /** The one of them that some pods are taken to be in, without a word of it in the YAML; absent: none. */
  readonly assumedMesh?: Mesh | undefined;
  /** Nobody said which release it is. */
  readonly isVersionAssumed: boolean;
  /** `web.shop`, or `outside`. */
  readonly from: string;
  /** As it was asked. */
  readonly to: string;
  /** In the order in which they are met; a destination that is a gateway names the hop that goes on. */
  readonly hops: readonly Hop[];
  /** What becomes of the request in the end, the largest share first; shares add up to 1. */
  readonly outcomes: readonly Outcome[];
  /** Only where the way is asked for at a time of the scenario's timeline. */
  readonly at?: Moment | undefined;
  /** What of this way is approximated or not modelled. */
  readonly fidelity: readonly FidelityEntry[];
}

/** A time of the timeline. Seconds count from the end of the warm-up. */
export interface Moment {
  readonly seconds: number;
  /** Which configuration the cluster has; 0: that from before the run, with `sinceSeconds` null. */
  readonly configuration: { readonly version: number; readonly sinceSeconds: number | null };
  /** What holds then, in the order of the timeline. */
  readonly conditions: readonly Condition[];
}

/** An entry of the timeline that holds, or was over at once just now. */
export interface Condition {
  /** As reports call it: `kill 1 pod of cart`. */
  readonly name: string;
  readonly position: SourcePosition | null;
  /** null: since before the run. */
  readonly sinceSeconds: number | null;
  /** null: until the run ends; equal to `sinceSeconds`: it was over at once. */
  readonly untilSeconds: number | null;
  /** 0..1 of its full size. */
  readonly growth: number;
  /** It concerns pods, links or the configuration of this way. */
  readonly isOnWay: boolean;
}

/** One of the answers that the client may get. */
export interface Outcome {
  /** 0..1 of the requests, by the weights of routes and endpoints and the probabilities of faults. */
  readonly share: number;
  /** As the client sees it (of gRPC the code that its status stands for); 0: no answer at all; null: the application answers. */
  readonly status: number | null;
  /** Envoy's response flags in the log of the first proxy. */
  readonly flags: readonly string[];
  /** Whose proxy or pods answer, e.g. `web.shop`. */
  readonly by: string;
  /** Index into `hops` of the proxy that answers; null: the pods at the end of the way, or their proxy. */
  readonly hop: number | null;
  /** '' where the application answers. */
  readonly why: string;
  /** The policy that decides, where one does. */
  readonly decidedBy: Decision | null;
  /** What may answer first, as only a run can tell, e.g. rate limits. */
  readonly unless: readonly string[];
}

/** An object of the YAML, e.g. `VirtualService shop/cart`, or a field of it. */
export interface Place {
  readonly resource: string;
  readonly position: SourcePosition | null;
}

/** Why a setting is what it is: the field of an object, a default of the release, a header of the request, or nothing at all. */
export type Origin =
  /** `field`: what stands there, where the place alone does not tell. */
  | ({ readonly kind: 'yaml'; readonly field?: string } & Place)
  | { readonly kind: 'istio'; readonly release: string; readonly source: string }
  | { readonly kind: 'request'; readonly header: string }
  | { readonly kind: 'none'; readonly why: string };

export interface RequestView {
  readonly method: string;
  readonly scheme: string;
  readonly authority: string;
  /** With the query. */
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly grpc: boolean;
}

/** One proxy (or, where there is none, kube-proxy) and what it does with the request. */
export interface Hop {
  readonly proxy: {
    /** `sidecar`: Istio's. */
    readonly kind: 'sidecar' | 'linkerd' | 'gateway' | 'waypoint' | 'ztunnel' | 'none';
    /** `web.shop`; `outside` for a client that is not in the mesh. */
    readonly workload: string;
    readonly pods: number;
    readonly place: Place | null;
  };
  readonly request: RequestView;
  readonly listener: Listener;
  /** null where no HTTP is routed. */
  readonly virtualHost: VirtualHost | null;
  /** The rules that were looked at, in the order in which the proxy tries them. */
  readonly rules: readonly Rule[];
  readonly route: RouteView;
}

export interface Listener {
  readonly port: number;
  /** `HTTP`, `HTTP2`, `GRPC`, `TCP`, `TLS`, `sniffed`, or `none` without a proxy. */
  readonly protocol: string;
  /** What says so, in words. */
  readonly decidedBy: string;
  readonly place: Place | null;
}

export interface VirtualHost {
  /** `reviews.default.svc.cluster.local:9080`; null: no virtual host answers to the name. */
  readonly name: string | null;
  readonly why: string;
  readonly place: Place | null;
  /** The VirtualServices whose routes it has, in their order. */
  readonly virtualServices: readonly Place[];
  /** VirtualServices that name the host as well and do not count here. */
  readonly passedOver: readonly (Place & { readonly why: string })[];
}

/** A route with one of its match blocks. */
export interface Rule {
  readonly name: string;
  /** `chosen`; `failed`: a matcher does not hold; `left-out`: it never is in this proxy; `not-reached`: an earlier one was chosen. */
  readonly verdict: 'chosen' | 'failed' | 'left-out' | 'not-reached';
  /** Of the match block, or of the route. */
  readonly place: Place;
  /** The route of the root VirtualService, where it is a delegate's. */
  readonly root: Place | null;
  /** The first condition that does not hold; null where the rule is chosen or not reached. */
  readonly failure: { readonly field: string; readonly text: string; readonly position: SourcePosition | null } | null;
}

export interface RouteView {
  readonly name: string;
  /** null: a default route. */
  readonly place: Place | null;
  readonly timeout: { readonly ns: number; readonly origin: Origin };
  readonly retry: {
    readonly policy: RetryPlan | null;
    readonly origin: Origin;
    /** Words of `retryOn` that never fire for this request, or for less than they say. */
    readonly inert: readonly { readonly token: string; readonly never: boolean; readonly why: string }[];
  };
  readonly fault: (FaultPlan & { readonly origin: Origin }) | null;
  /** Of the proxy, in their order, up to the first that answers every request. */
  readonly filters: readonly FilterView[];
  /** Answers of filters and faults that some requests get. */
  readonly possible: readonly PossibleAnswer[];
  /** Flags that every request gets there, whatever becomes of it. */
  readonly marks: readonly string[];
  /** What the route does to the headers of answers, in the order in which the proxy does it; nothing in a run looks at them. */
  readonly responseHeaders: readonly HeaderChange[];
  /** The proxy answers itself: one of its filters, or the route. */
  readonly answer: Answer | null;
  readonly destinations: readonly DestinationView[];
  readonly mirrors: readonly (DestinationView & { readonly probability: number })[];
}

export interface HeaderChange {
  readonly operation: 'set' | 'add' | 'remove';
  readonly name: string;
  /** '' where it is removed. */
  readonly value: string;
  readonly place: Place;
}

export interface Answer {
  readonly status: number;
  /** Envoy's response flag, or ''. */
  readonly flag: string;
  readonly why: string;
  /** The policy that says so, and its rule; null: none does. */
  readonly decidedBy: Decision | null;
}

export interface PossibleAnswer extends Answer {
  /** 0..1 of the requests that come so far; null: the run decides. */
  readonly share: number | null;
}

export interface FilterView {
  readonly kind: string;
  readonly name: string;
  /** The answer that is certain for this request; 0 = it passes; null = the run decides. */
  readonly status: number | null;
  /** The policy that decides it, and its rule; null: nothing that is written. */
  readonly decidedBy: Decision | null;
}

export interface DestinationView {
  /** 0..1 of the requests. */
  readonly share: number;
  /** The text of the destination; null for default routes. */
  readonly place: Place | null;
  readonly cluster: string;
  readonly service: Place | null;
  /** The DestinationRules (or the subset of one) that count, the most specific part first. */
  readonly rules: readonly Place[];
  /** The waypoint of the service, where the caller goes past it. */
  readonly waypointPassed: (Place & { readonly why: string }) | null;
  /** What arrives there, where the route changes it. */
  readonly rewritten: RequestView | null;
  /** null: there is no such cluster. */
  readonly settings: ClusterSettings | null;
  readonly endpoints: readonly EndpointView[];
  /** What each request to it gets, where that is certain; null: the endpoints answer. */
  readonly answer: Answer | null;
}

export interface ClusterSettings {
  readonly protocol: ClusterPlan['protocol'];
  /** `hbone`: mutual TLS of the mesh, in tunnels between ztunnels, waypoints and Envoys. */
  readonly tls: { readonly mode: ClusterPlan['tls']['mode'] | 'hbone'; readonly why: string; readonly origin: Origin };
  readonly balancer: ClusterPlan['balancer'] & { readonly origin: Origin };
  /** NO_LIMIT (4294967295) where there is none. */
  readonly limits: ClusterPlan['limits'] & { readonly origin: Origin };
  readonly retryBudget: ClusterPlan['retryBudget'];
  readonly connections: {
    readonly connectTimeoutNs: number;
    readonly idleTimeoutNs: number;
    /** 0 = no limit. */
    readonly maxRequests: number;
    readonly maxDurationNs: number;
  };
  readonly outlier: ClusterPlan['outlier'];
  readonly outlierOrigin: Origin;
  /** Linkerd's circuit breaker; null: none. */
  readonly accrual: AccrualPlan | null;
  readonly accrualOrigin: Origin;
  readonly panicThresholdPercent: { readonly value: number; readonly origin: Origin };
}

/** An endpoint of a cluster. */
export interface EndpointView extends PodsView {
  /** Of a gateway into another network: what it chooses from for each connection; empty elsewhere. */
  readonly behind: readonly PodsView[];
}

/** The pods of one workload behind a cluster. */
export interface PodsView {
  readonly workload: string;
  readonly kind: 'app' | 'gateway' | 'waypoint' | 'ztunnel' | 'client' | 'external';
  readonly place: Place | null;
  readonly pods: number;
  /** Of each pod. */
  readonly weight: number;
  readonly hasSidecar: boolean;
  /** Its proxy is Linkerd's. */
  readonly isLinkerd: boolean;
  /** In ambient mode: the ztunnel of its node takes its connections. */
  readonly isAmbient: boolean;
  readonly localities: readonly {
    readonly name: string;
    readonly pods: number;
    /** As callers of each locality rank them; empty where localities make no difference. `priority` null: they do not use them. */
    readonly ranks: readonly {
      readonly from: string;
      readonly priority: number | null;
      readonly weight: number | null;
    }[];
  }[];
  /** Limits of the server's sidecar on what its application gets at once, from all callers together; null: none (NO_LIMIT: that one is none). */
  readonly inboundLimits: (InboundPlan & { readonly origin: Origin }) | null;
  /** Of the server's proxy, up to the first that answers every request. */
  readonly filters: readonly FilterView[];
  /** Of that filter; null: the request goes on. */
  readonly answer: Answer | null;
  /** Answers of filters before it that some requests get. */
  readonly possible: readonly PossibleAnswer[];
  /** Index into `hops` where it is a gateway. */
  readonly nextHop: number | null;
}
