// Istio's EnvoyFilter (istio api: networking/v1alpha3/envoy_filter.proto; istio: pkg/config/validation/envoyfilter/envoyfilter.go). Of its patches
// those that bring an HTTP filter that is simulated, or configure one for routes, are read; each other one is listed.
import { fieldOf, isPlainMap, type PlainValue } from '../document.js';
import type { Place } from '../place.js';
import type { FieldPath } from '../resource.js';
import { int32, string, stringMap, uint32, word } from '../scalars.js';
import {
  approximated,
  checked,
  defaulted,
  inert,
  listed,
  listOf,
  mapped,
  notModelled,
  object,
  optional,
  type Schema,
} from '../schema.js';
import type { StringMap } from './common.js';
import {
  type EnvoyHttpFilter,
  type EnvoyLocalRateLimit,
  type ReadFilter,
  readHttpFilter,
} from './envoy-http-filters.js';
import { PROTO, protoWith } from './istio-fields.js';
import { checkRegex, checkSelector } from './istio-rules.js';
import { ProtoReader } from './proto-value.js';
import { type RateLimitActions, readRateLimits } from './rate-limit-actions.js';

export interface EnvoyFilterSpec {
  /** null: all workloads of the namespace (of the mesh, in the root namespace). */
  readonly selector: StringMap | null;
  readonly priority: number;
  readonly patches: readonly EnvoyPatch[];
}

export type PatchContext = 'ANY' | 'SIDECAR_INBOUND' | 'SIDECAR_OUTBOUND' | 'GATEWAY';

interface PatchCommon {
  /** Index in `configPatches`. */
  readonly index: number;
  readonly context: PatchContext;
  /** RE2 that the version of the proxy must meet; '' = every version. */
  readonly proxyVersion: string;
}

export type EnvoyPatch =
  | (PatchCommon & {
      readonly kind: 'http-filter';
      readonly name: string;
      /** null: it does nothing, or (REMOVE) there is none. */
      readonly filter: EnvoyHttpFilter | null;
      /** Of the listener: inbound the port of the pods; 0 = all. */
      readonly port: number;
      readonly operation: 'INSERT_BEFORE' | 'INSERT_AFTER' | 'INSERT_FIRST' | 'REPLACE' | 'REMOVE';
      /** The filter that it replaces, or stands before or after; '' = none: the first, or the last. */
      readonly beside: string;
    })
  | (PatchCommon & {
      readonly kind: 'route';
      readonly level: 'vhost' | 'route';
      /** `host:port` of the virtual host, or `inbound|http|8080`; '' = all. */
      readonly vhost: string;
      /** Name of the route; '' = all. */
      readonly route: string;
      readonly port: number;
      /** For the local rate limit filter; null: not configured here. */
      readonly localRateLimit: EnvoyLocalRateLimit | null;
      readonly rateLimits: readonly RateLimitActions[];
    });

const anything: Schema<PlainValue> = { expected: 'anything', read: (value) => value };

const NAMED = object<{ name: string }>('a filter', { name: defaulted('name', string, '') }, PROTO);

interface FilterMatch {
  readonly name: string;
  readonly subFilter: { readonly name: string } | null;
}

const filterChain = object<{ filter: FilterMatch | null }>(
  'a filter chain match',
  {
    filter: optional(
      'filter',
      object<FilterMatch>(
        'a filter match',
        { name: defaulted('name', string, ''), subFilter: optional('subFilter', NAMED) },
        PROTO,
      ),
    ),
  },
  protoWith(inert('name', 'sni', 'transportProtocol', 'applicationProtocols', 'destinationPort')),
);

interface ListenerMatch {
  readonly portNumber: number;
  readonly name: string;
  readonly filterChain: { readonly filter: FilterMatch | null } | null;
}

const listener = object<ListenerMatch>(
  'a listener match',
  {
    portNumber: defaulted('portNumber', uint32, 0),
    name: defaulted('name', string, ''),
    filterChain: optional('filterChain', filterChain),
  },
  protoWith(inert('portName', 'listenerFilter')),
);

interface RouteMatch {
  readonly name: string;
  readonly action: string;
}

interface VhostMatch {
  readonly name: string;
  readonly route: RouteMatch | null;
}

interface RouteConfigurationMatch {
  readonly portNumber: number;
  readonly vhost: VhostMatch | null;
}

const routeConfiguration = object<RouteConfigurationMatch>(
  'a route configuration match',
  {
    portNumber: defaulted('portNumber', uint32, 0),
    vhost: optional(
      'vhost',
      object<VhostMatch>(
        'a virtual host match',
        {
          name: defaulted('name', string, ''),
          route: optional(
            'route',
            object<RouteMatch>(
              'a route match',
              { name: defaulted('name', string, ''), action: defaulted('action', string, 'ANY') },
              PROTO,
            ),
          ),
        },
        protoWith(inert('domainName')),
      ),
    ),
  },
  protoWith(inert('portName', 'gateway', 'name')),
);

const CONTEXTS = ['ANY', 'SIDECAR_INBOUND', 'SIDECAR_OUTBOUND', 'GATEWAY', 'WAYPOINT'] as const;

interface ProxyMatch {
  readonly proxyVersion: string;
}

const proxy = object<ProxyMatch>(
  'a proxy match',
  {
    proxyVersion: defaulted(
      'proxyVersion',
      checked(string, (pattern, place) => {
        if (pattern !== '') checkRegex(pattern, place);
      }),
      '',
    ),
  },
  protoWith({ metadata: listed(approximated('what proxies say about themselves is not known: the patch is applied')) }),
);

interface Match {
  readonly context: (typeof CONTEXTS)[number];
  readonly proxy: ProxyMatch | null;
  readonly listener: ListenerMatch | null;
  readonly routeConfiguration: RouteConfigurationMatch | null;
}

const match: Schema<Match> = object<Match>(
  'a match',
  {
    context: defaulted('context', word(CONTEXTS), 'ANY'),
    listener: optional('listener', listener),
    proxy: optional('proxy', proxy),
    routeConfiguration: optional('routeConfiguration', routeConfiguration),
  },
  protoWith(inert('cluster', 'waypoint')),
);

const OPERATIONS = [
  'INVALID',
  'MERGE',
  'ADD',
  'REMOVE',
  'INSERT_BEFORE',
  'INSERT_AFTER',
  'INSERT_FIRST',
  'REPLACE',
  'MERGE_AND_REPLACE_LIST',
] as const;

interface Patch {
  readonly operation: (typeof OPERATIONS)[number];
  readonly value: PlainValue | null;
}

const patch: Schema<Patch> = object<Patch>(
  'a patch',
  { operation: defaulted('operation', word(OPERATIONS), 'INVALID'), value: optional('value', anything) },
  protoWith(inert('filterClass')),
);

interface ConfigPatch {
  readonly applyTo: string;
  readonly match: Match | null;
  readonly patch: Patch | null;
}

const configPatch: Schema<ConfigPatch> = object<ConfigPatch>(
  'a config patch',
  { applyTo: defaulted('applyTo', string, ''), match: optional('match', match), patch: optional('patch', patch) },
  PROTO,
);

const selector: Schema<StringMap> = checked(
  mapped(
    object<{ labels: StringMap }>('a workload selector', { labels: defaulted('labels', stringMap, {}) }, PROTO),
    (found) => found.labels,
  ),
  (labels, place) => checkSelector(labels, place.child('labels')),
);

interface Written {
  readonly selector: StringMap | null;
  readonly targetRefs: PlainValue | null;
  readonly configPatches: readonly ConfigPatch[];
  readonly priority: number;
}

export const envoyFilter: Schema<EnvoyFilterSpec> = mapped(
  object<Written>(
    'an EnvoyFilter',
    {
      selector: optional('workloadSelector', selector),
      targetRefs: optional(
        'targetRefs',
        anything,
        notModelled('waypoints and gateways of the Gateway API are not simulated'),
      ),
      configPatches: defaulted('configPatches', listOf('config patches', configPatch), []),
      priority: defaulted('priority', int32, 0),
    },
    protoWith({
      workloadLabels: { kind: 'gone', meaning: 'Istio no longer reads workloadLabels', hint: 'use workloadSelector' },
      filters: { kind: 'gone', meaning: 'Istio no longer reads filters', hint: 'use configPatches' },
    }),
  ),
  ({ selector: labels, configPatches, targetRefs, priority }, place) => ({
    selector: labels,
    priority,
    patches: configPatches.flatMap((written, index) => {
      const found = readPatch(written, index, place.down('configPatches', index));
      return found === null || targetRefs !== null ? [] : [found];
    }),
  }),
);

function readPatch(
  { applyTo, match: where, patch: what }: ConfigPatch,
  index: number,
  place: Place,
): EnvoyPatch | null {
  if (applyTo === '' || applyTo === 'INVALID')
    place.rejectedByIstio('the patch has no applyTo', 'add applyTo, e.g. HTTP_FILTER');
  else if (what === null) place.rejectedByIstio('there is no patch', 'add patch');
  else if (what.operation === 'INVALID') place.rejectedByIstio('the patch has no operation', 'add patch.operation');
  else if (what.operation !== 'REMOVE' && what.value === null)
    place.rejectedByIstio('the patch has no value', 'add patch.value');
  else return understood(applyTo, where, what, index, place);
  return null;
}

function understood(applyTo: string, where: Match | null, what: Patch, index: number, place: Place): EnvoyPatch | null {
  const context = where?.context ?? 'ANY';
  if (context === 'WAYPOINT') {
    place.notModelled('waypoints are not simulated: the patch has no effect');
    return null;
  }
  const common = { index, context, proxyVersion: where?.proxy?.proxyVersion ?? '' };
  if (applyTo === 'HTTP_FILTER') return httpFilter(common, where?.listener ?? null, what, place);
  if ((applyTo === 'HTTP_ROUTE' || applyTo === 'VIRTUAL_HOST') && what.operation === 'MERGE') {
    return routePatch(applyTo, common, where?.routeConfiguration ?? null, what.value, place);
  }
  place.notModelled(`a patch of ${applyTo} (${what.operation}) is not applied`);
  return null;
}

function httpFilter(common: PatchCommon, where: ListenerMatch | null, what: Patch, place: Place): EnvoyPatch | null {
  const { operation, value } = what;
  const name = fieldOf(value ?? undefined, 'name');
  const filterName = typeof name === 'string' ? name : '';
  if (operation === 'ADD') {
    place.notModelled('a filter that is added comes after the router and has no effect: use INSERT_BEFORE');
    return null;
  }
  const beside = where?.filterChain?.filter?.subFilter?.name ?? '';
  const found = { ...common, kind: 'http-filter', name: filterName, port: portOf(where), beside } as const;
  switch (operation) {
    case 'REMOVE':
    case 'REPLACE':
      if (beside === '') {
        place.notModelled(`${operation} without a subFilter applies to no filter`);
        return null;
      }
      if (operation === 'REMOVE') return { ...found, operation, filter: null };
      return { ...found, operation, filter: filterOf(value, filterName, place) };
    case 'INSERT_BEFORE':
    case 'INSERT_AFTER':
    case 'INSERT_FIRST': {
      const filter = filterOf(value, filterName, place);
      return filter === null ? null : { ...found, operation, filter };
    }
    case 'INVALID':
    case 'MERGE':
    case 'MERGE_AND_REPLACE_LIST':
      place.notModelled(`${operation} of a filter is not applied`);
      return null;
  }
}

/** `0.0.0.0_8080` is the name of a listener on port 8080. */
function portOf(where: ListenerMatch | null): number {
  if (where === null) return 0;
  return where.portNumber !== 0 ? where.portNumber : Number(/_(\d{1,5})$/.exec(where.name)?.[1] ?? 0);
}

function filterOf(value: PlainValue | null, name: string, place: Place): EnvoyHttpFilter | null {
  const key = fieldOf(value ?? undefined, 'typedConfig') === undefined ? 'typed_config' : 'typedConfig';
  return usable(readHttpFilter(fieldOf(value ?? undefined, key), name, ['patch', 'value', key]), name, place);
}

/** The filter, unless the proxy would refuse it; says what is left out. */
function usable({ filter, problems, type }: ReadFilter, name: string, place: Place): EnvoyHttpFilter | null {
  if (problems.wrong.length > 0) {
    place.warn('refused-by-envoy', `the proxy refuses this configuration: ${problems.wrong.join('; ')}`, 'correct it');
    place.notModelled('the proxy would refuse the listener and keep its old one: the patch has no effect');
    return null;
  }
  for (const path of problems.unread) at(place, path).notModelled('this field of the filter is not simulated');
  if (filter?.kind === 'opaque') {
    const what = type === '' ? name : type.slice(type.lastIndexOf('.') + 1);
    place.notModelled(
      `the filter ${what} is not simulated: it answers nothing, and costs the time that the scenario gives to ${filter.wasm ? 'Wasm filters (filters.wasm)' : 'unknown filters (filters.unknown; default none)'}`,
    );
  }
  return filter;
}

function at(place: Place, path: FieldPath): Place {
  return place.down(...path);
}

const LOCAL_RATE_LIMIT = 'envoy.filters.http.local_ratelimit';

function routePatch(
  applyTo: string,
  common: PatchCommon,
  where: RouteConfigurationMatch | null,
  value: PlainValue | null,
  place: Place,
): EnvoyPatch | null {
  const problems = { wrong: [], unread: [] };
  const reader = ProtoReader.of(value ?? undefined, ['patch', 'value'], problems);
  const configs = reader.field('typed_per_filter_config');
  const key =
    fieldOf(value ?? undefined, 'typedPerFilterConfig') === undefined
      ? 'typed_per_filter_config'
      : 'typedPerFilterConfig';
  let localRateLimit: EnvoyLocalRateLimit | null = null;
  for (const name of isPlainMap(configs) ? Object.keys(configs) : []) {
    const path = ['patch', 'value', key, name];
    const filter = usable(readHttpFilter(fieldOf(configs, name), name, path), name, place.down(...path));
    if (filter?.kind === 'local-rate-limit' && name === LOCAL_RATE_LIMIT) localRateLimit = filter;
    else if (filter !== null && filter.kind !== 'opaque')
      place.down(...path).notModelled('a configuration of this filter for routes is not applied');
  }
  const actions = readRateLimits(applyTo === 'HTTP_ROUTE' ? reader.message('route') : reader);
  reader.finish();
  for (const path of problems.unread)
    place.down(...(path as FieldPath)).notModelled('this part of the patch is not applied');
  if (localRateLimit === null && actions.length === 0) return null;
  return {
    ...common,
    kind: 'route',
    level: applyTo === 'HTTP_ROUTE' ? 'route' : 'vhost',
    vhost: where?.vhost?.name ?? '',
    route: where?.vhost?.route?.name ?? '',
    port: where?.portNumber ?? 0,
    localRateLimit,
    rateLimits: actions,
  };
}
