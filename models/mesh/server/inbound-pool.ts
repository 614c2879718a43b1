// A server's proxy and its application: the inbound cluster with its one host, connections by worker, limits by process. The connectionPool of
// the service's own DestinationRule is installed here too (istio: pilot/pkg/networking/core/cluster_builder.go, buildInboundCluster). The rules
// are those of every pool (envoy: source/common/conn_pool/conn_pool_base.cc): a request takes the connection that was free last, else it waits
// (max_pending_requests) for one to be made; max_connections stops new ones, but each worker may have one; max_requests refuses at attach.
// An application that closes idle connections is heard of one way of the loopback later: a request that crosses it is lost, 503 UC. The
// inbound route retries what was reset before a byte of it was sent (reset-before-request, since Istio 1.24), which this is not (envoy: issue
// 47468; source/common/router/retry_state_impl.cc).
// What it costs to be modelled is paid only where a limit or a closing application can show.
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { type InboundPlan, NO_LIMIT, type WorkloadPlan } from '../../plan/contract/plan.js';
import { PendingStreams } from '../connections/pending-streams.js';
import { causeOf, REASONS } from '../recording/cause.js';
import type { WorkloadCounters } from '../recording/recorder.js';
import type { Attempt } from '../state/attempt.js';
import { EVENT } from '../state/events.js';
import type { ObjectPool } from '../state/object-pool.js';

/** What a request meets: a connection, a place in the queue, a limit, or a connection that the application has closed. */
export const INBOUND = { entered: 0, queued: 1, refused: 2, lost: 3 } as const;

/** Told of requests whose wait is over. */
export interface InboundOwner {
  enter(attempt: Attempt): void;
  refuse(attempt: Attempt): void;
}

/** The connections of one worker, of one protocol. */
export class InboundWorker {
  readonly id: number;
  readonly pool: InboundPool;
  readonly http2: boolean;
  /** Free connections, the last first: since when, and how many requests they have carried. */
  readonly freeSinceNs: number[] = [];
  readonly freeServed: number[] = [];
  /** All of them, and those under way. */
  open = 0;
  connecting = 0;
  readonly waiting = new PendingStreams();
  /** HTTP/2: the one connection is there. */
  streams = false;

  constructor(id: number, pool: InboundPool, http2: boolean) {
    this.id = id;
    this.pool = pool;
    this.http2 = http2;
  }
}

export class InboundPool {
  /** Of each thread two: HTTP/1.1 and HTTP/2, which are clusters of their own. */
  private readonly workers: readonly InboundWorker[];
  private readonly limits: InboundPlan;
  private readonly calendar: Calendar;
  private readonly attempts: ObjectPool<Attempt>;
  private readonly owner: InboundOwner;
  private readonly workload: number;
  private readonly counters: WorkloadCounters;
  /** One way over the loopback, the waking of the other end included. */
  private readonly wayNs: number;
  private readonly keepAliveNs: number;
  private readonly keepAliveRequests: number;
  private connections = 0;
  private pending = 0;
  private active = 0;

  /** @param all every worker of the run: where it stands there is the reference of its events */
  constructor(
    plan: WorkloadPlan,
    calendar: Calendar,
    attempts: ObjectPool<Attempt>,
    all: InboundWorker[],
    owner: InboundOwner,
    workload: number,
    counters: WorkloadCounters,
  ) {
    const { idleNs, requests } = plan.app.keepAlive;
    this.limits = plan.inbound;
    this.calendar = calendar;
    this.attempts = attempts;
    this.owner = owner;
    this.workload = workload;
    this.counters = counters;
    this.wayNs = Math.round(plan.proxy?.latencyNs ?? 0);
    this.keepAliveNs = idleNs > 0 ? idleNs : Number.POSITIVE_INFINITY;
    this.keepAliveRequests = requests > 0 ? requests : Number.POSITIVE_INFINITY;
    const threads = plan.proxy?.workers ?? 1;
    this.workers = Array.from({ length: 2 * threads }, (_, i) => new InboundWorker(all.length + i, this, i >= threads));
    all.push(...this.workers);
  }

  /** Whether it can make a difference for the pods of a workload. */
  static needed({ kind, proxy, inbound, app }: WorkloadPlan): boolean {
    if (proxy === null || kind === 'gateway') return false;
    const { maxConnections, maxPendingRequests, maxRequests } = inbound;
    const limited = Math.min(maxConnections, maxPendingRequests, maxRequests) < NO_LIMIT;
    return limited || app.keepAlive.idleNs > 0 || app.keepAlive.requests > 0;
  }

  arrive(attempt: Attempt): number {
    const worker = this.workerOf(attempt);
    const taken = this.take(worker, attempt);
    if (taken === INBOUND.lost) {
      this.counters.inboundLost++;
      attempt.cause = causeOf(REASONS['application closed the connection'], this.workload);
      return taken;
    }
    if (taken === INBOUND.entered) return this.attach(worker, attempt) ? INBOUND.entered : INBOUND.refused;
    if (this.pending >= this.limits.maxPendingRequests) {
      this.counters.inboundPendingOverflow++;
      attempt.cause = causeOf(REASONS['inbound pending limit'], this.workload);
      return INBOUND.refused;
    }
    attempt.inboundQueued = true;
    attempt.queuedAtNs = this.calendar.nowNs;
    worker.waiting.push(attempt.id);
    this.pending++;
    this.connect(worker);
    return INBOUND.queued;
  }

  /** Entered, lost, or queued where no connection is free. */
  private take(worker: InboundWorker, attempt: Attempt): number {
    if (worker.http2) return worker.streams ? INBOUND.entered : INBOUND.queued;
    const { nowNs } = this.calendar;
    for (let sinceNs = worker.freeSinceNs.pop(); sinceNs !== undefined; sinceNs = worker.freeSinceNs.pop()) {
      attempt.inboundServed = worker.freeServed.pop() ?? 0;
      const closedNs = sinceNs + this.keepAliveNs;
      if (nowNs < closedNs) return INBOUND.entered;
      this.close(worker);
      // It left the proxy one way ago; the proxy hears of the closing one way after it.
      if (nowNs < closedNs + 2 * this.wayNs) return INBOUND.lost;
    }
    return INBOUND.queued;
  }

  private attach(worker: InboundWorker, attempt: Attempt): boolean {
    if (this.active >= this.limits.maxRequests) {
      if (!worker.http2) this.free(worker, attempt.inboundServed);
      this.counters.inboundRequestOverflow++;
      attempt.cause = causeOf(REASONS['inbound request limit'], this.workload);
      return false;
    }
    this.active++;
    attempt.inbound = true;
    return true;
  }

  private connect(worker: InboundWorker): void {
    if (worker.waiting.size <= (worker.http2 ? worker.open * NO_LIMIT : worker.connecting)) return;
    if (this.connections >= this.limits.maxConnections && worker.open > 0) return;
    this.connections++;
    worker.open++;
    worker.connecting++;
    const atNs = this.calendar.nowNs + 2 * this.wayNs;
    this.calendar.schedule(atNs, PHASE.completion, EVENT.inboundConnected, worker.id);
  }

  /** A connection to the application has come up. */
  connected(worker: InboundWorker): void {
    worker.connecting--;
    if (worker.http2) worker.streams = true;
    else this.free(worker, 0);
    this.serve(worker);
  }

  private free(worker: InboundWorker, served: number): void {
    worker.freeSinceNs.push(this.calendar.nowNs);
    worker.freeServed.push(served);
  }

  /** What waits gets what is free. */
  private serve(worker: InboundWorker): void {
    const { waiting } = worker;
    while (waiting.size > 0) {
      const attempt = this.attempts.all[waiting.fromStart()];
      if (this.take(worker, attempt) !== INBOUND.entered) {
        this.connect(worker);
        return;
      }
      waiting.takeFirst();
      attempt.inboundQueued = false;
      this.counters.inboundWaitNs += this.calendar.nowNs - attempt.queuedAtNs;
      this.pending--;
      if (this.attach(worker, attempt)) this.owner.enter(attempt);
      else this.owner.refuse(attempt);
    }
  }

  /** A request leaves its connection. @param ended it has its answer: only then can HTTP/1.1 go on with the connection */
  leave(attempt: Attempt, ended: boolean): void {
    const worker = this.workerOf(attempt);
    if (attempt.inboundQueued) {
      attempt.inboundQueued = false;
      this.counters.inboundWaitNs += this.calendar.nowNs - attempt.queuedAtNs;
      worker.waiting.remove(attempt.id);
      this.pending--;
      return;
    }
    attempt.inbound = false;
    this.active--;
    if (worker.http2) return;
    const served = attempt.inboundServed + 1;
    if (ended && served < this.keepAliveRequests) {
      this.free(worker, served);
      this.serve(worker);
    } else {
      this.close(worker);
      this.connect(worker);
    }
  }

  private close(worker: InboundWorker): void {
    worker.open--;
    this.connections--;
  }

  /** A connection that the proxy passes on takes one of its own to the application. False at the limit: it is closed. */
  acceptTcp(): boolean {
    if (this.connections >= this.limits.maxConnections) {
      this.counters.inboundConnectionOverflow++;
      return false;
    }
    this.connections++;
    return true;
  }

  closeTcp(): void {
    this.connections--;
  }

  private workerOf(attempt: Attempt): InboundWorker {
    const threads = this.workers.length / 2;
    return this.workers[(attempt.serverWorker % threads) + (speaksHttp2(attempt) ? threads : 0)];
  }
}

/** What the proxy speaks to the application: as its caller does, but for callers that upgrade a port of HTTP/1.1. */
function speaksHttp2({ host }: Attempt): boolean {
  return host.cluster.plan.appProtocol === 'http2';
}
