// The server's side of an attempt: its sidecar (worker CPU, the limits of the inbound cluster), the application, and the way back. The sidecar
// knows nothing of the caller's time-outs; work that has begun goes on when its caller has gone, unless the application can cancel.
import type { Calendar } from '../../sim/calendar.js';
import { PHASE } from '../../sim/phases.js';
import { Draws } from '../../sim/random/draws.js';
import { NO_JOB, QUEUED, REFUSED } from '../../sim/stations/station.js';
import { ARRIVAL } from './application.js';
import { EVENT } from './events.js';
import type { InboundGate } from './inbound-gate.js';
import { type Attempt, NOTHING, type ObjectPool, RESET } from './objects.js';
import type { WorkloadCounters } from './recorder.js';

export class Server {
  private readonly calendar: Calendar;
  private readonly attempts: ObjectPool<Attempt>;
  private readonly gates: readonly (InboundGate | null)[];
  private readonly workloads: readonly WorkloadCounters[];
  private readonly networkDraws: Draws;
  /** Requests whose wait at the inbound cluster is over: entered after the present event, so that nothing recurses. */
  readonly admitted: Attempt[] = [];

  /** @param gates by pod: the limits of its inbound cluster, or null for none */
  constructor(
    seed: string,
    calendar: Calendar,
    attempts: ObjectPool<Attempt>,
    gates: readonly (InboundGate | null)[],
    workloads: readonly WorkloadCounters[],
  ) {
    this.calendar = calendar;
    this.attempts = attempts;
    this.gates = gates;
    this.workloads = workloads;
    this.networkDraws = new Draws(seed, 'network back');
  }

  /** The request has reached the sidecar, which spends its CPU on it. */
  atProxy(attempt: Attempt): void {
    const { process } = attempt.pod;
    if (process === null) throw new Error('no proxy to arrive at');
    const atNs = process.request(workerOf(attempt, process.workers)) + attempt.host.serverLatencyNs;
    this.calendar.schedule(atNs, PHASE.completion, EVENT.application, attempt.id);
  }

  /** The request is on its last step to the application: through the inbound cluster's limits. */
  atApplication(attempt: Attempt): void {
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
    const { app } = attempt.pod;
    if (!app.cancels || !app.cancel(attempt)) return;
    this.workloads[attempt.pod.workload].wasted++;
    this.leaveGate(attempt);
    attempt.serverDone = true;
  }

  private sendBack(attempt: Attempt, status: number): void {
    if (attempt.call === NOTHING) {
      this.workloads[attempt.pod.workload].wasted++;
      this.finished(attempt);
      return;
    }
    attempt.status = status;
    const { pod, host } = attempt;
    const { back } = host;
    if (pod.process !== null && pod.proxiesInbound) {
      const sentNs = pod.process.response(workerOf(attempt, pod.process.workers));
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

  private leaveGate(attempt: Attempt): void {
    if (!attempt.inbound) return;
    attempt.inbound = false;
    const gate = this.gates[attempt.pod.id];
    const next = gate === null ? NO_JOB : gate.release();
    if (next !== NO_JOB) this.admitted.push(this.attempts.all[next]);
  }
}

/** The worker of the server's proxy that the caller's connection is bound to. */
function workerOf(attempt: Attempt, workers: number): number {
  return workers === 1 ? 0 : (attempt.keyLo >>> 16) % workers;
}
