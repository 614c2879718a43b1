// The connections of one worker to one host (envoy: source/common/conn_pool/conn_pool_base.cc, source/common/http/{http1,http2}/conn_pool.cc).
// A stream takes the ready connection that was used last; a cold pool queues it (max_pending_requests) and connects; max_connections only
// stops new connections (each pool may always have one), max_requests refuses at attach.
import type { Calendar } from '../../sim/calendar.js';
import { PHASE } from '../../sim/phases.js';
import type { ClusterState, HostState } from './cluster-state.js';
import { EVENT } from './events.js';
import type { Attempt, ObjectPool } from './objects.js';

/** What became of a new stream. */
export const STREAM = { attached: 0, queued: 1, overflow: 2 } as const;

const CREATE_AT_ONCE = 3;

const STATE = { connecting: 0, ready: 1, busy: 2, draining: 3, closed: 4 } as const;

export class Connection {
  readonly id: number;
  pool!: ConnectionPool;
  state: number = STATE.closed;
  /** Streams on it now, and how many more it may ever take. */
  active = 0;
  remaining = 0;
  /** Streams it may carry at once. */
  capacity = 1;
  idleSinceNs = 0;
  /** The handshake will fail. */
  fails = false;

  constructor(id: number) {
    this.id = id;
  }
}

/** Told by a pool when queued streams get their connection, or lose it. */
export interface StreamOwner {
  attached(attempt: Attempt): void;
  /** At attach the cluster had max_requests active. */
  overflowed(attempt: Attempt): void;
  connectFailed(attempt: Attempt): void;
}

export interface PoolContext {
  readonly calendar: Calendar;
  readonly connections: ObjectPool<Connection>;
  readonly attempts: ObjectPool<Attempt>;
  readonly owner: StreamOwner;
}

export class ConnectionPool {
  readonly host: HostState;
  private readonly cluster: ClusterState;
  private readonly context: PoolContext;
  private readonly http2: boolean;
  /** Ready connections; the front (next to be used) is the last. */
  private readonly ready: Connection[] = [];
  /** Every connection of this pool. */
  private readonly all: Connection[] = [];
  private connecting = 0;
  /** Attempts that wait for a connection, first come first: a queue with a moving head. */
  private pending: number[] = [];
  private pendingHead = 0;

  constructor(host: HostState, context: PoolContext) {
    this.host = host;
    this.cluster = host.cluster;
    this.context = context;
    this.http2 = host.cluster.plan.protocol === 'http2';
  }

  newStream(attempt: Attempt): number {
    const connection = this.front();
    if (connection !== null) return this.attach(connection, attempt) ? STREAM.attached : STREAM.overflow;
    const { cluster } = this;
    if (cluster.pendingRequests >= cluster.plan.limits.maxPendingRequests) {
      cluster.counters.upstreamRqPendingOverflow++;
      return STREAM.overflow;
    }
    attempt.queued = true;
    this.pending.push(attempt.id);
    cluster.pendingRequests++;
    if (cluster.pendingRequests > cluster.counters.peakPendingRequests) {
      cluster.counters.peakPendingRequests = cluster.pendingRequests;
    }
    this.connectMore();
    return STREAM.queued;
  }

  /** A queued attempt is given up; the connection that is under way is left to finish. */
  cancelQueued(attempt: Attempt): void {
    attempt.queued = false;
    this.cluster.pendingRequests--;
    this.cluster.counters.upstreamRqCancelled++;
    this.pending.splice(this.pending.indexOf(attempt.id, this.pendingHead), 1);
  }

  /** @param reset the stream did not end well: an HTTP/1.1 connection is closed, HTTP/2 resets the stream only */
  streamEnded(attempt: Attempt, reset: boolean): void {
    const connection = attempt.connection as Connection;
    attempt.connection = null;
    this.host.active--;
    this.cluster.activeRequests--;
    connection.active--;
    if (connection.state === STATE.closed) {
      if (connection.active === 0) this.forget(connection);
    } else if (reset && !this.http2) {
      this.close(connection);
      this.connectMore();
    } else if (connection.state === STATE.draining) {
      if (connection.active === 0) this.close(connection);
      this.connectMore();
    } else {
      connection.idleSinceNs = this.context.calendar.nowNs;
      this.makeFront(connection);
      this.servePending();
    }
  }

  /** The peer closed the connection under its streams: no other stream may use it. */
  connectionLost(connection: Connection): void {
    if (connection.state !== STATE.closed) this.close(connection);
  }

  /** A handshake has ended. */
  connected(connection: Connection): void {
    if (connection.state !== STATE.connecting) return;
    this.connecting--;
    if (connection.fails) {
      this.cluster.counters.upstreamCxConnectFail++;
      this.close(connection);
      this.failPending();
      return;
    }
    connection.state = STATE.ready;
    connection.idleSinceNs = this.context.calendar.nowNs;
    this.ready.push(connection);
    this.servePending();
  }

  /** The host turned unhealthy: idle connections close, busy ones drain (envoy: ConnPoolImplBase::drainConnectionsImpl). */
  drain(): void {
    for (let i = this.all.length - 1; i >= 0; i--) {
      const connection = this.all[i];
      if (connection.state === STATE.connecting) continue;
      if (connection.active === 0) this.close(connection);
      else connection.state = STATE.draining;
    }
    this.ready.length = 0;
  }

  private front(): Connection | null {
    const { ready } = this;
    if (ready.length === 0) return null;
    const connection = ready[ready.length - 1];
    const idleNs = this.context.calendar.nowNs - connection.idleSinceNs;
    if (connection.active > 0 || idleNs < this.cluster.plan.idleTimeoutNs) return connection;
    this.closeExpired();
    return ready.length === 0 ? null : ready[ready.length - 1];
  }

  /** Closes what has been idle too long; idle connections are looked at when one is wanted, not by a timer of their own. */
  private closeExpired(): void {
    const nowNs = this.context.calendar.nowNs;
    const { ready } = this;
    let kept = 0;
    for (const connection of ready) {
      if (connection.active === 0 && nowNs - connection.idleSinceNs >= this.cluster.plan.idleTimeoutNs) {
        this.cluster.counters.upstreamCxIdleTimeout++;
        this.close(connection);
      } else {
        ready[kept++] = connection;
      }
    }
    ready.length = kept;
  }

  private attach(connection: Connection, attempt: Attempt): boolean {
    const { cluster } = this;
    const { counters } = cluster;
    if (cluster.activeRequests >= cluster.plan.limits.maxRequests) {
      counters.upstreamRqActiveOverflow++;
      return false;
    }
    attempt.connection = connection;
    connection.active++;
    connection.remaining--;
    if (connection.remaining === 0) {
      connection.state = STATE.draining;
      counters.upstreamCxMaxRequests++;
      this.ready.pop();
    } else if (connection.active >= connection.capacity) {
      connection.state = STATE.busy;
      this.ready.pop();
    }
    this.host.active++;
    cluster.activeRequests++;
    counters.upstreamRqTotal++;
    if (cluster.activeRequests > counters.peakActiveRequests) counters.peakActiveRequests = cluster.activeRequests;
    return true;
  }

  /** A connection with room again goes to the front. */
  private makeFront(connection: Connection): void {
    if (connection.state === STATE.busy) {
      connection.state = STATE.ready;
      this.ready.push(connection);
    } else if (this.ready[this.ready.length - 1] !== connection) {
      this.ready.splice(this.ready.indexOf(connection), 1);
      this.ready.push(connection);
    }
  }

  private servePending(): void {
    while (this.pendingHead < this.pending.length && this.ready.length > 0) {
      const attempt = this.takePending(this.pendingHead++);
      if (this.pendingHead === this.pending.length) {
        this.pending.length = 0;
        this.pendingHead = 0;
      } else if (this.pendingHead > 1024 && this.pendingHead * 2 > this.pending.length) {
        this.pending = this.pending.slice(this.pendingHead);
        this.pendingHead = 0;
      }
      if (this.attach(this.ready[this.ready.length - 1], attempt)) this.context.owner.attached(attempt);
      else this.context.owner.overflowed(attempt);
    }
  }

  /** Every stream that waits in this pool fails with the connection, the newest first. */
  private failPending(): void {
    const waiting = this.pending.slice(this.pendingHead);
    this.pending.length = 0;
    this.pendingHead = 0;
    for (let i = waiting.length - 1; i >= 0; i--) {
      const attempt = this.context.attempts.all[waiting[i]];
      attempt.queued = false;
      this.cluster.pendingRequests--;
      this.cluster.counters.upstreamRqPendingFailureEject++;
      this.context.owner.connectFailed(attempt);
    }
  }

  private takePending(position: number): Attempt {
    const attempt = this.context.attempts.all[this.pending[position]];
    attempt.queued = false;
    this.cluster.pendingRequests--;
    return attempt;
  }

  private connectMore(): void {
    const capacity = this.http2 ? this.cluster.plan.maxConcurrentStreams : 1;
    for (let made = 0; made < CREATE_AT_ONCE; made++) {
      if (this.pending.length - this.pendingHead <= this.connecting * capacity) return;
      if (!this.connectOne(capacity)) return;
    }
  }

  private connectOne(capacity: number): boolean {
    const { cluster, host } = this;
    const { plan, counters } = cluster;
    if (cluster.connections >= plan.limits.maxConnections) {
      counters.upstreamCxOverflow++;
      if (this.all.length > 0) return false;
    }
    const connection = this.context.connections.take();
    connection.pool = this;
    connection.state = STATE.connecting;
    connection.active = 0;
    connection.remaining = plan.maxRequestsPerConnection > 0 ? plan.maxRequestsPerConnection : Number.POSITIVE_INFINITY;
    connection.capacity = capacity;
    connection.fails = plan.reachable === 'tls-failure' || host.connectNs > plan.connectTimeoutNs;
    this.all.push(connection);
    this.connecting++;
    cluster.connections++;
    counters.upstreamCxTotal++;
    if (cluster.connections > counters.peakConnections) counters.peakConnections = cluster.connections;
    const { calendar } = this.context;
    const takesNs = Math.min(host.connectNs, plan.connectTimeoutNs);
    calendar.schedule(calendar.nowNs + takesNs, PHASE.completion, EVENT.connected, connection.id);
    return true;
  }

  /** The connection no longer counts; its object goes back when its last stream has ended. */
  private close(connection: Connection): void {
    if (connection.state === STATE.ready) {
      const position = this.ready.lastIndexOf(connection);
      if (position >= 0) this.ready.splice(position, 1);
    }
    connection.state = STATE.closed;
    this.cluster.connections--;
    const position = this.all.indexOf(connection);
    this.all[position] = this.all[this.all.length - 1];
    this.all.pop();
    if (connection.active === 0) this.forget(connection);
  }

  private forget(connection: Connection): void {
    this.context.connections.give(connection);
  }
}
