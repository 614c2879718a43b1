// Retries and time-outs.
import { type Host, LARGE_BYTES, type LabCase, type Load } from '../case.js';
import {
  allOutcomes,
  atHost,
  byChance,
  counter,
  cycle,
  latencies,
  mean,
  outcome,
  outcomeShare,
  p50,
  p90,
} from '../checks.js';

const load = (requests: number, ratePerSecond = 40): Load => ({
  kind: 'open',
  process: 'constant',
  ratePerSecond,
  requests,
});

const failing = (status: number, share = 1): Host => ({ work: '3ms', errors: { [status]: share } });

const ATTEMPTS = [
  allOutcomes(),
  counter('upstreamRqTotal'),
  counter('upstreamRqRetry'),
  counter('upstreamRqRetryLimitExceeded'),
];

const RUNS = { runs: 4, replications: 20 };

function retries(name: string, question: string, host: Host, retryOn: string, more: Partial<LabCase> = {}): LabCase {
  return {
    name,
    question,
    hosts: [host],
    http: { retries: { attempts: 2, retryOn } },
    envoyRetryOn: retryOn.replace(/\b\d{3}\b/g, 'retriable-status-codes'),
    load: load(20),
    checks: ATTEMPTS,
    ...more,
  };
}

export const ROUTER: readonly LabCase[] = [
  retries('retry-5xx', 'Is a 500 retried?', failing(500), '5xx'),
  retries('retry-gateway-error', 'Is a 503 a gateway error?', failing(503), 'gateway-error'),
  retries('retry-not-gateway-error', 'Is a 500 a gateway error?', failing(500), 'gateway-error'),
  retries('retry-status-codes', 'Is a listed 418 retried?', failing(418), '418'),
  retries(
    'retry-connect-failure',
    'Is a refused connection retried?',
    { work: '3ms', connection: 'refuse' },
    'connect-failure',
    {
      checks: [...ATTEMPTS, counter('upstreamCxConnectFail'), counter('upstreamCxTotal')],
    },
  ),
  retries('retry-reset', 'Is a closed connection retried?', { work: '3ms', connection: 'reset' }, 'reset'),
  retries(
    'retry-not-reset',
    'Is a connection that closes after the request a connect failure?',
    { work: '3ms', connection: 'reset' },
    'connect-failure,refused-stream',
  ),
  retries('retry-chance', 'What is left of 30 % failures after two retries?', failing(503, 0.3), '5xx', {
    load: load(4000, 250),
    checks: [byChance(outcomeShare('503 URX')), byChance(outcomeShare('200 -')), byChance(counter('upstreamRqTotal'))],
    ...RUNS,
  }),
  retries('retry-back-off', 'How long do two retries wait?', { ...failing(503), work: '30ms' }, '5xx', {
    load: load(2000, 150),
    checks: [...ATTEMPTS, byChance(mean(), 0.5, 0.02), byChance(p90(), 0.5, 0.02), latencies({ share: 0.03, by: 1 })],
    ...RUNS,
  }),
  retries('retry-4xx', 'Is a 409 retried?', failing(409), 'retriable-4xx'),
  retries('retry-not-4xx', 'And a 404?', failing(404), 'retriable-4xx'),
  retries('retry-body', 'Is a request retried whose body fits into the buffer?', failing(503), '5xx', {
    bodyBytes: 500_000,
    load: load(10, 20),
  }),
  retries('retry-large-body', 'And one whose body does not?', failing(503), '5xx', {
    bodyBytes: LARGE_BYTES,
    load: load(10, 20),
  }),
  {
    name: 'retry-other-host',
    question: 'Does a retry avoid the host that failed?',
    hosts: [failing(503), { work: '3ms' }, { work: '3ms' }],
    policy: { loadBalancer: { simple: 'ROUND_ROBIN' } },
    http: { retries: { attempts: 2, retryOn: '5xx' } },
    load: load(30),
    checks: [
      allOutcomes(),
      atHost('a', { kind: 'absolute', by: 1 }),
      counter('upstreamRqRetry', { kind: 'absolute', by: 1 }),
    ],
  },
  {
    name: 'retry-remote-localities',
    question: 'Which try leaves a zone that fails and is not ejected?',
    hosts: [failing(503), { work: '3ms', zone: 'r1/z2' }],
    policy: { loadBalancer: { simple: 'ROUND_ROBIN' }, outlierDetection: { consecutive5xxErrors: 1000000 } },
    http: { retries: { attempts: 3, retryOn: '5xx', retryRemoteLocalities: true } },
    envoyRetryOn: '5xx',
    load: load(20, 4),
    checks: [...ATTEMPTS, atHost('a'), atHost('b'), cycle()],
  },
  {
    name: 'retry-local-locality',
    question: 'And without the other localities?',
    hosts: [failing(503), { work: '3ms', zone: 'r1/z2' }],
    policy: { loadBalancer: { simple: 'ROUND_ROBIN' }, outlierDetection: { consecutive5xxErrors: 1000000 } },
    http: { retries: { attempts: 3, retryOn: '5xx' } },
    envoyRetryOn: '5xx',
    load: load(20),
    checks: [...ATTEMPTS, atHost('a'), atHost('b')],
  },
  {
    name: 'retry-weighted',
    question: 'Does a retry stay in the cluster that the weights chose?',
    hosts: [failing(503), { work: '3ms' }],
    http: {
      route: [
        { destination: { host: 'server', subset: 'a' }, weight: 30 },
        { destination: { host: 'server', subset: 'b' }, weight: 70 },
      ],
      retries: { attempts: 1, retryOn: '5xx' },
    },
    load: load(3000, 250),
    checks: [byChance(outcomeShare('503 URX')), byChance(outcomeShare('200 -'))],
    ...RUNS,
  },
  {
    name: 'no-hosts',
    question: 'What does a cluster without endpoints answer?',
    hosts: [{ work: '3ms' }],
    http: { route: [{ destination: { host: 'server', subset: 'nobody' } }] },
    load: load(10),
    checks: [allOutcomes(), counter('upstreamCxNoneHealthy')],
  },
  {
    name: 'no-cluster',
    question: 'And a cluster that does not exist?',
    hosts: [{ work: '3ms' }],
    http: { route: [{ destination: { host: 'server', subset: 'typo' } }] },
    load: load(10),
    checks: [allOutcomes()],
  },
  {
    name: 'timeout-route',
    question: 'Does the time-out of the route end a call?',
    hosts: [{ work: '200ms' }],
    http: { timeout: '50ms' },
    load: load(20),
    checks: [allOutcomes(), counter('upstreamRqTimeout'), counter('upstreamRqTotal'), mean(), p50()],
  },
  {
    name: 'timeout-per-try',
    question: 'Does each try get its time?',
    hosts: [{ work: '200ms' }],
    http: { timeout: '2s', retries: { attempts: 2, retryOn: 'reset', perTryTimeout: '40ms' } },
    load: load(40),
    checks: [...ATTEMPTS, counter('upstreamRqPerTryTimeout'), mean()],
    replications: 10,
  },
  {
    name: 'timeout-per-try-queue',
    question: 'Does a try wait for its connection within its time?',
    hosts: [{ work: '30ms' }],
    policy: { connectionPool: { tcp: { maxConnections: 1 } } },
    http: { timeout: '2s', retries: { attempts: 2, retryOn: 'reset', perTryTimeout: '60ms' } },
    load: { kind: 'bursts', bursts: [{ atMs: 0, requests: 5 }] },
    checks: [...ATTEMPTS, counter('upstreamRqPerTryTimeout'), counter('upstreamCxTotal'), mean(0.1)],
  },
  {
    name: 'timeout-queue',
    question: 'And does a call, within that of the route?',
    hosts: [{ work: '100ms' }],
    policy: { connectionPool: { tcp: { maxConnections: 1 } } },
    http: { timeout: '150ms' },
    load: { kind: 'bursts', bursts: [{ atMs: 0, requests: 5 }] },
    checks: [
      allOutcomes(),
      counter('upstreamRqTotal'),
      counter('upstreamRqTimeout'),
      counter('upstreamRqCancelled'),
      counter('upstreamCxTotal'),
      mean(0.1),
    ],
  },
  {
    name: 'timeout-mixed',
    question: 'What share of exponential answers is late?',
    hosts: [{ work: 'exponential(mean=60ms)' }],
    http: { timeout: '150ms' },
    load: load(4000, 250),
    checks: [byChance(outcomeShare('504 UT'), 0.3), byChance(mean(), 0.3, 0.02), latencies()],
    ...RUNS,
  },
  {
    name: 'timeout-client',
    question: 'What remains of a call whose client has gone?',
    hosts: [{ work: '200ms' }],
    clientTimeoutMs: 50,
    load: load(20),
    checks: [outcome('0 DC'), counter('upstreamRqTotal'), counter('upstreamCxTotal')],
  },
];
