// What requests ask of their proxy, and retry budgets (envoy: test/common/router/{router,retry_state_impl}_test.cc; istio:
// pilot/pkg/networking/core/cluster_builder_test.go).
import { describe, expect, test } from 'vitest';
import {
  codes,
  compile,
  destinationRule,
  MS,
  onlyCluster,
  planOf,
  request,
  retryOf,
  siteOf,
  virtualService,
  withCluster,
} from './support.js';

const routeOf = (headers: Record<string, string>, http = '') =>
  siteOf(
    planOf({
      yaml: withCluster(
        virtualService('web', 'b', `{ hosts: [web], http: [{ route: [{ destination: { host: web } }]${http} }] }`),
      ),
      requests: [request({ headers })],
    }),
  ).route;

describe('headers of a request that its sidecar believes', () => {
  test('conditions are added, numbers replace those of the route', () => {
    const { retry } = routeOf({
      'x-envoy-retry-on': 'gateway-error,retriable-status-codes',
      'x-envoy-retriable-status-codes': '429, 418',
      'x-envoy-max-retries': '7',
      'x-envoy-upstream-rq-per-try-timeout-ms': '250',
      'x-envoy-hedge-on-per-try-timeout': 'true',
    });
    expect(retry).toMatchObject({
      retries: 7,
      statuses: [418, 429, 502, 503, 504],
      onReset: true,
      perTryTimeoutNs: 250 * MS,
      hedgeOnPerTryTimeout: true,
      avoidPreviousHosts: true,
    });
  });

  test('on a route without retries: Envoy’s own defaults; max-retries alone asks for nothing', () => {
    const off = ', retries: { attempts: 0 }';
    expect(routeOf({ 'x-envoy-retry-on': '5xx' }, off).retry).toMatchObject({
      retries: 1,
      onReset: true,
      avoidPreviousHosts: false,
      hostSelectionAttempts: 1,
      backoffBaseNs: 25 * MS,
    });
    expect(routeOf({ 'x-envoy-max-retries': '3' }, off).retry).toBeNull();
    const bounded = routeOf({ 'x-envoy-upstream-rq-per-try-timeout-ms': '50' }, off).retry;
    expect(bounded).toMatchObject({ retries: 0, statuses: [], onReset: false, perTryTimeoutNs: 50 * MS });
  });

  test('a per-try time-out is dropped where the time-out of the call is not longer', () => {
    const headers = { 'x-envoy-upstream-rq-timeout-ms': '200', 'x-envoy-upstream-rq-per-try-timeout-ms': '200' };
    const route = routeOf(headers);
    expect(route.timeoutNs).toBe(200 * MS);
    expect(route.retry).toMatchObject({ perTryTimeoutNs: 0 });
  });

  test('grpc-timeout holds for gRPC, up to the time-out of the route', () => {
    const grpc = (timeout: string, http = '') =>
      routeOf({ 'content-type': 'application/grpc', 'grpc-timeout': timeout }, http).timeoutNs;
    expect([grpc('100m'), grpc('2S'), grpc('1u'), grpc('x')]).toEqual([100 * MS, 2000 * MS, MS, 0]);
    expect([grpc('2S', ', timeout: 1s'), grpc('100m', ', timeout: 1s'), grpc('x', ', timeout: 1s')]).toEqual([
      1000 * MS,
      100 * MS,
      1000 * MS,
    ]);
    expect(routeOf({ 'grpc-timeout': '100m' }).timeoutNs).toBe(0);
  });

  test('envoy-ratelimited is a condition of its own', () => {
    expect(routeOf({}, ', retries: { attempts: 1, retryOn: envoy-ratelimited }').retry).toMatchObject({
      onEnvoyRateLimited: true,
      statuses: [],
      onReset: false,
    });
    expect(retryOf(planOf({ yaml: withCluster() }))?.onEnvoyRateLimited).toBe(false);
  });
});

describe('retry budgets', () => {
  const rule = (policy: string, subsets = '') =>
    withCluster(destinationRule('web', 'b', `{ host: web, trafficPolicy: { ${policy} }${subsets} }`));

  test('defaults: 20 %, at least 3; none without the block', () => {
    expect(onlyCluster(planOf({ yaml: withCluster() })).retryBudget).toBeNull();
    const defaults = planOf({ yaml: rule('retryBudget: {}') });
    expect(onlyCluster(defaults).retryBudget).toEqual({ percent: 20, minConcurrency: 3 });
    const given = planOf({ yaml: rule('retryBudget: { percent: 5, minRetryConcurrency: 10 }') });
    expect(onlyCluster(given).retryBudget).toEqual({ percent: 5, minConcurrency: 10 });
  });

  test('a port level setting does not touch it', () => {
    const ports = 'portLevelSettings: [{ port: { number: 80 }, loadBalancer: { simple: RANDOM } }]';
    const plan = planOf({ yaml: rule(`retryBudget: { percent: 5 }, ${ports}`) });
    expect(onlyCluster(plan).retryBudget).toEqual({ percent: 5, minConcurrency: 3 });
  });

  test('before 1.27 nobody reads it, and a warning says so', () => {
    const result = compile({ yaml: rule('retryBudget: { percent: 5 }'), input: { istioVersion: '1.26' } });
    expect(codes(result.diagnostics, 'warning')).toContain('field-of-a-later-release');
    expect(onlyCluster(result.plan!).retryBudget).toBeNull();
  });
});
