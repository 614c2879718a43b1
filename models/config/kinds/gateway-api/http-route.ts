// HTTPRoute (gateway-api: apis/v1/httproute_types.go; limits and defaults are those of its CRD).
import type { Place } from '../../place.js';
import { integer, string, word } from '../../scalars.js';
import {
  checked,
  defaulted,
  listed,
  listOf,
  mapped,
  notModelled,
  object,
  optional,
  type Schema,
} from '../../schema.js';
import { checkRegex } from '../istio-rules.js';
import { specKind } from '../kind.js';
import {
  BACKEND_FIELDS,
  type BackendRef,
  checkBackend,
  GATEWAY_GROUP,
  gatewayDuration,
  hostnames,
  type NamedMatch,
  namedMatches,
  type ParentRef,
  parentRefs,
} from './fields.js';
import { type RouteFilter, routeFilters } from './filters.js';

export interface HttpRouteSpec {
  readonly parentRefs: readonly ParentRef[];
  /** Empty: all hosts of the parents. */
  readonly hostnames: readonly string[];
  readonly rules: readonly HttpRouteRule[];
}

export interface HttpRouteRule {
  /** '' where absent. */
  readonly name: string;
  /** Any of these; empty: everything. */
  readonly matches: readonly HttpRouteMatch[];
  readonly filters: readonly RouteFilter[];
  readonly backendRefs: readonly FilteredBackend[];
  /** 0 = none. */
  readonly requestTimeoutNs: number;
  readonly backendRequestTimeoutNs: number;
  readonly retry: RouteRetry | null;
}

export interface HttpRouteMatch {
  readonly path: { readonly type: 'Exact' | 'PathPrefix' | 'RegularExpression'; readonly value: string };
  /** null = any. */
  readonly method: string | null;
  readonly headers: readonly NamedMatch[];
  readonly queryParams: readonly NamedMatch[];
}

export interface FilteredBackend extends BackendRef {
  readonly filters: readonly RouteFilter[];
}

export interface RouteRetry {
  readonly codes: readonly number[];
  /** null: the implementation's default. */
  readonly attempts: number | null;
  readonly backoffNs: number | null;
}

export const filteredBackends: Schema<readonly FilteredBackend[]> = listOf(
  'backend references',
  checked(
    object<FilteredBackend>('a backend reference', {
      ...BACKEND_FIELDS,
      filters: defaulted('filters', routeFilters, []),
    }),
    checkBackend,
  ),
);

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'] as const;

const path: Schema<HttpRouteMatch['path']> = checked(
  object<HttpRouteMatch['path']>('a path match', {
    type: defaulted('type', word(['Exact', 'PathPrefix', 'RegularExpression']), 'PathPrefix'),
    value: defaulted('value', string, '/'),
  }),
  ({ type, value }, place) => {
    const at = place.child('value');
    if (type === 'RegularExpression') checkRegex(value, at);
    else if (!value.startsWith('/')) at.rejectedByKubernetes('a path begins with /', `write /${value}`);
  },
);

const match: Schema<HttpRouteMatch> = object<HttpRouteMatch>('a match', {
  path: defaulted('path', path, { type: 'PathPrefix', value: '/' }),
  method: optional('method', word(METHODS)),
  headers: defaulted('headers', namedMatches, []),
  queryParams: defaulted('queryParams', namedMatches, []),
});

const retry: Schema<RouteRetry> = object<RouteRetry>('a retry policy', {
  codes: defaulted('codes', listOf('status codes', integer(400, 599)), []),
  attempts: optional('attempts', integer(0, 2147483647)),
  backoffNs: optional('backoff', gatewayDuration),
});

interface Timeouts {
  readonly request: number;
  readonly backendRequest: number;
}

const timeouts: Schema<Timeouts> = checked(
  object<Timeouts>('time-outs', {
    request: defaulted('request', gatewayDuration, 0),
    backendRequest: defaulted('backendRequest', gatewayDuration, 0),
  }),
  ({ request, backendRequest }, place) => {
    if (request > 0 && backendRequest > request) {
      place.child('backendRequest').rejectedByKubernetes('backendRequest is longer than request', 'shorten it');
    }
  },
);

interface WrittenRule extends Omit<HttpRouteRule, 'requestTimeoutNs' | 'backendRequestTimeoutNs'> {
  readonly timeouts: Timeouts;
}

const rule = object<WrittenRule>(
  'a rule',
  {
    name: defaulted('name', string, ''),
    matches: defaulted('matches', listOf('matches', match), []),
    filters: defaulted('filters', routeFilters, []),
    backendRefs: defaulted('backendRefs', filteredBackends, []),
    timeouts: defaulted('timeouts', timeouts, { request: 0, backendRequest: 0 }),
    retry: optional('retry', retry),
  },
  { others: { sessionPersistence: listed(notModelled('sessions are not kept: each request is balanced by itself')) } },
);

interface WrittenSpec extends Omit<HttpRouteSpec, 'rules'> {
  readonly rules: readonly WrittenRule[];
}

const MAX_RULES = 16;

const written = object<WrittenSpec>(
  'an HTTPRoute',
  {
    parentRefs: defaulted('parentRefs', parentRefs, []),
    hostnames: defaulted('hostnames', hostnames, []),
    rules: defaulted(
      'rules',
      checked(listOf('rules', rule), (rules, place) => {
        if (rules.length > MAX_RULES)
          place.rejectedByKubernetes(
            `there are ${rules.length} rules`,
            `at most ${MAX_RULES} are allowed: split the route`,
          );
      }),
      [],
    ),
  },
  { others: { useDefaultGateways: listed(notModelled('default gateways are not known')) } },
);

const spec: Schema<HttpRouteSpec> = mapped(written, (read, place) => {
  read.rules.forEach((found, index) => {
    checkRule(found, place.down('rules', index));
  });
  return {
    ...read,
    rules: read.rules.map(({ timeouts: { request, backendRequest }, ...rest }) => ({
      ...rest,
      requestTimeoutNs: request,
      backendRequestTimeoutNs: backendRequest,
    })),
  };
});

/** A redirect goes with neither a rewrite nor backends. */
function checkRule({ filters, backendRefs }: WrittenRule, place: Place): void {
  const types = filters.map(({ type }) => type);
  if (!types.includes('RequestRedirect')) return;
  if (types.includes('URLRewrite'))
    place.child('filters').rejectedByKubernetes('a rule cannot redirect and rewrite', 'keep one of the two');
  if (backendRefs.length > 0)
    place.child('backendRefs').rejectedByKubernetes('a rule that redirects has no backends', 'delete backendRefs');
}

export const httpRouteKind = specKind(
  'HTTPRoute',
  [
    ...['v1', 'v1beta1', 'v1alpha2'].map((version) => `${GATEWAY_GROUP}/${version}`),
    ...['v1beta3', 'v1beta2', 'v1beta1', 'v1alpha1'].map((version) => `policy.linkerd.io/${version}`),
  ],
  () => spec,
);
