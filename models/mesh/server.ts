// The server's side of an attempt: its sidecar (worker CPU, filters, the limits of the inbound cluster), the application, and the way back. The sidecar
// knows nothing of the caller's time-outs; work that has begun goes on when its caller has gone, unless the application can cancel.
import type { Calendar } from '../../sim/calendar.js';
import { PHASE } from '../../sim/phases.js';
import { Draws } from '../../sim/random/draws.js';
import { NO_JOB, QUEUED, REFUSED } from '../../sim/stations/station.js';
import { ARRIVAL } from './application.js';
import { EVENT } from './events.js';
import { VERDICT } from './filters/filter.js';
import type { FilterChains } from './filters/filter-chain.js';
import type { InboundGate } from './inbound-gate.js';
import { type Attempt, NOTHING, type ObjectPool, RESET } from './objects.js';
import type { WorkloadCounters } from './recorder.js';

export class Server {
  private readonly calendar: Calendar;
  private readonly attempts: ObjectPool<Attempt>;
  private readonly gates: readonly (InboundGate | null)[];
  private readonly workloads: readonly WorkloadCounters[];
  private readonly networkDraws: Draws;
  private readonly filters: FilterChains;
  /** Requests whose wait at the inbound cluster is over: entered after the present event, so that nothing recurses. */
  readonly admitted: Attempt[] = [];

  /** @param gates by pod: the limits of its inbound cluster, or null for none */
  constructor(
    seed: string,
    calendar: Calendar,
    attempts: ObjectPool<Attempt>,
    gates: readonly (InboundGate | null)[],
    workloads: readonly WorkloadCounters[],
    filters: FilterChains,
  ) {
    this.calendar = calendar;
    this.attempts = attempts;
    this.gates = gates;
    this.workloads = workloads;
    this.networkDraws = new Draws(seed, 'network back');
    this.filters = filters;
  }

  /** The request has reached the sidecar, which spends its CPU on it. */
  atProxy(attempt: Attempt): void {
    const { process } = attempt.pod;
    if (process === null) throw new Error('no proxy to arrive at');
    const { filters } = attempt.handler;
    const doneNs = process.request(attempt.serverWorker, filters === null ? 0 : filters.cpuNs);
    const atNs = doneNs + attempt.host.serverLatencyNs;
    this.calendar.schedule(atNs, PHASE.completion, EVENT.application, attempt.id);
  }

  /** The request is on its last step to the application: through the filters and the limits of the inbound cluster. */
  atApplication(attempt: Attempt): void {
    const { filters } = attempt.handler;
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
        this.sendBack(attempt, this.filters.status);
        return;
    }
  }

  /** A filter has held the request long enough. One whose caller has gone goes no further. */
  heldLongEnough(attempt: Attempt): void {
    const { filters } = attempt.handler;
    if (filters === null || attempt.call === NOTHING) {
      this.workloads[attempt.pod.workload].wasted++;
      this.finished(attempt);
    } else if (this.filters.resume(filters, attempt, attempt.pod.id)) {
      this.atApplication(attempt);
    } else {
      this.sendBack(attempt, this.filters.status);
    }
  }

  private admit(attempt: Attempt): void {
    const gate = this.gates[attempt.pod.id];
    if (gate !== null) {
      const admission = gate.arrive(attempt.id);
      if (admission === REFUSED) {
        this.sendBack(attempt, 503);
        return;
      }
      attempt.inbound = true;
      if (admission === QUEUED) return;
    }
    this.enter(attempt);
  }

  /** A request that waited at the inbound cluster goes on. */
  enter(attempt: Attempt): void {
    const { app } = attempt.pod;
    if (app.arrive(attempt) !== ARRIVAL.refused) return;
    const { overflow } = app;
    switch (overflow.kind) {
      case 'status':
        this.respond(attempt, overflow.status);
        return;
      case 'reset':
        // The sidecar turns the reset into a 503 of its own; without one the caller sees it: of the stream alone where there are several.
        if (!attempt.pod.proxiesInbound) {
          const http2 = attempt.host.cluster.plan.protocol === 'http2';
          attempt.reset = http2 ? RESET.refusedStream : RESET.connectionTermination;
        }
        this.respond(attempt, 503);
        return;
      case 'drop':
        this.leaveFilters(attempt, 0);
        this.leaveGate(attempt);
        this.finished(attempt);
        return;
    }
  }

  /** The application has answered, or refused. */
  respond(attempt: Attempt, status: number): void {
    this.leaveGate(attempt);
    this.sendBack(attempt, status);
  }

  /** The caller has reset the stream. */
  callerGone(attempt: Attempt): void {
    this.leaveFilters(attempt, 0);
    const { app } = attempt.pod;
    if (!app.cancels || !app.cancel(attempt)) return;
    this.workloads[attempt.pod.workload].wasted++;
    this.leaveGate(attempt);
    attempt.serverDone = true;
  }

  private sendBack(attempt: Attempt, status: number): void {
    this.leaveFilters(attempt, attempt.reset === RESET.none ? status : 0);
    if (attempt.call === NOTHING) {
      this.workloads[attempt.pod.workload].wasted++;
      this.finished(attempt);
      return;
    }
    attempt.status = status;
    const { pod, host } = attempt;
    const { back } = host;
    if (pod.process !== null && pod.proxiesInbound) {
      const sentNs = pod.process.response(attempt.serverWorker);
      pod.process.observe(attempt.serverWorker, true);
      const delayNs = back.delayNs(this.networkDraws, attempt.keyHi, attempt.keyLo);
      this.calendar.schedule(sentNs + delayNs, PHASE.completion, EVENT.response, attempt.id);
    } else if (back.lane >= 0) {
      this.calendar.scheduleIn(back.lane, EVENT.response, attempt.id);
    } else {
      const delayNs = back.delayNs(this.networkDraws, attempt.keyHi, attempt.keyLo);
      this.calendar.schedule(this.calendar.nowNs + delayNs, PHASE.completion, EVENT.response, attempt.id);
    }
  }

  /** The server's half is over and nobody waits: the attempt goes back, unless its caller's half is still open (an answer never comes). */
  private finished(attempt: Attempt): void {
    attempt.serverDone = true;
    if (attempt.call === NOTHING) this.attempts.give(attempt);
  }

  /** The filters that the request has passed hear of its end; status 0: it was reset. */
  private leaveFilters(attempt: Attempt, status: number): void {
    const { filters } = attempt.handler;
    if (filters === null || attempt.filterAt === 0) return;
    this.filters.ended(filters, attempt, attempt.pod.id, attempt.serverWorker, status);
  }

  private leaveGate(attempt: Attempt): void {
    if (!attempt.inbound) return;
    attempt.inbound = false;
    const gate = this.gates[attempt.pod.id];
    const next = gate === null ? NO_JOB : gate.release();
    if (next !== NO_JOB) this.admitted.push(this.attempts.all[next]);
  }
}
