// What a patch merges into a cluster of Envoy. envoy: api/envoy/config/cluster/v3/{cluster,circuit_breaker,outlier_detection}.proto.

import { lookup } from '../../../sim/lookup.js';
import type { PlainValue } from '../document.js';
import type { FieldPath } from '../resource.js';
import { type EnvoyHealthCheck, readHealthCheck } from './envoy-health-check.js';
import { type ProtoProblems, ProtoReader } from './proto-value.js';

/** null everywhere: the cluster's own stays. */
export interface EnvoyClusterSettings {
  readonly connectTimeoutNs: number | null;
  /** Of the default priority. */
  readonly limits: EnvoyLimits | null;
  readonly outlier: EnvoyOutlierDetection | null;
  readonly policy: 'round_robin' | 'least_request' | 'random' | 'ring_hash' | 'maglev' | null;
  readonly choiceCount: number | null;
  readonly activeRequestBias: number | null;
  readonly slowStart: {
    readonly windowNs: number;
    readonly aggression: number;
    readonly minWeightPercent: number;
  } | null;
  readonly panicThresholdPercent: number | null;
  readonly failTrafficOnPanic: boolean | null;
  readonly maxRequestsPerConnection: number | null;
  readonly preconnectRatio: number | null;
  readonly healthCheck: EnvoyHealthCheck | null;
}

export interface EnvoyLimits {
  readonly maxConnections: number | null;
  readonly maxPendingRequests: number | null;
  readonly maxRequests: number | null;
  readonly maxRetries: number | null;
  readonly retryBudget: { readonly percent: number; readonly minConcurrency: number } | null;
}

/** Fields that are written. */
export interface EnvoyOutlierDetection {
  readonly consecutive5xx: number | null;
  readonly consecutiveGatewayErrors: number | null;
  readonly consecutiveLocalOriginFailures: number | null;
  readonly splitLocalOriginErrors: boolean | null;
  readonly intervalNs: number | null;
  readonly baseEjectionNs: number | null;
  readonly maxEjectionNs: number | null;
  readonly maxEjectionJitterNs: number | null;
  readonly maxEjectionPercent: number | null;
  readonly alwaysEjectOne: boolean | null;
  readonly enforcingConsecutive5xx: number | null;
  readonly enforcingConsecutiveGatewayErrors: number | null;
  readonly enforcingLocalOriginFailures: number | null;
  readonly enforcingSuccessRate: number | null;
  readonly enforcingLocalOriginSuccessRate: number | null;
  readonly successRateMinimumHosts: number | null;
  readonly successRateRequestVolume: number | null;
  readonly successRateStdevFactor: number | null;
  readonly enforcingFailurePercentage: number | null;
  readonly enforcingLocalOriginFailurePercentage: number | null;
  readonly failurePercentageMinimumHosts: number | null;
  readonly failurePercentageRequestVolume: number | null;
  readonly failurePercentageThreshold: number | null;
}

const POLICIES: Readonly<Record<string, EnvoyClusterSettings['policy']>> = {
  ROUND_ROBIN: 'round_robin',
  LEAST_REQUEST: 'least_request',
  RANDOM: 'random',
  RING_HASH: 'ring_hash',
  MAGLEV: 'maglev',
};

export function readClusterSettings(
  value: PlainValue | undefined,
  path: FieldPath,
): { readonly settings: EnvoyClusterSettings; readonly problems: ProtoProblems } {
  const problems: ProtoProblems = { wrong: [], unread: [] };
  const reader = ProtoReader.of(value, path, problems);
  reader.inert('upstream_connection_options', 'per_connection_buffer_limit_bytes', 'alt_stat_name', 'metadata');
  const roundRobin = reader.message('round_robin_lb_config');
  const leastRequest = reader.message('least_request_lb_config');
  const common = reader.message('common_lb_config');
  const bias = leastRequest.message('active_request_bias');
  bias.inert('runtime_key');
  const settings: EnvoyClusterSettings = {
    connectTimeoutNs: durationOrNull(reader, 'connect_timeout'),
    limits: reader.has('circuit_breakers') ? readLimits(reader.message('circuit_breakers')) : null,
    outlier: reader.has('outlier_detection') ? readOutlier(reader.message('outlier_detection')) : null,
    policy: lookup(POLICIES, reader.text('lb_policy')) ?? null,
    choiceCount: numberOrNull(leastRequest, 'choice_count'),
    activeRequestBias: numberOrNull(bias, 'default_value'),
    slowStart: readSlowStart(roundRobin) ?? readSlowStart(leastRequest),
    panicThresholdPercent: common.has('healthy_panic_threshold')
      ? common.message('healthy_panic_threshold').number('value', 0)
      : null,
    failTrafficOnPanic: common.has('zone_aware_lb_config')
      ? common.message('zone_aware_lb_config').boolean('fail_traffic_on_panic', false)
      : null,
    maxRequestsPerConnection: numberOrNull(reader, 'max_requests_per_connection'),
    preconnectRatio: numberOrNull(reader.message('preconnect_policy'), 'per_upstream_preconnect_ratio'),
    healthCheck: readHealthCheck(reader),
  };
  reader.finish();
  return { settings, problems };
}

function numberOrNull(reader: ProtoReader, name: string): number | null {
  return reader.has(name) ? reader.number(name, 0) : null;
}

function durationOrNull(reader: ProtoReader, name: string): number | null {
  return reader.has(name) ? reader.durationNs(name, 0) : null;
}

function flagOrNull(reader: ProtoReader, name: string): boolean | null {
  return reader.has(name) ? reader.boolean(name, false) : null;
}

/** The first threshold of the default priority counts. */
function readLimits(reader: ProtoReader): EnvoyLimits | null {
  const thresholds = reader.list('thresholds').filter((threshold) => {
    const priority = threshold.text('priority');
    return priority === '' || priority === 'DEFAULT';
  });
  const first = thresholds[0];
  if (first === undefined) return null;
  first.inert('track_remaining', 'max_connection_pools');
  const budget = first.message('retry_budget');
  return {
    maxConnections: numberOrNull(first, 'max_connections'),
    maxPendingRequests: numberOrNull(first, 'max_pending_requests'),
    maxRequests: numberOrNull(first, 'max_requests'),
    maxRetries: numberOrNull(first, 'max_retries'),
    retryBudget: first.has('retry_budget')
      ? {
          percent: budget.has('budget_percent') ? budget.message('budget_percent').number('value', 0) : 20,
          minConcurrency: budget.number('min_retry_concurrency', 3),
        }
      : null,
  };
}

function readSlowStart(reader: ProtoReader): EnvoyClusterSettings['slowStart'] {
  if (!reader.has('slow_start_config')) return null;
  const found = reader.message('slow_start_config');
  return {
    windowNs: found.durationNs('slow_start_window', 0),
    aggression: Math.max(1, found.runtimeNumber('aggression', 1)),
    minWeightPercent: found.has('min_weight_percent') ? found.message('min_weight_percent').number('value', 0) : 10,
  };
}

function readOutlier(reader: ProtoReader): EnvoyOutlierDetection {
  const number = (name: string) => numberOrNull(reader, name);
  const duration = (name: string) => durationOrNull(reader, name);
  return {
    consecutive5xx: number('consecutive_5xx'),
    consecutiveGatewayErrors: number('consecutive_gateway_failure'),
    consecutiveLocalOriginFailures: number('consecutive_local_origin_failure'),
    splitLocalOriginErrors: flagOrNull(reader, 'split_external_local_origin_errors'),
    intervalNs: duration('interval'),
    baseEjectionNs: duration('base_ejection_time'),
    maxEjectionNs: duration('max_ejection_time'),
    maxEjectionJitterNs: duration('max_ejection_time_jitter'),
    maxEjectionPercent: number('max_ejection_percent'),
    alwaysEjectOne: flagOrNull(reader, 'always_eject_one_host'),
    enforcingConsecutive5xx: number('enforcing_consecutive_5xx'),
    enforcingConsecutiveGatewayErrors: number('enforcing_consecutive_gateway_failure'),
    enforcingLocalOriginFailures: number('enforcing_consecutive_local_origin_failure'),
    enforcingSuccessRate: number('enforcing_success_rate'),
    enforcingLocalOriginSuccessRate: number('enforcing_local_origin_success_rate'),
    successRateMinimumHosts: number('success_rate_minimum_hosts'),
    successRateRequestVolume: number('success_rate_request_volume'),
    successRateStdevFactor: number('success_rate_stdev_factor'),
    enforcingFailurePercentage: number('enforcing_failure_percentage'),
    enforcingLocalOriginFailurePercentage: number('enforcing_failure_percentage_local_origin'),
    failurePercentageMinimumHosts: number('failure_percentage_minimum_hosts'),
    failurePercentageRequestVolume: number('failure_percentage_request_volume'),
    failurePercentageThreshold: number('failure_percentage_threshold'),
  };
}
