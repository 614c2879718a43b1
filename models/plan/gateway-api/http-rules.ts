// Rules of HTTPRoutes and GRPCRoutes as routes of a VirtualService, one for each match, and their order.
// istio: pilot/pkg/config/kube/gateway/conversion.go (convertHTTPRoute, convertGRPCRoute, sortHTTPRoutes, create…Match, create…Filter).
import { RE2JS } from 're2js';
import type { CorsPolicy } from '../../config/kinds/cors-policy.js';
import type { NamedMatch } from '../../config/kinds/gateway-api/fields.js';
import type { RouteFilter } from '../../config/kinds/gateway-api/filters.js';
import type { GrpcRouteMatch, GrpcRouteSpec } from '../../config/kinds/gateway-api/grpc-route.js';
import type {
  FilteredBackend,
  HttpRouteMatch,
  HttpRouteRule,
  HttpRouteSpec,
} from '../../config/kinds/gateway-api/http-route.js';
import { NO_HEADERS } from '../../config/kinds/istio-fields.js';
import type { StringMatch } from '../../config/kinds/string-match.js';
import type {
  HeaderRules,
  HttpMatch,
  HttpMirror,
  HttpRedirect,
  HttpRetry,
  HttpRewrite,
  HttpRoute,
} from '../../config/kinds/virtual-service.js';
import type { FieldPath, Resource, WrittenField } from '../../config/resource.js';
import type { Backends } from './backends.js';

/** A converted route; `field` finds what of the original a field of the conversion is. */
export interface PlacedRule {
  readonly route: HttpRoute;
  field(path: FieldPath): WrittenField;
}

type GrpcOrHttp = Resource<'HTTPRoute' | 'GRPCRoute', unknown>;

/** Empty: Istio takes none of the rules, for a filter that it does not know. @param foreign of another controller, which may know it */
export function httpRules(
  resource: Resource<'HTTPRoute', HttpRouteSpec>,
  backends: Backends,
  foreign = false,
): readonly PlacedRule[] {
  const { rules } = resource.spec;
  if (!foreign && rules.some(hasUnknownFilter)) return [];
  return rules.flatMap((rule, index) =>
    placed(resource, index, rule, (match: HttpRouteMatch | null) => ({
      ...converted(resource, index, rule, backends),
      match: match === null ? [] : [httpMatch(match)],
      timeoutNs: timeoutOf(rule),
      retries: retriesOf(rule),
    })),
  );
}

export function grpcRules(
  resource: Resource<'GRPCRoute', GrpcRouteSpec>,
  backends: Backends,
  foreign = false,
): readonly PlacedRule[] {
  const { rules } = resource.spec;
  if (!foreign && rules.some(hasUnknownFilter)) return [];
  return rules.flatMap((rule, index) =>
    placed(resource, index, rule, (match: GrpcRouteMatch | null) => ({
      ...converted(resource, index, rule, backends),
      match: match === null ? [] : [grpcMatch(match)],
      timeoutNs: null,
      retries: null,
    })),
  );
}

interface Rule {
  readonly name: string;
  readonly filters: readonly RouteFilter[];
  readonly backendRefs: readonly FilteredBackend[];
  /** Of HTTPRoutes alone. */
  readonly retry?: HttpRouteRule['retry'];
  readonly backendRequestTimeoutNs?: number;
}

function hasUnknownFilter({ filters, backendRefs }: Rule): boolean {
  const unknown = ({ type }: RouteFilter): boolean => type === 'ExtensionRef' || type === 'ExternalAuth';
  return filters.some(unknown) || backendRefs.some((backend) => backend.filters.some(unknown));
}

function placed<Match>(
  resource: GrpcOrHttp,
  index: number,
  rule: Rule & { readonly matches: readonly Match[] },
  convert: (match: Match | null) => HttpRoute,
): PlacedRule[] {
  const each: readonly (Match | null)[] = rule.matches.length === 0 ? [null] : rule.matches;
  return each.map((match, number) => ({
    route: convert(match),
    field: (path) =>
      resource.source.field(['spec', 'rules', index, ...original(path, match === null ? null : number, rule)]),
  }));
}

/** `match` is the one match of the original; the place of a destination is that of the whole rule's backends. */
function original([field, inner]: FieldPath, match: number | null, rule: Rule): FieldPath {
  switch (field) {
    case 'match':
      return match === null ? [] : ['matches', match];
    case 'route':
    case 'directResponse':
      return ['backendRefs'];
    case 'timeout':
      return ['timeouts', limitsEveryTry(rule) ? 'backendRequest' : 'request'];
    case 'retries':
      return inner === 'perTryTimeout'
        ? ['timeouts', 'backendRequest']
        : inner === undefined
          ? ['retry']
          : ['retry', inner];
    case 'redirect':
    case 'mirror':
    case 'corsPolicy':
      return ['filters'];
    default:
      return [];
  }
}

function converted(
  resource: GrpcOrHttp,
  index: number,
  rule: Rule,
  backends: Backends,
): Omit<HttpRoute, 'match' | 'timeoutNs' | 'retries'> {
  const redirect = redirectOf(rule.filters);
  const sharing = rule.backendRefs.filter(({ weight }) => weight > 0);
  return {
    name: rule.name || `${resource.namespace}.${resource.name}.${index}`,
    route: sharing.map((backend) => ({
      destination: backends.destination(backend, resource, resource.source.at(['spec', 'rules', index, 'backendRefs'])),
      weight: backend.weight,
      headers: headersOf(backend.filters),
    })),
    redirect,
    // The specification asks for 500 where no backend has a share.
    directResponse:
      sharing.length === 0 && redirect === null
        ? { status: rule.backendRefs.length === 0 ? backends.noneStatus : 500 }
        : null,
    delegate: null,
    rewrite: rewriteOf(rule.filters),
    fault: null,
    mirrors: mirrorsOf(rule.filters, resource, backends, index),
    headers: headersOf(rule.filters),
    cors: corsOf(rule.filters),
  };
}

function timeoutOf(rule: HttpRouteRule): number | null {
  const ns = limitsEveryTry(rule) ? rule.backendRequestTimeoutNs : rule.requestTimeoutNs;
  return ns === 0 ? null : ns;
}

/** Without retries, the time-out of the only try is that of the call. */
function limitsEveryTry({ retry = null, backendRequestTimeoutNs = 0 }: Rule): boolean {
  return retry === null && backendRequestTimeoutNs > 0;
}

const CONNECTION_ERRORS = ['connect-failure', 'refused-stream', 'unavailable', 'cancelled'];
const DEFAULT_ATTEMPTS = 2;

function retriesOf({ retry, backendRequestTimeoutNs }: HttpRouteRule): HttpRetry | null {
  if (retry === null) return null;
  return {
    attempts: retry.attempts ?? DEFAULT_ATTEMPTS,
    perTryTimeoutNs: backendRequestTimeoutNs === 0 ? null : backendRequestTimeoutNs,
    retryOn: [...CONNECTION_ERRORS, ...retry.codes.map(String)],
    retryRemoteLocalities: null,
    retryIgnorePreviousHosts: null,
    backoffNs: retry.backoffNs,
  };
}

function headersOf(filters: readonly RouteFilter[]): HeaderRules {
  const request = filters.findLast(({ requestHeaderModifier }) => requestHeaderModifier !== null);
  const response = filters.findLast(({ responseHeaderModifier }) => responseHeaderModifier !== null);
  return {
    request: request?.requestHeaderModifier ?? NO_HEADERS.request,
    response: response?.responseHeaderModifier ?? NO_HEADERS.response,
  };
}

/** istio: createCorsFilter. A pattern with one star at its end is a prefix, any other a regular expression. */
function corsOf(filters: readonly RouteFilter[]): CorsPolicy | null {
  const filter = filters.find(({ cors }) => cors !== null)?.cors ?? null;
  if (filter === null) return null;
  const allowOrigins = filter.allowOrigins.map((origin): StringMatch => {
    if (origin === '*') return { kind: 'regex', value: ANY_ORIGIN };
    const star = origin.indexOf('*');
    if (star < 0) return { kind: 'exact', value: origin };
    if (star === origin.length - 1) return { kind: 'prefix', value: origin.slice(0, star) };
    return { kind: 'regex', value: origin.split('*').map(RE2JS.quote).join('.*') };
  });
  return { allowOrigins, unmatchedPreflights: 'IGNORE' };
}

/** A scheme, and a host perhaps with a port (RFC 6454). */
const ANY_ORIGIN = '[a-zA-Z][a-zA-Z0-9+.-]*://[^/\\s?#]+';

function redirectOf(filters: readonly RouteFilter[]): HttpRedirect | null {
  const filter = filters.find(({ requestRedirect }) => requestRedirect !== null)?.requestRedirect ?? null;
  if (filter === null) return null;
  const derived = filter.scheme === '' ? 'FROM_REQUEST_PORT' : 'FROM_PROTOCOL_DEFAULT';
  return {
    uri: filter.path?.replaceFullPath ?? '',
    prefixRewrite: filter.path?.replacePrefixMatch ?? '',
    authority: filter.hostname,
    scheme: filter.scheme,
    port: filter.port,
    derivePort: filter.port === null ? derived : null,
    redirectCode: filter.statusCode,
  };
}

function rewriteOf(filters: readonly RouteFilter[]): HttpRewrite | null {
  const filter = filters.find(({ urlRewrite }) => urlRewrite !== null)?.urlRewrite ?? null;
  if (filter === null) return null;
  const { path, hostname } = filter;
  const prefix = path?.type === 'ReplacePrefixMatch' ? (path.replacePrefixMatch ?? '').replace(/\/$/, '') || '/' : '';
  const full = path?.type === 'ReplaceFullPath' ? (path.replaceFullPath ?? '') : null;
  return {
    uri: prefix,
    authority: hostname,
    uriRegexRewrite: full === null ? null : { match: '/.*', rewrite: full },
  };
}

/** A copy to a backend that is not permitted is not made. */
function mirrorsOf(
  filters: readonly RouteFilter[],
  resource: GrpcOrHttp,
  backends: Backends,
  index: number,
): readonly HttpMirror[] {
  const at = resource.source.at(['spec', 'rules', index, 'filters']);
  return filters.flatMap(({ requestMirror }): HttpMirror[] => {
    if (requestMirror === null) return [];
    const { backendRef, percent, fraction } = requestMirror;
    const share = fraction === null ? (percent ?? 100) : (100 * fraction.numerator) / fraction.denominator;
    return [{ destination: backends.destination(backendRef, resource, at), percent: share }];
  });
}

/** A match without conditions. */
export const ANY_REQUEST: HttpMatch = {
  name: '',
  uri: null,
  scheme: null,
  method: null,
  authority: null,
  headers: {},
  withoutHeaders: {},
  queryParams: {},
  ignoreUriCase: false,
  port: null,
  sourceLabels: {},
  sourceNamespace: '',
  gateways: [],
};

function httpMatch({ path, method, headers, queryParams }: HttpRouteMatch): HttpMatch {
  return {
    ...ANY_REQUEST,
    uri: pathMatch(path),
    method: method === null ? null : { kind: 'exact', value: method },
    headers: byName(headers),
    queryParams: byName(queryParams),
  };
}

function pathMatch({ type, value }: HttpRouteMatch['path']): StringMatch {
  switch (type) {
    case 'Exact':
      return { kind: 'exact', value };
    case 'RegularExpression':
      return { kind: 'regex', value };
    case 'PathPrefix': {
      const prefix = value.replace(/(.)\/$/, '$1');
      return prefix === '/' ? { kind: 'prefix', value: '/' } : { kind: 'path-prefix', value: prefix };
    }
  }
}

function grpcMatch({ method, headers }: GrpcRouteMatch): HttpMatch {
  return { ...ANY_REQUEST, uri: method === null ? null : methodMatch(method), headers: byName(headers) };
}

/** A call's path is `/service/method`. */
function methodMatch({ type, service, method }: NonNullable<GrpcRouteMatch['method']>): StringMatch {
  if (service === '') return { kind: 'regex', value: `/[^/]+/${method}` };
  if (type === 'RegularExpression') return { kind: 'regex', value: `/${service}/${method || '.+'}` };
  return method === '' ? { kind: 'prefix', value: `/${service}/` } : { kind: 'exact', value: `/${service}/${method}` };
}

/** Of two matches for one name the first counts. */
function byName(matches: readonly NamedMatch[]): Readonly<Record<string, StringMatch>> {
  return Object.fromEntries(
    [...matches]
      .reverse()
      .map(({ type, name, value }) => [name, { kind: type === 'Exact' ? 'exact' : 'regex', value } as const]),
  );
}

/** Exact paths, then longer prefixes, then regular expressions; methods, headers and parameters decide among equals; else the order. */
export function byPrecedence(rules: readonly PlacedRule[]): readonly PlacedRule[] {
  return [...rules].sort((a, b) => {
    const first = a.route.match[0];
    const second = b.route.match[0];
    if (first === undefined || second === undefined)
      return (first === undefined ? 1 : 0) - (second === undefined ? 1 : 0);
    return (
      uriRank(second) - uriRank(first) ||
      uriLength(second) - uriLength(first) ||
      Number(second.method !== null) - Number(first.method !== null) ||
      Object.keys(second.headers).length - Object.keys(first.headers).length ||
      Object.keys(second.queryParams).length - Object.keys(first.queryParams).length
    );
  });
}

function uriRank({ uri }: HttpMatch): number {
  switch (uri?.kind) {
    case 'exact':
      return 3;
    case 'prefix':
    case 'path-prefix':
      return 2;
    case 'regex':
      return 1;
    case 'present':
    case undefined:
      return -1;
  }
}

function uriLength({ uri }: HttpMatch): number {
  return uri === null || uri.kind === 'present' ? 0 : uri.value.length;
}
