// What EnvoyFilters merge into clusters and routes. istio: pilot/pkg/networking/core/envoyfilter/{cluster_patch,rc_patch}_test.go; envoy:
// test/common/upstream/upstream_impl_test.cc (circuit breakers by priority).
import { describe, expect, test } from 'vitest';
import {
  compile,
  destinationRule,
  onlyCluster,
  planOf,
  request,
  siteOf,
  virtualService,
  withCluster,
} from '../support.js';
import { envoyFilter } from './support.js';

const S = 1_000_000_000;

interface Wish {
  readonly apply: string;
  readonly match?: string;
  readonly value: string;
  readonly operation?: string;
  readonly context?: string;
}

function patched({ apply, match = '', value, operation = 'MERGE', context = 'SIDECAR_OUTBOUND' }: Wish): string {
  const own = `{ applyTo: ${apply}, match: { context: ${context}${match} }, patch: { operation: ${operation}, value: ${value} } }`;
  return envoyFilter(`{ configPatches: [${own}] }`, 'e', 'a');
}

const cluster = (value: string, more: Partial<Wish> = {}, ...documents: string[]) =>
  onlyCluster(planOf({ yaml: withCluster(patched({ apply: 'CLUSTER', value, ...more }), ...documents) }));

describe('clusters', () => {
  const PLAIN = onlyCluster(planOf({ yaml: withCluster() }));

  test('scalars take the place of those before', () => {
    expect(cluster('{ connect_timeout: 2s, max_requests_per_connection: 7 }')).toEqual({
      ...PLAIN,
      connectTimeoutNs: 2 * S,
      maxRequestsPerConnection: 7,
    });
    expect(cluster('{ connectTimeout: 0.5s }').connectTimeoutNs).toBe(S / 2);
  });

  test('thresholds are appended, and the first one counts; MERGE_AND_REPLACE_LIST replaces them', () => {
    const limits =
      '{ circuit_breakers: { thresholds: [{ max_connections: 5, retry_budget: { budget_percent: { value: 10 } } }] } }';
    expect(cluster(limits)).toEqual(PLAIN);
    const { diagnostics } = compile({ yaml: withCluster(patched({ apply: 'CLUSTER', value: limits })) });
    expect(diagnostics).toEqual([]);
    expect(cluster(limits, { operation: 'MERGE_AND_REPLACE_LIST' })).toMatchObject({
      limits: { maxConnections: 5, maxPendingRequests: 1024, maxRequests: 1024, maxRetries: 3 },
      retryBudget: { percent: 10, minConcurrency: 3 },
    });
  });

  test('active health checks: the first one counts, absent intervals are those that Envoy takes', () => {
    const value =
      '{ health_checks: [{ timeout: 1s, interval: 5s, unhealthy_interval: 7s, unhealthy_threshold: 3, healthy_threshold: 2, ' +
      'http_health_check: { path: /healthz, expected_statuses: [{ start: 200, end: 202 }] } }] }';
    expect(cluster(value).healthCheck).toMatchObject({
      kind: 'http',
      asks: { method: 'GET', path: '/healthz' },
      timeoutNs: S,
      intervalNs: 5 * S,
      unhealthyIntervalNs: 7 * S,
      unhealthyEdgeIntervalNs: 7 * S,
      healthyEdgeIntervalNs: 5 * S,
      noTrafficIntervalNs: 60 * S,
      unhealthyThreshold: 3,
      healthyThreshold: 2,
      expectedStatuses: [200, 201],
      handlers: [expect.any(Number), expect.any(Number)],
    });
    const { diagnostics, plan } = compile({ yaml: withCluster(patched({ apply: 'CLUSTER', value })) });
    expect(diagnostics).toEqual([]);
    expect(plan?.handlers[plan.clusters[0].healthCheck?.handlers[0] ?? -1]?.request).toBe('GET /healthz');
    const tcp =
      '{ healthChecks: [{ timeout: 1s, interval: 1s, unhealthyThreshold: 1, healthyThreshold: 1, tcpHealthCheck: {} }] }';
    expect(cluster(tcp).healthCheck).toMatchObject({ kind: 'tcp', handlers: [] });
  });

  test('outlier detection: the defaults are Envoy’s where Istio has none', () => {
    expect(cluster('{ outlier_detection: { consecutive_5xx: 3 } }').outlier).toMatchObject({
      consecutive5xx: 3,
      intervalNs: 10 * S,
      maxEjectionPercent: 10,
      enforcing: { consecutive5xx: 100, consecutiveGatewayErrors: 0 },
      successRate: { minimumHosts: 5, requestVolume: 100, stdevFactor: 1900, enforcing: 100 },
      failurePercentage: null,
    });
  });

  test('outlier detection: Istio’s stays where nothing is written', () => {
    const rule = destinationRule(
      'd',
      'b',
      '{ host: web, trafficPolicy: { outlierDetection: { consecutive5xxErrors: 7, baseEjectionTime: 60s } } }',
    );
    const value = '{ outlier_detection: { max_ejection_percent: 90, enforcing_failure_percentage: 100 } }';
    expect(cluster(value, {}, rule).outlier).toMatchObject({
      consecutive5xx: 7,
      baseEjectionNs: 60 * S,
      maxEjectionPercent: 90,
      successRate: null,
      failurePercentage: { threshold: 85, minimumHosts: 5, requestVolume: 50, enforcing: 100 },
    });
  });

  test('balancers', () => {
    const value =
      '{ lb_policy: LEAST_REQUEST, least_request_lb_config: { choice_count: 4, active_request_bias: { default_value: 0.5 }, slow_start_config: { slow_start_window: 60s } }, common_lb_config: { healthy_panic_threshold: { value: 30 } } }';
    expect(cluster(value)).toMatchObject({
      balancer: {
        policy: 'least_request',
        choiceCount: 4,
        activeRequestBias: 0.5,
        slowStart: { windowNs: 60 * S, aggression: 1, minWeightPercent: 10 },
      },
      panicThresholdPercent: 30,
    });
  });

  test.each([
    ['', true],
    [', cluster: { service: web.b.svc.cluster.local }', true],
    [', cluster: { service: web }', false],
    [', cluster: { service: web.b.svc.cluster.local, portNumber: 81 }', false],
    [', cluster: { portNumber: 80 }', true],
    [', cluster: { subset: v1 }', false],
    [', cluster: { name: "outbound|80||web.b.svc.cluster.local" }', true],
  ])('match%s: %s', (match, expected) => {
    expect(cluster('{ connect_timeout: 2s }', { match }).connectTimeoutNs === 2 * S).toBe(expected);
  });

  test('only of proxies of this kind', () => {
    expect(cluster('{ connect_timeout: 2s }', { context: 'GATEWAY' })).toEqual(PLAIN);
    expect(cluster('{ connect_timeout: 2s }', { context: 'ANY' }).connectTimeoutNs).toBe(2 * S);
  });
});

describe('routes', () => {
  const ROUTES = virtualService(
    'v',
    'b',
    '{ hosts: [web], http: [{ name: r, timeout: 9s, retries: { attempts: 3, retryOn: "503", perTryTimeout: 1s }, route: [{ destination: { host: web } }] }] }',
  );
  const route = (value: string, more: Partial<Wish> = {}, headers: Record<string, string> = {}) =>
    siteOf(
      planOf({
        yaml: withCluster(ROUTES, patched({ apply: 'HTTP_ROUTE', value, ...more })),
        requests: [request({ headers })],
      }),
    ).route;
  const named = (name: string) =>
    `, routeConfiguration: { vhost: { name: "web.b.svc.cluster.local:80", route: { name: ${name} } } }`;

  test('time-outs', () => {
    expect(route('{ route: { timeout: 3s, idle_timeout: 4s } }')).toMatchObject({
      timeoutNs: 3 * S,
      streamIdleTimeoutNs: 4 * S,
      maxStreamDurationNs: 0,
    });
    expect(route('{ route: { max_stream_duration: { max_stream_duration: 20s } } }').maxStreamDurationNs).toBe(20 * S);
    expect(route('{ route: { timeout: 3s } }', {}, { 'x-envoy-upstream-rq-timeout-ms': '500' }).timeoutNs).toBe(S / 2);
  });

  test('by the names of virtual host and route', () => {
    expect(route('{ route: { timeout: 3s } }', { match: named('r') }).timeoutNs).toBe(3 * S);
    expect(route('{ route: { timeout: 3s } }', { match: named('other') }).timeoutNs).toBe(9 * S);
  });

  test('retries: what is written replaces, the rest stays', () => {
    expect(route('{ route: { retry_policy: { num_retries: 7 } } }').retry).toMatchObject({
      retries: 7,
      statuses: [503],
      perTryTimeoutNs: S,
      hostSelectionAttempts: 5,
    });
    const value =
      '{ route: { retry_policy: { retry_on: "reset,retriable-status-codes", retriable_status_codes: [429], retry_back_off: { base_interval: 10ms, max_interval: 40ms } } } }';
    expect(route(value).retry).toMatchObject({
      retries: 3,
      statuses: [429],
      onReset: true,
      backoffBaseNs: 10e6,
      backoffMaxNs: 40e6,
    });
  });

  test('retries of a virtual host hold where the route has none', () => {
    const value = '{ retry_policy: { retry_on: 5xx, num_retries: 5 } }';
    expect(route(value, { apply: 'VIRTUAL_HOST' }).retry!.retries).toBe(3);
  });

  test('hedges', () => {
    expect(route('{ route: { hedge_policy: { hedge_on_per_try_timeout: true } } }').retry!.hedgeOnPerTryTimeout).toBe(
      true,
    );
  });

  test('the HTTP connection manager: silence of streams', () => {
    const match = ', listener: { filterChain: { filter: { name: envoy.filters.network.http_connection_manager } } }';
    const value = (seconds: number) => `{ typed_config: { stream_idle_timeout: ${seconds}s } }`;
    const merge = { apply: 'NETWORK_FILTER', match };
    expect(route(value(30), merge).streamIdleTimeoutNs).toBe(30 * S);
    expect(route(value(30), { ...merge, context: 'SIDECAR_INBOUND' }).streamIdleTimeoutNs).toBe(0);
  });
});
