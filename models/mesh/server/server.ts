// The server's side of an attempt: its sidecar (worker CPU, filters, the limits of the inbound cluster), the application, and the way back. The sidecar
// knows nothing of the caller's time-outs; work that has begun goes on when its caller has gone, unless the application can cancel.

import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { Draws } from '../../../sim/random/draws.js';
import type { AppPlan } from '../../plan/contract/plan.js';
import { type FilterChainRt, VERDICT } from '../filters/filter.js';
import type { FilterChains } from '../filters/filter-chain.js';
import { paceNs } from '../filters/response-pace.js';
import { lostStatus } from '../linkerd/linkerd-status.js';
import { GIVEN_UP_AFTER_NS } from '../network/network.js';
import { causeOf, REASONS } from '../recording/cause.js';
import type { WorkloadCounters } from '../recording/recorder.js';
import { type Attempt, MARK, RESET } from '../state/attempt.js';
import type { HostState } from '../state/cluster-state.js';
import { EVENT } from '../state/events.js';
import { NOTHING } from '../state/nothing.js';
import type { ObjectPool } from '../state/object-pool.js';
import { LIFE, type Pod } from '../state/pod.js';
import type { Wire } from '../wire/wire.js';
import { type Application, ARRIVAL } from './application.js';
import { INBOUND, type InboundOwner, InboundPools } from './inbound-pools.js';
import type { InboundRetries } from './inbound-retries.js';

export class Server implements InboundOwner {
  /** Connections of the proxies to their applications. */
  readonly inbound: InboundPools;
  private readonly networkDraws: Draws;
  /** Requests whose wait at the inbound cluster is over: entered after the present event, so that nothing recurses. */
  readonly admitted: Attempt[] = [];

  constructor(
    seed: string,
    private readonly calendar: Calendar,
    private readonly attempts: ObjectPool<Attempt>,
    private readonly workloads: readonly WorkloadCounters[],
    private readonly filters: FilterChains,
    private readonly retries: InboundRetries,
    /** By pod. */
    private readonly apps: readonly Application[],
    private readonly wire: Wire,
  ) {
    this.inbound = new InboundPools(calendar, attempts, this, workloads);
    this.networkDraws = new Draws(seed, 'network back');
  }

  /** The request has reached the sidecar, which spends its CPU on it. */
  atProxy(attempt: Attempt): void {
    const { process, life } = attempt.pod;
    if (life !== LIFE.here) {
      this.atNobody(attempt);
      return;
    }
    if (process === null) throw new Error('no proxy to arrive at');
    const filters = this.filtersOf(attempt);
    attempt.inboundTries = 0;
    const tcp = (attempt.marks & MARK.tcp) !== 0;
    const tookNs = tcp
      ? process.tcpRequest(attempt.serverWorker, attempt.requestBytes)
      : process.request(attempt.serverWorker, filters === null ? 0 : filters.cpuNs, attempt.requestBytes);
    const delayNs = tookNs + endOf(attempt).serverLatencyNs;
    this.calendar.scheduleAfter(delayNs, PHASE.completion, EVENT.application, attempt.id);
  }

  /** The request is on its last step to the application: through the filters and the limits of the inbound cluster. */
  atApplication(attempt: Attempt): void {
    if (attempt.pod.life !== LIFE.here) {
      this.atNobody(attempt);
      return;
    }
    const filters = attempt.filterAt === 0 ? this.filtersOf(attempt) : attempt.filters;
    if (filters === null) {
      this.admit(attempt);
      return;
    }
    const verdict = this.filters.walk(filters, attempt, attempt.pod.id, attempt.serverWorker);
    switch (verdict) {
      case VERDICT.pass:
        this.admit(attempt);
        return;
      case VERDICT.held: {
        const { holdLane, holdNs } = this.filters;
        if (holdLane >= 0) this.calendar.scheduleIn(holdLane, EVENT.inboundHeld, attempt.id);
        else this.calendar.schedule(this.calendar.nowNs + holdNs, PHASE.timer, EVENT.inboundHeld, attempt.id);
        return;
      }
      case VERDICT.answered:
        this.refuseByFilter(attempt);
        return;
    }
  }

  /** What the proxy has now for such a request of such a caller: a request that has begun keeps what it began with. */
  private filtersOf(attempt: Attempt): FilterChainRt | null {
    const { chain, pod, connection } = attempt;
    // A connection keeps the filters with which it was accepted.
    const config = connection === null || connection.listeners === null ? pod.listenerConfig : connection.listeners;
    attempt.filters = chain === NOTHING ? null : config.chains[chain];
    return attempt.filters;
  }

  private refuseByFilter(attempt: Attempt): void {
    attempt.cause = causeOf(REASONS.filter, this.filters.answeredBy);
    this.sendBack(attempt, this.filters.status);
  }

  /** The proxy has waited: `inboundHeld`, `inboundPaced`, `inboundRetry`. */
  goOn(kind: number, attempt: Attempt): void {
    if (attempt.pod.life !== LIFE.here) this.atNobody(attempt);
    else if (kind === EVENT.inboundHeld) this.heldLongEnough(attempt);
    else if (kind === EVENT.inboundRetry) this.tryAgain(attempt);
    // The last byte of a body has passed the filter that held it back.
    else this.leave(attempt, attempt.status);
  }

  /** A filter has held the request long enough. One whose caller has gone goes no further. */
  private heldLongEnough(attempt: Attempt): void {
    const { filters } = attempt;
    if (filters === null || attempt.call === NOTHING) {
      this.workloads[attempt.pod.workload].wasted++;
      this.finished(attempt);
    } else if (this.filters.resume(filters, attempt, attempt.pod.id)) {
      this.atApplication(attempt);
    } else {
      this.refuseByFilter(attempt);
    }
  }

  private admit(attempt: Attempt): void {
    if (!attempt.host.proxied || (attempt.marks & MARK.tcp) !== 0 || !this.inbound.has(attempt.pod)) {
      this.reach(attempt);
      return;
    }
    switch (this.inbound.arrive(attempt)) {
      case INBOUND.entered:
        this.reach(attempt);
        return;
      case INBOUND.queued:
        return;
      default:
        // 503 UO at a limit, 503 UC where the application had closed the connection: an answer like any other to the caller's proxy.
        this.sendBack(attempt, lostStatus(attempt));
    }
  }

  /** Its wait at the inbound cluster is over. */
  enter(attempt: Attempt): void {
    this.admitted.push(attempt);
  }

  /** So is its wait, and there is no room for it. */
  refuse(attempt: Attempt): void {
    this.sendBack(attempt, lostStatus(attempt));
  }

  /** A connection of TCP is passed on to the application; false where the inbound cluster has too many. */
  acceptTcp(pod: Pod): boolean {
    return this.inbound.acceptTcp(pod);
  }

  closeTcp(pod: Pod): void {
    this.inbound.closeTcp(pod);
  }

  /** The request has its connection to the application. */
  reach(attempt: Attempt): void {
    const app = this.apps[attempt.pod.id];
    if (attempt.call === NOTHING && app.cancels) {
      // The caller has reset the stream while it was on its way.
      this.workloads[attempt.pod.workload].wasted++;
      this.leaveFilters(attempt, 0);
      this.leaveInbound(attempt, false);
      this.finished(attempt);
      return;
    }
    const arrival = app.arrive(attempt);
    if (arrival === ARRIVAL.refused) this.overflow(attempt, app.overflow);
    else if (arrival === ARRIVAL.down) {
      attempt.cause = causeOf(REASONS['application down'], attempt.pod.workload);
      this.closed(attempt, true, RESET.connectionTermination);
    }
  }

  private overflow(attempt: Attempt, overflow: AppPlan['overflow']): void {
    attempt.cause = causeOf(REASONS['application queue full'], attempt.pod.workload);
    switch (overflow.kind) {
      case 'status':
        this.respond(attempt, overflow.status);
        return;
      case 'reset':
      case 'refuse': {
        // Who has no proxy in between sees it: of the stream alone where there are several.
        const http2 = attempt.host.cluster.plan.protocol === 'http2';
        const reset = http2 ? RESET.refusedStream : RESET.connectionTermination;
        this.closed(attempt, overflow.kind === 'refuse', reset);
        return;
      }
      case 'drop':
        this.leaveFilters(attempt, 0);
        // Its connection is held until the caller gives up.
        if (attempt.inbound && attempt.call !== NOTHING) attempt.marks |= MARK.dropped;
        else {
          this.leaveInbound(attempt, false);
          this.finished(attempt);
        }
        return;
    }
  }

  /**
   * The application has closed the connection of a request, or takes none.
   * @param refused it takes none, so that its proxy may try again @param reset what the caller sees where no proxy of the server answers
   */
  private closed(attempt: Attempt, refused: boolean, reset: number): void {
    this.leaveInbound(attempt, false);
    if (!(attempt.pod.answersInbound && endOf(attempt).proxied)) attempt.reset = reset;
    else if (refused && this.retries.again(attempt)) return;
    this.sendBack(attempt, lostStatus(attempt));
  }

  /** The application of a pod dies: its proxy, where there is one, answers for the requests that were there. */
  applicationDied(pod: Pod): void {
    for (const attempt of this.apps[pod.id].die()) {
      attempt.cause = causeOf(REASONS['application down'], pod.workload);
      this.closed(attempt, false, RESET.connectionTermination);
    }
  }

  /** Its pod is not there any more: whoever still waits hears so, unless nobody is left to say it. */
  private atNobody(attempt: Attempt): void {
    const { pod, relay } = attempt;
    if (attempt.call === NOTHING) {
      this.finished(attempt);
      return;
    }
    attempt.cause = causeOf(REASONS['pod killed'], pod.workload);
    attempt.reset = RESET.connectionTermination;
    if (pod.life === LIFE.silent) {
      // Nobody acknowledges it: the kernel of whoever has sent it sends it again and again, and then gives the connection up.
      this.calendar.scheduleAfter(GIVEN_UP_AFTER_NS, PHASE.completion, EVENT.response, attempt.id);
      return;
    }
    const arrival = relay === null ? EVENT.response : EVENT.relayedBack;
    if (pod.life === LIFE.silent) {
      // The kernel of the caller sends it again and again, and gives up.
      this.calendar.scheduleAfter(GIVEN_UP_AFTER_NS, PHASE.completion, arrival, attempt.id);
      return;
    }
    this.wire.send(endOf(attempt).back, this.networkDraws, attempt, attempt.keyLo, 0, arrival);
  }

  /** A pod is gone, with all that is at its application or waits in its proxy: nobody answers these. What is on its way to it finds nobody. */
  podGone(pod: Pod): void {
    const died = new Set(this.apps[pod.id].die());
    for (const attempt of this.attempts.all) {
      if (attempt.pod !== pod || attempt.serverDone) continue;
      const waits = died.has(attempt) || attempt.inboundQueued || (attempt.marks & MARK.dropped) !== 0;
      this.leaveFilters(attempt, 0);
      this.leaveInbound(attempt, false);
      if (waits) this.finished(attempt);
    }
  }

  /** Its proxy tries the application again, unless the caller has reset the stream by now. */
  private tryAgain(attempt: Attempt): void {
    if (attempt.call !== NOTHING) {
      this.admit(attempt);
      return;
    }
    this.workloads[attempt.pod.workload].wasted++;
    this.leaveFilters(attempt, 0);
    this.finished(attempt);
  }

  /** The application has answered, or refused. */
  respond(attempt: Attempt, status: number): void {
    this.leaveInbound(attempt, true);
    this.sendBack(attempt, status);
  }

  /** The caller has reset the stream: the proxy does the same with its own, and what still waited never reaches the application. */
  callerGone(attempt: Attempt): void {
    this.leaveFilters(attempt, 0);
    const waited = attempt.inboundQueued;
    this.leaveInbound(attempt, false);
    if (waited || (attempt.marks & MARK.dropped) !== 0) {
      attempt.serverDone = true;
      return;
    }
    const app = this.apps[attempt.pod.id];
    if (!app.cancels || !app.cancel(attempt)) return;
    this.workloads[attempt.pod.workload].wasted++;
    attempt.serverDone = true;
  }

  private sendBack(attempt: Attempt, status: number): void {
    const { paceKiBPerSecond, responseBytes } = attempt;
    if (paceKiBPerSecond > 0 && responseBytes > 0 && attempt.call !== NOTHING) {
      const { nowNs } = this.calendar;
      const waitNs = paceNs(responseBytes, paceKiBPerSecond, nowNs - attempt.pacedSinceNs);
      if (waitNs > 0) {
        attempt.status = status;
        this.calendar.schedule(nowNs + waitNs, PHASE.timer, EVENT.inboundPaced, attempt.id);
        return;
      }
    }
    this.leave(attempt, status);
  }

  /** The answer leaves the server. */
  private leave(attempt: Attempt, status: number): void {
    this.leaveFilters(attempt, attempt.reset === RESET.none ? status : 0);
    if (attempt.call === NOTHING) {
      this.workloads[attempt.pod.workload].wasted++;
      this.finished(attempt);
      return;
    }
    attempt.status = status;
    const { pod, relay } = attempt;
    const { back, proxied } = endOf(attempt);
    const arrival = relay === null ? EVENT.response : EVENT.relayedBack;
    const { wire, networkDraws } = this;
    const { serverWorker, responseBytes, keyLo } = attempt;
    if (pod.process === null || !proxied) {
      wire.send(back, networkDraws, attempt, keyLo, responseBytes, arrival);
      return;
    }
    const { process } = pod;
    const tcp = (attempt.marks & MARK.tcp) !== 0;
    wire.leavesInNs = tcp
      ? process.tcpResponse(serverWorker, responseBytes)
      : process.response(serverWorker, responseBytes);
    process.observe(serverWorker, true);
    wire.sendLater(back, networkDraws, attempt, keyLo, responseBytes, arrival);
  }

  /** The server's half is over and nobody waits: the attempt goes back, unless its caller's half is still open (an answer never comes). */
  private finished(attempt: Attempt): void {
    attempt.serverDone = true;
    if (attempt.call === NOTHING) this.attempts.give(attempt);
  }

  /** The filters that the request has passed hear of its end; status 0: it was reset. */
  private leaveFilters(attempt: Attempt, status: number): void {
    const { filters } = attempt;
    if (filters === null || attempt.filterAt === 0) return;
    this.filters.ended(filters, attempt, attempt.pod.id, attempt.serverWorker, status);
  }

  /** @param ended the application has answered */
  private leaveInbound(attempt: Attempt, ended: boolean): void {
    if (attempt.inbound || attempt.inboundQueued) this.inbound.leave(attempt, ended);
  }
}

/** The endpoint as whoever connects to it sees it: the caller, or a gateway in between. */
function endOf({ host, relay }: Attempt): HostState {
  return relay?.far ?? host;
}
