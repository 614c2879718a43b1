// A server's proxy and its application: the inbound cluster with its one host, connections by worker, limits by process. The connectionPool of
// the service's own DestinationRule is installed here too (istio: pilot/pkg/networking/core/cluster_builder.go, buildInboundCluster). The rules
// are those of every pool (envoy: source/common/conn_pool/conn_pool_base.cc): a request takes the connection that was free last, else it waits
// (max_pending_requests) for one to be made; max_connections stops new ones, but each worker may have one; max_requests refuses at attach.
// An application that closes idle connections is heard of one way of the loopback later: a request that crosses it is lost, 503 UC. The
// inbound route retries what was reset before a byte of it was sent (reset-before-request, since Istio 1.24), which this is not (envoy: issue
// 47468; source/common/router/retry_state_impl.cc).
// What it costs to be modelled is paid only where a limit or a closing application can show. The numbers of all pods stand in tables: a request touches
// a handful of cache lines here, however many pods there are.

import type { Calendar } from '../../../sim/calendar.js';
import { floatsFor } from '../../../sim/growing.js';
import { PHASE } from '../../../sim/phases.js';
import { NO_LIMIT, type WorkloadPlan } from '../../plan/contract/plan.js';
import { PendingStreams } from '../connections/pending-streams.js';
import { causeOf, REASONS } from '../recording/cause.js';
import type { WorkloadCounters } from '../recording/recorder.js';
import type { Attempt } from '../state/attempt.js';
import { EVENT } from '../state/events.js';
import { NOTHING } from '../state/nothing.js';
import type { ObjectPool } from '../state/object-pool.js';
import type { Pod } from '../state/pod.js';

/** What a request meets: a connection, a place in the queue, a limit, or a connection that the application has closed. */
export const INBOUND = { entered: 0, queued: 1, refused: 2, lost: 3 } as const;

/** Told of requests whose wait is over. */
export interface InboundOwner {
  enter(attempt: Attempt): void;
  refuse(attempt: Attempt): void;
}

/** Numbers of a pod: its connections, and requests that wait for one, or have one. */
const POD_STRIDE = 16;
const CONNECTIONS = 0;
const PENDING = 1;
const ACTIVE = 2;
/** Its first worker: of each thread there are two, for HTTP/1.1 and, THREADS further on, HTTP/2, which are clusters of their own. */
const FIRST_WORKER = 3;
const THREADS = 4;
/** One way over the loopback, the waking of the other end included. */
const WAY = 5;
const KEEP_ALIVE = 6;
const KEEP_ALIVE_REQUESTS = 7;
const MAX_CONNECTIONS = 8;
const MAX_PENDING = 9;
const MAX_REQUESTS = 10;
const WORKLOAD = 11;

/** Numbers of a worker: where its pod's numbers stand; the connection that was free last, or NOTHING (of HTTP/2: whether the one connection is there). */
const WORKER_STRIDE = 8;
const POD = 0;
const FREE = 1;
/** All its connections, those under way, and requests that wait. */
const OPEN = 2;
const CONNECTING = 3;
const WAITING = 4;
const HTTP2 = 5;

/** Numbers of a free connection: since when, how many requests it has carried, the one that was free before it. */
const CONNECTION_STRIDE = 4;
const SINCE = 0;
const SERVED = 1;
const NEXT = 2;

export class InboundPools {
  /** By pod: where its numbers stand; NOTHING where pools would make no difference. */
  private readonly podAt: number[] = [];
  private pods = new Float64Array(16 * POD_STRIDE);
  private podsUsed = 0;
  private workers = new Float64Array(64 * WORKER_STRIDE);
  private workersUsed = 0;
  private connections = new Float64Array(64 * CONNECTION_STRIDE);
  private connectionsUsed = 0;
  /** The place of a connection that is not free any more, or NOTHING. */
  private spare = NOTHING;
  /** By worker: what waits; undefined until something does. */
  private readonly queues: (PendingStreams | undefined)[] = [];

  /** @param counters by workload */
  constructor(
    private readonly calendar: Calendar,
    private readonly attempts: ObjectPool<Attempt>,
    private readonly owner: InboundOwner,
    private readonly counters: readonly WorkloadCounters[],
  ) {}

  /** The next pod. */
  add({ id, plan, workload }: Pod): void {
    this.podAt[id] = NOTHING;
    if (!isNeeded(plan)) return;
    const at = this.podsUsed;
    const threads = plan.proxy?.workers ?? 1;
    const { idleNs, requests } = plan.app.keepAlive;
    const { maxConnections, maxPendingRequests, maxRequests } = plan.inbound;
    this.podAt[id] = at;
    this.podsUsed += POD_STRIDE;
    this.pods = floatsFor(this.podsUsed, this.pods);
    const { pods } = this;
    pods[at + FIRST_WORKER] = this.workersUsed;
    pods[at + THREADS] = threads;
    pods[at + WAY] = Math.round(plan.proxy?.latencyNs ?? 0);
    pods[at + KEEP_ALIVE] = idleNs > 0 ? idleNs : Number.POSITIVE_INFINITY;
    pods[at + KEEP_ALIVE_REQUESTS] = requests > 0 ? requests : Number.POSITIVE_INFINITY;
    pods[at + MAX_CONNECTIONS] = maxConnections;
    pods[at + MAX_PENDING] = maxPendingRequests;
    pods[at + MAX_REQUESTS] = maxRequests;
    pods[at + WORKLOAD] = workload;
    for (let i = 0; i < 2 * threads; i++) this.addWorker(at, i >= threads);
  }

  private addWorker(pod: number, http2: boolean): void {
    const worker = this.workersUsed;
    this.workersUsed += WORKER_STRIDE;
    this.workers = floatsFor(this.workersUsed, this.workers);
    this.workers[worker + POD] = pod;
    this.workers[worker + FREE] = NOTHING;
    this.workers[worker + HTTP2] = http2 ? 1 : 0;
  }

  /** Whether connections to the application of a pod are modelled. */
  has(pod: Pod): boolean {
    return this.podAt[pod.id] !== NOTHING;
  }

  /** A request for a pod that has a pool (`has`) comes to it. */
  arrive(attempt: Attempt): number {
    const pod = this.podAt[attempt.pod.id];
    const worker = this.workerOf(pod, attempt);
    const { pods } = this;
    const taken = this.take(pod, worker, attempt);
    if (taken === INBOUND.lost) {
      this.countersOf(pod).inboundLost++;
      attempt.cause = causeOf(REASONS['application closed the connection'], pods[pod + WORKLOAD]);
      return taken;
    }
    if (taken === INBOUND.entered) return this.attach(pod, worker, attempt) ? INBOUND.entered : INBOUND.refused;
    if (pods[pod + PENDING] >= pods[pod + MAX_PENDING]) {
      this.countersOf(pod).inboundPendingOverflow++;
      attempt.cause = causeOf(REASONS['inbound pending limit'], pods[pod + WORKLOAD]);
      return INBOUND.refused;
    }
    attempt.inboundQueued = true;
    attempt.queuedAtNs = this.calendar.nowNs;
    this.queueOf(worker).push(attempt.id);
    this.workers[worker + WAITING]++;
    pods[pod + PENDING]++;
    this.connect(pod, worker);
    return INBOUND.queued;
  }

  /** Entered, lost, or queued where no connection is free. */
  private take(pod: number, worker: number, attempt: Attempt): number {
    const { pods, workers, connections } = this;
    if (workers[worker + HTTP2] === 1) return workers[worker + FREE] === NOTHING ? INBOUND.queued : INBOUND.entered;
    const { nowNs } = this.calendar;
    while (workers[worker + FREE] !== NOTHING) {
      const connection = workers[worker + FREE] | 0;
      workers[worker + FREE] = connections[connection + NEXT];
      connections[connection + NEXT] = this.spare;
      this.spare = connection;
      attempt.inboundServed = connections[connection + SERVED];
      const closedNs = connections[connection + SINCE] + pods[pod + KEEP_ALIVE];
      if (nowNs < closedNs) return INBOUND.entered;
      this.close(pod, worker);
      // It left the proxy one way ago; the proxy hears of the closing one way after it.
      if (nowNs < closedNs + 2 * pods[pod + WAY]) return INBOUND.lost;
    }
    return INBOUND.queued;
  }

  private attach(pod: number, worker: number, attempt: Attempt): boolean {
    const { pods } = this;
    if (pods[pod + ACTIVE] >= pods[pod + MAX_REQUESTS]) {
      if (this.workers[worker + HTTP2] === 0) this.free(worker, attempt.inboundServed);
      this.countersOf(pod).inboundRequestOverflow++;
      attempt.cause = causeOf(REASONS['inbound request limit'], pods[pod + WORKLOAD]);
      return false;
    }
    pods[pod + ACTIVE]++;
    attempt.inbound = true;
    return true;
  }

  private connect(pod: number, worker: number): void {
    const { pods, workers } = this;
    const open = workers[worker + OPEN];
    const underWay = workers[worker + HTTP2] === 1 ? open * NO_LIMIT : workers[worker + CONNECTING];
    if (workers[worker + WAITING] <= underWay) return;
    if (pods[pod + CONNECTIONS] >= pods[pod + MAX_CONNECTIONS] && open > 0) return;
    pods[pod + CONNECTIONS]++;
    workers[worker + OPEN]++;
    workers[worker + CONNECTING]++;
    this.calendar.scheduleAfter(2 * pods[pod + WAY], PHASE.completion, EVENT.inboundConnected, worker);
  }

  /** A connection to the application has come up: the event `inboundConnected` of a worker. */
  connected(worker: number): void {
    this.workers[worker + CONNECTING]--;
    if (this.workers[worker + HTTP2] === 1) this.workers[worker + FREE] = 0;
    else this.free(worker, 0);
    this.serve(this.workers[worker + POD], worker);
  }

  private free(worker: number, served: number): void {
    const connection = this.spare === NOTHING ? this.addConnection() : this.spare;
    const { workers, connections } = this;
    this.spare = connections[connection + NEXT] | 0;
    connections[connection + SINCE] = this.calendar.nowNs;
    connections[connection + SERVED] = served;
    connections[connection + NEXT] = workers[worker + FREE];
    workers[worker + FREE] = connection;
  }

  private addConnection(): number {
    const connection = this.connectionsUsed;
    this.connectionsUsed += CONNECTION_STRIDE;
    this.connections = floatsFor(this.connectionsUsed, this.connections);
    this.connections[connection + NEXT] = NOTHING;
    return connection;
  }

  /** What waits gets what is free. */
  private serve(pod: number, worker: number): void {
    const { workers } = this;
    while (workers[worker + WAITING] > 0) {
      const waiting = this.queueOf(worker);
      const attempt = this.attempts.all[waiting.fromStart()];
      if (this.take(pod, worker, attempt) !== INBOUND.entered) {
        this.connect(pod, worker);
        return;
      }
      waiting.takeFirst();
      this.waited(pod, worker, attempt);
      if (this.attach(pod, worker, attempt)) this.owner.enter(attempt);
      else this.owner.refuse(attempt);
    }
  }

  /** A request waits no longer. */
  private waited(pod: number, worker: number, attempt: Attempt): void {
    attempt.inboundQueued = false;
    this.countersOf(pod).inboundWaitNs += this.calendar.nowNs - attempt.queuedAtNs;
    this.workers[worker + WAITING]--;
    this.pods[pod + PENDING]--;
  }

  /** A request leaves its connection, or the queue. @param ended it has its answer: only then can HTTP/1.1 go on with the connection */
  leave(attempt: Attempt, ended: boolean): void {
    const pod = this.podAt[attempt.pod.id];
    const worker = this.workerOf(pod, attempt);
    if (attempt.inboundQueued) {
      this.queueOf(worker).remove(attempt.id);
      this.waited(pod, worker, attempt);
      return;
    }
    attempt.inbound = false;
    this.pods[pod + ACTIVE]--;
    if (this.workers[worker + HTTP2] === 1) return;
    const served = attempt.inboundServed + 1;
    if (ended && served < this.pods[pod + KEEP_ALIVE_REQUESTS]) {
      this.free(worker, served);
      this.serve(pod, worker);
    } else {
      this.close(pod, worker);
      this.connect(pod, worker);
    }
  }

  private close(pod: number, worker: number): void {
    this.workers[worker + OPEN]--;
    this.pods[pod + CONNECTIONS]--;
  }

  /** A connection that the proxy passes on takes one of its own to the application. False at the limit: it is closed. */
  acceptTcp({ id }: Pod): boolean {
    const pod = this.podAt[id];
    if (pod === NOTHING) return true;
    if (this.pods[pod + CONNECTIONS] >= this.pods[pod + MAX_CONNECTIONS]) {
      this.countersOf(pod).inboundConnectionOverflow++;
      return false;
    }
    this.pods[pod + CONNECTIONS]++;
    return true;
  }

  closeTcp({ id }: Pod): void {
    const pod = this.podAt[id];
    if (pod !== NOTHING) this.pods[pod + CONNECTIONS]--;
  }

  private workerOf(pod: number, { serverWorker, http2ToApp }: Attempt): number {
    // As a whole number, since what is left of a division of others is not to be had from the processor.
    const threads = this.pods[pod + THREADS] | 0;
    const number = (serverWorker % threads) + (http2ToApp ? threads : 0);
    return this.pods[pod + FIRST_WORKER] + number * WORKER_STRIDE;
  }

  private queueOf(worker: number): PendingStreams {
    const number = worker / WORKER_STRIDE;
    const queue = this.queues[number] ?? new PendingStreams();
    this.queues[number] = queue;
    return queue;
  }

  private countersOf(pod: number): WorkloadCounters {
    return this.counters[this.pods[pod + WORKLOAD]];
  }
}

/** Whether pools can make a difference for the pods of a workload. */
function isNeeded({ kind, proxy, inbound, app }: WorkloadPlan): boolean {
  if (proxy === null || kind === 'gateway') return false;
  const { maxConnections, maxPendingRequests, maxRequests } = inbound;
  const limited = Math.min(maxConnections, maxPendingRequests, maxRequests) < NO_LIMIT;
  return limited || app.keepAlive.idleNs > 0 || app.keepAlive.requests > 0;
}
