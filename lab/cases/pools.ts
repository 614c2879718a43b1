// Connections, cold and warm, and the circuit breakers around them.
import type { LabCase, Load } from '../case.js';
import { allOutcomes, counter, known, mean, outcome, p50, p99 } from '../checks.js';

const bursts = (...all: readonly (readonly [atMs: number, requests: number])[]): Load => ({
  kind: 'bursts',
  bursts: all.map(([atMs, requests]) => ({ atMs, requests })),
});

const HTTP2 = { http: { h2UpgradePolicy: 'UPGRADE' } };

export const POOLS: readonly LabCase[] = [
  {
    name: 'pool-http1',
    question: 'Does a cold pool make a connection for each of ten requests, and a warm one none?',
    hosts: [{ work: '20ms' }],
    load: bursts([0, 10], [300, 10]),
    checks: [counter('upstreamCxTotal'), counter('upstreamRqTotal'), allOutcomes(), mean(0.1)],
  },
  {
    name: 'pool-http2',
    question: 'Do all streams share one connection of HTTP/2?',
    hosts: [{ work: '20ms' }],
    policy: { connectionPool: HTTP2 },
    load: bursts([0, 10], [300, 10]),
    checks: [counter('upstreamCxTotal'), counter('upstreamRqTotal'), allOutcomes(), mean(0.1)],
  },
  {
    name: 'pool-http2-streams',
    question: 'How many connections do ten streams need where four fit on one?',
    hosts: [{ work: '20ms' }],
    policy: { connectionPool: { http: { h2UpgradePolicy: 'UPGRADE', maxConcurrentStreams: 4 } } },
    load: bursts([0, 1], [200, 10]),
    checks: [counter('upstreamCxTotal'), counter('upstreamRqTotal'), allOutcomes(), mean(0.1)],
  },
  {
    name: 'pool-requests-per-connection',
    question: 'When is a connection replaced that may carry five requests?',
    hosts: [{ work: '3ms' }],
    policy: { connectionPool: { http: { maxRequestsPerConnection: 5 } } },
    load: { kind: 'open', process: 'constant', ratePerSecond: 50, requests: 23 },
    checks: [counter('upstreamCxTotal'), counter('upstreamCxMaxRequests'), allOutcomes()],
  },
  {
    name: 'pool-keep-alive',
    question: 'And when it is the server that closes it after five requests?',
    hosts: [{ work: '3ms', keepAlive: 5 }],
    load: { kind: 'open', process: 'constant', ratePerSecond: 50, requests: 23 },
    checks: [counter('upstreamCxTotal'), counter('upstreamRqTotal'), allOutcomes()],
  },
  {
    name: 'pool-idle-timeout',
    question: 'When does an idle connection close?',
    hosts: [{ work: '3ms' }],
    policy: { connectionPool: { http: { idleTimeout: '200ms' } } },
    load: bursts([0, 1], [100, 1], [500, 1], [600, 1], [1000, 1]),
    checks: [counter('upstreamCxTotal'), counter('upstreamCxIdleTimeout'), allOutcomes()],
    drainMs: 50,
  },
  {
    name: 'pool-http2-requests-per-connection',
    question: 'How many connections of five streams each carry twelve at once?',
    hosts: [{ work: '20ms' }],
    policy: { connectionPool: { http: { h2UpgradePolicy: 'UPGRADE', maxRequestsPerConnection: 5 } } },
    load: bursts([0, 12]),
    checks: [counter('upstreamCxTotal'), counter('upstreamCxMaxRequests'), allOutcomes()],
  },
  {
    name: 'pool-http2-lost',
    question: 'What do five streams get whose connection closes?',
    hosts: [{ work: '20ms', connection: 'reset' }],
    policy: { connectionPool: HTTP2 },
    load: bursts([0, 1], [200, 5]),
    checks: [allOutcomes(), counter('upstreamRqTotal')],
  },
  {
    name: 'pool-abandoned',
    question: 'What becomes of requests that wait for a connection when their client goes?',
    hosts: [{ work: '100ms' }],
    policy: { connectionPool: { tcp: { maxConnections: 1 } } },
    load: bursts([0, 4]),
    clientTimeoutMs: 50,
    checks: [allOutcomes(), counter('upstreamRqTotal'), counter('upstreamRqCancelled'), counter('upstreamCxTotal')],
  },
  {
    name: 'breaker-connections',
    question: 'Do requests queue for two connections?',
    hosts: [{ work: '30ms' }],
    policy: { connectionPool: { tcp: { maxConnections: 2 } } },
    load: bursts([0, 8]),
    checks: [counter('upstreamCxTotal'), allOutcomes(), mean(), p50(0.1), p99()],
  },
  {
    name: 'breaker-pending',
    question: 'How many of six requests at once pass with one warm connection and room for two more?',
    hosts: [{ work: '30ms' }],
    policy: { connectionPool: { tcp: { maxConnections: 1 }, http: { http1MaxPendingRequests: 2 } } },
    load: bursts([0, 1], [300, 6]),
    checks: [allOutcomes(), counter('upstreamRqPendingOverflow'), counter('upstreamRqTotal')],
  },
  {
    name: 'breaker-requests',
    question: 'How many of eight streams pass where three may be active?',
    hosts: [{ work: '30ms' }],
    policy: { connectionPool: { http: { h2UpgradePolicy: 'UPGRADE', http2MaxRequests: 3 } } },
    load: bursts([0, 1], [300, 8]),
    checks: [
      allOutcomes(),
      counter('upstreamRqActiveOverflow'),
      counter('upstreamRqPendingOverflow'),
      counter('upstreamRqTotal'),
    ],
  },
  {
    name: 'breaker-requests-http1',
    question: 'Does the limit of active requests hold for connections of HTTP/1.1 as well?',
    hosts: [{ work: '30ms' }],
    policy: { connectionPool: { http: { http2MaxRequests: 3 } } },
    load: bursts([0, 3], [300, 8]),
    checks: [
      allOutcomes(),
      counter('upstreamRqActiveOverflow'),
      counter('upstreamRqPendingOverflow'),
      counter('upstreamRqTotal'),
    ],
  },
  {
    name: 'breaker-retry-budget',
    question: 'How many of 40 failures at once does a budget of 20 % retry?',
    hosts: [{ work: '60ms', errors: { 503: 1 } }],
    policy: { connectionPool: HTTP2, retryBudget: { percent: 20, minRetryConcurrency: 3 } },
    http: { retries: { attempts: 1, retryOn: '5xx' } },
    load: bursts([0, 40]),
    checks: [allOutcomes(), counter('upstreamRqRetry'), counter('upstreamRqRetryOverflow')],
  },
  {
    name: 'breaker-retries',
    question: 'Which of ten failures at once are retried where two retries may be in flight?',
    hosts: [{ work: '40ms', errors: { 503: 1 } }],
    policy: { connectionPool: { http: { maxRetries: 2 } } },
    http: { retries: { attempts: 1, retryOn: '5xx' } },
    load: bursts([0, 10]),
    checks: [allOutcomes(), counter('upstreamRqRetry'), counter('upstreamRqRetryOverflow'), counter('upstreamRqTotal')],
  },
  {
    name: 'saturated-pool',
    question: 'What do twelve clients see of three connections to a server of 10 ms?',
    hosts: [{ work: '10ms' }],
    policy: { connectionPool: { tcp: { maxConnections: 3 } } },
    load: { kind: 'closed', connections: 12, durationMs: 3000 },
    checks: [
      outcome('200 -', { kind: 'relative', share: 0.05 }),
      mean(),
      p50(),
      known(
        p99(),
        'Envoy gives a free HTTP/1.1 connection to the queue one turn of its event loop later (source/common/http/http1/conn_pool.cc): a request ' +
          'that arrives within that turn overtakes the queue. In these loops, which run in step, about 3 % do (12 ms instead of 42), and others wait ' +
          'a round longer (52 ms). The mean is the same.',
      ),
    ],
  },
  {
    name: 'random-queue',
    question: 'And what do random arrivals see of two connections to an exponential server, at 70 % load?',
    hosts: [{ work: 'exponential(mean=20ms)' }],
    policy: { connectionPool: { tcp: { maxConnections: 2 } } },
    load: { kind: 'open', process: 'poisson', ratePerSecond: 70, requests: 2000 },
    checks: [mean(), p50(), p99()],
    replications: 20,
  },
];
