// The tries of a call: a host, a stream of its pool, the way to the server, and what becomes of it (envoy: source/common/router/upstream_request.cc;
// the decisions of source/common/router/router.cc about resets, statuses and per-try time-outs).

import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { type CallKeys, Draws } from '../../../sim/random/draws.js';
import type { Balancer } from '../balancing/balancer.js';
import type { Clusters } from '../clusters/clusters.js';
import type { OutlierDetector } from '../clusters/outlier.js';
import { ConnectionPool, type PoolContext } from '../connections/connection-pool.js';
import type { Relays } from '../connections/relay.js';
import { STREAM, type StreamOwner } from '../connections/stream-owner.js';
import { Failfast, HELD } from '../linkerd/failfast.js';
import { TRY_LIMIT } from '../policies/try-limit.js';
import { causeOf, REASONS, TIMEOUT } from '../recording/cause.js';
import { FLAG } from '../recording/flags.js';
import type { Recorder } from '../recording/recorder.js';
import type { Server } from '../server/server.js';
import { type Attempt, MARK, RESET } from '../state/attempt.js';
import { type Call, descend } from '../state/call.js';
import type { ClusterState, HostState } from '../state/cluster-state.js';
import { EVENT } from '../state/events.js';
import { NOTHING } from '../state/nothing.js';
import type { ObjectPool } from '../state/object-pool.js';
import { LIFE } from '../state/pod.js';
import type { Relay } from '../state/relay.js';
import type { ClusterUseRt, DestinationRt } from '../state/runtime.js';
import type { Wire } from '../wire/wire.js';
import { awaitedOfTry, type UnderWay } from './awaited.js';
import { connectCause, lostCause, resetFlag } from './reset-reason.js';
import { RetryState } from './retry-state.js';
import { isInFlight, isUnbounded, isUnderWay, takeFrom } from './tries.js';

/** Told when a call has its answer. */
export interface Replies {
  /** An answer that the proxy makes itself; `row` may be NOTHING. */
  replyLocally(call: Call, status: number, flag: number, row: number): void;
  /** An answer that came from upstream. */
  answer(call: Call, status: number, flag: number, row: number): void;
}

export class UpstreamRequests implements StreamOwner {
  private readonly calendar: Calendar;
  private readonly keys: CallKeys;
  private readonly calls: ObjectPool<Call>;
  private readonly underWay: UnderWay;
  private readonly clusters: Clusters;
  private readonly balancer: Balancer;
  private readonly outlier: OutlierDetector;
  private readonly recorder: Recorder;
  private readonly pools: PoolContext;
  private readonly server: Server;
  private readonly relays: Relays;
  private readonly wire: Wire;
  private readonly replies: Replies;
  private readonly retries: RetryState;
  private readonly networkDraws: Draws;
  private readonly failfast: Failfast;

  constructor(parts: {
    readonly seed: string;
    readonly calendar: Calendar;
    readonly keys: CallKeys;
    readonly calls: ObjectPool<Call>;
    readonly underWay: UnderWay;
    readonly clusters: Clusters;
    readonly balancer: Balancer;
    readonly outlier: OutlierDetector;
    readonly recorder: Recorder;
    readonly pools: Omit<PoolContext, 'owner'>;
    readonly server: Server;
    readonly relays: Relays;
    readonly wire: Wire;
    readonly replies: Replies;
  }) {
    this.calendar = parts.calendar;
    this.keys = parts.keys;
    this.calls = parts.calls;
    this.underWay = parts.underWay;
    this.clusters = parts.clusters;
    this.balancer = parts.balancer;
    this.outlier = parts.outlier;
    this.recorder = parts.recorder;
    this.pools = { ...parts.pools, owner: this };
    this.server = parts.server;
    this.relays = parts.relays;
    this.wire = parts.wire;
    this.replies = parts.replies;
    this.failfast = new Failfast(parts.calendar);
    this.outlier.accrual.onReady = (cluster) => {
      for (const call of this.failfast.ready(cluster)) this.send(call);
    };
    this.retries = new RetryState(parts.calendar, new Draws(parts.seed, 'back-off'));
    this.networkDraws = new Draws(parts.seed, 'network there');
  }

  /** The next try of a call that has its cluster: picked, queued or under way when this returns; or answered. */
  send(call: Call): void {
    const { destination, cluster, site } = call;
    if (destination === null || cluster === null) throw new Error('an attempt needs a route');
    const ordinal = call.attempts;
    let hi = call.keyHi;
    let lo = call.keyLo;
    if (ordinal > 0) {
      this.keys.derive(hi, lo, ordinal, 0);
      hi = this.keys.hi;
      lo = this.keys.lo;
    }
    // A retry asks for the cluster by its name anew: another may have taken its place since (envoy: source/common/router/router.cc, doRetry).
    const now = cluster.isGone ? this.clusters.at(call.pod, destination) : cluster;
    const host = now === null ? null : this.pickHost(call, now, ordinal, hi, lo);
    if (host === null) {
      if (call.pod.linkerd && !site.skipsProxy) {
        this.withoutEndpoint(call, cluster);
        return;
      }
      cluster.counters.upstreamCxNoneHealthy++;
      call.cause = causeOf(REASONS['no endpoint'], cluster.index);
      this.abandon(call);
      this.replies.replyLocally(call, 503, FLAG.UH, destination.localRow);
      return;
    }
    const attempt = this.attemptAt(call, host, ordinal, hi, lo);
    const pool = this.poolOf(host, call.worker);
    attempt.pool = pool;
    if (site.retry?.remembersHosts) call.tried[call.triedCount++] = host;
    const outcome = pool.newStream(attempt);
    if (outcome === STREAM.attached) this.attached(attempt);
    else if (outcome === STREAM.overflow) this.overflowed(attempt);
  }

  /** Linkerd's proxy lets the call wait for an endpoint, or not any more. */
  private withoutEndpoint(call: Call, cluster: ClusterState): void {
    const held = this.failfast.hold(call, cluster);
    if (held === HELD.waits) return;
    // The gate before the queue is shut: new calls are shed, as those are that the queue has no room for.
    this.refuse(call, FLAG.UO, held === HELD.shed);
  }

  private refuse(call: Call, flag: number, isFull: boolean): void {
    const { cluster } = call;
    if (cluster !== null) {
      if (!isFull) cluster.counters.upstreamCxNoneHealthy++;
      call.cause = causeOf(REASONS[isFull ? 'pending limit' : 'no endpoint'], cluster.index);
    }
    this.replies.replyLocally(call, 503, flag, call.destination === null ? NOTHING : call.destination.localRow);
  }

  /** An endpoint may be tried again (its breaker), or none has become ready in time (cluster). */
  endpointTimer(kind: number, ref: number): void {
    if (kind === EVENT.accrual) this.outlier.accrual.probation(ref);
    else for (const call of this.failfast.expired(ref)) this.refuse(call, FLAG.UH, false);
  }

  /** A try of a call at a host; it has no connection yet. */
  attemptAt(call: Call, host: HostState, ordinal: number, hi: number, lo: number): Attempt {
    const destination = call.destination as DestinationRt;
    call.attempts++;
    const attempt = this.pools.attempts.take();
    const { handler, chain, row } = destination.arrivals[host.group];
    attempt.begin(call.id, host, handler, chain, row, hi, lo);
    attempt.callKeyHi = call.keyHi;
    attempt.callKeyLo = call.keyLo;
    attempt.ordinal = ordinal;
    descend(attempt, call);
    if (call.pod.linkerd) this.outlier.accrual.began(host);
    if (host.load !== null) {
      host.load.outstanding++;
      attempt.loadSinceNs = this.calendar.nowNs;
    }
    attempt.requestBytes = call.site.requestBytes;
    call.attempt = attempt.id;
    call.row = attempt.row;
    this.recorder.attempt(attempt.row, ordinal > 0);
    return attempt;
  }

  private pickHost(call: Call, cluster: ClusterState, ordinal: number, hi: number, lo: number): HostState | null {
    const { retry } = call.site;
    const avoids = ordinal > 0 && retry !== null && retry.avoidPreviousHosts;
    return this.balancer.pick(cluster, call, hi, lo, avoids ? retry.hostSelectionAttempts : 0);
  }

  private poolOf(host: HostState, worker: number): ConnectionPool {
    const number = host.poolOf(worker);
    if (number !== NOTHING) return this.pools.pools[number];
    const pool = new ConnectionPool(host, worker, this.pools);
    host.usePool(worker, pool.id);
    return pool;
  }

  /** The stream has its connection: the request goes on its way, and the per-try time-out starts (queueing and connecting excluded). */
  attached(attempt: Attempt): void {
    this.outlier.connected(attempt.host);
    this.travel(attempt);
  }

  /** To the server, by the connection that it has. */
  travel(attempt: Attempt): void {
    const call = this.calls.all[attempt.call];
    const { host } = attempt;
    call.requestStarted = true;
    const destination = call.destination as DestinationRt;
    if (destination.tryLane >= 0 && !isUnbounded(call)) {
      attempt.perTryTimer = this.calendar.scheduleIn(destination.tryLane, EVENT.perTryTimeout, attempt.id);
    }
    attempt.serverDone = false;
    if (attempt.reset !== RESET.none) {
      // It crosses the server's closing of the connection.
      const lostNs = attempt.connection === null ? this.calendar.nowNs : Math.ceil(attempt.connection.lostAtNs);
      this.calendar.schedule(Math.max(this.calendar.nowNs, lostNs), PHASE.completion, EVENT.response, attempt.id);
      return;
    }
    const { connection } = attempt;
    const meets = connection === null ? host.reachable : connection.meets;
    if (meets === 'reset' || meets === 'denied') {
      // What its client takes the server for is found when it is lost.
      if (meets !== host.reachable) attempt.cause = lostCause(host, meets);
      attempt.reset = RESET.connectionTermination;
      const atNs = this.calendar.nowNs + host.toProxy.meanNs + host.back.meanNs;
      this.calendar.schedule(atNs, PHASE.completion, EVENT.response, attempt.id);
      return;
    }
    const relay = connection === null ? null : connection.relay;
    if (relay !== null) {
      this.goThrough(attempt, relay, destination.beyond?.[host.group] ?? null);
      return;
    }
    const proxied = host.pod.process !== null && host.proxied;
    const path = proxied ? host.toProxy : host.toApp;
    const kind = proxied ? EVENT.serverProxy : EVENT.application;
    this.wire.send(path, this.networkDraws, attempt, attempt.keyLo, attempt.requestBytes, kind);
  }

  /** Through a gateway of another network, to the endpoint that it has chosen for the connection. */
  private goThrough(attempt: Attempt, relay: Relay, use: ClusterUseRt | null): void {
    if (use === null) throw new Error('nothing is known of what is behind the gateway');
    const { call, row } = attempt;
    const { pod, group } = relay.far as HostState;
    const { handler, chain, row: farRow } = use.arrivals[group];
    attempt.relay = relay;
    attempt.pod = pod;
    attempt.handler = handler;
    attempt.chain = chain;
    attempt.row = farRow;
    this.calls.all[call].row = farRow;
    this.recorder.moved(row, farRow, attempt.ordinal > 0);
    this.relays.send(attempt, relay);
  }

  /** A circuit breaker refused the stream: never retried, no outlier event. */
  overflowed(attempt: Attempt): void {
    const call = this.calls.all[attempt.call];
    const { row } = attempt;
    call.attempt = NOTHING;
    call.cause = attempt.cause;
    this.release(attempt);
    if (this.retries.later(call, false, 0) || isUnderWay(call)) return;
    this.replies.replyLocally(call, 503, FLAG.UO, row);
  }

  connectFailed(attempt: Attempt): void {
    const call = this.calls.all[attempt.call];
    const { host, row } = attempt;
    call.attempt = NOTHING;
    call.cause = connectCause(host);
    this.release(attempt);
    this.outlier.localOrigin(host, 503);
    if (this.retriesReset(call, RESET.connectFailure) || isUnderWay(call)) return;
    this.replies.replyLocally(call, 503, FLAG.UF, row);
  }

  /** The response of an attempt, or the news of a reset, has come back to the caller's proxy. */
  response(attempt: Attempt): void {
    attempt.serverDone = true;
    if (attempt.call === NOTHING) {
      this.release(attempt);
      return;
    }
    const call = this.calls.all[attempt.call];
    const { host, pool, status, reset, row, marks, responseBytes } = attempt;
    this.stopPerTry(attempt);
    const current = takeFrom(call, attempt);
    call.cause = reset === RESET.none ? attempt.cause : attempt.cause || lostCause(host);
    if (reset !== RESET.none) {
      if (reset === RESET.connectionTermination) pool.streamLost(attempt);
      else pool.streamEnded(attempt, true);
      this.release(attempt);
      this.failed(call, current, host, row, marks, reset);
      return;
    }
    if ((marks & MARK.tcp) === 0) this.outlier.response(host, status);
    const { retry } = call.site;
    const retriable =
      retry !== null && ((marks & MARK.rateLimited) !== 0 ? retry.onRateLimited : retry.statuses[status] === 1);
    const afterNs = (marks & MARK.retryAfter) !== 0 ? attempt.retryAfterNs : 0;
    this.unload(attempt, status, afterNs);
    // What is to be retried, yet cannot be, is held back while another try may bring something better.
    const ignored = (current && this.retries.later(call, retriable, afterNs)) || (retriable && isUnderWay(call));
    // A retry decided on response headers resets the old stream: its HTTP/1.1 connection, with a body under way, is closed.
    pool.streamEnded(attempt, ignored);
    this.release(attempt);
    if (ignored) return;
    if (isInFlight(call)) this.abandon(call);
    call.responseBytes = responseBytes;
    this.replies.answer(call, status, 0, row);
  }

  /** A try has been reset, and has left its call: another one follows, or the caller hears of it. */
  private failed(call: Call, current: boolean, host: HostState, row: number, marks: number, reset: number): void {
    const tcp = (marks & MARK.tcp) !== 0;
    if (!tcp) this.outlier.localOrigin(host, 503);
    if ((current && this.retriesReset(call, reset)) || isUnderWay(call)) return;
    this.replies.answer(call, tcp ? 0 : 503, resetFlag(reset), row);
  }

  /** The other end of its connection is gone. What may still happen to the try at the server, happens without an audience. */
  connectionLost(attempt: Attempt): void {
    const call = this.calls.all[attempt.call];
    const { host, row, marks, pool, pod } = attempt;
    this.stopPerTry(attempt);
    const current = takeFrom(call, attempt);
    const isAlive = pod.life === LIFE.here && pod.listens;
    call.cause = isAlive ? lostCause(host) : causeOf(REASONS['pod killed'], pod.workload);
    pool.streamEnded(attempt, true);
    this.unload(attempt);
    attempt.call = NOTHING;
    if (attempt.serverDone) this.release(attempt);
    this.failed(call, current, host, row, marks, RESET.connectionTermination);
  }

  /** A try has reached its limit: its time-out, its silence, or the longest duration that its cluster allows. */
  perTryTimeout(attempt: Attempt): void {
    const call = this.calls.all[attempt.call];
    const { host, row } = attempt;
    const { counters } = host.cluster;
    const { tryLimit, afterSoftNs } = call.destination as DestinationRt;
    attempt.perTryTimer = NOTHING;
    if ((attempt.marks & MARK.softTimedOut) !== 0 || tryLimit === TRY_LIMIT.duration) {
      counters.upstreamRqMaxDurationReached++;
      this.tooLong(call, attempt, row);
      return;
    }
    if (call.site.retry?.hedges === true) {
      this.softTimeout(call, attempt, afterSoftNs);
      return;
    }
    call.cause = awaitedOfTry(attempt, this.underWay);
    this.recorder.timedOut(row, TIMEOUT.oneTry);
    if (tryLimit === TRY_LIMIT.idle) counters.upstreamRqPerTryIdleTimeout++;
    else counters.upstreamRqPerTryTimeout++;
    call.attempt = NOTHING;
    this.letGo(attempt);
    this.outlier.localOrigin(host, 504);
    if (!this.retriesReset(call, RESET.localReset)) this.replies.replyLocally(call, 504, FLAG.UT, row);
  }

  /** Hedging: the try goes on, and another is started whatever the policy names, as long as there are retries left. */
  private softTimeout(call: Call, attempt: Attempt, afterSoftNs: number): void {
    this.outlier.localOrigin(attempt.host, 504);
    attempt.marks |= MARK.softTimedOut;
    if (this.retries.later(call, true, 0)) {
      call.hedged.push(attempt.id);
      call.attempt = NOTHING;
    }
    if (afterSoftNs === 0) return;
    const atNs = this.calendar.nowNs + afterSoftNs;
    attempt.perTryTimer = this.calendar.schedule(atNs, PHASE.timer, EVENT.perTryTimeout, attempt.id);
  }

  /** The longest duration of a stream of the cluster: no outlier event. */
  private tooLong(call: Call, attempt: Attempt, row: number): void {
    const current = takeFrom(call, attempt);
    call.cause = awaitedOfTry(attempt, this.underWay);
    this.recorder.timedOut(row, TIMEOUT.oneTry);
    this.letGo(attempt);
    if (current && this.retriesReset(call, RESET.localReset)) return;
    this.abandon(call);
    this.replies.replyLocally(call, 504, FLAG.UMSDR, row);
  }

  private retriesReset(call: Call, reset: number): boolean {
    const { retry } = call.site;
    const set = retry === null ? 0 : call.requestStarted ? retry.resetsAfter : retry.resetsBefore;
    return this.retries.later(call, ((set >>> reset) & 1) === 1, 0);
  }

  /** The route's time-out ends the tries that are in flight. */
  timedOut(call: Call): void {
    while (isInFlight(call)) {
      const attempt = this.takeOne(call);
      const { host, queued, marks } = attempt;
      host.cluster.counters.upstreamRqTimeout++;
      this.letGo(attempt);
      if (!queued && (marks & MARK.softTimedOut) === 0) this.outlier.localOrigin(host, 504);
    }
  }

  /** The caller has gone, or has its answer: the tries that are in flight are reset. */
  abandon(call: Call): void {
    while (isInFlight(call)) {
      const attempt = this.takeOne(call);
      const { host } = attempt;
      this.letGo(attempt);
      this.outlier.accrual.cancelled(host);
    }
  }

  /** Takes a try in flight from its call. */
  private takeOne(call: Call): Attempt {
    const hedged = call.hedged.pop();
    const id = hedged === undefined ? call.attempt : hedged;
    if (hedged === undefined) call.attempt = NOTHING;
    return this.pools.attempts.all[id];
  }

  /** The caller's half of an attempt ends before its response: the stream is reset, the server goes on without an audience. */
  private letGo(attempt: Attempt): void {
    this.stopPerTry(attempt);
    this.unload(attempt);
    attempt.call = NOTHING;
    if (attempt.queued) attempt.pool.cancelQueued(attempt);
    else attempt.pool.streamEnded(attempt, true);
    if (!attempt.serverDone) this.server.callerGone(attempt);
    if (attempt.serverDone) this.release(attempt);
  }

  private stopPerTry(attempt: Attempt): void {
    if (attempt.perTryTimer !== NOTHING) {
      this.calendar.cancel(attempt.perTryTimer);
      attempt.perTryTimer = NOTHING;
    }
  }

  /** The caller's half has ended: its host's load estimate learns how long it took. */
  private unload(attempt: Attempt, status = 0, retryAfterNs = 0): void {
    if (attempt.loadSinceNs < 0) return;
    const { nowNs } = this.calendar;
    attempt.host.load?.ended(nowNs, nowNs - attempt.loadSinceNs, status, retryAfterNs);
    attempt.loadSinceNs = -1;
  }

  private release(attempt: Attempt): void {
    this.unload(attempt);
    attempt.call = NOTHING;
    attempt.serverDone = true;
    this.pools.attempts.give(attempt);
  }
}
