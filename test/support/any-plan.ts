// Plans of the small shape (plans.ts) with any policy and load: overload, tight limits, faults, errors, time-outs, retries, ejections.
import { fc } from '@fast-check/vitest';
import { type MeshPlan, NO_LIMIT } from '../../models/plan/contract/plan.js';
import { MS, OUTLIER, poisson, RETRY, S, smallPlan, work } from './plans.js';

const limit = fc.oneof(fc.constant(NO_LIMIT), fc.integer({ min: 1, max: 8 }));

export const anyPlan: fc.Arbitrary<MeshPlan> = fc
  .record({
    pods: fc.integer({ min: 1, max: 4 }),
    clientPods: fc.integer({ min: 1, max: 3 }),
    rate: fc.integer({ min: 1, max: 400 }),
    closed: fc.boolean(),
    connections: fc.integer({ min: 1, max: 20 }),
    workMs: fc.integer({ min: 0, max: 60 }),
    cpuShare: fc.constantFrom(0, 0.5, 1),
    workers: fc.option(fc.integer({ min: 1, max: 5 })),
    queue: fc.option(fc.integer({ min: 0, max: 10 })),
    cores: fc.constantFrom(1, 2, 1000),
    cpuLimitMillis: fc.option(fc.constantFrom(100, 500, 1500)),
    overflow: fc.constantFrom(
      { kind: 'status' as const, status: 503 },
      { kind: 'reset' as const },
      { kind: 'drop' as const },
    ),
    cancels: fc.boolean(),
    errorProbability: fc.constantFrom(0, 0.2, 1),
    clientTimeoutNs: fc.constantFrom(0, 50 * MS, S),
    routeTimeoutNs: fc.constantFrom(0, 30 * MS, 2 * S),
    perTryTimeoutNs: fc.constantFrom(0, 20 * MS),
    retries: fc.option(fc.integer({ min: 0, max: 4 })),
    maxConnections: limit,
    maxPendingRequests: limit,
    maxRequests: limit,
    maxRetries: limit,
    maxRequestsPerConnection: fc.constantFrom(0, 1, 3),
    protocol: fc.constantFrom('http1' as const, 'http2' as const),
    policy: fc.constantFrom('round_robin' as const, 'least_request' as const, 'random' as const),
    reachable: fc.constantFrom(
      'yes' as const,
      'yes' as const,
      'yes' as const,
      'reset' as const,
      'tls-failure' as const,
    ),
    outlier: fc.boolean(),
    abortProbability: fc.constantFrom(0, 0.3),
    delayProbability: fc.constantFrom(0, 0.3),
    proxyCpuNs: fc.constantFrom(0, 200_000),
    proxyLimitMillis: fc.option(fc.constant(300)),
    inbound: limit,
    keepAlive: fc.constantFrom(
      { idleNs: 0, requests: 0 },
      { idleNs: 4 * MS, requests: 0 },
      { idleNs: 9 * MS, requests: 3 },
    ),
    proxyLatencyNs: fc.constantFrom(0, 100_000),
    // By requests, by connections through TCP proxies, by connections of a caller without a proxy.
    own: fc.option(
      fc.record({
        opaque: fc.boolean(),
        shared: fc.constant(true),
        idleNs: fc.constantFrom(0, 3 * MS, S),
        proxyIdleNs: fc.constantFrom(0, 25 * MS, S),
        maxDurationNs: fc.constantFrom(0, 150 * MS),
        connectAttempts: fc.constantFrom(1, 3),
      }),
    ),
    bodyBytes: fc.constantFrom(0, 1024, 300_000),
    bytesPerSecond: fc.constantFrom(0, 10_000_000),
    pace: fc.constantFrom('nowhere' as const, 'caller' as const, 'server' as const),
  })
  .map((any) =>
    smallPlan({
      requestBytes: any.bodyBytes,
      responseBytes: any.bodyBytes,
      bytesPerSecond: any.bytesPerSecond,
      filters: [
        {
          kind: 'fault',
          name: 'slow answers',
          delayNs: 30 * MS,
          delayProbability: 0.3,
          abortStatus: 503,
          abortProbability: 0.1,
          maxActive: 3,
          responseRateKiBPerSecond: 500,
          responseRateProbability: 0.5,
        },
      ],
      inboundFilters: any.pace === 'server' ? [0] : [],
      pods: any.pods,
      clientPods: any.clientPods,
      arrivals: any.closed
        ? [
            {
              kind: 'closed',
              connections: any.connections,
              ratePerSecond: null,
              uniform: false,
              calls: null,
              startNs: null,
              think: { kind: 'constant', value: 5 * MS },
            },
          ]
        : [poisson(any.rate)],
      program: [
        {
          kind: 'work',
          duration: { kind: 'exponential', mean: Math.max(1, any.workMs * MS) },
          cpuShare: any.cpuShare,
          retryWork: 'fresh',
        },
        {
          kind: 'parallel',
          branches: [[work(MS)], [{ kind: 'maybe', probability: 0.5, steps: [work(2 * MS, 1)] }]],
        },
      ],
      app: {
        workers: any.workers,
        queue: any.queue,
        cores: any.cores,
        cpuLimitMillis: any.cpuLimitMillis,
        overflow: any.overflow,
        cancels: any.cancels,
        keepAlive: any.keepAlive,
      },
      errors: any.errorProbability > 0 ? [{ status: 503, probability: any.errorProbability }] : [],
      clientTimeoutNs: any.clientTimeoutNs,
      clientProxy:
        any.own?.opaque === false
          ? null
          : {
              latencyNs: any.proxyLatencyNs,
              workers: 2,
              requestCpuNs: any.proxyCpuNs,
              responseCpuNs: any.proxyCpuNs,
              cpuPerKiBNs: 2_000,
              cpuLimitMillis: any.proxyLimitMillis,
            },
      serverProxy: {
        latencyNs: any.proxyLatencyNs,
        workers: 2,
        requestCpuNs: any.proxyCpuNs,
        responseCpuNs: any.proxyCpuNs,
        cpuPerKiBNs: 2_000,
        cpuLimitMillis: any.proxyLimitMillis,
      },
      limits: {
        maxConnections: any.maxConnections,
        maxPendingRequests: any.maxPendingRequests,
        maxRequests: any.maxRequests,
        maxRetries: any.maxRetries,
      },
      inbound: { maxConnections: any.inbound, maxPendingRequests: any.inbound, maxRequests: NO_LIMIT },
      cluster: {
        protocol: any.protocol,
        maxRequestsPerConnection: any.maxRequestsPerConnection,
        balancer: { policy: any.policy, choiceCount: 2 },
        reachable: any.reachable,
        outlier: any.outlier
          ? { ...OUTLIER, consecutive5xx: 3, intervalNs: S, baseEjectionNs: 2 * S, maxEjectionPercent: 100 }
          : null,
      },
      route:
        any.own !== null
          ? { connections: any.own }
          : {
              filters: any.pace === 'caller' ? [0] : [],
              timeoutNs: any.routeTimeoutNs,
              fault: {
                delayNs: 10 * MS,
                delayProbability: any.delayProbability,
                abortStatus: 500,
                abortProbability: any.abortProbability,
              },
              retry:
                any.retries === null
                  ? null
                  : {
                      ...RETRY,
                      retries: any.retries,
                      statuses: [502, 503, 504],
                      onReset: true,
                      perTryTimeoutNs: any.perTryTimeoutNs,
                    },
            },
    }),
  );
