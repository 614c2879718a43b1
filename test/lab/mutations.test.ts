// A wrong model does not pass the lab: each mutation, of the plan or of the engine, is caught by a check of a recorded case.
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { LabCase } from '../../lab/case.js';
import { CASES } from '../../lab/cases/index.js';
import { entryOf } from '../../lab/ledger.js';
import { readRecording } from '../../lab/recordings.js';
import { Clusters } from '../../models/mesh/clusters/clusters.js';
import { HeldHosts } from '../../models/mesh/clusters/held-hosts.js';
import { OutlierDetector } from '../../models/mesh/clusters/outlier.js';
import { ConnectionPool } from '../../models/mesh/connections/connection-pool.js';
import { DownstreamConnections } from '../../models/mesh/connections/downstream-connections.js';
import { Configurations } from '../../models/mesh/life/configurations.js';
import type { ClusterPlan, MeshPlan, RetryPlan, RoutePlan } from '../../models/plan/contract/plan.js';

const ROOT = join(import.meta.dirname, '../..');

type Mutation = (plan: MeshPlan) => MeshPlan;

const AS_IT_IS: Mutation = (plan) => plan;

/** Checks of a case that the simulation misses. */
function missed(name: string, mutate: Mutation): number {
  const lab = CASES.find((one) => one.name === name);
  const recording = readRecording(ROOT, name);
  if (lab === undefined || recording === null) throw new Error(`no recording of ${name}`);
  const mutated: LabCase = { ...lab, adjust: (plan) => mutate(lab.adjust?.(plan) ?? plan) };
  return entryOf(mutated, recording).comparisons.filter(({ agrees, check }) => !agrees && check.known === undefined)
    .length;
}

const clusters =
  (change: (cluster: ClusterPlan) => Partial<ClusterPlan>): Mutation =>
  (plan) => ({ ...plan, clusters: plan.clusters.map((cluster) => ({ ...cluster, ...change(cluster) })) });

const limits = (change: Partial<Record<keyof ClusterPlan['limits'], number>>): Mutation =>
  clusters((cluster) => ({ limits: { ...cluster.limits, ...change } }));

const halved = (limit: keyof ClusterPlan['limits']): Mutation =>
  clusters((cluster) => ({
    limits: { ...cluster.limits, [limit]: Math.max(1, Math.floor(cluster.limits[limit] / 2)) },
  }));

const routes =
  (change: (route: RoutePlan) => Partial<RoutePlan>): Mutation =>
  (plan) => ({
    ...plan,
    sites: plan.sites.map((site) => ({ ...site, route: { ...site.route, ...change(site.route) } })),
  });

const retries = (change: (retry: RetryPlan) => Partial<RetryPlan>): Mutation =>
  routes(({ retry }) => ({ retry: retry === null ? null : { ...retry, ...change(retry) } }));

const policy = (policy: ClusterPlan['balancer']['policy']): Mutation =>
  clusters(({ balancer }) => ({ balancer: { ...balancer, policy } }));

const MUTATIONS: readonly (readonly [what: string, lab: string, mutate: Mutation])[] = [
  ['half of max_requests', 'breaker-requests', halved('maxRequests')],
  ['half of max_pending_requests', 'breaker-pending', halved('maxPendingRequests')],
  ['half of max_retries', 'breaker-retries', halved('maxRetries')],
  ['half of max_connections', 'saturated-pool', halved('maxConnections')],
  ['one connection more', 'random-queue', limits({ maxConnections: 3 })],
  ['no retry budget', 'breaker-retry-budget', clusters(() => ({ retryBudget: null }))],
  ['one retry less', 'retry-5xx', retries((retry) => ({ retries: retry.retries - 1 }))],
  ['one retry more', 'retry-chance', retries((retry) => ({ retries: retry.retries + 1 }))],
  ['half of the back-off', 'retry-back-off', retries(({ backoffBaseNs }) => ({ backoffBaseNs: backoffBaseNs / 2 }))],
  ['retries of another status', 'retry-4xx', retries(() => ({ statuses: [503] }))],
  ['connect failures are not retried', 'retry-connect-failure', retries(() => ({ onConnectFailure: false }))],
  ['a retry leaves its zone at once', 'retry-remote-localities', retries(() => ({ previousPriorities: 1 }))],
  [
    'bodies that always fit',
    'retry-large-body',
    (plan) => ({ ...plan, sites: plan.sites.map((site) => ({ ...site, requestBytes: 0 })) }),
  ],
  ['no hedges', 'hedging', retries(() => ({ hedgeOnPerTryTimeout: false }))],
  ['a time-out of a fifth more', 'timeout-mixed', routes(({ timeoutNs }) => ({ timeoutNs: 1.2 * timeoutNs }))],
  ['no time-out of a try', 'timeout-per-try', retries(() => ({ perTryTimeoutNs: 0 }))],
  ['no longest duration', 'duration-cluster', clusters(() => ({ maxStreamDurationNs: 0 }))],
  ['random instead of a rotation', 'round-robin', policy('random')],
  [
    'weights that nobody hears of',
    'round-robin-weighted',
    clusters(({ groups }) => ({ groups: groups.map((group) => ({ ...group, weight: 1 })) })),
  ],
  ['random instead of least request', 'least-request', policy('random')],
  ['one choice more', 'least-request', clusters(({ balancer }) => ({ balancer: { ...balancer, choiceCount: 3 } }))],
  ['no slow start', 'slow-start', clusters(({ balancer: { slowStart: _, ...balancer } }) => ({ balancer }))],
  [
    'hosts that come do not warm up',
    'change-slow-start-joins',
    clusters(({ balancer: { slowStart: _, ...balancer } }) => ({ balancer })),
  ],
  ['zones are not looked at', 'zones-share', clusters(() => ({ zoneAware: null }))],
  ['no outlier detection', 'outlier-ejection', clusters(() => ({ outlier: null }))],
  ['no panic', 'outlier-panic', clusters(() => ({ panicThresholdPercent: 0 }))],
  ['panic where there is none', 'outlier-all-gone', clusters(() => ({ panicThresholdPercent: 50 }))],
  [
    'ejections of half the time',
    'outlier-return',
    clusters(({ outlier }) => ({
      outlier:
        outlier === null
          ? null
          : { ...outlier, baseEjectionNs: outlier.baseEjectionNs / 2, intervalNs: outlier.intervalNs / 2 },
    })),
  ],
  [
    'a looser rate of success',
    'outlier-success-rate',
    clusters(({ outlier }) => ({
      outlier: outlier?.successRate ? { ...outlier, successRate: { ...outlier.successRate, stdevFactor: 2100 } } : null,
    })),
  ],
  ['no health checks', 'health-one-ill', clusters(() => ({ healthCheck: null }))],
  ['connections that live for ever', 'pool-requests-per-connection', clusters(() => ({ maxRequestsPerConnection: 0 }))],
  [
    'connections of HTTP/2 that live for ever',
    'pool-http2-requests-per-connection',
    clusters(() => ({ maxRequestsPerConnection: 0 })),
  ],
  ['HTTP/1.1 instead of HTTP/2', 'pool-http2-streams', clusters(() => ({ protocol: 'http1', appProtocol: 'http1' }))],
  ['idle connections that stay', 'pool-http2-idle-timeout', clusters(() => ({ idleTimeoutNs: 0 }))],
  ['TLS without a round trip', 'line-tls-13', clusters(({ tls }) => ({ tls: { ...tls, roundTrips: 0 } }))],
  [
    'a rate limit of twice as many',
    'local-rate-limit',
    (plan) => ({
      ...plan,
      filters: plan.filters.map((one) =>
        one.kind === 'local-rate-limit' && one.bucket !== null
          ? { ...one, bucket: { ...one.bucket, maxTokens: 20 } }
          : one,
      ),
    }),
  ],
  [
    'aborts of a tenth less',
    'fault-abort',
    routes(({ fault }) => ({
      fault: fault === null ? null : { ...fault, abortProbability: 0.9 * fault.abortProbability },
    })),
  ],
];

describe('is caught', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test.each(MUTATIONS)('%s, by %s', (_, name, mutate) => {
    expect(missed(name, mutate)).toBeGreaterThan(0);
  });

  test.each(['workers-2-pool-4', 'workers-2-pool-1', 'workers-3-pool-1', 'workers-2-two-hosts', 'workers-2-pool-5'])(
    'even dealing, by %s',
    (name) => {
      vi.spyOn(DownstreamConnections.prototype, 'worker').mockImplementation((pod, _, number) => number % pod.workers);
      expect(missed(name, AS_IT_IS)).toBeGreaterThan(0);
    },
  );

  test('a connection that is lost with every stream that ends, by saturated-pool', () => {
    const ended = ConnectionPool.prototype.streamEnded;
    vi.spyOn(ConnectionPool.prototype, 'streamEnded').mockImplementation(function (this: ConnectionPool, attempt) {
      ended.call(this, attempt, true);
    });
    expect(missed('saturated-pool', AS_IT_IS)).toBeGreaterThan(0);
  });

  test('a changed cluster that is the same one, by change-cluster-limits', () => {
    vi.spyOn(Clusters.prototype, 'reconfigure').mockImplementation(() => {});
    expect(missed('change-cluster-limits', AS_IT_IS)).toBeGreaterThan(0);
  });

  test.each(['change-route', 'change-route-timeout', 'change-cluster-gone'])(
    'news that nobody hears, by %s',
    (name) => {
      vi.spyOn(Configurations.prototype, 'receive').mockImplementation(() => {});
      expect(missed(name, AS_IT_IS)).toBeGreaterThan(0);
    },
  );

  test('hosts that nobody holds, by change-check-holds', () => {
    vi.spyOn(HeldHosts.prototype, 'hold').mockImplementation((_, removed) => removed);
    expect(missed('change-check-holds', AS_IT_IS)).toBeGreaterThan(0);
  });

  test('ejections that the balancer hears of late, by outlier-ejection', () => {
    vi.spyOn(OutlierDetector.prototype, 'updateHosts').mockImplementation(() => {});
    expect(missed('outlier-ejection', AS_IT_IS)).toBeGreaterThan(0);
  });
});
