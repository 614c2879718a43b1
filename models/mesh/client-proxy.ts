// The caller's side of a call: its proxy's fault filter, router, retries and time-outs (envoy: source/extensions/filters/http/fault/fault_filter.cc,
// source/common/router/router.cc, source/common/router/retry_state_impl.cc). A caller without a proxy goes the same way with no latency, no
// policies and plain routes. What the caller's application does around it (its own time-outs) arrives here as `abandon`.
import type { Calendar } from '../../sim/calendar.js';
import { PHASE } from '../../sim/phases.js';
import { type CallKeys, Draws } from '../../sim/random/draws.js';
import type { Balancer } from './balancer.js';
import type { HostState } from './cluster-state.js';
import type { Clusters } from './clusters.js';
import { ConnectionPool, type PoolContext, STREAM, type StreamOwner } from './connection-pool.js';
import { EVENT } from './events.js';
import { FaultFilter } from './fault-filter.js';
import { FLAG } from './flags.js';
import { type Attempt, type Call, NOTHING, type ObjectPool, RESET } from './objects.js';
import type { OutlierDetector } from './outlier.js';
import type { Recorder } from './recorder.js';
import { RetryState, releaseRetrySlot } from './retry-state.js';
import type { SiteRt } from './runtime-plan.js';
import type { Server } from './server.js';
import { chooseByWeight } from './weighted-cluster.js';

const TWO_52 = 4503599627370496;
const MILLION = 1_000_000;
/** Ordinal that keys the copies of a call, apart from its attempts. */
const MIRROR_KEY = 0x4d49;

/** Whoever waits for calls: the applications and the traffic sources. */
export interface CallOwner {
  /** The call has ended, as its caller sees it; status 0 = no response. The call goes back to its pool afterwards. */
  returned(call: Call, status: number): void;
}

export class ClientProxy implements StreamOwner {
  private readonly calendar: Calendar;
  private readonly keys: CallKeys;
  private readonly calls: ObjectPool<Call>;
  private readonly clusters: Clusters;
  private readonly balancer: Balancer;
  private readonly outlier: OutlierDetector;
  private readonly recorder: Recorder;
  private readonly pools: PoolContext;
  private readonly server: Server;
  private readonly owner: CallOwner;
  private readonly faults: FaultFilter;
  private readonly retries: RetryState;
  private readonly routeDraws: Draws;
  private readonly networkDraws: Draws;

  constructor(parts: {
    readonly seed: string;
    readonly calendar: Calendar;
    readonly keys: CallKeys;
    readonly calls: ObjectPool<Call>;
    readonly clusters: Clusters;
    readonly balancer: Balancer;
    readonly outlier: OutlierDetector;
    readonly recorder: Recorder;
    readonly pools: Omit<PoolContext, 'owner'>;
    readonly server: Server;
    readonly owner: CallOwner;
  }) {
    this.calendar = parts.calendar;
    this.keys = parts.keys;
    this.calls = parts.calls;
    this.clusters = parts.clusters;
    this.balancer = parts.balancer;
    this.outlier = parts.outlier;
    this.recorder = parts.recorder;
    this.pools = { ...parts.pools, owner: this };
    this.server = parts.server;
    this.owner = parts.owner;
    this.routeDraws = new Draws(parts.seed, 'route');
    this.faults = new FaultFilter(parts.seed);
    this.retries = new RetryState(parts.calendar, new Draws(parts.seed, 'back-off'));
    this.networkDraws = new Draws(parts.seed, 'network there');
  }

  /** A call leaves its application. Its identity (site, pod, key, who waits) is set; `callerTimeoutLane` is -1 for none. */
  start(call: Call, callerTimeoutLane: number): void {
    this.recorder.started++;
    const { pod } = call;
    call.startedNs = this.calendar.nowNs;
    call.worker = pod.workers === 1 ? 0 : (call.keyLo >>> 8) % pod.workers;
    if (callerTimeoutLane >= 0) {
      call.callerTimer = this.calendar.scheduleIn(callerTimeoutLane, EVENT.callerTimeout, call.id);
    }
    if (pod.process !== null) {
      const atNs = pod.process.request(call.worker);
      call.step = this.calendar.schedule(atNs, PHASE.completion, EVENT.route, call.id);
    } else {
      this.route(call);
    }
  }

  /** The proxy has the request: the fault filter stands before the router. */
  route(call: Call): void {
    call.step = NOTHING;
    const { site } = call;
    if (this.faults.delays(call)) {
      call.flags |= FLAG.DI;
      call.step = this.calendar.scheduleIn(site.delayLane, EVENT.delayed, call.id);
      return;
    }
    this.afterDelay(call);
  }

  /** The abort is drawn on its own, after the delay; aborted requests never reach the router and are never retried here. */
  afterDelay(call: Call): void {
    call.step = NOTHING;
    const { site } = call;
    if (this.faults.aborts(call)) {
      this.replyLocally(call, site.abortStatus, FLAG.FI, site.row);
    } else if (site.respondStatus !== 0) {
      this.replyLocally(call, site.respondStatus, site.respondFlags, site.row);
    } else {
      this.forward(call);
    }
  }

  /** The router: one draw a stream chooses the weighted cluster and samples the mirrors (envoy: StreamInfo's stream-wide random value). */
  private forward(call: Call): void {
    const { site } = call;
    let streamRandom = 0;
    if (site.destinations.length > 1 || site.mirrors.length > 0) {
      streamRandom = Math.floor(this.routeDraws.uniform(call.keyHi, call.keyLo) * TWO_52);
    }
    const destination = site.destinations[chooseByWeight(site, streamRandom)];
    call.destination = destination;
    if (destination.cluster === null) {
      this.replyLocally(call, 503, FLAG.NC, destination.localRow);
      return;
    }
    call.cluster = this.clusters.at(call.pod, destination);
    const { retry } = site;
    if (retry !== null) {
      call.retriesLeft = retry.retries;
      call.backoffMs = retry.backoffBaseMs;
    }
    this.sendAttempt(call);
    // Armed only while an attempt is in flight: not if the first one has failed at once, even with a retry to come.
    if (site.timeoutLane >= 0 && call.attempt !== NOTHING) {
      call.routeTimer = this.calendar.scheduleIn(site.timeoutLane, EVENT.routeTimeout, call.id);
    }
    for (let i = 0; i < site.mirrors.length; i++) {
      const mirror = site.mirrors[i];
      if (streamRandom % MILLION < mirror.probability * MILLION) this.sendCopy(call, mirror.site, i);
    }
  }

  private sendCopy(original: Call, site: SiteRt, index: number): void {
    const copy = this.calls.take();
    this.keys.derive(original.keyHi, original.keyLo, MIRROR_KEY, index);
    copy.keyHi = this.keys.hi;
    copy.keyLo = this.keys.lo;
    copy.site = site;
    copy.pod = original.pod;
    copy.mirror = true;
    copy.worker = original.worker;
    copy.startedNs = this.calendar.nowNs;
    this.recorder.started++;
    this.forward(copy);
  }

  private sendAttempt(call: Call): void {
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
    const host = this.pickHost(call, ordinal, hi, lo);
    if (host === null) {
      cluster.counters.upstreamCxNoneHealthy++;
      this.replyLocally(call, 503, FLAG.UH, destination.localRow);
      return;
    }
    call.attempts++;
    const attempt = this.pools.attempts.take();
    attempt.call = call.id;
    attempt.host = host;
    attempt.pod = host.pod;
    attempt.handler = destination.handlers[host.group];
    attempt.row = destination.rows[host.group];
    attempt.keyHi = hi;
    attempt.keyLo = lo;
    attempt.callKeyHi = call.keyHi;
    attempt.callKeyLo = call.keyLo;
    attempt.ordinal = ordinal;
    call.attempt = attempt.id;
    call.row = attempt.row;
    this.recorder.attempt(attempt.row, ordinal > 0);
    const pool = this.poolOf(host, call.worker);
    attempt.pool = pool;
    if (site.retry?.avoidPreviousHosts) call.tried[call.triedCount++] = host;
    const outcome = pool.newStream(attempt);
    if (outcome === STREAM.attached) this.attached(attempt);
    else if (outcome === STREAM.overflow) this.overflowed(attempt);
  }

  private pickHost(call: Call, ordinal: number, hi: number, lo: number): HostState | null {
    const { cluster } = call;
    const { retry } = call.site;
    if (cluster === null) return null;
    const avoids = ordinal > 0 && retry !== null && retry.avoidPreviousHosts;
    return this.balancer.pick(cluster, call, hi, lo, avoids ? retry.hostSelectionAttempts : 0);
  }

  private poolOf(host: HostState, worker: number): ConnectionPool {
    let pool = host.pools[worker];
    if (pool === null) {
      pool = new ConnectionPool(host, this.pools);
      host.pools[worker] = pool;
    }
    return pool;
  }

  /** The stream has its connection: the request goes on its way, and the per-try time-out starts (queueing and connecting excluded). */
  attached(attempt: Attempt): void {
    const call = this.calls.all[attempt.call];
    const { host } = attempt;
    this.outlier.connected(host);
    const retry = call.site.retry;
    if (retry !== null && retry.perTryLane >= 0) {
      attempt.perTryTimer = this.calendar.scheduleIn(retry.perTryLane, EVENT.perTryTimeout, attempt.id);
    }
    attempt.serverDone = false;
    if (host.cluster.plan.reachable === 'reset') {
      attempt.reset = RESET.connectionTermination;
      const atNs = this.calendar.nowNs + host.toProxy.meanNs + host.back.meanNs;
      this.calendar.schedule(atNs, PHASE.completion, EVENT.response, attempt.id);
      return;
    }
    const proxied = host.pod.process !== null && host.pod.proxiesInbound;
    const path = proxied ? host.toProxy : host.toApp;
    const kind = proxied ? EVENT.serverProxy : EVENT.application;
    if (path.lane >= 0) {
      this.calendar.scheduleIn(path.lane, kind, attempt.id);
    } else {
      const atNs = this.calendar.nowNs + path.delayNs(this.networkDraws, attempt.keyHi, attempt.keyLo);
      this.calendar.schedule(atNs, PHASE.completion, kind, attempt.id);
    }
  }

  /** A circuit breaker refused the stream: never retried, no outlier event. */
  overflowed(attempt: Attempt): void {
    const call = this.calls.all[attempt.call];
    call.attempt = NOTHING;
    const { row } = attempt;
    this.release(attempt);
    this.replyLocally(call, 503, FLAG.UO, row);
  }

  connectFailed(attempt: Attempt): void {
    const call = this.calls.all[attempt.call];
    const { host, row } = attempt;
    call.attempt = NOTHING;
    this.release(attempt);
    this.outlier.localOrigin(host, 503);
    const retry = call.site.retry;
    if (!this.retries.later(call, retry?.onConnectFailure === true)) this.replyLocally(call, 503, FLAG.UF, row);
  }

  /** The response of an attempt, or the news that its connection was lost, has come back to the caller's proxy. */
  response(attempt: Attempt): void {
    attempt.serverDone = true;
    if (attempt.call === NOTHING) {
      this.release(attempt);
      return;
    }
    const call = this.calls.all[attempt.call];
    const { host, pool, status, reset, row, connection } = attempt;
    this.stopPerTry(attempt);
    call.attempt = NOTHING;
    const retry = call.site.retry;
    if (reset !== RESET.none) {
      pool.streamEnded(attempt, true);
      if (connection !== null) pool.connectionLost(connection);
      this.release(attempt);
      this.outlier.localOrigin(host, 503);
      if (!this.retries.later(call, retry?.onReset === true)) this.answer(call, 503, FLAG.UC, row);
      return;
    }
    this.outlier.response(host, status);
    const retried = this.retries.later(call, retry !== null && retry.statuses[status] === 1);
    // A retry decided on response headers resets the old stream: its HTTP/1.1 connection, with a body under way, is closed.
    pool.streamEnded(attempt, retried);
    this.release(attempt);
    if (!retried) this.answer(call, status, 0, row);
  }

  perTryTimeout(attempt: Attempt): void {
    const call = this.calls.all[attempt.call];
    const { host, row } = attempt;
    attempt.perTryTimer = NOTHING;
    attempt.host.cluster.counters.upstreamRqPerTryTimeout++;
    call.attempt = NOTHING;
    this.letGo(attempt);
    this.outlier.localOrigin(host, 504);
    if (!this.retries.later(call, call.site.retry?.onReset === true)) this.replyLocally(call, 504, FLAG.UT, row);
  }

  /** The route's time-out covers queueing, connecting, every attempt and every back-off; it is never retried. */
  routeTimeout(call: Call): void {
    call.routeTimer = NOTHING;
    if (call.attempt !== NOTHING) {
      const attempt = this.pools.attempts.all[call.attempt];
      const { host, queued } = attempt;
      host.cluster.counters.upstreamRqTimeout++;
      call.attempt = NOTHING;
      this.letGo(attempt);
      if (!queued) this.outlier.localOrigin(host, 504);
    }
    this.replyLocally(call, 504, FLAG.UT, call.row);
  }

  /** A back-off is over: a new pick in the same cluster. */
  retry(call: Call): void {
    call.backoffTimer = NOTHING;
    const { cluster } = call;
    if (cluster !== null) cluster.counters.upstreamRqRetry++;
    this.sendAttempt(call);
  }

  /** The caller does not wait any more (its own time-out): everything that the call still has under way is reset. */
  abandon(call: Call): void {
    call.callerTimer = NOTHING;
    this.reset(call);
    this.hand(call, 0);
  }

  private reset(call: Call): void {
    if (call.step !== NOTHING) {
      this.calendar.cancel(call.step);
      call.step = NOTHING;
    }
    if (call.answered) return;
    if (call.attempt !== NOTHING) {
      const attempt = this.pools.attempts.all[call.attempt];
      call.attempt = NOTHING;
      this.letGo(attempt);
    }
    const row = call.row === NOTHING ? call.site.row : call.row;
    this.settle(call);
    call.flags |= FLAG.DC;
    this.recorder.ended(row, 0, call.flags, this.calendar.nowNs - call.startedNs);
  }

  /** The caller itself was stopped: as `abandon`, and nobody is told. */
  drop(call: Call): void {
    if (call.callerTimer !== NOTHING) {
      this.calendar.cancel(call.callerTimer);
      call.callerTimer = NOTHING;
    }
    this.reset(call);
    this.giveBack(call);
  }

  /** The answer has reached the caller. */
  deliver(call: Call): void {
    call.step = NOTHING;
    if (call.callerTimer !== NOTHING) {
      this.calendar.cancel(call.callerTimer);
      call.callerTimer = NOTHING;
    }
    this.hand(call, call.status);
  }

  /** An answer that the proxy makes itself; without a proxy, the caller sees no response. */
  private replyLocally(call: Call, status: number, flag: number, row: number): void {
    if (!this.conclude(call, call.pod.hasProxy ? status : 0, flag, row === NOTHING ? call.site.row : row)) return;
    if (call.pod.process !== null) this.deliverAfterCpu(call);
    else call.step = this.calendar.scheduleIn(call.pod.localReplyLane, EVENT.deliver, call.id);
  }

  /** An answer that came from upstream. */
  private answer(call: Call, status: number, flag: number, row: number): void {
    if (!this.conclude(call, flag !== 0 && !call.pod.hasProxy ? 0 : status, flag, row)) return;
    if (call.pod.process !== null) this.deliverAfterCpu(call);
    else this.deliver(call);
  }

  private deliverAfterCpu(call: Call): void {
    const process = call.pod.process;
    if (process === null) return;
    call.step = this.calendar.schedule(process.response(call.worker), PHASE.completion, EVENT.deliver, call.id);
  }

  /** The proxy's part of the call is over. False for a mirrored copy, which nobody waits for. */
  private conclude(call: Call, status: number, flag: number, row: number): boolean {
    this.settle(call);
    call.answered = true;
    call.status = status;
    call.flags |= flag;
    this.recorder.ended(row, status, call.flags, this.calendar.nowNs - call.startedNs);
    if (!call.mirror) return true;
    this.giveBack(call);
    return false;
  }

  /** Everything that the proxy keeps for a call ends: timers, the retry slot. */
  private settle(call: Call): void {
    releaseRetrySlot(call);
    if (call.routeTimer !== NOTHING) {
      this.calendar.cancel(call.routeTimer);
      call.routeTimer = NOTHING;
    }
    if (call.backoffTimer !== NOTHING) {
      this.calendar.cancel(call.backoffTimer);
      call.backoffTimer = NOTHING;
    }
  }

  private hand(call: Call, status: number): void {
    this.owner.returned(call, status);
    this.giveBack(call);
  }

  private giveBack(call: Call): void {
    call.clear();
    this.calls.give(call);
  }

  /** The caller's half of an attempt ends before its response: the stream is reset, the server goes on without an audience. */
  private letGo(attempt: Attempt): void {
    this.stopPerTry(attempt);
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

  private release(attempt: Attempt): void {
    attempt.call = NOTHING;
    attempt.reset = RESET.none;
    attempt.serverDone = true;
    this.pools.attempts.give(attempt);
  }
}
