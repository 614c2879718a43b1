// GRPCRoute (gateway-api: apis/v1/grpcroute_types.go).
import { string, word } from '../../scalars.js';
import { checked, defaulted, listed, listOf, notModelled, object, optional, type Schema } from '../../schema.js';
import { specKind } from '../kind.js';
import { GATEWAY_GROUP, hostnames, type NamedMatch, namedMatches, type ParentRef, parentRefs } from './fields.js';
import { type RouteFilter, routeFilters } from './filters.js';
import { type FilteredBackend, filteredBackends } from './http-route.js';

export interface GrpcRouteSpec {
  readonly parentRefs: readonly ParentRef[];
  readonly hostnames: readonly string[];
  readonly rules: readonly GrpcRouteRule[];
}

export interface GrpcRouteRule {
  readonly name: string;
  readonly matches: readonly GrpcRouteMatch[];
  readonly filters: readonly RouteFilter[];
  readonly backendRefs: readonly FilteredBackend[];
}

export interface GrpcRouteMatch {
  readonly method: {
    readonly type: 'Exact' | 'RegularExpression';
    /** '' = any. */
    readonly service: string;
    readonly method: string;
  } | null;
  readonly headers: readonly NamedMatch[];
}

type Method = NonNullable<GrpcRouteMatch['method']>;

const method: Schema<Method> = checked(
  object<Method>('a method match', {
    type: defaulted('type', word(['Exact', 'RegularExpression']), 'Exact'),
    service: defaulted('service', string, ''),
    method: defaulted('method', string, ''),
  }),
  (found, place) => {
    if (found.service === '' && found.method === '')
      place.rejectedByKubernetes('a method match needs a service or a method', 'add service');
  },
);

const rule = object<GrpcRouteRule>(
  'a rule',
  {
    name: defaulted('name', string, ''),
    matches: defaulted(
      'matches',
      listOf(
        'matches',
        object<GrpcRouteMatch>('a match', {
          method: optional('method', method),
          headers: defaulted('headers', namedMatches, []),
        }),
      ),
      [],
    ),
    filters: defaulted('filters', routeFilters, []),
    backendRefs: defaulted('backendRefs', filteredBackends, []),
  },
  { others: { sessionPersistence: listed(notModelled('sessions are not kept: each request is balanced by itself')) } },
);

const spec: Schema<GrpcRouteSpec> = object<GrpcRouteSpec>(
  'a GRPCRoute',
  {
    parentRefs: defaulted('parentRefs', parentRefs, []),
    hostnames: defaulted('hostnames', hostnames, []),
    rules: defaulted('rules', listOf('rules', rule), []),
  },
  { others: { useDefaultGateways: listed(notModelled('default gateways are not known')) } },
);

export const grpcRouteKind = specKind(
  'GRPCRoute',
  ['v1', 'v1alpha2'].map((version) => `${GATEWAY_GROUP}/${version}`),
  () => spec,
);
