// Two and three worker threads: the kernel deals the client's connections, each thread has a pool of its own, and the limits are one for all. Every run
// has its own luck, so that what is compared is the distribution over runs. Services take their time: what a machine adds to it is a few percent.
import type { LabCase } from '../case.js';
import { byChance, mean, outcome, outcomeShare, p50, p99, spread } from '../checks.js';

const RUNS = 12;
const REPLICATIONS = 300;
const WORK = '400ms';

interface Wish {
  readonly name: string;
  readonly question: string;
  readonly workers: 2 | 3;
  readonly clients: number;
  readonly maxConnections: number;
  readonly hosts?: number;
  /** Streams of a connection of HTTP/2. */
  readonly streams?: number;
}

function closed({ name, question, workers, clients, maxConnections, hosts = 1, streams }: Wish): LabCase {
  const http = streams === undefined ? {} : { http: { h2UpgradePolicy: 'UPGRADE', maxConcurrentStreams: streams } };
  return {
    name,
    question,
    hosts: Array.from({ length: hosts }, () => ({ work: WORK })),
    policy: { connectionPool: { tcp: { maxConnections }, ...http }, loadBalancer: { simple: 'ROUND_ROBIN' } },
    workers,
    load: { kind: 'closed', connections: clients, durationMs: 5000 },
    runs: RUNS,
    replications: REPLICATIONS,
    checks: [outcomeShare('200 -'), spread(mean()), spread(p50()), spread(p99())],
  };
}

/** Istio's task *Circuit Breaking*: one connection, one request that may wait for it, a connection for each request. */
function task(workers: 1 | 2, clients: 2 | 3): LabCase {
  // Whoever is refused asks again at once: with three clients the share of the refused says how fast that is, and the number of answers how many get through.
  const compared = clients === 2 ? outcomeShare('503 UO') : outcome('200 -');
  return {
    name: `workers-${workers}-task-${clients}`,
    question: `The circuit-breaking task: how many of the calls of ${clients} clients ${clients === 2 ? 'are refused' : 'get through'} with ${workers === 1 ? 'one thread' : 'two threads'}?`,
    hosts: [{ work: 'lognormal(mean=8ms, cv=0.5)' }],
    policy: {
      connectionPool: { tcp: { maxConnections: 1 }, http: { http1MaxPendingRequests: 1, maxRequestsPerConnection: 1 } },
    },
    workers,
    load: { kind: 'closed', connections: clients, durationMs: 4000 },
    runs: workers === 1 ? 4 : RUNS,
    replications: workers === 1 ? 20 : REPLICATIONS,
    checks:
      workers === 1 ? [byChance(compared, clients === 2 ? 2 : 0, 0.05)] : [spread(compared, clients === 2 ? 3 : 0)],
  };
}

export const WORKERS: readonly LabCase[] = [
  task(1, 2),
  task(1, 3),
  task(2, 2),
  task(2, 3),
  closed({
    name: 'workers-2-pool-4',
    question: 'How do two threads share four connections among eight clients?',
    workers: 2,
    clients: 8,
    maxConnections: 4,
  }),
  closed({
    name: 'workers-3-pool-4',
    question: 'And three threads?',
    workers: 3,
    clients: 8,
    maxConnections: 4,
  }),
  closed({
    name: 'workers-2-pool-2',
    question: 'What do six clients see of two connections?',
    workers: 2,
    clients: 6,
    maxConnections: 2,
  }),
  closed({
    name: 'workers-3-pool-6',
    question: 'What do twelve clients of three threads see of six connections?',
    workers: 3,
    clients: 12,
    maxConnections: 6,
  }),
  closed({
    name: 'workers-2-pool-1',
    question: 'One connection is allowed, and each of two threads may have one: what do four clients see?',
    workers: 2,
    clients: 4,
    maxConnections: 1,
  }),
  closed({
    name: 'workers-3-pool-1',
    question: 'And six clients of three threads?',
    workers: 3,
    clients: 6,
    maxConnections: 1,
  }),
  closed({
    name: 'workers-2-pool-3',
    question: 'What do six clients see of three connections?',
    workers: 2,
    clients: 6,
    maxConnections: 3,
  }),
  closed({
    name: 'workers-2-two-hosts',
    question: 'What do eight clients see of four connections to two hosts, in rotation?',
    workers: 2,
    clients: 8,
    maxConnections: 4,
    hosts: 2,
  }),
  closed({
    name: 'workers-2-streams',
    question: 'HTTP/2, one connection allowed, two streams on each: what do eight clients see?',
    workers: 2,
    clients: 8,
    maxConnections: 1,
    streams: 2,
  }),
  closed({
    name: 'workers-3-streams',
    question: 'And nine clients of three threads?',
    workers: 3,
    clients: 9,
    maxConnections: 1,
    streams: 2,
  }),
  closed({
    name: 'workers-2-pool-5',
    question: 'What do ten clients see of five connections?',
    workers: 2,
    clients: 10,
    maxConnections: 5,
  }),
];
