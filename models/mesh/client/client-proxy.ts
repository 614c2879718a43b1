// The caller's side of a call: its proxy's filters (filters/filter-chain.ts) and router, the route's time-out, the answer (envoy:
// source/common/http/filter_manager.cc, source/common/router/router.cc). The tries that it takes are upstream-requests.ts. A caller
// without a proxy goes the same way with no latency, no policies and plain routes. What the caller's application does around it (its own
// time-outs) arrives here as `abandon`.
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { type CallKeys, Draws } from '../../../sim/random/draws.js';
import type { Balancer } from '../balancing/balancer.js';
import type { Clusters } from '../clusters/clusters.js';
import type { OutlierDetector } from '../clusters/outlier.js';
import type { PoolContext } from '../connections/connection-pool.js';
import type { DownstreamConnections } from '../connections/downstream-connections.js';
import type { Relays } from '../connections/relay.js';
import { VERDICT } from '../filters/filter.js';
import type { FilterChains } from '../filters/filter-chain.js';
import { paceNs } from '../filters/response-pace.js';
import { linkerdReply } from '../linkerd/linkerd-status.js';
import { causeOf, REASONS, TIMEOUT } from '../recording/cause.js';
import { FLAG } from '../recording/flags.js';
import type { Recorder } from '../recording/recorder.js';
import type { Server } from '../server/server.js';
import { type Call, descend } from '../state/call.js';
import { EVENT } from '../state/events.js';
import { NOTHING } from '../state/nothing.js';
import type { ObjectPool } from '../state/object-pool.js';
import type { SiteRt } from '../state/runtime.js';
import type { Wire } from '../wire/wire.js';
import { awaitedBy, type UnderWay } from './awaited.js';
import { CallerConnections, type PinnedCalls } from './caller-connections.js';
import { envoyReply, expecting, hasProxy, isLinkerds, processOf, rowOf } from './caller-side.js';
import { releaseRetrySlot } from './retry-state.js';
import { type Replies, UpstreamRequests } from './upstream-requests.js';
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

export class ClientProxy implements Replies, PinnedCalls {
  private readonly calendar: Calendar;
  private readonly keys: CallKeys;
  private readonly calls: ObjectPool<Call>;
  private readonly underWay: UnderWay;
  private readonly clusters: Clusters;
  private readonly recorder: Recorder;
  private readonly owner: CallOwner;
  private readonly filters: FilterChains;
  private readonly routeDraws: Draws;
  private readonly downstream: DownstreamConnections;
  /** The tries of its calls. */
  readonly upstream: UpstreamRequests;
  /** Connections of the callers' own. */
  readonly connections: CallerConnections;

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
    readonly downstream: DownstreamConnections;
    readonly owner: CallOwner;
    readonly filters: FilterChains;
  }) {
    this.calendar = parts.calendar;
    this.keys = parts.keys;
    this.calls = parts.calls;
    this.underWay = parts.underWay;
    this.clusters = parts.clusters;
    this.recorder = parts.recorder;
    this.owner = parts.owner;
    this.routeDraws = new Draws(parts.seed, 'route');
    this.filters = parts.filters;
    this.downstream = parts.downstream;
    this.upstream = new UpstreamRequests({ ...parts, replies: this });
    this.connections = new CallerConnections({ ...parts, upstream: this.upstream, owner: this });
  }

  /** A call leaves its application. Its identity (site, pod, key, who waits) is set; `callerTimeoutLane` is -1 for none. */
  start(call: Call, callerTimeoutLane: number): void {
    this.recorder.started++;
    call.startedNs = this.calendar.nowNs;
    if (call.worker === NOTHING) this.deal(call);
    if (callerTimeoutLane >= 0) {
      call.callerTimer = this.calendar.scheduleIn(callerTimeoutLane, EVENT.callerTimeout, call.id);
    }
    const { connections } = call.site;
    if (connections !== null && (connections.shared || call.loop !== NOTHING))
      this.connections.start(call, connections);
    else this.request(call);
  }

  /** Where nobody else has said it: the worker of the connection on which the call comes to its proxy. */
  private deal(call: Call): void {
    const { pod, site } = call;
    if (pod.workers === 1 || site.skipsProxy) call.worker = 0;
    // It may have to open the connection; one that is there already has its worker.
    else if (site.connections?.shared) call.worker = this.downstream.worker(pod, call.keyHi, call.keyLo);
    else this.downstream.take(call);
  }

  /** The request goes through the proxy, if there is one. */
  request(call: Call): void {
    const process = processOf(call);
    if (process !== null && call.pinned !== null) {
      const tookNs = process.tcpRequest(call.worker, call.site.requestBytes);
      call.step = this.calendar.scheduleAfter(tookNs, PHASE.completion, EVENT.route, call.id);
    } else if (process !== null) {
      const { filters } = call.site;
      const tookNs = process.request(call.worker, filters === null ? 0 : filters.cpuNs, call.site.requestBytes);
      call.step = this.calendar.scheduleAfter(tookNs, PHASE.completion, EVENT.route, call.id);
    } else {
      this.route(call);
    }
  }

  /** The proxy has the request: its filters stand before the router. */
  route(call: Call): void {
    call.step = NOTHING;
    const { streamLane } = call.site;
    if (streamLane >= 0 && call.streamTimer === NOTHING) {
      call.streamTimer = this.calendar.scheduleIn(streamLane, EVENT.streamTimeout, call.id);
    }
    const { filters } = call.site;
    if (filters === null) {
      this.routed(call);
      return;
    }
    const verdict = this.filters.walk(filters, call, call.pod.id, call.worker);
    call.flags |= this.filters.marks;
    switch (verdict) {
      case VERDICT.pass:
        this.routed(call);
        return;
      case VERDICT.held: {
        const { holdLane, holdNs } = this.filters;
        call.step =
          holdLane >= 0
            ? this.calendar.scheduleIn(holdLane, EVENT.delayed, call.id)
            : this.calendar.schedule(this.calendar.nowNs + holdNs, PHASE.timer, EVENT.delayed, call.id);
        return;
      }
      case VERDICT.answered:
        this.refuseByFilter(call);
        return;
    }
  }

  /** A filter has held the call long enough. */
  heldLongEnough(call: Call): void {
    call.step = NOTHING;
    const { filters } = call.site;
    if (filters === null || this.filters.resume(filters, call, call.pod.id)) this.route(call);
    else this.refuseByFilter(call);
  }

  private refuseByFilter(call: Call): void {
    const { status, flag, answeredBy } = this.filters;
    const { row } = call.site;
    call.cause = answeredBy >= 0 ? causeOf(REASONS.filter, answeredBy) : causeOf(REASONS.fault, row);
    this.replyLocally(call, status, flag, row);
  }

  /** Past the filters. */
  private routed(call: Call): void {
    const { site } = call;
    if (site.respondStatus === 0) {
      this.forward(call);
      return;
    }
    const { row, respondStatus, respondFlags } = site;
    if (respondStatus < 0 || respondStatus >= 400) {
      call.cause = causeOf(REASONS[respondFlags === 0 ? 'route answers' : 'no route'], row);
    }
    this.replyLocally(call, respondStatus, respondFlags, row);
  }

  /** The router: one draw a stream chooses the weighted cluster and samples the mirrors (envoy: StreamInfo's stream-wide random value). */
  private forward(call: Call): void {
    const { site } = call;
    if (call.pinned !== null) {
      this.connections.send(call);
      return;
    }
    let streamRandom = 0;
    if (site.destinations.length > 1 || site.mirrors.length > 0) {
      streamRandom = Math.floor(this.routeDraws.uniform(call.keyHi, call.keyLo) * TWO_52);
    }
    const destination = site.destinations[chooseByWeight(site, streamRandom)];
    call.destination = destination;
    const cluster = destination.cluster === null ? null : this.clusters.at(call.pod, destination);
    if (cluster === null) {
      call.cause = causeOf(REASONS['no cluster'], destination.localRow);
      this.replyLocally(call, destination.missingStatus, FLAG.NC, destination.localRow);
      return;
    }
    call.cluster = cluster;
    const { retry } = site;
    if (retry !== null) {
      call.retriesLeft = retry.retries;
      call.backoffMs = retry.backoffBaseMs;
    }
    this.upstream.send(call);
    // Armed only while an attempt is in flight: not if the first one has failed at once, even with a retry to come.
    if (site.timeoutLane >= 0 && (call.attempt !== NOTHING || call.ticket !== NOTHING)) {
      call.routeTimer = this.calendar.scheduleIn(site.timeoutLane, EVENT.routeTimeout, call.id);
    }
    // No copies where there was no host for the original. A host that refused it, or a full circuit breaker, does not matter.
    if ((call.flags & FLAG.UH) !== 0) return;
    for (let i = 0; i < site.mirrors.length; i++) {
      const mirror = site.mirrors[i];
      const [shadow] = mirror.site.destinations;
      if (shadow.cluster === null || this.clusters.at(call.pod, shadow) === null) continue;
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
    descend(copy, original);
    copy.startedNs = this.calendar.nowNs;
    this.recorder.started++;
    this.forward(copy);
  }

  /** The route's time-out covers queueing, connecting, every attempt and every back-off; it is never retried. */
  routeTimeout(call: Call): void {
    call.routeTimer = NOTHING;
    this.timedOut(call, TIMEOUT.route);
    this.upstream.timedOut(call);
    this.replyLocally(call, 504, FLAG.UT, call.row);
  }

  /** The stream as a whole, filters included, has lasted too long or has been silent for too long. */
  streamTimeout(call: Call): void {
    call.streamTimer = NOTHING;
    this.timedOut(call, TIMEOUT.stream);
    this.stopStep(call);
    this.upstream.abandon(call);
    this.replyLocally(call, 504, call.site.streamFlag, call.row);
  }

  /** What the time-out has ended the wait for is where it comes from. */
  private timedOut(call: Call, timeout: number): void {
    call.cause = awaitedBy(call, this.underWay);
    this.recorder.timedOut(rowOf(call), timeout);
  }

  /** A back-off is over: a new pick in the same cluster. */
  retry(call: Call): void {
    call.backoffTimer = NOTHING;
    const { cluster } = call;
    if (cluster !== null && !cluster.envoy.countsRetriesAtDecision) cluster.counters.upstreamRqRetry++;
    this.upstream.send(call);
  }

  /** The caller does not wait any more (its own time-out): everything that the call still has under way is reset. */
  abandon(call: Call): void {
    call.callerTimer = NOTHING;
    this.timedOut(call, TIMEOUT.caller);
    this.reset(call);
    this.hand(call, 0);
  }

  private reset(call: Call): void {
    this.stopStep(call);
    if (call.answered) return;
    this.upstream.abandon(call);
    this.leaveFilters(call, 0);
    this.settle(call);
    call.flags |= FLAG.DC;
    this.recorder.ended(rowOf(call), 0, call.flags, this.calendar.nowNs - call.startedNs, call.cause, expecting(call));
  }

  private stopStep(call: Call): void {
    if (call.step === NOTHING) return;
    this.calendar.cancel(call.step);
    call.step = NOTHING;
  }

  /** The caller itself was stopped: as `abandon`, and nobody is told. */
  drop(call: Call): void {
    if (call.callerTimer !== NOTHING) {
      this.calendar.cancel(call.callerTimer);
      call.callerTimer = NOTHING;
    }
    call.cause = causeOf(REASONS['caller stopped'], rowOf(call));
    this.reset(call);
    this.downstream.release(call, false);
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
  replyLocally(call: Call, status: number, flag: number, row: number): void {
    const seen = isLinkerds(call)
      ? linkerdReply(status, flag, call.site.grpc)
      : envoyReply(status, flag, call.site.grpc);
    if (!this.conclude(call, hasProxy(call) ? seen : 0, flag, row === NOTHING ? call.site.row : row)) return;
    this.deliverOwn(call);
  }

  /** The caller's connection is closed under the call. */
  lose(call: Call, flags: number, row: number, cause: number): void {
    call.cause = cause;
    this.stopStep(call);
    this.upstream.abandon(call);
    if (this.conclude(call, 0, flags, row)) this.deliverOwn(call);
  }

  private deliverOwn(call: Call): void {
    if (processOf(call) !== null) this.deliverAfterCpu(call);
    else call.step = this.calendar.scheduleIn(call.pod.localReplyLane, EVENT.deliver, call.id);
  }

  /** An answer that came from upstream; a filter may hold its body back. */
  answer(call: Call, status: number, flag: number, row: number): void {
    const { paceKiBPerSecond, responseBytes } = call;
    if (paceKiBPerSecond > 0 && responseBytes > 0) {
      const { nowNs } = this.calendar;
      const waitNs = paceNs(responseBytes, paceKiBPerSecond, nowNs - call.pacedSinceNs);
      if (waitNs > 0) {
        // The router has all of it: nothing of its own goes on.
        this.settleRouter(call);
        call.status = status;
        call.row = row;
        call.step = this.calendar.schedule(nowNs + waitNs, PHASE.timer, EVENT.paced, call.id);
        return;
      }
    }
    this.passOn(call, status, flag, row);
  }

  /** The last byte of a body has passed the filter that held it back. */
  paced(call: Call): void {
    call.step = NOTHING;
    this.passOn(call, call.status, 0, call.row);
  }

  private passOn(call: Call, status: number, flag: number, row: number): void {
    const seen = flag !== 0 && isLinkerds(call) ? linkerdReply(status, flag, call.site.grpc) : status;
    if (!this.conclude(call, flag !== 0 && !hasProxy(call) ? 0 : seen, flag, row)) return;
    if (processOf(call) !== null) this.deliverAfterCpu(call);
    else this.deliver(call);
  }

  private deliverAfterCpu(call: Call): void {
    const process = processOf(call);
    if (process === null) return;
    const { worker, responseBytes } = call;
    const opaque = call.site.connections?.opaque;
    const tookNs = opaque ? process.tcpResponse(worker, responseBytes) : process.response(worker, responseBytes);
    call.step = this.calendar.scheduleAfter(tookNs, PHASE.completion, EVENT.deliver, call.id);
    process.observe(worker, false);
  }

  /** The proxy's part of the call is over. False for a mirrored copy, which nobody waits for. */
  private conclude(call: Call, status: number, flag: number, row: number): boolean {
    this.leaveFilters(call, status);
    this.settle(call);
    call.answered = true;
    call.status = status;
    call.flags |= flag;
    this.recorder.ended(row, status, call.flags, this.calendar.nowNs - call.startedNs, call.cause, expecting(call));
    if (!call.mirror) return true;
    this.giveBack(call);
    return false;
  }

  /** The filters that the call has passed hear of its end; status 0: it was reset. */
  private leaveFilters(call: Call, status: number): void {
    const { filters } = call.site;
    if (filters !== null && call.filterAt > 0) this.filters.ended(filters, call, call.pod.id, call.worker, status);
  }

  /** Everything that the proxy keeps for a call ends: timers, the retry slot. */
  private settle(call: Call): void {
    if (call.pinned !== null) this.connections.leave(call);
    this.settleRouter(call);
    if (call.streamTimer !== NOTHING) {
      this.calendar.cancel(call.streamTimer);
      call.streamTimer = NOTHING;
    }
  }

  private settleRouter(call: Call): void {
    releaseRetrySlot(call);
    call.ticket = NOTHING;
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
    this.downstream.release(call, status !== 0);
    this.owner.returned(call, status);
    this.giveBack(call);
  }

  private giveBack(call: Call): void {
    call.clear();
    this.calls.give(call);
  }
}
