// VirtualService (istio api: networking/v1alpha3/virtual_service.proto). Lists and maps that are absent read as empty, as
// protobuf cannot tell the two apart; messages that are absent are null, which Istio does tell from `{}`.
import type { StringMap } from './common.js';
import type { CorsPolicy } from './cors-policy.js';
import type { StringMatch } from './string-match.js';

/** Kinds that route requests. Ingresses and routes of the Gateway API are turned into VirtualServices, as Istio does. */
export type RoutingKind = 'VirtualService' | 'Ingress' | 'HTTPRoute' | 'GRPCRoute' | 'TCPRoute' | 'TLSRoute';

export interface VirtualServiceSpec {
  /** Empty: a delegate. */
  readonly hosts: readonly string[];
  /** Empty: `mesh`. */
  readonly gateways: readonly string[];
  /** Empty: the mesh's default, `*`. */
  readonly exportTo: readonly string[];
  readonly http: readonly HttpRoute[];
  readonly tls: readonly TlsRoute[];
  readonly tcp: readonly TcpRoute[];
}

export interface HttpRoute {
  /** '' where absent. */
  readonly name: string;
  /** Any of these; empty: everything. */
  readonly match: readonly HttpMatch[];
  readonly route: readonly HttpRouteDestination[];
  readonly redirect: HttpRedirect | null;
  readonly directResponse: HttpDirectResponse | null;
  readonly delegate: { readonly name: string; readonly namespace: string } | null;
  readonly rewrite: HttpRewrite | null;
  /** null or 0: no time-out. */
  readonly timeoutNs: number | null;
  /** null: the mesh's default policy; `attempts: 0`: no retries. */
  readonly retries: HttpRetry | null;
  readonly fault: HttpFault | null;
  /** `mirror`, `mirrors`, `mirrorPercentage` and `mirrorPercent` together. */
  readonly mirrors: readonly HttpMirror[];
  readonly headers: HeaderRules;
  readonly cors: CorsPolicy | null;
}

export interface HttpMatch {
  readonly name: string;
  readonly uri: StringMatch | null;
  readonly scheme: StringMatch | null;
  readonly method: StringMatch | null;
  readonly authority: StringMatch | null;
  readonly headers: Readonly<Record<string, StringMatch>>;
  readonly withoutHeaders: Readonly<Record<string, StringMatch>>;
  readonly queryParams: Readonly<Record<string, StringMatch>>;
  readonly ignoreUriCase: boolean;
  /** Port of the listener (the Service's port), not of the container. */
  readonly port: number | null;
  readonly sourceLabels: StringMap;
  /** '' where absent. */
  readonly sourceNamespace: string;
  readonly gateways: readonly string[];
}

export interface Destination {
  /** As written: short name, FQDN or anything else. */
  readonly host: string;
  /** '' where absent. */
  readonly subset: string;
  readonly portNumber: number | null;
}

export interface HttpRouteDestination {
  readonly destination: Destination;
  /** 0 where absent; ignored by Istio where there is one destination only. */
  readonly weight: number;
  readonly headers: HeaderRules;
}

/** What is done to the headers of the request and of the response; header names as written. */
export interface HeaderRules {
  readonly request: HeaderOperations;
  readonly response: HeaderOperations;
}

export interface HeaderOperations {
  readonly set: StringMap;
  readonly add: StringMap;
  readonly remove: readonly string[];
}

export interface HttpRedirect {
  readonly uri: string;
  readonly prefixRewrite: string;
  readonly authority: string;
  readonly scheme: string;
  readonly port: number | null;
  readonly derivePort: 'FROM_PROTOCOL_DEFAULT' | 'FROM_REQUEST_PORT' | null;
  /** 301 where absent. */
  readonly redirectCode: number;
}

export interface HttpDirectResponse {
  readonly status: number;
}

export interface HttpRewrite {
  /** '' where absent. */
  readonly uri: string;
  readonly authority: string;
  readonly uriRegexRewrite: { readonly match: string; readonly rewrite: string } | null;
}

export interface HttpRetry {
  /** Retries after the first try; 0 (also where absent): none. */
  readonly attempts: number;
  readonly perTryTimeoutNs: number | null;
  /** Tokens without blanks, e.g. `['5xx', '429']`; null: the default policy's. */
  readonly retryOn: readonly string[] | null;
  readonly retryRemoteLocalities: boolean | null;
  readonly retryIgnorePreviousHosts: boolean | null;
  /** Base interval of the back-off. */
  readonly backoffNs: number | null;
}

/** Percentages are 0..100; 0 where absent, as in Istio. */
export interface HttpFault {
  readonly delay: { readonly fixedDelayNs: number; readonly percent: number } | null;
  readonly abort: {
    readonly httpStatus: number | null;
    /** Name or number as written; '' where absent. */
    readonly grpcStatus: string;
    readonly percent: number;
  } | null;
}

export interface HttpMirror {
  readonly destination: Destination;
  /** 0..100 */
  readonly percent: number;
}

export interface RouteDestination {
  readonly destination: Destination;
  readonly weight: number;
}

export interface TlsRoute {
  readonly match: readonly {
    readonly sniHosts: readonly string[];
    readonly destinationSubnets: readonly string[];
    readonly port: number | null;
    readonly sourceLabels: StringMap;
    readonly sourceNamespace: string;
    readonly gateways: readonly string[];
  }[];
  readonly route: readonly RouteDestination[];
}

export interface TcpRoute {
  readonly match: readonly {
    readonly destinationSubnets: readonly string[];
    readonly port: number | null;
    readonly sourceLabels: StringMap;
    readonly sourceNamespace: string;
    readonly gateways: readonly string[];
  }[];
  readonly route: readonly RouteDestination[];
}
