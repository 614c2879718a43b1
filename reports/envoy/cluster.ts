// A cluster of the plan as Envoy is told about it: circuit breakers, outlier detection, balancer, protocol, endpoints.
// envoy: api/envoy/config/cluster/v3/{cluster,circuit_breaker,outlier_detection}.proto, api/envoy/extensions/upstreams/http/v3/http_protocol_options.proto;
// which fields are written for a policy, and that detectors with a threshold of 0 are not enforced: istio
// pilot/pkg/networking/core/cluster_traffic_policy.go.
import type { BalancerPlan, ClusterPlan, OutlierPlan } from '../../models/plan/contract/plan.js';
import { healthCheckMessage } from './health-check.js';
import { duration, type Message, percent, typed } from './values.js';

export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

/** Where an endpoint of a cluster listens. */
export interface EndpointPlace extends SocketAddress {
  readonly weight: number;
}

/** Endpoints that Envoy keeps together. */
export interface EndpointGroup {
  readonly locality: { readonly region: string; readonly zone: string } | null;
  /** Among the localities of its priority; null where these are not told apart. */
  readonly weight: number | null;
  readonly priority: number;
  readonly endpoints: readonly EndpointPlace[];
}

const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

/** @param name of the cluster among those of its proxy */
export function clusterMessage(cluster: ClusterPlan, name: string, groups: readonly EndpointGroup[]): Message {
  return {
    name,
    type: 'STATIC',
    connect_timeout: duration(cluster.connectTimeoutNs),
    ...balancer(cluster),
    common_lb_config: {
      healthy_panic_threshold: { value: cluster.panicThresholdPercent },
      ...localities(cluster, groups),
    },
    circuit_breakers: {
      thresholds: [
        {
          max_connections: cluster.limits.maxConnections,
          max_pending_requests: cluster.limits.maxPendingRequests,
          max_requests: cluster.limits.maxRequests,
          max_retries: cluster.limits.maxRetries,
          ...(cluster.retryBudget === null
            ? {}
            : {
                retry_budget: {
                  budget_percent: percent(cluster.retryBudget.percent),
                  min_retry_concurrency: cluster.retryBudget.minConcurrency,
                },
              }),
        },
      ],
    },
    ...(cluster.healthCheck === null ? {} : { health_checks: [healthCheckMessage(cluster.healthCheck)] }),
    ...(cluster.outlier === null ? {} : { outlier_detection: outlierDetection(cluster.outlier) }),
    typed_extension_protocol_options: { [HTTP_OPTIONS]: typed(HTTP_OPTIONS, protocolOptions(cluster)) },
    load_assignment: {
      cluster_name: name,
      endpoints: groups.map(endpointMessage),
    },
  };
}

/** The cluster that the proxy itself belongs to, in the words of Istio's bootstrap (istio: pilot/pkg/networking/util/util.go, SelfDiscoveryCluster). */
export const OWN_CLUSTER = 'local_cluster';

export function ownClusterMessage(groups: readonly EndpointGroup[]): Message {
  return {
    name: OWN_CLUSTER,
    type: 'STATIC',
    connect_timeout: '1s',
    load_assignment: { cluster_name: OWN_CLUSTER, endpoints: groups.map(endpointMessage) },
  };
}

function endpointMessage({ locality, weight, priority, endpoints }: EndpointGroup): Message {
  return {
    ...(locality === null ? {} : { locality: { ...locality } }),
    ...(weight === null ? {} : { load_balancing_weight: weight }),
    ...(priority === 0 ? {} : { priority }),
    lb_endpoints: endpoints.map((endpoint) => ({
      endpoint: { address: socketAddress(endpoint) },
      load_balancing_weight: endpoint.weight,
    })),
  };
}

export function socketAddress({ address, port }: SocketAddress): Message {
  return { socket_address: { address, port_value: port } };
}

function localities({ failTrafficOnPanic, zoneAware }: ClusterPlan, groups: readonly EndpointGroup[]): Message {
  if (groups.some(({ weight }) => weight !== null)) return { locality_weighted_lb_config: {} };
  const config = {
    ...(zoneAware === null ? {} : { min_cluster_size: zoneAware.minClusterSize }),
    ...(failTrafficOnPanic ? { fail_traffic_on_panic: true } : {}),
  };
  return Object.keys(config).length === 0 ? {} : { zone_aware_lb_config: config };
}

/** Linkerd's policy is not Envoy's: least request is the nearest to it. */
function balancer({ balancer: plan }: ClusterPlan): Message {
  const { policy, choiceCount, tableSize, activeRequestBias } = plan;
  switch (policy) {
    case 'round_robin':
      return {
        lb_policy: 'ROUND_ROBIN',
        ...(plan.slowStart === undefined ? {} : { round_robin_lb_config: slowStart(plan) }),
      };
    case 'random':
      return { lb_policy: 'RANDOM' };
    case 'least_request':
    case 'peak_ewma':
      return {
        lb_policy: 'LEAST_REQUEST',
        least_request_lb_config: {
          choice_count: choiceCount,
          ...(activeRequestBias === undefined ? {} : { active_request_bias: runtimeDouble(activeRequestBias) }),
          ...slowStart(plan),
        },
      };
    case 'ring_hash':
      return {
        lb_policy: 'RING_HASH',
        ...(tableSize === undefined ? {} : { ring_hash_lb_config: { minimum_ring_size: tableSize } }),
      };
    case 'maglev':
      return {
        lb_policy: 'MAGLEV',
        ...(tableSize === undefined ? {} : { maglev_lb_config: { table_size: tableSize } }),
      };
  }
}

function slowStart({ slowStart: plan }: BalancerPlan): Message {
  if (plan === undefined) return {};
  return {
    slow_start_config: {
      slow_start_window: duration(plan.windowNs),
      aggression: runtimeDouble(plan.aggression),
      min_weight_percent: percent(plan.minWeightPercent),
    },
  };
}

/** A number that nothing changes at run time: Envoy wants a key nevertheless. */
function runtimeDouble(value: number): Message {
  return { default_value: value, runtime_key: 'seatrial.unused' };
}

function outlierDetection(outlier: OutlierPlan): Message {
  const { enforcing, successRate, failurePercentage } = outlier;
  return {
    interval: duration(outlier.intervalNs),
    base_ejection_time: duration(outlier.baseEjectionNs),
    max_ejection_time: duration(outlier.maxEjectionNs),
    max_ejection_time_jitter: duration(outlier.maxEjectionJitterNs),
    max_ejection_percent: outlier.maxEjectionPercent,
    always_eject_one_host: outlier.alwaysEjectOne,
    split_external_local_origin_errors: outlier.splitLocalOriginErrors,
    ...consecutive('5xx', outlier.consecutive5xx, enforcing.consecutive5xx),
    ...consecutive('gateway_failure', outlier.consecutiveGatewayErrors, enforcing.consecutiveGatewayErrors),
    ...consecutive(
      'local_origin_failure',
      outlier.consecutiveLocalOriginFailures,
      enforcing.consecutiveLocalOriginFailures,
    ),
    enforcing_success_rate: successRate?.enforcing ?? 0,
    enforcing_local_origin_success_rate: successRate?.enforcingLocalOrigin ?? 0,
    ...(successRate === null
      ? {}
      : {
          success_rate_minimum_hosts: successRate.minimumHosts,
          success_rate_request_volume: successRate.requestVolume,
          success_rate_stdev_factor: successRate.stdevFactor,
        }),
    enforcing_failure_percentage: failurePercentage?.enforcing ?? 0,
    enforcing_failure_percentage_local_origin: failurePercentage?.enforcingLocalOrigin ?? 0,
    ...(failurePercentage === null
      ? {}
      : {
          failure_percentage_minimum_hosts: failurePercentage.minimumHosts,
          failure_percentage_request_volume: failurePercentage.requestVolume,
          failure_percentage_threshold: failurePercentage.threshold,
        }),
  };
}

/** A threshold of 0 switches the detector off. Envoy's own minimum is 1, so that the default stands there then. */
function consecutive(name: string, threshold: number, enforcing: number): Message {
  return threshold > 0
    ? { [`consecutive_${name}`]: threshold, [`enforcing_consecutive_${name}`]: enforcing }
    : { [`enforcing_consecutive_${name}`]: 0 };
}

function protocolOptions(cluster: ClusterPlan): Message {
  const { protocol, maxRequestsPerConnection, maxConcurrentStreams, idleTimeoutNs, maxStreamDurationNs } = cluster;
  return {
    common_http_protocol_options: {
      idle_timeout: duration(idleTimeoutNs),
      ...(maxRequestsPerConnection > 0 ? { max_requests_per_connection: maxRequestsPerConnection } : {}),
      ...(maxStreamDurationNs > 0 ? { max_stream_duration: duration(maxStreamDurationNs) } : {}),
    },
    explicit_http_config:
      protocol === 'http2'
        ? { http2_protocol_options: { max_concurrent_streams: maxConcurrentStreams } }
        : { http_protocol_options: {} },
  };
}
