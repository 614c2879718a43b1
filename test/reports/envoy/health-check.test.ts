// Active health checks in Envoy's words.
import { expect, test } from 'vitest';
import type { HealthCheckPlan } from '../../../models/plan/contract/plan.js';
import { healthCheckMessage } from '../../../reports/envoy/health-check.js';

const S = 1_000_000_000;

const CHECK: HealthCheckPlan = {
  kind: 'http',
  asks: { method: 'HEAD', path: '/ready' },
  timeoutNs: S,
  intervalNs: 5 * S,
  intervalJitterNs: S / 2,
  intervalJitterPercent: 0,
  noTrafficIntervalNs: 60 * S,
  noTrafficHealthyIntervalNs: 60 * S,
  unhealthyIntervalNs: 5 * S,
  unhealthyEdgeIntervalNs: 2 * S,
  healthyEdgeIntervalNs: 5 * S,
  unhealthyThreshold: 3,
  healthyThreshold: 2,
  expectedStatuses: [200, 201, 204],
  retriableStatuses: [503],
  reuseConnection: true,
  unejects: true,
  handlers: [],
};

test('an HTTP check: intervals, thresholds, statuses as ranges whose end is not in them', () => {
  expect(healthCheckMessage(CHECK)).toEqual({
    timeout: '1s',
    interval: '5s',
    interval_jitter: '0.5s',
    no_traffic_interval: '60s',
    no_traffic_healthy_interval: '60s',
    unhealthy_interval: '5s',
    unhealthy_edge_interval: '2s',
    healthy_edge_interval: '5s',
    unhealthy_threshold: 3,
    healthy_threshold: 2,
    reuse_connection: true,
    http_health_check: {
      path: '/ready',
      method: 'HEAD',
      expected_statuses: [
        { start: 200, end: 202 },
        { start: 204, end: 205 },
      ],
      retriable_statuses: [{ start: 503, end: 504 }],
    },
  });
});

test.each([
  ['grpc', { grpc_health_check: {} }],
  ['tcp', { tcp_health_check: {} }],
] as const)('a check of %s', (kind, fields) => {
  expect(healthCheckMessage({ ...CHECK, kind })).toMatchObject(fields);
});
