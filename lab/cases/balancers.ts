// Which host takes the next request.
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import { type Host, type LabCase, LETTERS } from '../case.js';
import {
  atHost,
  byChance,
  counter,
  cycle,
  hostShare,
  hostsUsed,
  latencies,
  mean,
  outcome,
  outcomeShare,
  p50,
  p99,
} from '../checks.js';
import { letterOf } from '../mesh.js';

const fast = (count: number): Host[] => new Array<Host>(count).fill({ work: '3ms' });

const zoned = (...zones: readonly string[]): Host[] => zones.map((zone) => ({ work: '3ms', zone }));

/** Endpoint weights by host, which no YAML of one cluster gives. */
function weighted(...weights: readonly number[]): (plan: MeshPlan) => MeshPlan {
  return (plan) => ({
    ...plan,
    clusters: plan.clusters.map((cluster) => ({
      ...cluster,
      groups: cluster.groups.map((group) => ({
        ...group,
        weight: weights[LETTERS.indexOf(letterOf(plan.workloads[group.workload]) ?? '')] ?? 1,
      })),
    })),
  });
}

const steady = (requests: number, ratePerSecond = 50): LabCase['load'] => ({
  kind: 'open',
  process: 'constant',
  ratePerSecond,
  requests,
});

/** Runs of Envoy and of the simulation where chance has a part. */
const RUNS = { runs: 4, replications: 20 };

/** Shares of hosts, by chance alone. @param by points that the addresses of the hosts may add */
const shares = (letters: string, by = 0): LabCase['checks'] =>
  [...letters].map((letter) => byChance(hostShare(letter), by));

export const BALANCERS: readonly LabCase[] = [
  {
    name: 'round-robin',
    question: 'Do equal hosts take turns?',
    hosts: fast(3),
    policy: { loadBalancer: { simple: 'ROUND_ROBIN' } },
    load: steady(30),
    checks: [cycle(), atHost('a'), atHost('b'), atHost('c'), outcome('200 -'), counter('upstreamRqTotal'), p50(0.1)],
  },
  {
    name: 'round-robin-weighted',
    question: 'In which order do hosts of weights 1, 2 and 3 take turns?',
    hosts: fast(3),
    policy: { loadBalancer: { simple: 'ROUND_ROBIN' } },
    adjust: weighted(1, 2, 3),
    load: steady(60),
    checks: [cycle(), atHost('a'), atHost('b'), atHost('c'), outcome('200 -')],
  },
  {
    name: 'least-request',
    question: 'How much less does the slow one of three hosts get from two random choices?',
    hosts: [{ work: '200ms' }, { work: '50ms' }, { work: '50ms' }],
    policy: { loadBalancer: { simple: 'LEAST_REQUEST' } },
    load: { kind: 'closed', connections: 6, durationMs: 30_000 },
    checks: [
      ...shares('ab', 0.5),
      outcomeShare('200 -'),
      byChance(mean(), 0.5, 0.02),
      byChance(p99(), 0.5, 0.02),
      latencies(),
    ],
    ...RUNS,
  },
  {
    name: 'least-request-weighted',
    question: 'How do unequal weights and requests in flight add up?',
    hosts: [{ work: '100ms' }, { work: '100ms' }],
    policy: { loadBalancer: { simple: 'LEAST_REQUEST' } },
    adjust: weighted(1, 3),
    load: { kind: 'closed', connections: 6, durationMs: 30_000 },
    checks: [...shares('a', 0.5), byChance(mean(), 0.3, 0.02), latencies()],
    ...RUNS,
  },
  {
    name: 'random',
    question: 'Are random picks even?',
    hosts: fast(4),
    policy: { loadBalancer: { simple: 'RANDOM' } },
    load: steady(3000, 300),
    checks: [...shares('abcd'), outcome('200 -')],
    ...RUNS,
  },
  {
    name: 'ring-hash-one-key',
    question: 'Does one key always find the same host?',
    hosts: fast(4),
    policy: { loadBalancer: { consistentHash: { httpHeaderName: 'x-user', ringHash: { minimumRingSize: 1024 } } } },
    keys: 1,
    load: steady(40),
    checks: [hostsUsed(), outcome('200 -')],
  },
  {
    name: 'ring-hash-keys',
    question: 'How even is a ring of 16,384 entries?',
    hosts: fast(4),
    policy: { loadBalancer: { consistentHash: { httpHeaderName: 'x-user', ringHash: { minimumRingSize: 16_384 } } } },
    keys: 100_000,
    load: steady(3000, 300),
    checks: shares('abcd', 0.5),
    ...RUNS,
  },
  {
    name: 'maglev-keys',
    question: 'How even is a Maglev table, by weights 1, 1, 2?',
    hosts: fast(3),
    policy: { loadBalancer: { consistentHash: { httpHeaderName: 'x-user', maglev: {} } } },
    adjust: weighted(1, 1, 2),
    keys: 100_000,
    load: steady(3000, 300),
    checks: shares('abc', 0.2),
    ...RUNS,
  },
  {
    name: 'weighted-clusters',
    question: 'Does a split of 80 to 20 over two subsets hold?',
    hosts: fast(2),
    http: {
      route: [
        { destination: { host: 'server', subset: 'a' }, weight: 80 },
        { destination: { host: 'server', subset: 'b' }, weight: 20 },
      ],
    },
    load: steady(3000, 300),
    checks: [...shares('a'), outcome('200 -')],
    ...RUNS,
  },
  {
    name: 'slow-start',
    question: 'Is least request a rotation while its hosts are new?',
    hosts: fast(3),
    policy: { loadBalancer: { simple: 'LEAST_REQUEST', warmup: { duration: '60s' } } },
    load: steady(30),
    checks: [cycle(), atHost('a'), atHost('b'), atHost('c'), outcome('200 -')],
  },
  {
    name: 'slow-start-over',
    question: 'And once their time is over?',
    hosts: fast(3),
    policy: { loadBalancer: { simple: 'LEAST_REQUEST', warmup: { duration: '1s' } } },
    load: { kind: 'bursts', bursts: Array.from({ length: 600 }, (_, i) => ({ atMs: 3000 + 10 * i, requests: 1 })) },
    checks: [cycle(), ...shares('abc'), outcome('200 -')],
    ...RUNS,
  },
  {
    name: 'slow-start-rotation',
    question: 'And in round robin, of hosts that are all equally new?',
    hosts: fast(3),
    policy: { loadBalancer: { simple: 'ROUND_ROBIN', warmup: { duration: '60s' } } },
    load: steady(30),
    checks: [cycle(), atHost('a'), atHost('b'), atHost('c'), outcome('200 -')],
  },
  {
    name: 'priority-spill',
    question: 'How much goes to the next zone when one of the two hosts of the own one is ejected?',
    hosts: [{ work: '3ms', errors: { 503: 1 } }, { work: '3ms' }, { work: '3ms', zone: 'r1/z2' }],
    policy: {
      loadBalancer: { simple: 'ROUND_ROBIN' },
      outlierDetection: { consecutive5xxErrors: 3, interval: '60s', baseEjectionTime: '60s', maxEjectionPercent: 100 },
    },
    load: steady(3000, 300),
    checks: [atHost('a'), counter('ejectionsEnforced'), ...shares('bc')],
    ...RUNS,
  },
  {
    name: 'priority-next',
    question: 'And when both are?',
    hosts: [
      { work: '3ms', errors: { 503: 1 } },
      { work: '3ms', errors: { 503: 1 } },
      { work: '3ms', zone: 'r1/z2' },
      { work: '3ms', zone: 'r2/z3' },
    ],
    policy: {
      loadBalancer: { simple: 'ROUND_ROBIN' },
      outlierDetection: { consecutive5xxErrors: 2, interval: '60s', baseEjectionTime: '60s', maxEjectionPercent: 100 },
    },
    // The second ejection reaches the balancer up to a second after the first: what comes until then is not compared.
    load: {
      kind: 'bursts',
      bursts: [
        { atMs: 0, requests: 1 },
        { atMs: 20, requests: 1 },
        { atMs: 40, requests: 1 },
        { atMs: 60, requests: 1 },
        ...Array.from({ length: 20 }, (_, i) => ({ atMs: 1500 + 20 * i, requests: 1 })),
      ],
    },
    checks: [
      counter('ejectionsEnforced'),
      atHost('c', { kind: 'absolute', by: 2 }),
      atHost('d'),
      outcome('200 -', { kind: 'absolute', by: 2 }),
    ],
  },
  {
    name: 'workers-rotation',
    question: 'Do two worker threads share the hosts evenly, each in its own rotation?',
    hosts: fast(3),
    policy: { loadBalancer: { simple: 'ROUND_ROBIN' } },
    workers: 2,
    load: { kind: 'closed', connections: 8, durationMs: 4000 },
    checks: [byChance(hostShare('a'), 0.1), byChance(hostShare('b'), 0.1)],
    ...RUNS,
  },
  {
    name: 'zones-share',
    question: 'How much stays in a zone that has a third of the callers and a fifth of the hosts?',
    hosts: zoned('r1/z1', 'r1/z2', 'r1/z2', 'r1/z3', 'r1/z3'),
    callers: ['r1/z1', 'r1/z2', 'r1/z3'],
    policy: { loadBalancer: { simple: 'ROUND_ROBIN', zoneAwareLbSetting: { minClusterSize: 5 } } },
    load: { kind: 'closed', connections: 1, durationMs: 12_000 },
    checks: shares('abcde'),
    ...RUNS,
  },
  {
    name: 'zones-enough',
    question: 'And in one that has more hosts than callers?',
    hosts: zoned('r1/z1', 'r1/z1', 'r1/z1', 'r1/z2', 'r1/z2', 'r1/z3'),
    callers: ['r1/z1', 'r1/z2', 'r1/z3'],
    policy: { loadBalancer: { simple: 'ROUND_ROBIN', zoneAwareLbSetting: {} } },
    load: { kind: 'closed', connections: 1, durationMs: 500 },
    checks: [hostsUsed(), cycle()],
  },
  {
    name: 'zones-few',
    question: 'And where fewer than six hosts are too few to tell zones apart?',
    hosts: zoned('r1/z1', 'r1/z2', 'r2/z3'),
    callers: ['r1/z1', 'r1/z2', 'r1/z3'],
    policy: { loadBalancer: { simple: 'ROUND_ROBIN', zoneAwareLbSetting: {} } },
    load: { kind: 'closed', connections: 1, durationMs: 500 },
    checks: [hostsUsed(), cycle()],
  },
];
