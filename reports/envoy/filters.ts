// The HTTP filters of a proxy's routes as one chain of a connection manager. Envoy has one chain a listener: what a route does not pass is switched
// off for it. envoy: api/envoy/extensions/filters/http/{fault,local_ratelimit,admission_control,adaptive_concurrency}/v3/*.proto,
// api/envoy/config/route/v3/route_components.proto (FilterConfig, RateLimit).
import {
  type AdaptiveConcurrencyPlan,
  type AdmissionControlPlan,
  type FilterPlan,
  type LocalRateLimitPlan,
  ROUTE_FAULT,
  type TokenBucketPlan,
} from '../../models/plan/contract/filter-plan.js';
import { type FaultPlan, NO_LIMIT, type RoutePlan } from '../../models/plan/contract/plan.js';
import { duration, extension, fraction, type Message, percent, typed } from './values.js';

const FAULT_FILTER = 'envoy.filters.http.fault';
const FAULT_TYPE = 'envoy.extensions.filters.http.fault.v3.HTTPFault';
const DESCRIPTOR_KEY = 'seatrial';
const RUNTIME_KEY = 'seatrial.unused';
const PERCENT = 100;

/** What a route says about the filters. */
export interface RouteFilters {
  /** `typed_per_filter_config`. */
  readonly config: Message;
  readonly rateLimits: readonly Message[];
}

export interface ProxyFilters {
  readonly messages: readonly Message[];
  readonly of: (route: RoutePlan) => RouteFilters;
  readonly notes: readonly string[];
}

/** @param filters of the plan */
export function proxyFilters(filters: readonly FilterPlan[], routes: readonly RoutePlan[]): ProxyFilters {
  const chain = merged(routes.map((route) => identities(filters, route)));
  const messageOf = (identity: string): Message | null =>
    identity === FAULT_FILTER ? extension(FAULT_FILTER, FAULT_TYPE) : filterMessage(identity, filters, chain);
  const written = chain.filter((identity) => messageOf(identity) !== null);
  return {
    messages: written.flatMap((identity) => messageOf(identity) ?? []) as readonly Message[],
    notes: chain
      .filter((identity) => !written.includes(identity))
      .map((identity) => `${identity}: the filter works in the mesh and is not here.`),
    of: (route) => {
      const own = identities(filters, route);
      const off = written.filter((identity) => !own.includes(identity));
      return {
        config: {
          ...(route.fault === null ? {} : { [FAULT_FILTER]: typed(FAULT_TYPE, fault(route.fault)) }),
          ...Object.fromEntries(
            off.map((identity) => [identity, typed('envoy.config.route.v3.FilterConfig', { disabled: true })]),
          ),
        },
        rateLimits: route.filters.flatMap((index) => (index === ROUTE_FAULT ? [] : rateLimits(filters[index], chain))),
      };
    },
  };
}

/** The names of a route's filters in order; those of a group are one. */
function identities(filters: readonly FilterPlan[], { filters: own }: RoutePlan): string[] {
  const all = own.map((index) => (index === ROUTE_FAULT ? FAULT_FILTER : identity(filters[index])));
  return [...new Set(all.includes(FAULT_FILTER) ? all : [FAULT_FILTER, ...all])];
}

function identity(filter: FilterPlan): string {
  return filter.kind === 'local-rate-limit' ? filter.group : filter.name;
}

/** One list that has each of them in its order. */
function merged(lists: readonly (readonly string[])[]): string[] {
  const all: string[] = [];
  for (const list of lists) {
    let after = -1;
    for (const one of list) {
      const at = all.indexOf(one);
      if (at < 0) all.splice(++after, 0, one);
      else after = at;
    }
  }
  return all.length === 0 ? [FAULT_FILTER] : all;
}

/** Null for what needs a service, or code, that is not here. */
function filterMessage(name: string, filters: readonly FilterPlan[], chain: readonly string[]): Message | null {
  const same = filters.filter((filter) => identity(filter) === name);
  const [filter] = same;
  switch (filter.kind) {
    case 'fault':
      return extension(name, FAULT_TYPE, {
        ...fault(filter),
        ...(filter.maxActive >= NO_LIMIT ? {} : { max_active_faults: filter.maxActive }),
        ...(filter.responseRateKiBPerSecond === 0
          ? {}
          : {
              response_rate_limit: {
                fixed_limit: { limit_kbps: filter.responseRateKiBPerSecond },
                percentage: fraction(filter.responseRateProbability),
              },
            }),
      });
    case 'local-rate-limit':
      return localRateLimit(
        filter,
        same.flatMap((one) => (one.kind === 'local-rate-limit' ? one.descriptors : [])),
        chain,
      );
    case 'admission-control':
      return admissionControl(filter);
    case 'adaptive-concurrency':
      return adaptiveConcurrency(filter);
    case 'rate-limit-service':
    case 'ext-authz':
    case 'rbac':
    case 'jwt':
    case 'wasm':
      return null;
  }
}

function fault({ delayNs, delayProbability, abortStatus, abortProbability }: FaultPlan): Message {
  return {
    ...(delayProbability > 0 && delayNs > 0
      ? { delay: { fixed_delay: duration(delayNs), percentage: fraction(delayProbability) } }
      : {}),
    ...(abortProbability > 0 ? { abort: { http_status: abortStatus, percentage: fraction(abortProbability) } } : {}),
  };
}

function localRateLimit(
  filter: LocalRateLimitPlan,
  descriptors: LocalRateLimitPlan['descriptors'],
  chain: readonly string[],
): Message {
  const numbers = [...new Set(descriptors.map(({ number }) => number))].sort((a, b) => a - b);
  return extension(filter.group, 'envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit', {
    stat_prefix: 'outbound',
    status: { code: filter.status },
    stage: chain.indexOf(filter.group),
    token_bucket: bucket(filter.bucket ?? { maxTokens: NO_LIMIT, tokensPerFill: NO_LIMIT, fillIntervalNs: 1e9 }),
    filter_enabled: { default_value: fraction(filter.enabledProbability), runtime_key: RUNTIME_KEY },
    filter_enforced: { default_value: fraction(filter.enforcedProbability), runtime_key: RUNTIME_KEY },
    always_consume_default_token_bucket: filter.alwaysConsumeDefault,
    ...(numbers.length === 0
      ? {}
      : {
          descriptors: numbers.map((number) => ({
            entries: [{ key: DESCRIPTOR_KEY, value: String(number) }],
            token_bucket: bucket(descriptors.find((one) => one.number === number) as TokenBucketPlan),
          })),
        }),
  });
}

function bucket({ maxTokens, tokensPerFill, fillIntervalNs }: TokenBucketPlan): Message {
  return { max_tokens: maxTokens, tokens_per_fill: tokensPerFill, fill_interval: duration(fillIntervalNs) };
}

/** The descriptors that requests of a route carry. */
function rateLimits(filter: FilterPlan, chain: readonly string[]): Message[] {
  if (filter.kind !== 'local-rate-limit') return [];
  return filter.descriptors.map(({ number }) => ({
    stage: chain.indexOf(filter.group),
    actions: [{ generic_key: { descriptor_key: DESCRIPTOR_KEY, descriptor_value: String(number) } }],
  }));
}

function admissionControl(filter: AdmissionControlPlan): Message {
  return extension(filter.name, 'envoy.extensions.filters.http.admission_control.v3.AdmissionControl', {
    enabled: { default_value: true, runtime_key: RUNTIME_KEY },
    sampling_window: duration(filter.samplingWindowNs),
    aggression: { default_value: filter.aggression, runtime_key: RUNTIME_KEY },
    sr_threshold: { default_value: percent(filter.successThreshold * PERCENT), runtime_key: RUNTIME_KEY },
    rps_threshold: { default_value: filter.rpsThreshold, runtime_key: RUNTIME_KEY },
    max_rejection_probability: {
      default_value: percent(filter.maxRejectionProbability * PERCENT),
      runtime_key: RUNTIME_KEY,
    },
    success_criteria: {
      http_criteria: { http_success_status: filter.successStatuses.map(({ from, to }) => ({ start: from, end: to })) },
    },
  });
}

function adaptiveConcurrency(filter: AdaptiveConcurrencyPlan): Message {
  return extension(filter.name, 'envoy.extensions.filters.http.adaptive_concurrency.v3.AdaptiveConcurrency', {
    enabled: { default_value: true, runtime_key: RUNTIME_KEY },
    gradient_controller_config: {
      sample_aggregate_percentile: percent(filter.samplePercentile * PERCENT),
      concurrency_limit_params: {
        max_concurrency_limit: filter.maxConcurrency,
        concurrency_update_interval: duration(filter.updateIntervalNs),
      },
      min_rtt_calc_params: {
        ...(filter.fixedMinRttNs > 0
          ? { fixed_value: duration(filter.fixedMinRttNs) }
          : { interval: duration(filter.minRttIntervalNs), request_count: filter.minRttRequests }),
        jitter: percent(filter.minRttJitter * PERCENT),
        min_concurrency: filter.minConcurrency,
        buffer: percent(filter.minRttBuffer * PERCENT),
      },
    },
  });
}
