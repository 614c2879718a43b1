// Active health checks of a cluster as Envoy is told about them (envoy: api/envoy/config/core/v3/health_check.proto).
import type { HealthCheckPlan } from '../../models/plan/contract/plan.js';
import { duration, type Message } from './values.js';

export function healthCheckMessage(check: HealthCheckPlan): Message {
  return {
    timeout: duration(check.timeoutNs),
    interval: duration(check.intervalNs),
    ...(check.intervalJitterNs > 0 ? { interval_jitter: duration(check.intervalJitterNs) } : {}),
    ...(check.intervalJitterPercent > 0 ? { interval_jitter_percent: check.intervalJitterPercent } : {}),
    no_traffic_interval: duration(check.noTrafficIntervalNs),
    no_traffic_healthy_interval: duration(check.noTrafficHealthyIntervalNs),
    unhealthy_interval: duration(check.unhealthyIntervalNs),
    unhealthy_edge_interval: duration(check.unhealthyEdgeIntervalNs),
    healthy_edge_interval: duration(check.healthyEdgeIntervalNs),
    unhealthy_threshold: check.unhealthyThreshold,
    healthy_threshold: check.healthyThreshold,
    reuse_connection: check.reuseConnection,
    ...asked(check),
  };
}

function asked({ kind, asks, expectedStatuses, retriableStatuses }: HealthCheckPlan): Message {
  switch (kind) {
    case 'tcp':
      return { tcp_health_check: {} };
    case 'grpc':
      return { grpc_health_check: {} };
    case 'http': {
      const { method, path } = asks;
      return {
        http_health_check: {
          path,
          ...(method === 'GET' ? {} : { method }),
          expected_statuses: ranges(expectedStatuses),
          ...(retriableStatuses.length === 0 ? {} : { retriable_statuses: ranges(retriableStatuses) }),
        },
      };
    }
  }
}

/** envoy.type.v3.Int64Range: the end is not in it. */
function ranges(statuses: readonly number[]): Message[] {
  const found: { start: number; end: number }[] = [];
  for (const status of [...statuses].sort((a, b) => a - b)) {
    const last = found.at(-1);
    if (last?.end === status) last.end++;
    else found.push({ start: status, end: status + 1 });
  }
  return found;
}
