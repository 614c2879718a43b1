// A call site of the plan as a route of Envoy. The plan has settled the matchers of every site already, so that a route is chosen by the
// name of its site in a header; what remains is what happens then: weights, faults, time-outs, retries, mirrors.
// envoy: api/envoy/config/route/v3/route_components.proto, api/envoy/extensions/filters/http/fault/v3/fault.proto.
import type {
  CallSitePlan,
  DestinationPlan,
  ForwardPlan,
  HashKeyPlan,
  RetryPlan,
} from '../../models/plan/contract/plan.js';
import type { RouteFilters } from './filters.js';
import { duration, fraction, type Message, typed } from './values.js';

/** The header that says which call a request is. */
export const CALL_HEADER = 'x-seatrial-call';
/** A header that has the text which a consistent hash looks at, with the number of the policy behind it. */
export const HASH_HEADER = 'x-seatrial-hash';

/** Names clusters as its proxy knows them. */
export type ClusterNames = (destination: DestinationPlan) => string;

/** The route of a site, or null where there is none: Envoy then answers 404 NR by itself. */
export function routeMessage(
  site: CallSitePlan,
  name: string,
  clusterNames: ClusterNames,
  filters: RouteFilters,
): Message | null {
  const { route } = site;
  const { action } = route;
  if (action.kind === 'respond' && action.flag === 'NR') return null;
  return {
    name,
    match: { prefix: '/', headers: [{ name: CALL_HEADER, string_match: { exact: name } }] },
    ...(action.kind === 'respond'
      ? { direct_response: { status: action.status } }
      : {
          route: {
            ...destinations(action, clusterNames),
            timeout: duration(route.timeoutNs),
            ...(route.maxStreamDurationNs > 0
              ? { max_stream_duration: { max_stream_duration: duration(route.maxStreamDurationNs) } }
              : {}),
            ...(route.streamIdleTimeoutNs > 0 ? { idle_timeout: duration(route.streamIdleTimeoutNs) } : {}),
            ...(route.retry === null ? {} : { retry_policy: retryPolicy(route.retry, site.grpc) }),
            ...(route.retry?.hedgeOnPerTryTimeout ? { hedge_policy: { hedge_on_per_try_timeout: true } } : {}),
            ...hashes(action),
            ...(filters.rateLimits.length > 0 ? { rate_limits: filters.rateLimits } : {}),
            ...mirrors(action, clusterNames),
          },
        }),
    ...(Object.keys(filters.config).length === 0 ? {} : { typed_per_filter_config: filters.config }),
  };
}

function destinations({ destinations: all }: ForwardPlan, clusterNames: ClusterNames): Message {
  if (all.length === 1) return { cluster: clusterNames(all[0]) };
  return {
    weighted_clusters: {
      clusters: all.map((destination) => ({ name: clusterNames(destination), weight: destination.weight })),
    },
  };
}

function mirrors({ mirrors: all }: ForwardPlan, clusterNames: ClusterNames): Message {
  if (all.length === 0) return {};
  return {
    request_mirror_policies: all.map(({ destination, probability }) => ({
      cluster: clusterNames(destination),
      runtime_fraction: { default_value: fraction(probability) },
    })),
  };
}

/** Envoy has the policies of all destinations of a route in one list (istio: pilot/pkg/networking/core/route/route.go). */
export function hashKeys({ destinations: all }: ForwardPlan): readonly HashKeyPlan[] {
  const keys = all.flatMap(({ hash }) => hash);
  const texts = keys.map((key) => JSON.stringify(key));
  return keys.filter((_, i) => texts.indexOf(texts[i]) === i);
}

function hashes(action: ForwardPlan): Message {
  const keys = hashKeys(action);
  return keys.length === 0 ? {} : { hash_policy: keys.map(hashPolicy) };
}

function hashPolicy(key: HashKeyPlan, number: number): Message {
  switch (key.kind) {
    case 'text':
      return { header: { header_name: `${HASH_HEADER}-${number}` } };
    case 'cookie':
      return { cookie: { name: HASH_HEADER, ttl: '0s' } };
    case 'source-ip':
      return { connection_properties: { source_ip: true } };
  }
}

function retryPolicy(retry: RetryPlan, grpc: boolean): Message {
  return {
    retry_on: retryTokens(retry, grpc).join(','),
    num_retries: retry.retries,
    ...(grpc || retry.statuses.length === 0 || isAll5xx(retry) ? {} : { retriable_status_codes: retry.statuses }),
    ...(retry.perTryTimeoutNs > 0 ? { per_try_timeout: duration(retry.perTryTimeoutNs) } : {}),
    ...(retry.perTryIdleTimeoutNs > 0 ? { per_try_idle_timeout: duration(retry.perTryIdleTimeoutNs) } : {}),
    ...(retry.rateLimitedMaxNs > 0
      ? {
          rate_limited_retry_back_off: {
            reset_headers: [{ name: 'retry-after', format: 'SECONDS' }],
            max_interval: duration(retry.rateLimitedMaxNs),
          },
        }
      : {}),
    retry_back_off: { base_interval: duration(retry.backoffBaseNs), max_interval: duration(retry.backoffMaxNs) },
    ...(retry.previousPriorities === undefined
      ? {}
      : {
          retry_priority: {
            name: 'envoy.retry_priorities.previous_priorities',
            typed_config: typed('envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig', {
              update_frequency: retry.previousPriorities,
            }),
          },
        }),
    ...(retry.avoidPreviousHosts
      ? {
          retry_host_predicate: [
            {
              name: 'envoy.retry_host_predicates.previous_hosts',
              typed_config: typed('envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate'),
            },
          ],
          host_selection_retry_max_attempts: retry.hostSelectionAttempts,
        }
      : {}),
  };
}

/** envoy: source/common/router/retry_state_impl.cc. The plan has resolved the tokens; these mean the same. */
export function retryTokens(retry: RetryPlan, grpc: boolean): string[] {
  const statuses = grpc ? grpcTokens(retry.statuses) : retry.statuses.length > 0 ? ['retriable-status-codes'] : [];
  const rateLimited = retry.onEnvoyRateLimited ? ['envoy-ratelimited'] : [];
  if (retry.onReset) return [...(!grpc && isAll5xx(retry) ? ['5xx'] : ['reset', ...statuses]), ...rateLimited];
  return [
    ...rateLimited,
    ...(retry.onConnectFailure ? ['connect-failure'] : []),
    ...(retry.onRefusedStream ? ['refused-stream'] : []),
    ...(retry.onResetBeforeRequest ? ['reset-before-request'] : []),
    ...statuses,
  ];
}

function isAll5xx({ statuses, onReset }: RetryPlan): boolean {
  return onReset && statuses.length === 100 && statuses.every((status, i) => status === 500 + i);
}

const GRPC_TOKENS: readonly (readonly [status: number, token: string])[] = [
  [499, 'cancelled'],
  [504, 'deadline-exceeded'],
  [500, 'internal'],
  [429, 'resource-exhausted'],
  [503, 'unavailable'],
];

function grpcTokens(statuses: readonly number[]): string[] {
  return GRPC_TOKENS.filter(([status]) => statuses.includes(status)).map(([, token]) => token);
}
