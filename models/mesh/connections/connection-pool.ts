// The connections of one worker to one host (envoy: source/common/conn_pool/conn_pool_base.cc, source/common/http/{http1,http2}/conn_pool.cc).
// A stream takes the connection that became ready last; a cold pool queues it (max_pending_requests) and connects; max_connections only
// stops new connections (each pool may always have one), max_requests refuses at attach. Idle connections close after a time, old ones
// drain (source/common/http/codec_client.cc). A server that closes them first is learned of one trip later: streams sent until then are lost.
// A connection of HTTP/1.1 that is freed goes to the queue when its turn of the event loop ends (http1/conn_pool.cc, upstream_ready_cb_): what the
// same turn reads after the response finds it ready, and overtakes the queue. That is what came while the proxy was waking up for the response.
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { causeOf, REASONS } from '../recording/cause.js';
import { type Attempt, RESET } from '../state/attempt.js';
import type { ClusterState, HostState } from '../state/cluster-state.js';
import { type Connection, STATE } from '../state/connection.js';
import { EVENT } from '../state/events.js';
import { NOTHING } from '../state/nothing.js';
import type { ObjectPool } from '../state/object-pool.js';
import type { Handshakes } from './handshake.js';
import { PendingStreams } from './pending-streams.js';
import { STREAM, type StreamOwner } from './stream-owner.js';
import { WakingStreams } from './waking-streams.js';

const CREATE_AT_ONCE = 3;

export interface PoolContext {
  readonly calendar: Calendar;
  readonly connections: ObjectPool<Connection>;
  readonly attempts: ObjectPool<Attempt>;
  readonly handshakes: Handshakes;
  /** Every pool of the run, by its id: the reference of its events. */
  readonly pools: ConnectionPool[];
  readonly owner: StreamOwner;
}

export class ConnectionPool {
  /** Its number among those of the run. */
  readonly id: number;
  private readonly cluster: ClusterState;
  private readonly http2: boolean;
  /** How long the proxy takes from the arrival of something to its turn. */
  private readonly wakingNs: number;
  private readonly preconnectRatio: number;
  /** Its server closes connections: idle ones, and, with the response, those that have carried so many requests (Infinity: never; 0: it ends). */
  private readonly serverClosesIdle: boolean;
  closesAfter: number;
  /** An idle connection ends after so long, by whichever end. */
  private readonly idleNs: number;
  private readonly idleLane: number;
  private readonly ageLane: number;
  /** Ready connections; the front (next to be used) is the last. */
  private readonly ready: Connection[] = [];
  private readonly all: Connection[] = [];
  private made = 0;
  /** Streams that the connections under way will have room for. */
  private connectingRoom = 0;
  private readonly pending = new PendingStreams();
  private waking: WakingStreams | null = null;
  private idleArmed = false;
  /** Its host is gone: whoever waits is served, and each connection is closed when it has no stream. */
  private isLeaving = false;

  constructor(
    readonly host: HostState,
    /** The thread of the client's proxy that it belongs to. */
    readonly worker: number,
    private readonly context: PoolContext,
  ) {
    const { calendar } = context;
    const { plan } = host.cluster;
    this.cluster = host.cluster;
    this.http2 = plan.protocol === 'http2';
    this.wakingNs = this.http2 ? 0 : this.cluster.caller.proxyLatencyNs;
    this.preconnectRatio = plan.preconnectRatio;
    this.serverClosesIdle = host.keepAliveNs !== Number.POSITIVE_INFINITY;
    this.closesAfter = host.pod.tellsToClose ? 0 : host.keepAliveRequests;
    this.idleNs = Math.min(plan.idleTimeoutNs > 0 ? plan.idleTimeoutNs : Number.POSITIVE_INFINITY, host.keepAliveNs);
    this.idleLane = this.idleNs < Number.POSITIVE_INFINITY ? calendar.lane(Math.ceil(this.idleNs), PHASE.timer) : -1;
    this.ageLane = plan.maxConnectionDurationNs > 0 ? calendar.lane(plan.maxConnectionDurationNs, PHASE.timer) : -1;
    this.id = context.pools.push(this) - 1;
  }

  /** A stream would have its connection at once. */
  get hasFree(): boolean {
    return this.ready.length > 0;
  }

  /** There is one that takes streams, or will. */
  get hasConnection(): boolean {
    return this.all.some(({ state }) => state < STATE.draining);
  }

  /** @param awake the proxy has woken up for it */
  newStream(attempt: Attempt, awake = false): number {
    const { ready, cluster } = this;
    if (ready.length > 0) {
      const attached = this.attach(ready[ready.length - 1], attempt);
      if (this.preconnectRatio > 1) this.connectMore();
      return attached ? STREAM.attached : STREAM.overflow;
    }
    if (cluster.pendingRequests < cluster.maxPendingRequests) {
      this.queue(attempt);
      return STREAM.queued;
    }
    if (!awake && this.wakingNs > 0) {
      const { calendar, attempts } = this.context;
      this.waking ??= new WakingStreams(calendar, attempts, this.id, this.wakingNs);
      this.waking.add(attempt);
      return STREAM.queued;
    }
    cluster.counters.upstreamRqPendingOverflow++;
    attempt.cause = causeOf(REASONS['pending limit'], cluster.index);
    return STREAM.overflow;
  }

  private queue(attempt: Attempt): void {
    const { cluster } = this;
    attempt.queued = true;
    attempt.queuedAtNs = this.context.calendar.nowNs;
    this.pending.push(attempt.id);
    cluster.pendingRequests++;
    const { counters, pendingRequests } = cluster;
    if (pendingRequests > counters.peakPendingRequests) counters.peakPendingRequests = pendingRequests;
    this.connectMore();
  }

  /** The proxy wakes up for the oldest stream that found the queue full. */
  private wokeUp(): void {
    const attempt = this.waking?.next() ?? null;
    if (attempt === null) return;
    const { owner } = this.context;
    const outcome = this.newStream(attempt, true);
    if (outcome === STREAM.attached) owner.attached(attempt);
    else if (outcome === STREAM.overflow) owner.overflowed(attempt);
  }

  /** `poolIdle` or `poolWaking`. */
  timer(kind: number): void {
    if (kind === EVENT.poolIdle) this.closeIdle();
    else this.wokeUp();
  }

  /** A queued attempt is given up; the connection that is under way is left to finish. */
  cancelQueued(attempt: Attempt): void {
    if (attempt.waking) {
      this.waking?.remove(attempt);
      return;
    }
    this.dequeued(attempt);
    this.cluster.counters.upstreamRqCancelled++;
    this.pending.remove(attempt.id);
    if (this.isLeaving) this.closeUnused();
  }

  /** @param reset the stream did not end well: an HTTP/1.1 connection is closed, HTTP/2 resets the stream only */
  streamEnded(attempt: Attempt, reset: boolean): void {
    const connection = attempt.connection as Connection;
    attempt.connection = null;
    this.host.active--;
    this.cluster.activeRequests--;
    connection.active--;
    if (connection.state === STATE.closed) {
      if (connection.active === 0) this.context.connections.give(connection);
      return;
    }
    if (reset && !this.http2) {
      this.close(connection);
      this.connectMore();
      return;
    }
    if (!reset) {
      connection.served++;
      if (connection.served >= this.closesAfter || connection.isDrained) this.retire(connection);
    }
    if (connection.state === STATE.draining) {
      this.closeEmpty(connection);
      return;
    }
    connection.idleSinceNs = this.context.calendar.nowNs;
    if (connection.state === STATE.busy) {
      connection.state = STATE.ready;
      this.ready.push(connection);
      // One of HTTP/1.1 to a host that is gone closes before the queue has its turn (http1/conn_pool.cc, onDecodeComplete).
      if (this.pending.size > 0 && (this.http2 || !this.isLeaving)) this.serveFreed();
      if (this.cluster.free !== null && connection.state === STATE.ready) this.cluster.free.freed(this.host);
    }
    if (this.isLeaving) this.closeUnused();
    else if (connection.active === 0) this.armIdle();
  }

  /** The oldest that came within the waking before this turn has it before those that wait already. */
  private serveFreed(): void {
    const { calendar, attempts } = this.context;
    if (this.wakingNs > 0) {
      const sinceNs = calendar.nowNs - this.wakingNs;
      this.pending.freshFirst((id) => attempts.all[id].queuedAtNs > sinceNs);
    }
    this.servePending();
  }

  /** The peer has closed the connection under this stream: no other stream may use it, and a new one is made if any waits. */
  streamLost(attempt: Attempt): void {
    const connection = attempt.connection as Connection;
    if (connection.state !== STATE.closed) this.close(connection);
    this.streamEnded(attempt, true);
    this.connectMore();
  }

  /** A handshake has ended. */
  connected(connection: Connection): void {
    const { host, cluster } = this;
    const { nowNs } = this.context.calendar;
    connection.step = NOTHING;
    if (connection.fails) {
      cluster.counters.upstreamCxConnectFail++;
      if (nowNs >= connection.deadlineNs) cluster.counters.upstreamCxConnectTimeout++;
      this.close(connection);
      this.failPending();
      this.connectMore();
      return;
    }
    this.connectingRoom -= connection.room;
    connection.state = STATE.ready;
    connection.idleSinceNs = nowNs;
    if (host.handshake.tlsRoundTrips > 0) cluster.session = host;
    if (this.ageLane >= 0) {
      connection.ageTimer = this.context.calendar.scheduleIn(this.ageLane, EVENT.connectionAge, connection.id);
    }
    this.ready.push(connection);
    this.servePending();
    if (cluster.free !== null && connection.state === STATE.ready) cluster.free.freed(host);
    if (this.isLeaving) this.closeUnused();
    else if (connection.active === 0) this.armIdle();
  }

  /** A connection has lived for max_connection_duration: it takes no more streams. */
  aged(connection: Connection): void {
    connection.ageTimer = NOTHING;
    if (connection.state === STATE.draining) return;
    this.cluster.counters.upstreamCxMaxDuration++;
    this.retireEarly(connection);
  }

  /** The other end is gone: the streams on it are lost. A handshake that is under way fails at its end. */
  lost(connection: Connection): void {
    if (connection.state === STATE.connecting) {
      connection.fails = true;
      return;
    }
    const streams = this.context.attempts.all.filter((attempt) => attempt.connection === connection);
    this.close(connection);
    for (const attempt of streams) this.context.owner.connectionLost(attempt);
    this.connectMore();
  }

  retireEarly(connection: Connection): void {
    this.retire(connection);
    this.closeEmpty(connection);
  }

  private closeEmpty(connection: Connection): void {
    if (connection.active > 0) return;
    this.close(connection);
    this.connectMore();
  }

  restore(count: number): void {
    while (!this.isLeaving && this.all.length < count && this.connectOne());
  }

  /** The host turned unhealthy: idle connections close, busy ones drain (envoy: ConnPoolImplBase::drainConnectionsImpl). */
  drain(): void {
    this.closeUnused();
    for (const connection of this.all) if (connection.state !== STATE.connecting) connection.state = STATE.draining;
    this.ready.length = 0;
  }

  /** The host has left the cluster, or its caller ends: no stream comes any more (envoy: DrainBehavior::DrainAndDelete). */
  leave(): void {
    this.isLeaving = true;
    this.closeUnused();
  }

  /** Closes what has no stream, and what is on its way where nobody waits (envoy: closeIdleConnectionsForDrainingPool). */
  private closeUnused(): void {
    const { all } = this;
    const wanted = this.pending.size > 0;
    for (let i = all.length - 1; i >= 0; i--) {
      const isConnecting = all[i].state === STATE.connecting;
      if (isConnecting ? wanted : all[i].active > 0) continue;
      if (isConnecting) this.cluster.counters.upstreamCxConnectFail++;
      this.close(all[i]);
      if (wanted) this.connectMore();
    }
  }

  /** Closes what has been idle too long, or was closed by its server, and looks again when the next will be. */
  private closeIdle(): void {
    const { ready, idleNs } = this;
    const { nowNs } = this.context.calendar;
    const byServer = this.host.keepAliveNs <= idleNs;
    this.idleArmed = false;
    let nextNs = Number.POSITIVE_INFINITY;
    for (let i = ready.length - 1; i >= 0; i--) {
      const connection = ready[i];
      if (connection.active > 0) continue;
      const endNs = connection.idleSinceNs + idleNs;
      if (endNs > nowNs) {
        if (endNs < nextNs) nextNs = endNs;
        continue;
      }
      if (!byServer) this.cluster.counters.upstreamCxIdleTimeout++;
      this.close(connection);
    }
    if (nextNs === Number.POSITIVE_INFINITY) return;
    this.idleArmed = true;
    this.context.calendar.schedule(Math.ceil(nextNs), PHASE.timer, EVENT.poolIdle, this.id);
  }

  /** One timer a pool: the first connection that turns idle arms it, and it is set anew only when it fires. */
  private armIdle(): void {
    if (this.idleArmed || this.idleLane < 0) return;
    this.idleArmed = true;
    this.context.calendar.scheduleIn(this.idleLane, EVENT.poolIdle, this.id);
  }

  private attach(connection: Connection, attempt: Attempt): boolean {
    const { cluster, host } = this;
    const { counters } = cluster;
    if (cluster.activeRequests >= cluster.maxRequests) {
      if (cluster.envoy.countsActiveOverflow) counters.upstreamRqActiveOverflow++;
      else counters.upstreamRqPendingOverflow++;
      attempt.cause = causeOf(REASONS['request limit'], cluster.index);
      return false;
    }
    attempt.connection = connection;
    attempt.serverWorker = connection.serverWorker;
    if (
      this.serverClosesIdle &&
      connection.crossesClosing(connection.idleSinceNs, host.keepAliveNs, this.context.calendar.nowNs)
    ) {
      attempt.reset = RESET.connectionTermination;
    }
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
    host.active++;
    cluster.activeRequests++;
    counters.upstreamRqTotal++;
    if (cluster.activeRequests > counters.peakActiveRequests) counters.peakActiveRequests = cluster.activeRequests;
    return true;
  }

  private servePending(): void {
    const { pending, ready, context } = this;
    while (pending.size > 0 && ready.length > 0) {
      const attempt = this.takePending(pending.takeFirst());
      if (this.attach(ready[ready.length - 1], attempt)) context.owner.attached(attempt);
      else context.owner.overflowed(attempt);
    }
  }

  /** Every stream that waits in this pool fails with the connection, the newest first. */
  private failPending(): void {
    const waiting = this.pending.takeAll();
    for (let i = waiting.length - 1; i >= 0; i--) {
      this.cluster.counters.upstreamRqPendingFailureEject++;
      this.context.owner.connectFailed(this.takePending(waiting[i]));
    }
  }

  private takePending(id: number): Attempt {
    const attempt = this.context.attempts.all[id];
    this.dequeued(attempt);
    return attempt;
  }

  private dequeued(attempt: Attempt): void {
    const { cluster } = this;
    attempt.queued = false;
    cluster.pendingRequests--;
    cluster.counters.pendingWaits++;
    cluster.counters.pendingWaitNs += this.context.calendar.nowNs - attempt.queuedAtNs;
  }

  private connectMore(): void {
    for (let made = 0; made < CREATE_AT_ONCE; made++) {
      if (!this.wantsConnection() || !this.connectOne()) return;
    }
  }

  /** More streams wait than the connections under way will have room for; with preconnecting, more than there is room for at all. */
  private wantsConnection(): boolean {
    if (this.preconnectRatio === 1 || this.host.ejected) return this.pending.size > this.connectingRoom;
    const active = this.all.reduce((sum, one) => sum + one.active, 0);
    const unused = this.all.reduce((sum, one) => sum + (one.state === STATE.draining ? 0 : one.room), 0);
    return (this.pending.size + active) * this.preconnectRatio > unused + active;
  }

  /** False at the limit of connections, also where one is made nevertheless because the pool has none. */
  private connectOne(): boolean {
    const { cluster } = this;
    const { plan, counters } = cluster;
    const allowed = cluster.connections < plan.limits.maxConnections;
    if (!allowed) {
      counters.upstreamCxOverflow++;
      if (this.all.length > 0) return false;
    }
    const connection = this.context.connections.take();
    connection.begin(
      this,
      this.http2 ? plan.maxConcurrentStreams : 1,
      plan.maxRequestsPerConnection > 0 ? plan.maxRequestsPerConnection : Number.POSITIVE_INFINITY,
    );
    connection.fails = this.host.refuses;
    this.all.push(connection);
    this.connectingRoom += connection.room;
    cluster.connections++;
    counters.upstreamCxTotal++;
    if (cluster.connections > counters.peakConnections) counters.peakConnections = cluster.connections;
    cluster.caller.connects();
    this.context.handshakes.begin(connection, this.made++);
    return allowed;
  }

  /** It takes no more streams. */
  private retire(connection: Connection): void {
    if (connection.state === STATE.ready) this.ready.splice(this.ready.lastIndexOf(connection), 1);
    connection.state = STATE.draining;
  }

  /** The connection no longer counts; its object goes back when its last stream has ended. */
  private close(connection: Connection): void {
    if (connection.state === STATE.ready) this.ready.splice(this.ready.lastIndexOf(connection), 1);
    else if (connection.state === STATE.connecting) this.connectingRoom -= connection.room;
    connection.stop(this.context.calendar);
    this.context.handshakes.closed(connection);
    this.cluster.connections--;
    this.cluster.caller.connections--;
    const position = this.all.indexOf(connection);
    this.all[position] = this.all[this.all.length - 1];
    this.all.pop();
    if (connection.active === 0) this.context.connections.give(connection);
  }
}
