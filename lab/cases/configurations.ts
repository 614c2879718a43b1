// Clusters and routes that change while requests are under way.
import type { Host, LabCase, Load } from '../case.js';
import type { Change, ConfigurationChange } from '../changes/change.js';
import { allOutcomes, atHostIn, counter, cycleIn, hostsIn, hostsUsedIn, within } from '../checks.js';
import { after, sequence } from './sequence.js';

const fast = (count: number): Host[] => new Array<Host>(count).fill({ work: '3ms' });
const slow = (count: number, work = '400ms'): Host[] => new Array<Host>(count).fill({ work });

const ROUND_ROBIN = { loadBalancer: { simple: 'ROUND_ROBIN' } };
/** What nobody notices, and makes another cluster nevertheless. */
const OTHER_TIMEOUT = { ...ROUND_ROBIN, connectionPool: { tcp: { connectTimeout: '7s' } } };

const bursts = (...all: readonly (readonly [atMs: number, requests: number])[]): Load => ({
  kind: 'bursts',
  bursts: all.map(([atMs, requests]) => ({ atMs, requests })),
});

const becomes = (atMs: number, what: Omit<ConfigurationChange, 'kind'>): Change => ({
  kind: 'configuration',
  atMs,
  ...what,
});

const to = (subset: string, more: object = {}): object => ({
  route: [{ destination: { host: 'server', subset } }],
  ...more,
});

const pool = (http: object, tcp: object = {}): object => ({ ...ROUND_ROBIN, connectionPool: { http, tcp } });

const ejecting = (more: object = {}): object => ({
  ...ROUND_ROBIN,
  outlierDetection: { consecutive5xxErrors: 3, interval: '60s', baseEjectionTime: '60s', maxEjectionPercent: 100 },
  ...more,
});

export const CONFIGURATIONS: readonly LabCase[] = [
  {
    name: 'change-cluster',
    question: 'What does another value in its Cluster message do to a cluster with warm connections?',
    hosts: fast(2),
    policy: ROUND_ROBIN,
    ...sequence(40),
    changes: [becomes(after(20), { policy: OTHER_TIMEOUT })],
    partsMs: [after(20)],
    checks: [allOutcomes(), hostsIn(0), hostsIn(1), counter('upstreamCxTotal'), counter('upstreamRqTotal')],
  },
  {
    name: 'change-cluster-and-back',
    question: 'And two changes, the second of which takes the first one back?',
    hosts: fast(2),
    policy: ROUND_ROBIN,
    ...sequence(60),
    changes: [becomes(after(20), { policy: OTHER_TIMEOUT }), becomes(after(40), { policy: ROUND_ROBIN })],
    partsMs: [after(20), after(40)],
    checks: [allOutcomes(), hostsIn(1), hostsIn(2), counter('upstreamCxTotal'), counter('upstreamRqTotal')],
  },
  {
    name: 'change-cluster-busy',
    question: 'What becomes of requests that are under way when their cluster changes?',
    hosts: slow(2),
    policy: ROUND_ROBIN,
    load: bursts([0, 6], [250, 6], [900, 6]),
    changes: [becomes(125, { policy: OTHER_TIMEOUT })],
    checks: [allOutcomes(), counter('upstreamCxTotal'), counter('upstreamRqTotal')],
  },
  {
    name: 'change-cluster-queue',
    question: 'And of those that wait for a connection?',
    hosts: slow(1, '100ms'),
    policy: pool({}, { maxConnections: 1 }),
    load: bursts([0, 5], [80, 2], [1000, 1]),
    changes: [becomes(50, { policy: pool({}, { maxConnections: 1, connectTimeout: '7s' }) })],
    checks: [allOutcomes(), counter('upstreamCxTotal'), counter('upstreamRqTotal')],
  },
  {
    name: 'change-cluster-limits',
    question: 'Does a limit of requests count what the cluster before has under way?',
    hosts: slow(1),
    policy: pool({ http2MaxRequests: 2 }),
    load: bursts([0, 3], [200, 3], [1000, 3]),
    changes: [becomes(100, { policy: pool({ http2MaxRequests: 2 }, { connectTimeout: '7s' }) })],
    checks: [
      allOutcomes(),
      counter('upstreamRqTotal'),
      counter('upstreamCxTotal'),
      counter('upstreamRqActiveOverflow'),
    ],
  },
  {
    name: 'change-limits',
    question: 'When does a new limit of waiting requests hold?',
    hosts: slow(1, '100ms'),
    policy: pool({ http1MaxPendingRequests: 1 }, { maxConnections: 1 }),
    load: bursts([0, 6], [500, 6]),
    changes: [becomes(300, { policy: pool({ http1MaxPendingRequests: 3 }, { maxConnections: 1 }) })],
    checks: [allOutcomes(), counter('upstreamRqPendingOverflow'), counter('upstreamCxTotal')],
  },
  {
    name: 'change-cluster-ejection',
    question: 'Does a cluster that has changed know of ejections?',
    hosts: fast(3),
    policy: ejecting(),
    ...sequence(96),
    changes: [
      { kind: 'fault', atMs: after(12), host: 'b', fault: 'fail', forMs: 600 },
      becomes(after(60), { policy: ejecting({ connectionPool: { tcp: { connectTimeout: '7s' } } }) }),
    ],
    partsMs: [after(12), after(48), after(60)],
    checks: [allOutcomes(), counter('ejectionsEnforced'), hostsIn(2), hostsIn(3), counter('upstreamCxTotal')],
  },
  {
    name: 'change-cluster-warm-up',
    question: 'Do hosts of a cluster that has changed warm up, all alike?',
    hosts: fast(3),
    absent: 'c',
    policy: { loadBalancer: { simple: 'ROUND_ROBIN', warmup: { duration: '60s' } } },
    ...sequence(80),
    changes: [
      { kind: 'hosts', atMs: after(20), hosts: 'abc' },
      becomes(after(50), { policy: { loadBalancer: { simple: 'ROUND_ROBIN', warmup: { duration: '50s' } } } }),
    ],
    partsMs: [after(20), after(50)],
    checks: [cycleIn(2), hostsIn(2), allOutcomes()],
  },
  {
    name: 'change-cluster-balancer',
    question: 'When do requests go by another balancer?',
    hosts: fast(3),
    policy: ROUND_ROBIN,
    keys: 1,
    ...sequence(48),
    changes: [
      becomes(after(24), {
        policy: { loadBalancer: { consistentHash: { httpHeaderName: 'x-user', ringHash: { minimumRingSize: 1024 } } } },
      }),
    ],
    partsMs: [after(24)],
    checks: [cycleIn(0), hostsUsedIn(1), allOutcomes(), within(counter('upstreamCxTotal'), 0)],
  },
  {
    name: 'change-cluster-protocol',
    question: 'And with another protocol?',
    hosts: slow(1, '100ms'),
    policy: pool({ maxRequestsPerConnection: 100 }),
    load: bursts([0, 4], [400, 4]),
    changes: [becomes(250, { policy: pool({ maxRequestsPerConnection: 1 }) })],
    checks: [allOutcomes(), counter('upstreamCxTotal'), counter('upstreamCxMaxRequests')],
  },
  {
    name: 'change-cluster-gone',
    question: 'What do requests meet whose cluster is gone, under way, new, and when it is there again?',
    hosts: slow(2, '200ms'),
    http: to('a'),
    load: bursts([0, 3], [150, 3], [400, 3], [900, 3]),
    changes: [becomes(100, { subsets: 'b' }), becomes(650, { subsets: 'ab' })],
    partsMs: [125, 650],
    checks: [allOutcomes(), hostsIn(0), hostsIn(1), hostsIn(2)],
  },
  {
    name: 'change-route',
    question: 'Where do requests go before and after their route changes, and those that are under way?',
    hosts: slow(2, '200ms'),
    http: to('a'),
    load: bursts([0, 4], [150, 4], [600, 4]),
    changes: [becomes(100, { http: to('b') })],
    partsMs: [125],
    checks: [allOutcomes(), hostsIn(0), hostsIn(1), counter('upstreamCxTotal'), counter('upstreamRqTotal')],
  },
  {
    name: 'change-route-weights',
    question: 'When does another split hold?',
    hosts: fast(2),
    http: to('a'),
    ...sequence(90),
    changes: [
      becomes(after(30), {
        http: {
          route: [
            { destination: { host: 'server', subset: 'a' }, weight: 0 },
            { destination: { host: 'server', subset: 'b' }, weight: 100 },
          ],
        },
      }),
      becomes(after(60), { http: to('a') }),
    ],
    partsMs: [after(30), after(60)],
    checks: [hostsIn(0), hostsIn(1), hostsIn(2), allOutcomes(), counter('upstreamCxTotal')],
  },
  {
    name: 'change-route-timeout',
    question: 'Whose time-out holds for a request that began before it changed?',
    hosts: slow(1, '400ms'),
    http: { timeout: '200ms' },
    load: bursts([0, 3], [150, 5], [1000, 7]),
    changes: [becomes(100, { http: {} }), becomes(300, { http: { timeout: '200ms' } })],
    checks: [allOutcomes(), counter('upstreamRqTimeout')],
  },
  {
    name: 'change-route-retries',
    question: 'And whose retries?',
    hosts: [
      { work: '200ms', errors: { 503: 1 } },
      { work: '200ms', errors: { 503: 1 } },
    ],
    policy: ROUND_ROBIN,
    http: { retries: { attempts: 2, retryOn: '5xx' } },
    load: bursts([0, 3], [150, 5], [900, 7]),
    changes: [becomes(100, { http: {} }), becomes(300, { http: { retries: { attempts: 1, retryOn: '5xx' } } })],
    checks: [allOutcomes(), counter('upstreamRqRetry'), counter('upstreamRqTotal')],
  },
  {
    name: 'change-route-held',
    question: 'Where does a request go that a fault holds back while its route changes, and its retry?',
    hosts: [{ work: '3ms', errors: { 503: 1 } }, { work: '3ms' }],
    http: to('a', {
      fault: { delay: { percentage: { value: 100 }, fixedDelay: '300ms' } },
      retries: { attempts: 1, retryOn: '5xx' },
    }),
    load: bursts([0, 4], [150, 3], [600, 5]),
    changes: [becomes(100, { http: to('b') })],
    partsMs: [125, 500],
    checks: [allOutcomes(), atHostIn(0, 'b'), hostsIn(1), hostsIn(2), counter('upstreamRqRetry')],
  },
  {
    name: 'change-route-and-cluster-gone',
    question: 'And what do requests meet whose route changes before their old cluster goes?',
    hosts: slow(2, '200ms'),
    http: to('a'),
    load: bursts([0, 3], [150, 3], [400, 3], [600, 3]),
    changes: [becomes(100, { http: to('b') }), becomes(250, { subsets: 'b' })],
    partsMs: [125],
    checks: [allOutcomes(), hostsIn(0), hostsIn(1)],
  },
];
