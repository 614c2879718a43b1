// The HTTP filters of Envoy that an EnvoyFilter may bring and that are understood, by the type of their configuration.
// envoy: api/envoy/extensions/filters/http/{local_ratelimit,fault,admission_control,adaptive_concurrency,ratelimit}/v3/*.proto.
import { lookup } from '../../../sim/lookup.js';
import { fieldOf, type PlainValue } from '../document.js';
import type { FieldPath } from '../resource.js';
import { type ProtoProblems, ProtoReader } from './proto-value.js';

const NS_PER_MS = 1_000_000;

export interface EnvoyBucket {
  readonly maxTokens: number;
  readonly tokensPerFill: number;
  readonly fillIntervalNs: number;
}

export interface EnvoyLocalRateLimit {
  readonly kind: 'local-rate-limit';
  readonly bucket: EnvoyBucket | null;
  readonly descriptors: readonly { readonly entries: readonly DescriptorEntry[]; readonly bucket: EnvoyBucket }[];
  readonly alwaysConsumeDefault: boolean;
  /** 0..1 */
  readonly enabled: number;
  readonly enforced: number;
  readonly status: number;
}

export interface DescriptorEntry {
  readonly key: string;
  readonly value: string;
}

export interface EnvoyFault {
  readonly kind: 'fault';
  readonly delayNs: number;
  readonly delay: number;
  readonly abortStatus: number;
  readonly abort: number;
  /** Pace of the bodies of answers, and the share of requests (0..1) that it holds for; 0 = not held back. */
  readonly responseRateKiBPerSecond: number;
  readonly responseRate: number;
  /** null: no limit. */
  readonly maxActive: number | null;
}

export interface EnvoyAdmissionControl {
  readonly kind: 'admission-control';
  readonly samplingWindowNs: number;
  readonly successThreshold: number;
  readonly aggression: number;
  readonly rpsThreshold: number;
  readonly maxRejection: number;
  readonly successStatuses: readonly { readonly from: number; readonly to: number }[];
}

export interface EnvoyAdaptiveConcurrency {
  readonly kind: 'adaptive-concurrency';
  readonly samplePercentile: number;
  readonly updateIntervalNs: number;
  readonly maxConcurrency: number;
  readonly minRttIntervalNs: number;
  readonly minRttRequests: number;
  readonly minRttJitter: number;
  readonly minConcurrency: number;
  readonly minRttBuffer: number;
  readonly fixedMinRttNs: number;
}

export interface EnvoyRateLimitService {
  readonly kind: 'rate-limit-service';
  readonly domain: string;
  readonly timeoutNs: number;
  readonly denyOnFailure: boolean;
}

/** An authorization service of the proxy's own, beside those of CUSTOM policies. */
export interface EnvoyExternalAuthorization {
  readonly kind: 'ext-authz';
}

/** One that is not run, by what runs in it. */
export interface EnvoyOpaqueFilter {
  readonly kind: 'opaque';
  readonly runs: 'wasm' | 'lua' | 'unknown';
}

export type EnvoyHttpFilter =
  | EnvoyExternalAuthorization
  | EnvoyOpaqueFilter
  | EnvoyLocalRateLimit
  | EnvoyFault
  | EnvoyAdmissionControl
  | EnvoyAdaptiveConcurrency
  | EnvoyRateLimitService;

type Read = (reader: ProtoReader) => EnvoyHttpFilter | null;

/** By the last part of the type's name. */
const BY_TYPE: Readonly<Record<string, Read>> = {
  'local_ratelimit.v3.LocalRateLimit': localRateLimit,
  'fault.v3.HTTPFault': fault,
  'admission_control.v3.AdmissionControl': admissionControl,
  'adaptive_concurrency.v3.AdaptiveConcurrency': adaptiveConcurrency,
  'ratelimit.v3.RateLimit': rateLimitService,
  'ext_authz.v3.ExtAuthz': externalAuthorization,
};

const BY_NAME: Readonly<Record<string, string>> = {
  'envoy.filters.http.local_ratelimit': 'local_ratelimit.v3.LocalRateLimit',
  'envoy.filters.http.fault': 'fault.v3.HTTPFault',
  'envoy.filters.http.admission_control': 'admission_control.v3.AdmissionControl',
  'envoy.filters.http.adaptive_concurrency': 'adaptive_concurrency.v3.AdaptiveConcurrency',
  'envoy.filters.http.ratelimit': 'ratelimit.v3.RateLimit',
  'envoy.filters.http.ext_authz': 'ext_authz.v3.ExtAuthz',
};

export interface ReadFilter {
  /** null: it is switched off. */
  readonly filter: EnvoyHttpFilter | null;
  readonly problems: ProtoProblems;
  /** e.g. `envoy.extensions.filters.http.lua.v3.Lua`; '' where none is given. */
  readonly type: string;
}

/** Reads a `typed_config` (or an entry of `typed_per_filter_config`); `name` is the filter's, of use where no type is given. */
export function readHttpFilter(config: PlainValue | undefined, name: string, path: FieldPath): ReadFilter {
  const problems: ProtoProblems = { wrong: [], unread: [] };
  const { type, value, at } = unwrap(config, path);
  const suffix = Object.keys(BY_TYPE).find((known) => type.endsWith(`filters.http.${known}`));
  const key = suffix ?? (type === '' ? lookup(BY_NAME, name) : undefined);
  if (key === undefined) {
    return { filter: { kind: 'opaque', runs: programOf(type, name) }, problems, type };
  }
  const reader = ProtoReader.of(value, at, problems);
  const filter = lookup(BY_TYPE, key)!(reader);
  reader.finish();
  return { filter, problems, type };
}

function programOf(type: string, name: string): EnvoyOpaqueFilter['runs'] {
  if (type.endsWith('.Wasm') || name === 'envoy.filters.http.wasm') return 'wasm';
  return type.endsWith('.Lua') || (type === '' && name === 'envoy.filters.http.lua') ? 'lua' : 'unknown';
}

/** The configuration of a filter; of one that is fetched (`config_discovery`) only its type is there. */
export function typedConfig(value: PlainValue | null): {
  readonly key: string;
  readonly config: PlainValue | undefined;
} {
  const of = (name: string): PlainValue | undefined => fieldOf(value ?? undefined, name);
  const key = of('typedConfig') === undefined ? 'typed_config' : 'typedConfig';
  const discovery = of('config_discovery') ?? of('configDiscovery');
  const types = fieldOf(discovery, 'type_urls') ?? fieldOf(discovery, 'typeUrls');
  const fetched = Array.isArray(types) && types.length === 1 ? { '@type': types[0]! } : undefined;
  return { key, config: of(key) ?? fetched };
}

/** Whether a filter runs a module of Wasm or a script of Lua. */
export function isProgram(value: PlainValue | null): boolean {
  const name = fieldOf(value ?? undefined, 'name');
  const { filter } = readHttpFilter(typedConfig(value).config, typeof name === 'string' ? name : '', []);
  return filter?.kind === 'opaque' && filter.runs !== 'unknown';
}

/** The configuration inside a `TypedStruct`, or itself. */
function unwrap(
  config: PlainValue | undefined,
  path: FieldPath,
): { type: string; value: PlainValue | undefined; at: FieldPath } {
  const own = typeName(fieldOf(config, '@type'));
  if (!own.endsWith('TypedStruct')) return { type: own, value: config, at: path };
  const inner = fieldOf(config, 'type_url') ?? fieldOf(config, 'typeUrl');
  return { type: typeName(inner), value: fieldOf(config, 'value'), at: [...path, 'value'] };
}

function typeName(url: PlainValue | undefined): string {
  return typeof url === 'string' ? url.slice(url.lastIndexOf('/') + 1) : '';
}

function bucketOf(parent: ProtoReader, name: string): EnvoyBucket | null {
  if (!parent.has(name)) return null;
  const reader = parent.message(name);
  const fillIntervalNs = reader.durationNs('fill_interval', 0);
  if (fillIntervalNs < 50 * NS_PER_MS) reader.wrong('fill_interval', 'is less than 50ms', null);
  return {
    maxTokens: reader.number('max_tokens', 0),
    tokensPerFill: reader.number('tokens_per_fill', 1),
    fillIntervalNs: Math.max(1, fillIntervalNs),
  };
}

function localRateLimit(reader: ProtoReader): EnvoyLocalRateLimit {
  reader.inert(
    'stat_prefix',
    'response_headers_to_add',
    'enable_x_ratelimit_headers',
    'request_headers_to_add_when_not_enforced',
  );
  reader.inert('disable_x_envoy_ratelimited_header', 'rate_limited_as_resource_exhausted', 'stage', 'vh_rate_limits');
  const bucket = bucketOf(reader, 'token_bucket');
  const enabled = reader.runtimeFraction('filter_enabled');
  if (bucket === null && enabled > 0) reader.wrong('token_bucket', 'is missing while filter_enabled is set', null);
  const status = reader.has('status') ? reader.message('status').number('code', 429) : 429;
  return {
    kind: 'local-rate-limit',
    bucket,
    descriptors: reader.list('descriptors').map((descriptor) => ({
      entries: descriptor.list('entries').map((entry) => ({ key: entry.text('key'), value: entry.text('value') })),
      bucket: bucketOf(descriptor, 'token_bucket') ?? descriptor.wrong('token_bucket', 'is missing', NO_BUCKET),
    })),
    alwaysConsumeDefault: reader.boolean('always_consume_default_token_bucket', true),
    enabled,
    enforced: reader.runtimeFraction('filter_enforced'),
    // A status below 400 is taken for 429.
    status: status >= 400 ? status : 429,
  };
}

const NO_BUCKET: EnvoyBucket = { maxTokens: 0, tokensPerFill: 1, fillIntervalNs: 1 };

function fault(reader: ProtoReader): EnvoyFault {
  const delay = reader.message('delay');
  const abort = reader.message('abort');
  const pace = reader.message('response_rate_limit');
  delay.inert('header_delay');
  abort.inert('header_abort');
  pace.inert('header_limit');
  return {
    kind: 'fault',
    delayNs: delay.durationNs('fixed_delay', 0),
    delay: delay.fraction('percentage'),
    abortStatus: abort.number('http_status', 503),
    abort: abort.fraction('percentage'),
    responseRateKiBPerSecond: pace.message('fixed_limit').number('limit_kbps', 0),
    responseRate: pace.fraction('percentage'),
    maxActive: reader.has('max_active_faults') ? reader.number('max_active_faults', 0) : null,
  };
}

function admissionControl(reader: ProtoReader): EnvoyAdmissionControl | null {
  const enabled = reader.has('enabled') ? reader.message('enabled') : null;
  enabled?.inert('runtime_key');
  if (enabled !== null && !enabled.boolean('default_value', true)) return null;
  const criteria = reader.message('success_criteria');
  criteria.inert('grpc_criteria');
  const ranges = criteria
    .message('http_criteria')
    .list('http_success_status')
    .map((range) => ({ from: range.number('start', 0), to: range.number('end', 0) }));
  return {
    kind: 'admission-control',
    samplingWindowNs: reader.durationNs('sampling_window', 30_000 * NS_PER_MS),
    successThreshold: reader.runtimePercent('sr_threshold', 0.95),
    aggression: Math.max(1, reader.runtimeNumber('aggression', 1)),
    rpsThreshold: reader.runtimeNumber('rps_threshold', 0),
    maxRejection: reader.runtimePercent('max_rejection_probability', 0.8),
    successStatuses: ranges.length > 0 ? ranges : [{ from: 100, to: 500 }],
  };
}

function adaptiveConcurrency(reader: ProtoReader): EnvoyAdaptiveConcurrency | null {
  const enabled = reader.has('enabled') ? reader.message('enabled') : null;
  enabled?.inert('runtime_key');
  reader.inert('concurrency_limit_exceeded_status');
  const gradient = reader.message('gradient_controller_config');
  const limits = gradient.message('concurrency_limit_params');
  const minRtt = gradient.message('min_rtt_calc_params');
  const updateIntervalNs = limits.durationNs('concurrency_update_interval', 0);
  const fixedMinRttNs = minRtt.durationNs('fixed_value', 0);
  const minRttIntervalNs = minRtt.durationNs('interval', 0);
  if (updateIntervalNs <= 0) limits.wrong('concurrency_update_interval', 'is missing', null);
  if (minRttIntervalNs < NS_PER_MS && fixedMinRttNs === 0) minRtt.wrong('interval', 'is missing', null);
  const filter: EnvoyAdaptiveConcurrency = {
    kind: 'adaptive-concurrency',
    samplePercentile: gradient.percent('sample_aggregate_percentile', 0.5),
    updateIntervalNs,
    maxConcurrency: limits.number('max_concurrency_limit', 1000),
    minRttIntervalNs,
    minRttRequests: minRtt.number('request_count', 50),
    minRttJitter: minRtt.percent('jitter', 0.15),
    minConcurrency: minRtt.number('min_concurrency', 3),
    minRttBuffer: minRtt.percent('buffer', 0.25),
    fixedMinRttNs,
  };
  return enabled !== null && !enabled.boolean('default_value', true) ? null : filter;
}

function rateLimitService(reader: ProtoReader): EnvoyRateLimitService {
  reader.inert('rate_limit_service', 'enable_x_ratelimit_headers', 'response_headers_to_add', 'stat_prefix', 'stage');
  reader.inert('request_type', 'disable_x_envoy_ratelimited_header', 'rate_limited_as_resource_exhausted');
  return {
    kind: 'rate-limit-service',
    domain: reader.text('domain'),
    timeoutNs: reader.durationNs('timeout', 20 * NS_PER_MS),
    denyOnFailure: reader.boolean('failure_mode_deny', false),
  };
}

function externalAuthorization(reader: ProtoReader): EnvoyExternalAuthorization {
  reader.inert('grpc_service', 'http_service', 'transport_api_version', 'failure_mode_allow', 'status_on_error');
  reader.inert('with_request_body', 'include_peer_certificate', 'clear_route_cache', 'stat_prefix', 'allowed_headers');
  reader.inert(
    'failure_mode_allow_header_add',
    'metadata_context_namespaces',
    'include_tls_session',
    'bootstrap_metadata_labels_key',
  );
  return { kind: 'ext-authz' };
}
