// The bootstrap of a plan says what the plan says, in Envoy's words.
import { expect, test } from 'vitest';
import type { MeshPlan } from '../../../models/plan/contract/plan.js';
import { type Bootstrap, envoyBootstrap, type Message } from '../../../reports/envoy/bootstrap.js';
import { duration } from '../../../reports/envoy/values.js';
import { filteredPlan, richPlan } from './plans.js';

const LOOPBACK = '127.0.0.1';

function bootstrapOf(plan: MeshPlan): Bootstrap {
  return envoyBootstrap(
    plan,
    plan.workloads.findIndex(({ name }) => name === 'web'),
    {
      listener: { address: LOOPBACK, port: 15001 },
      admin: { address: LOOPBACK, port: 15000 },
      endpoint: (workload, pod) => ({ address: LOOPBACK, port: 20_000 + 10 * workload + pod }),
      accessLog: '/dev/stdout',
    },
  );
}

/** Every message below that has the field. */
function having(message: unknown, field: string): Message[] {
  if (typeof message !== 'object' || message === null) return [];
  const below = Object.values(message).flatMap((value) => having(value, field));
  return field in message ? [message as Message, ...below] : below;
}

test('a route: weights, mirror, fault, time-outs, retries, hash', () => {
  const { message, calls } = bootstrapOf(richPlan());
  const [route] = having(message, 'match');
  expect([...calls.values()]).toEqual([route.name]);
  expect(route).toMatchObject({
    match: { prefix: '/', headers: [{ name: 'x-seatrial-call', string_match: { exact: route.name } }] },
    route: {
      weighted_clusters: {
        clusters: [
          { name: 'outbound|80|v1|b.a.svc.cluster.local', weight: 75 },
          { name: 'outbound|80||c.a.svc.cluster.local', weight: 25 },
        ],
      },
      timeout: '2s',
      retry_policy: { retry_on: '5xx', num_retries: 3, per_try_timeout: '0.25s' },
      request_mirror_policies: [
        {
          cluster: 'outbound|80||c.a.svc.cluster.local',
          runtime_fraction: { default_value: { numerator: 100_000, denominator: 'MILLION' } },
        },
      ],
      hash_policy: [{ header: { header_name: 'x-seatrial-hash-0' } }],
    },
    typed_per_filter_config: {
      'envoy.filters.http.fault': {
        delay: { fixed_delay: '0.3s', percentage: { numerator: 25_000 } },
        abort: { http_status: 418, percentage: { numerator: 5000 } },
      },
    },
  });
});

test('a cluster: balancer, breakers, outlier detection, protocol, endpoints', () => {
  const { message } = bootstrapOf(richPlan());
  const clusters = having(message, 'load_assignment');
  expect(clusters.map(({ name }) => name)).toEqual([
    'outbound|80|v1|b.a.svc.cluster.local',
    'outbound|80||c.a.svc.cluster.local',
  ]);
  const [b, c] = clusters;
  expect(b).toMatchObject({
    lb_policy: 'MAGLEV',
    maglev_lb_config: { table_size: 211 },
    connect_timeout: '0.3s',
    common_lb_config: { healthy_panic_threshold: { value: 20 } },
    circuit_breakers: {
      thresholds: [{ max_connections: 7, max_pending_requests: 5, max_requests: 9, max_retries: 2 }],
    },
    outlier_detection: {
      consecutive_5xx: 3,
      enforcing_consecutive_5xx: 100,
      interval: '2s',
      base_ejection_time: '4s',
      max_ejection_percent: 50,
      enforcing_success_rate: 0,
    },
  });
  expect(having(b, 'max_requests_per_connection')).toMatchObject([{ max_requests_per_connection: 4 }]);
  expect(having(b, 'port_value').map(({ address }) => address)).toEqual([LOOPBACK, LOOPBACK]);
  expect(having(b, 'http_protocol_options')).toHaveLength(1);
  expect(having(c, 'http2_protocol_options')).toHaveLength(1);
  expect(c.lb_policy).toBe('LEAST_REQUEST');
});

test('filters stand in their order before the router; what needs other code is a note', () => {
  const { message, notes } = bootstrapOf(filteredPlan());
  const [{ http_filters: filters }] = having(message, 'http_filters');
  expect((filters as Message[]).map(({ name }) => name)).toEqual([
    'envoy.filters.http.fault',
    'limit',
    'adaptive',
    'admission',
    'all',
    'envoy.filters.http.router',
  ]);
  expect(having(message, 'token_bucket')).toMatchObject([
    { stage: 1, token_bucket: { max_tokens: 20, tokens_per_fill: 10, fill_interval: '1s' }, status: { code: 429 } },
    { entries: [{ key: 'seatrial', value: '0' }], token_bucket: { max_tokens: 5 } },
  ]);
  expect(having(message, 'generic_key')).toEqual([
    { generic_key: { descriptor_key: 'seatrial', descriptor_value: '0' } },
  ]);
  expect(having(message, 'response_rate_limit')).toMatchObject([
    {
      response_rate_limit: {
        fixed_limit: { limit_kbps: 64 },
        percentage: { numerator: 250_000, denominator: 'MILLION' },
      },
    },
  ]);
  expect(notes).toContain('rbac: the filter works in the mesh and is not here.');
});

test('a filter that a route does not pass is off for it', () => {
  const plan = filteredPlan();
  const [site] = plan.sites;
  const both = { ...plan, sites: [site, { ...site, route: { ...site.route, filters: [] } }] };
  expect(having(bootstrapOf(both).message, 'disabled')).toHaveLength(4);
});

test.each([
  [0, '0s'],
  [25_000_000, '0.025s'],
  [1_500_000_001, '1.500000001s'],
  [3_600_000_000_000, '3600s'],
])('%d ns is %s', (ns, text) => {
  expect(duration(ns)).toBe(text);
});

test('zones: the proxy knows where it is and its own cluster; retries in other localities', () => {
  const plan = richPlan();
  const zoned: MeshPlan = {
    ...plan,
    clusters: plan.clusters.map((cluster) => ({
      ...cluster,
      zoneAware: { minClusterSize: 4 },
      failTrafficOnPanic: true,
    })),
    sites: plan.sites.map((site) => {
      const { retry } = site.route;
      return retry === null ? site : { ...site, route: { ...site.route, retry: { ...retry, previousPriorities: 2 } } };
    }),
  };
  const { message } = bootstrapOf(zoned);
  expect(message).toMatchObject({
    node: { locality: { region: expect.any(String), zone: expect.any(String) } },
    cluster_manager: { local_cluster_name: 'local_cluster' },
  });
  expect(having(message, 'load_assignment').map(({ name }) => name)).toContain('local_cluster');
  expect(having(message, 'zone_aware_lb_config')[0].zone_aware_lb_config).toEqual({
    min_cluster_size: 4,
    fail_traffic_on_panic: true,
  });
  expect(having(message, 'retry_priority')[0].retry_priority).toMatchObject({
    name: 'envoy.retry_priorities.previous_priorities',
    typed_config: { update_frequency: 2 },
  });
  expect(bootstrapOf(plan).message).not.toHaveProperty('cluster_manager');
});
