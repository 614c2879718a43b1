// Istio's EnvoyFilter (istio api: networking/v1alpha3/envoy_filter.proto; istio: pkg/config/validation/envoyfilter/envoyfilter.go). Of its patches
// those that bring an HTTP filter that is simulated, or configure one for routes, are read; each other one is listed.
import { fieldOf, isPlainMap, type PlainValue } from '../document.js';
import type { Place } from '../place.js';
import type { FieldPath } from '../resource.js';
import { int32, string, stringMap, word } from '../scalars.js';
import { checked, defaulted, inert, listOf, mapped, object, optional, type Schema } from '../schema.js';
import type { StringMap } from './common.js';
import { type EnvoyClusterSettings, readClusterSettings } from './envoy-cluster.js';
import {
  type EnvoyHttpFilter,
  type EnvoyLocalRateLimit,
  type ReadFilter,
  readHttpFilter,
  typedConfig,
} from './envoy-http-filters.js';
import {
  type ClusterMatch,
  type ListenerMatch,
  type Match,
  match,
  NO_CLUSTER,
  type RouteConfigurationMatch,
} from './envoy-match.js';
import { noteOther } from './envoy-other-patches.js';
import { type EnvoyRouteSettings, readRouteSettings } from './envoy-route.js';
import { PROTO, protoWith } from './istio-fields.js';
import { checkSelector } from './istio-rules.js';
import { type ProtoProblems, ProtoReader } from './proto-value.js';
import { type RateLimitActions, readRateLimits } from './rate-limit-actions.js';
import { targetRef, type WorkloadSelection } from './workload-selection.js';

export interface EnvoyFilterSpec extends WorkloadSelection {
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
      readonly settings: EnvoyRouteSettings;
    })
  | (PatchCommon & {
      readonly kind: 'cluster';
      /** '' and 0 = all. */
      readonly where: ClusterMatch;
      /** Lists take the place of the cluster's own; else they are appended. */
      readonly replacesLists: boolean;
      readonly settings: EnvoyClusterSettings;
    })
  /** Of the HTTP connection manager. */
  | (PatchCommon & {
      readonly kind: 'connection-manager';
      readonly port: number;
      readonly streamIdleTimeoutNs: number;
    })
  | (PatchCommon & { readonly kind: 'tcp-proxy'; readonly port: number; readonly settings: EnvoyTcpProxy });

/** What is merged into a TCP proxy; null: it keeps its own. Time-outs: 0 = none. */
export interface EnvoyTcpProxy {
  readonly idleTimeoutNs: number | null;
  readonly maxDurationNs: number | null;
  readonly connectAttempts: number | null;
  /** e.g. `outbound|80||db.default.svc.cluster.local` */
  readonly cluster: string | null;
}

const anything: Schema<PlainValue> = { expected: 'anything', read: (value) => value };

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
  readonly targetRefs: EnvoyFilterSpec['targetRefs'];
  readonly configPatches: readonly ConfigPatch[];
  readonly priority: number;
}

export const envoyFilter: Schema<EnvoyFilterSpec> = mapped(
  object<Written>(
    'an EnvoyFilter',
    {
      selector: optional('workloadSelector', selector),
      targetRefs: defaulted('targetRefs', listOf('target references', targetRef), []),
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
    targetRefs,
    priority,
    patches: configPatches.flatMap((written, index) => {
      const found = readPatch(written, index, place.down('configPatches', index));
      return found === null ? [] : [found];
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
    place.notModelled('patches of waypoints are not applied');
    return null;
  }
  const common = { index, context, proxyVersion: where?.proxy?.proxyVersion ?? '' };
  if (applyTo === 'HTTP_FILTER') return httpFilter(common, where?.listener ?? null, what, place);
  if ((applyTo === 'HTTP_ROUTE' || applyTo === 'VIRTUAL_HOST') && what.operation === 'MERGE') {
    return routePatch(applyTo, common, where?.routeConfiguration ?? null, what.value, place);
  }
  const merges = what.operation === 'MERGE' || what.operation === 'MERGE_AND_REPLACE_LIST';
  if (applyTo === 'CLUSTER' && merges) return clusterPatch(common, where?.cluster ?? NO_CLUSTER, what, place);
  if (applyTo === 'NETWORK_FILTER' && merges) return networkFilter(common, where?.listener ?? null, what.value, place);
  noteOther({ applyTo, ...what }, place);
  return null;
}

function httpFilter(common: PatchCommon, where: ListenerMatch | null, what: Patch, place: Place): EnvoyPatch | null {
  const { operation, value } = what;
  const name = fieldOf(value ?? undefined, 'name');
  const filterName = typeof name === 'string' ? name : '';
  if (operation === 'ADD') {
    place.warn('patch-without-effect', 'a filter that is added comes after the router', 'use INSERT_BEFORE');
    return null;
  }
  const beside = where?.filterChain?.filter?.subFilter?.name ?? '';
  const found = { ...common, kind: 'http-filter', name: filterName, port: portOf(where), beside } as const;
  switch (operation) {
    case 'REMOVE':
    case 'REPLACE':
      if (beside === '') {
        place.warn(
          'patch-without-effect',
          `${operation} without a subFilter applies to no filter`,
          'name the filter in match.listener.filterChain.filter.subFilter',
        );
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
  const { key, config } = typedConfig(value);
  return usable(readHttpFilter(config, name, ['patch', 'value', key]), name, place);
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
    const costs = `it answers nothing, and costs the time that the scenario gives to`;
    if (filter.runs === 'unknown')
      place.notModelled(
        `the filter ${what} is not simulated: ${costs} unknown filters (filters.unknown; default none)`,
      );
    else
      place.approximated(
        `the program of the filter ${what} is not run: ${costs} such filters (filters.${filter.runs})`,
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
  const problems: ProtoProblems = { wrong: [], unread: [] };
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
  const level = applyTo === 'HTTP_ROUTE' ? 'route' : 'vhost';
  const inner = level === 'route' ? reader.message('route') : reader;
  const actions = readRateLimits(inner);
  const settings = readRouteSettings(inner, level);
  reader.finish();
  if (!isAccepted(problems, place)) return null;
  return {
    ...common,
    kind: 'route',
    level,
    settings,
    vhost: where?.vhost?.name ?? '',
    route: where?.vhost?.route?.name ?? '',
    port: where?.portNumber ?? 0,
    localRateLimit,
    rateLimits: actions,
  };
}

/** Says what of a patch is left out; false: the proxy would refuse it. */
function isAccepted({ wrong, unread }: ProtoProblems, place: Place): boolean {
  for (const path of unread) at(place, path).notModelled('this part of the patch is not applied');
  if (wrong.length === 0) return true;
  place.warn('refused-by-envoy', `the proxy refuses this configuration: ${wrong.join('; ')}`, 'correct it');
  place.notModelled('the proxy would refuse what the patch makes and keep its old one: the patch has no effect');
  return false;
}

function clusterPatch(common: PatchCommon, where: ClusterMatch, what: Patch, place: Place): EnvoyPatch | null {
  const { settings, problems } = readClusterSettings(what.value ?? undefined, ['patch', 'value']);
  if (!isAccepted(problems, place)) return null;
  const replacesLists = what.operation === 'MERGE_AND_REPLACE_LIST';
  if (settings.limits !== null && !replacesLists) {
    place
      .down('patch', 'value')
      .warn(
        'appended-thresholds',
        'MERGE appends the thresholds to those that Istio generates, and Envoy takes the first: they have no effect',
        'use MERGE_AND_REPLACE_LIST, or the connectionPool of a DestinationRule',
      );
  }
  if (common.context === 'SIDECAR_INBOUND' || common.context === 'ANY')
    place.approximated('clusters of inbound traffic stay as they are; only those of callers and gateways are patched');
  return { ...common, kind: 'cluster', where, replacesLists, settings };
}

const CONNECTION_MANAGER = 'http_connection_manager';
const TCP_PROXY = 'tcp_proxy';

/** Of network filters the HTTP connection manager and the TCP proxy are patched. */
function networkFilter(
  common: PatchCommon,
  where: ListenerMatch | null,
  value: PlainValue | null,
  place: Place,
): EnvoyPatch | null {
  const filter = where?.filterChain?.filter?.name ?? '';
  if (filter.endsWith(TCP_PROXY)) return tcpProxy(common, where, value, place);
  if (!filter.endsWith(CONNECTION_MANAGER)) {
    place.notModelled(`a patch of the network filter ${filter === '' ? '(any)' : filter} is not applied`);
    return null;
  }
  const problems: ProtoProblems = { wrong: [], unread: [] };
  const reader = ProtoReader.of(value ?? undefined, ['patch', 'value'], problems);
  const config = reader.message('typed_config');
  reader.inert('name');
  // Requests arrive whole, and connections of callers do not age: these never act.
  config.inert('request_timeout', 'request_headers_timeout', 'drain_timeout', 'delayed_close_timeout');
  config.message('common_http_protocol_options').inert('headers_with_underscores_action');
  config.inert('server_name', 'server_header_transformation', 'use_remote_address', 'stat_prefix', 'access_log');
  const idle = config.has('stream_idle_timeout') ? config.durationNs('stream_idle_timeout', 0) : null;
  reader.finish();
  if (!isAccepted(problems, place)) return null;
  if (idle === null) return null;
  if (common.context === 'SIDECAR_INBOUND') {
    place.notModelled('streams are timed by proxies of callers and by gateways only: the patch has no effect');
    return null;
  }
  return { ...common, kind: 'connection-manager', port: portOf(where), streamIdleTimeoutNs: idle };
}

function tcpProxy(
  common: PatchCommon,
  where: ListenerMatch | null,
  value: PlainValue | null,
  place: Place,
): EnvoyPatch | null {
  const problems: ProtoProblems = { wrong: [], unread: [] };
  const reader = ProtoReader.of(value ?? undefined, ['patch', 'value'], problems);
  const config = reader.message('typed_config');
  reader.inert('name');
  config.inert('stat_prefix', 'access_log', 'access_log_options');
  const time = (name: string): number | null => (config.has(name) ? config.durationNs(name, 0) : null);
  const settings: EnvoyTcpProxy = {
    idleTimeoutNs: time('idle_timeout'),
    maxDurationNs: time('max_downstream_connection_duration'),
    connectAttempts: config.has('max_connect_attempts') ? config.number('max_connect_attempts', 1) : null,
    cluster: config.has('cluster') ? config.text('cluster') : null,
  };
  reader.finish();
  if (!isAccepted(problems, place)) return null;
  switch (common.context) {
    case 'SIDECAR_OUTBOUND':
      break;
    case 'ANY':
      place.approximated('only the TCP proxies of callers are patched, not those of servers and gateways');
      break;
    case 'SIDECAR_INBOUND':
    case 'GATEWAY':
      place.notModelled('TCP proxies of servers and gateways are not patched: the patch has no effect');
      return null;
  }
  return { ...common, kind: 'tcp-proxy', port: portOf(where), settings };
}
