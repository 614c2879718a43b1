// Hosts that come and go while requests are under way.
import type { Host, LabCase, Load } from '../case.js';
import type { Change } from '../changes/change.js';
import {
  allOutcomes,
  atHostIn,
  beginsAs,
  byChance,
  type Check,
  counter,
  cycleIn,
  hostsIn,
  hostsUsedIn,
  shareIn,
  turnAt,
} from '../checks.js';
import { after, sequence, weighted } from './sequence.js';

const fast = (count: number): Host[] => new Array<Host>(count).fill({ work: '3ms' });

/** Runs of Envoy and of the simulation where chance has a part. */
const RUNS = { runs: 4, replications: 20 };

const ROUND_ROBIN = { loadBalancer: { simple: 'ROUND_ROBIN' } };

const constant = (requests: number, ratePerSecond: number): Load => ({
  kind: 'open',
  process: 'constant',
  ratePerSecond,
  requests,
});

const hears = (atMs: number, hosts: string, more: { readonly unready?: string } = {}): Change => ({
  kind: 'hosts',
  atMs,
  hosts,
  ...more,
});

/** Shares of hosts in a part, by chance alone. @param by points that the addresses of the hosts may add */
const sharesIn = (part: number, letters: string, by = 0): Check[] =>
  [...letters].map((letter) => byChance(shareIn(part, letter), by));

/** Two seconds with the hosts that there are first, two with others; a request every four milliseconds. */
function halves(second: string): Pick<LabCase, 'load' | 'changes' | 'partsMs'> {
  return { load: constant(1000, 250), changes: [hears(2002, second)], partsMs: [2002] };
}

export const HOSTS_CHANGE: readonly LabCase[] = [
  {
    name: 'change-rotation-shrinks',
    question: 'Where does a rotation go on when two of its four hosts go?',
    hosts: fast(4),
    policy: ROUND_ROBIN,
    ...sequence(22),
    changes: [hears(after(10), 'ac')],
    partsMs: [after(10)],
    checks: [turnAt(1, 'abcd', 'ac'), cycleIn(0), hostsIn(1), counter('upstreamCxTotal'), allOutcomes()],
  },
  {
    name: 'change-rotation-grows',
    question: 'And when two come?',
    hosts: fast(4),
    absent: 'cd',
    policy: ROUND_ROBIN,
    ...sequence(23),
    changes: [hears(after(11), 'abcd')],
    partsMs: [after(11)],
    checks: [turnAt(1, 'ab', 'abcd'), cycleIn(1), hostsIn(1), counter('upstreamCxTotal'), allOutcomes()],
  },
  {
    name: 'change-rotation-replaced',
    question: 'Does a host that takes the place of another in an assignment have its turn?',
    hosts: fast(4),
    absent: 'b',
    policy: ROUND_ROBIN,
    ...sequence(24),
    changes: [hears(after(10), 'abd')],
    partsMs: [after(10)],
    checks: [turnAt(1, 'acd', 'abd'), cycleIn(1), atHostIn(1, 'c'), counter('upstreamCxTotal'), allOutcomes()],
  },
  {
    name: 'change-weights-begin-again',
    question: 'Do picks by weight begin anew, in the same phase, after each change of the hosts?',
    hosts: fast(4),
    absent: 'd',
    policy: ROUND_ROBIN,
    adjust: weighted({ a: 1, b: 2, c: 4, d: 1 }),
    ...sequence(36),
    changes: [hears(after(10), 'abcd'), hears(after(22), 'abc')],
    partsMs: [after(10), after(22)],
    checks: [beginsAs(2, 0, 10), cycleIn(2), allOutcomes()],
  },
  {
    name: 'change-weights',
    question: 'When does a proxy go by new weights?',
    hosts: fast(2),
    policy: ROUND_ROBIN,
    ...sequence(120),
    changes: [
      { kind: 'hosts', atMs: after(40), hosts: 'ab', weights: { a: 3 } },
      { kind: 'hosts', atMs: after(80), hosts: 'ab', weights: { a: 1 } },
    ],
    partsMs: [after(40), after(80)],
    checks: [hostsIn(0), hostsIn(1), hostsIn(2), allOutcomes()],
  },
  {
    name: 'change-least-request-joins',
    question: 'How much goes to a host that comes to two busy ones, by least request?',
    hosts: new Array<Host>(3).fill({ work: '40ms' }),
    absent: 'c',
    policy: { loadBalancer: { simple: 'LEAST_REQUEST' } },
    load: constant(1000, 250),
    changes: [hears(2002, 'abc')],
    partsMs: [2002, 2100],
    checks: [...sharesIn(0, 'ab'), byChance(shareIn(1, 'c')), ...sharesIn(2, 'abc'), allOutcomes()],
    ...RUNS,
  },
  {
    name: 'change-random-leaves',
    question: 'Are random picks even before and after two hosts go?',
    hosts: fast(4),
    policy: { loadBalancer: { simple: 'RANDOM' } },
    ...halves('ac'),
    checks: [...sharesIn(0, 'abcd'), ...sharesIn(1, 'abcd'), allOutcomes()],
    ...RUNS,
  },
  {
    name: 'change-ring-hash-leaves',
    question: 'Where do the keys of a host of a ring go when it leaves?',
    hosts: fast(4),
    policy: { loadBalancer: { consistentHash: { httpHeaderName: 'x-user', ringHash: { minimumRingSize: 16_384 } } } },
    keys: 100_000,
    ...halves('abd'),
    checks: [...sharesIn(0, 'abcd', 0.5), ...sharesIn(1, 'abcd', 0.5), allOutcomes()],
    ...RUNS,
  },
  {
    name: 'change-ring-hash-keeps',
    question: 'Does a key keep its host while others come?',
    hosts: fast(6),
    absent: 'def',
    policy: { loadBalancer: { consistentHash: { httpHeaderName: 'x-user', ringHash: { minimumRingSize: 1024 } } } },
    keys: 1,
    ...sequence(40),
    changes: [hears(after(10), 'abcdef'), hears(after(30), 'abc')],
    partsMs: [after(10), after(30)],
    checks: [beginsAs(2, 0, 10), hostsUsedIn(1), allOutcomes()],
  },
  {
    name: 'change-maglev-joins',
    question: 'How even is a Maglev table before and after a host comes?',
    hosts: fast(4),
    absent: 'd',
    policy: { loadBalancer: { consistentHash: { httpHeaderName: 'x-user', maglev: {} } } },
    keys: 100_000,
    ...halves('abcd'),
    checks: [...sharesIn(0, 'abcd', 0.2), ...sharesIn(1, 'abcd', 0.2), allOutcomes()],
    ...RUNS,
  },
  {
    name: 'change-all-go',
    question: 'What do requests meet while there is no host, and when two are there again?',
    hosts: fast(2),
    policy: ROUND_ROBIN,
    ...sequence(30),
    changes: [hears(after(10), ''), hears(after(20), 'ab')],
    partsMs: [after(10), after(20)],
    checks: [
      hostsIn(0),
      hostsIn(1),
      hostsIn(2),
      allOutcomes(),
      counter('upstreamCxNoneHealthy'),
      counter('upstreamCxTotal'),
    ],
  },
  {
    name: 'change-removed-busy',
    question: 'What becomes of requests at a host that goes, and of its connections?',
    hosts: [{ work: '200ms' }, { work: '200ms' }],
    policy: ROUND_ROBIN,
    load: {
      kind: 'bursts',
      bursts: [
        { atMs: 0, requests: 10 },
        { atMs: 400, requests: 10 },
        { atMs: 800, requests: 10 },
      ],
    },
    // In the midst of the second burst b goes; before the third it is back.
    changes: [hears(500, 'a'), hears(700, 'ab')],
    partsMs: [500],
    checks: [allOutcomes(), hostsIn(0), hostsIn(1), counter('upstreamCxTotal'), counter('upstreamRqTotal')],
  },
  {
    name: 'change-removed-queue',
    question: 'And of requests that wait for a connection to it?',
    hosts: [{ work: '100ms' }, { work: '100ms' }],
    policy: {
      ...ROUND_ROBIN,
      connectionPool: { tcp: { maxConnections: 2 } },
    },
    load: {
      kind: 'bursts',
      bursts: [
        { atMs: 0, requests: 8 },
        { atMs: 1000, requests: 2 },
      ],
    },
    changes: [hears(50, 'a')],
    partsMs: [900],
    checks: [allOutcomes(), hostsIn(0), hostsIn(1), counter('upstreamCxTotal'), counter('upstreamRqTotal')],
  },
  {
    name: 'change-unready',
    question: 'When is a host left out that is marked as unhealthy and as healthy again, and are its connections kept?',
    hosts: fast(2),
    policy: ROUND_ROBIN,
    ...sequence(120),
    changes: [hears(after(20), 'ab', { unready: 'a' }), hears(after(40), 'ab')],
    partsMs: [after(20), after(40)],
    checks: [hostsIn(0), hostsIn(1), hostsIn(2), counter('upstreamCxTotal'), allOutcomes()],
  },
  {
    name: 'change-slow-start-joins',
    question: 'What is the share of a host that comes, in each second of its warm-up?',
    hosts: fast(3),
    absent: 'c',
    policy: { loadBalancer: { simple: 'ROUND_ROBIN', warmup: { duration: '4s' } } },
    load: constant(1900, 200),
    changes: [hears(4502, 'abc')],
    partsMs: [4502, 5502, 6502, 7502, 8502],
    checks: [1, 2, 3, 4, 5].map((part) => byChance(shareIn(part, 'c'), 0.5)),
    ...RUNS,
  },
  {
    name: 'change-slow-start-again',
    question: 'Does a host that went and came back warm up again?',
    hosts: fast(3),
    policy: { loadBalancer: { simple: 'ROUND_ROBIN', warmup: { duration: '2s' } } },
    load: constant(1400, 200),
    changes: [hears(3002, 'ab'), hears(3502, 'abc')],
    partsMs: [3002, 3502, 4502, 5502],
    checks: [0, 2, 3, 4].map((part) => byChance(shareIn(part, 'c'), 0.5)),
    ...RUNS,
  },
];
