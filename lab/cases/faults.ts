// Servers that die, fall silent or fail while requests are under way, and what a proxy makes of it that nobody has told.
import type { Host, LabCase } from '../case.js';
import type { Change, Fault } from '../changes/change.js';
import { allOutcomes, atHostIn, counter, hostsIn, p99, within } from '../checks.js';
import { after, every, sequence } from './sequence.js';

const fast = (count: number): Host[] => new Array<Host>(count).fill({ work: '3ms' });

const ROUND_ROBIN = { loadBalancer: { simple: 'ROUND_ROBIN' } };
const RETRIES = { attempts: 2, retryOn: 'connect-failure' };

const suffers = (atMs: number, host: string, fault: Fault, forMs?: number): Change => ({
  kind: 'fault',
  atMs,
  host,
  fault,
  ...(forMs === undefined ? {} : { forMs }),
});

const hears = (atMs: number, hosts: string): Change => ({ kind: 'hosts', atMs, hosts });

const ejecting = (more: object): object => ({
  ...ROUND_ROBIN,
  outlierDetection: {
    consecutive5xxErrors: 3,
    interval: '60s',
    baseEjectionTime: '60s',
    maxEjectionPercent: 100,
    ...more,
  },
});

/** Checks that are over soon. */
const CHECK = {
  timeout: '1s',
  interval: '0.1s',
  no_traffic_interval: '0.1s',
  unhealthy_threshold: 2,
  healthy_threshold: 2,
};

export const FAULTS: readonly LabCase[] = [
  {
    name: 'change-killed-busy',
    question: 'What do requests meet that are under way at a process that is killed?',
    hosts: [{ work: '200ms' }, { work: '200ms' }],
    policy: ROUND_ROBIN,
    http: { retries: RETRIES },
    load: { kind: 'bursts', bursts: [{ atMs: 0, requests: 10 }] },
    changes: [suffers(100, 'b', 'kill')],
    checks: [allOutcomes(), counter('upstreamCxTotal'), counter('upstreamRqRetry'), counter('upstreamCxConnectFail')],
  },
  {
    name: 'change-killed',
    question: 'And requests that come later, without retries?',
    hosts: fast(3),
    policy: ROUND_ROBIN,
    ...sequence(33),
    changes: [suffers(after(12), 'b', 'kill')],
    partsMs: [after(12)],
    checks: [allOutcomes(), hostsIn(1), counter('upstreamCxTotal'), counter('upstreamCxConnectFail')],
  },
  {
    name: 'change-killed-retries',
    question: 'And with retries, until the proxy hears that the host is gone?',
    hosts: fast(3),
    policy: ROUND_ROBIN,
    http: { retries: RETRIES },
    load: { kind: 'bursts', bursts: Array.from({ length: 42 }, (_, i) => ({ atMs: 100 * i, requests: 1 })) },
    changes: [suffers(1150, 'b', 'kill'), hears(2350, 'ac')],
    partsMs: [1150, 2350],
    checks: [
      allOutcomes(),
      hostsIn(2),
      atHostIn(1, 'b'),
      within(counter('upstreamRqRetry'), 1),
      within(counter('upstreamCxConnectFail'), 1),
    ],
  },
  {
    name: 'change-killed-ejected',
    question: 'After how many refused connections is a dead host ejected?',
    hosts: fast(3),
    policy: ejecting({}),
    ...sequence(60),
    changes: [suffers(after(12), 'b', 'kill')],
    partsMs: [after(12)],
    checks: [allOutcomes(), counter('ejectionsEnforced'), counter('upstreamCxConnectFail'), counter('upstreamCxTotal')],
  },
  {
    name: 'change-hangs',
    question: 'What does a process cost that stands still, over HTTP/1.1, and afterwards?',
    hosts: fast(2),
    policy: ROUND_ROBIN,
    http: { timeout: '200ms' },
    load: { kind: 'bursts', bursts: Array.from({ length: 40 }, (_, i) => ({ atMs: 100 * i, requests: 1 })) },
    changes: [suffers(1050, 'b', 'hang', 1000)],
    partsMs: [1050, 2050],
    checks: [allOutcomes(), counter('upstreamCxTotal'), counter('upstreamRqTimeout'), hostsIn(2)],
  },
  {
    name: 'change-hangs-http2',
    question: 'And over HTTP/2?',
    hosts: fast(2),
    policy: { ...ROUND_ROBIN, connectionPool: { http: { h2UpgradePolicy: 'UPGRADE' } } },
    http: { timeout: '200ms' },
    load: { kind: 'bursts', bursts: Array.from({ length: 40 }, (_, i) => ({ atMs: 100 * i, requests: 1 })) },
    changes: [suffers(1050, 'b', 'hang', 1000)],
    partsMs: [1050, 2050],
    checks: [allOutcomes(), counter('upstreamCxTotal'), counter('upstreamRqTimeout'), hostsIn(2)],
  },
  {
    name: 'change-silent',
    question: 'What do requests meet at a host that nothing reaches any more, over HTTP/1.1?',
    hosts: fast(2),
    policy: { ...ROUND_ROBIN, connectionPool: { tcp: { connectTimeout: '150ms' } } },
    http: { timeout: '400ms' },
    load: { kind: 'bursts', bursts: Array.from({ length: 30 }, (_, i) => ({ atMs: 200 * i, requests: 1 })) },
    changes: [suffers(2050, 'b', 'silence')],
    partsMs: [2050],
    checks: [
      allOutcomes(),
      counter('upstreamCxTotal'),
      counter('upstreamCxConnectFail'),
      counter('upstreamRqTimeout'),
      hostsIn(1),
      p99(0.05),
    ],
  },
  {
    name: 'change-silent-retries',
    question: 'And with retries elsewhere?',
    hosts: fast(2),
    policy: { ...ROUND_ROBIN, connectionPool: { tcp: { connectTimeout: '150ms' } } },
    http: { timeout: '1s', retries: RETRIES },
    load: { kind: 'bursts', bursts: Array.from({ length: 20 }, (_, i) => ({ atMs: 400 * i, requests: 1 })) },
    changes: [suffers(2150, 'b', 'silence')],
    partsMs: [2150],
    checks: [
      allOutcomes(),
      counter('upstreamRqTimeout'),
      within(counter('upstreamRqRetry'), 1),
      within(counter('upstreamCxConnectFail'), 1),
    ],
  },
  {
    name: 'change-silent-http2',
    question: 'Does a dead connection of HTTP/2 leave its pool by itself?',
    hosts: fast(2),
    policy: {
      ...ROUND_ROBIN,
      connectionPool: { tcp: { connectTimeout: '150ms' }, http: { h2UpgradePolicy: 'UPGRADE' } },
    },
    http: { timeout: '300ms' },
    load: { kind: 'bursts', bursts: Array.from({ length: 30 }, (_, i) => ({ atMs: 200 * i, requests: 1 })) },
    changes: [suffers(2050, 'b', 'silence')],
    partsMs: [2050],
    checks: [allOutcomes(), counter('upstreamCxTotal'), counter('upstreamRqTimeout')],
  },
  {
    name: 'change-silent-ejected',
    question: 'And by outlier detection?',
    hosts: fast(2),
    policy: {
      ...ejecting({}),
      connectionPool: { tcp: { connectTimeout: '150ms' }, http: { h2UpgradePolicy: 'UPGRADE' } },
    },
    http: { timeout: '300ms' },
    load: { kind: 'bursts', bursts: Array.from({ length: 40 }, (_, i) => ({ atMs: 200 * i, requests: 1 })) },
    changes: [suffers(2050, 'b', 'silence')],
    partsMs: [2050],
    checks: [allOutcomes(), counter('upstreamCxTotal'), counter('upstreamRqTimeout'), counter('ejectionsEnforced')],
  },
  {
    name: 'change-ejection-merged',
    question: 'When does a balancer leave out a second host that is ejected within a second of the first?',
    hosts: fast(4),
    policy: ejecting({ consecutive5xxErrors: 1, maxEjectionPercent: 100 }),
    ...sequence(120),
    // A fails from the eighth request on, B from the twentieth: what B gets until a second is over fails.
    changes: [suffers(after(8), 'a', 'fail'), suffers(after(20), 'b', 'fail')],
    partsMs: [after(8), after(20), after(72)],
    checks: [counter('ejectionsEnforced'), hostsIn(3), within(atHostIn(2, 'b'), 2), within(atHostIn(2, 'a'), 0)],
  },
  {
    name: 'change-ejection-overtaken',
    question: 'And when another host comes within that second?',
    hosts: fast(5),
    absent: 'e',
    policy: ejecting({ consecutive5xxErrors: 1, maxEjectionPercent: 100 }),
    ...sequence(80),
    changes: [suffers(after(8), 'a', 'fail'), suffers(after(20), 'b', 'fail'), hears(after(32), 'abcde')],
    partsMs: [after(8), after(20), after(32)],
    checks: [counter('ejectionsEnforced'), hostsIn(3), within(atHostIn(2, 'b'), 1)],
  },
  {
    name: 'change-ejection-forgotten',
    question: 'Is a host that was ejected picked again at once when it goes and comes back?',
    hosts: fast(3),
    policy: ejecting({}),
    ...sequence(96),
    changes: [suffers(after(12), 'b', 'fail', 600), hears(after(60), 'ac'), hears(after(72), 'abc')],
    partsMs: [after(12), after(60), after(72)],
    checks: [counter('ejectionsEnforced'), allOutcomes(), hostsIn(2), hostsIn(3), counter('upstreamCxTotal')],
  },
  {
    name: 'change-ejection-ends',
    question: 'Does a host that is well again come back for good?',
    hosts: fast(3),
    policy: ejecting({ interval: '0.5s', baseEjectionTime: '1s' }),
    ...sequence(200),
    changes: [suffers(after(12), 'b', 'fail', 600)],
    partsMs: [after(12), after(120)],
    checks: [counter('ejectionsEnforced'), allOutcomes(), hostsIn(2)],
  },
  {
    name: 'change-check-fails',
    question: 'When do failing checks take a host out, and passing ones let it in again?',
    hosts: fast(3),
    policy: ROUND_ROBIN,
    healthCheck: CHECK,
    ...every(25, 180, 1500),
    // Checks fail at once and pass again two rounds after: a second is enough for either, and for what is merged.
    changes: [suffers(2510, 'b', 'fail', 1500)],
    partsMs: [2510, 4010, 5210],
    checks: [hostsIn(0), hostsIn(3), within(atHostIn(1, 'b'), 4), counter('lbHealthyPanic')],
  },
  {
    name: 'change-check-joins',
    question: 'When is a host picked that comes under checks of its health, well or ill?',
    hosts: [{ work: '3ms' }, { work: '3ms' }, { work: '3ms' }, { work: '3ms', healthy: false }],
    absent: 'cd',
    policy: ROUND_ROBIN,
    healthCheck: CHECK,
    ...every(25, 120, 1500),
    changes: [hears(2510, 'abcd')],
    partsMs: [2510, 3910],
    checks: [hostsIn(0), hostsIn(2), within(atHostIn(1, 'c'), 2), atHostIn(1, 'd')],
  },
  {
    name: 'change-check-holds',
    question: 'Does a host go that passes its checks when the assignment leaves it out, and when it fails them?',
    hosts: fast(3),
    policy: ROUND_ROBIN,
    healthCheck: CHECK,
    ...every(25, 120, 1500),
    changes: [hears(2510, 'ac'), suffers(3510, 'b', 'fail')],
    partsMs: [2510, 3510, 4010],
    checks: [
      hostsIn(0),
      within(atHostIn(1, 'b'), 1),
      atHostIn(3, 'b'),
      within(atHostIn(3, 'a'), 1),
      within(atHostIn(2, 'b'), 3),
    ],
  },
];
