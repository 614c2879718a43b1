// A cluster of the plan as Envoy is told about it: circuit breakers, outlier detection, balancer, protocol, endpoints.
// envoy: api/envoy/config/cluster/v3/{cluster,circuit_breaker,outlier_detection}.proto, api/envoy/extensions/upstreams/http/v3/http_protocol_options.proto;
// which fields are written for a policy, and that detectors with a threshold of 0 are not enforced: istio
// pilot/pkg/networking/core/cluster_traffic_policy.go.
import type { ClusterPlan, OutlierPlan } from '../../models/plan/plan.js';
import { duration, type Message, typed } from './values.js';

export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

/** Where an endpoint of a cluster listens. */
export interface EndpointPlace extends SocketAddress {
  readonly weight: number;
}

const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

/** @param name of the cluster among those of its proxy */
export function clusterMessage(cluster: ClusterPlan, name: string, endpoints: readonly EndpointPlace[]): Message {
  return {
    name,
    type: 'STATIC',
    connect_timeout: duration(cluster.connectTimeoutNs),
    ...balancer(cluster),
    common_lb_config: { healthy_panic_threshold: { value: cluster.panicThresholdPercent } },
    circuit_breakers: {
      thresholds: [
        {
          max_connections: cluster.limits.maxConnections,
          max_pending_requests: cluster.limits.maxPendingRequests,
          max_requests: cluster.limits.maxRequests,
          max_retries: cluster.limits.maxRetries,
        },
      ],
    },
    ...(cluster.outlier === null ? {} : { outlier_detection: outlierDetection(cluster.outlier) }),
    typed_extension_protocol_options: { [HTTP_OPTIONS]: typed(HTTP_OPTIONS, protocolOptions(cluster)) },
    load_assignment: {
      cluster_name: name,
      endpoints: [
        {
          lb_endpoints: endpoints.map(({ weight, ...place }) => ({
            endpoint: { address: socketAddress(place) },
            load_balancing_weight: weight,
          })),
        },
      ],
    },
  };
}

export function socketAddress({ address, port }: SocketAddress): Message {
  return { socket_address: { address, port_value: port } };
}

function balancer({ balancer: { policy, choiceCount } }: ClusterPlan): Message {
  switch (policy) {
    case 'round_robin':
      return { lb_policy: 'ROUND_ROBIN' };
    case 'random':
      return { lb_policy: 'RANDOM' };
    case 'least_request':
      return { lb_policy: 'LEAST_REQUEST', least_request_lb_config: { choice_count: choiceCount } };
  }
}

function outlierDetection(outlier: OutlierPlan): Message {
  return {
    interval: duration(outlier.intervalNs),
    base_ejection_time: duration(outlier.baseEjectionNs),
    max_ejection_time: duration(outlier.maxEjectionNs),
    max_ejection_percent: outlier.maxEjectionPercent,
    always_eject_one_host: outlier.alwaysEjectOne,
    consecutive_5xx: outlier.consecutive5xx,
    enforcing_consecutive_5xx: enforcing(outlier.consecutive5xx),
    consecutive_gateway_failure: outlier.consecutiveGatewayErrors,
    enforcing_consecutive_gateway_failure: enforcing(outlier.consecutiveGatewayErrors),
    split_external_local_origin_errors: outlier.splitLocalOriginErrors,
    consecutive_local_origin_failure: outlier.consecutiveLocalOriginFailures,
    enforcing_consecutive_local_origin_failure: enforcing(outlier.consecutiveLocalOriginFailures),
    enforcing_success_rate: 0,
    enforcing_local_origin_success_rate: 0,
  };
}

function enforcing(threshold: number): number {
  return threshold > 0 ? 100 : 0;
}

function protocolOptions(cluster: ClusterPlan): Message {
  const { protocol, maxRequestsPerConnection, maxConcurrentStreams, idleTimeoutNs } = cluster;
  return {
    common_http_protocol_options: {
      idle_timeout: duration(idleTimeoutNs),
      ...(maxRequestsPerConnection > 0 ? { max_requests_per_connection: maxRequestsPerConnection } : {}),
    },
    explicit_http_config:
      protocol === 'http2'
        ? { http2_protocol_options: { max_concurrent_streams: maxConcurrentStreams } }
        : { http_protocol_options: {} },
  };
}
