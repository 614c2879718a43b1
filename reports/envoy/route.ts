// A call site of the plan as a route of Envoy. The plan has settled the matchers of every site already, so that a route is chosen by the
// name of its site in a header; what remains is what happens then: weights, faults, time-outs, retries, mirrors.
// envoy: api/envoy/config/route/v3/route_components.proto, api/envoy/extensions/filters/http/fault/v3/fault.proto.
import type { CallSitePlan, DestinationPlan, FaultPlan, ForwardPlan, RetryPlan } from '../../models/plan/plan.js';
import { duration, fraction, type Message, typed } from './values.js';

/** The header that says which call a request is. */
export const CALL_HEADER = 'x-seatrial-call';
export const FAULT_FILTER = 'envoy.filters.http.fault';
export const FAULT_TYPE = 'envoy.extensions.filters.http.fault.v3.HTTPFault';

/** Names clusters as its proxy knows them. */
export type ClusterNames = (destination: DestinationPlan) => string;

/** The route of a site, or null where there is none: Envoy then answers 404 NR by itself. */
export function routeMessage(site: CallSitePlan, name: string, clusterNames: ClusterNames): Message | null {
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
            ...(route.retry === null ? {} : { retry_policy: retryPolicy(route.retry, site.grpc) }),
            ...mirrors(action, clusterNames),
          },
        }),
    ...(route.fault === null
      ? {}
      : { typed_per_filter_config: { [FAULT_FILTER]: typed(FAULT_TYPE, fault(route.fault)) } }),
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

function fault({ delayNs, delayProbability, abortStatus, abortProbability }: FaultPlan): Message {
  return {
    ...(delayProbability > 0 && delayNs > 0
      ? { delay: { fixed_delay: duration(delayNs), percentage: fraction(delayProbability) } }
      : {}),
    ...(abortProbability > 0 ? { abort: { http_status: abortStatus, percentage: fraction(abortProbability) } } : {}),
  };
}

function retryPolicy(retry: RetryPlan, grpc: boolean): Message {
  return {
    retry_on: retryTokens(retry, grpc).join(','),
    num_retries: retry.retries,
    ...(grpc || retry.statuses.length === 0 || isAll5xx(retry) ? {} : { retriable_status_codes: retry.statuses }),
    ...(retry.perTryTimeoutNs > 0 ? { per_try_timeout: duration(retry.perTryTimeoutNs) } : {}),
    retry_back_off: { base_interval: duration(retry.backoffBaseNs), max_interval: duration(retry.backoffMaxNs) },
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
  if (retry.onReset) return !grpc && isAll5xx(retry) ? ['5xx'] : ['reset', ...statuses];
  return [
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
