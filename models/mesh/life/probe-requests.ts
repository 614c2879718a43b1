// Probes as requests to an application: they come straight to it (istio: pilot/cmd/pilot-agent/status/server.go asks the application in the place of the
// kubelet, past Envoy), wait for a worker and use CPU as others do. Who has given a probe up leaves it to the application, as callers do.
import type { Calendar } from '../../../sim/calendar.js';
import { ConstantDistribution } from '../../../sim/distributions/constant.js';
import { PHASE } from '../../../sim/phases.js';
import type { ProbeKind } from '../../kubernetes/kubelet/probe.js';
import type { LinkRules } from '../network/link-rules.js';
import { type Application, ARRIVAL } from '../server/application.js';
import type { Attempt } from '../state/attempt.js';
import { EVENT } from '../state/events.js';
import { NOTHING } from '../state/nothing.js';
import { ObjectPool } from '../state/object-pool.js';
import type { Pod } from '../state/pod.js';
import { type HandlerRt, OP } from '../state/runtime.js';

/** CPU that the answer to a probe costs: that of a handler which looks at nothing (an estimate; the connection is new each time). */
export const PROBE_CPU_NS = 200_000;

const HANDLER: HandlerRt = {
  program: [
    {
      op: OP.work,
      ordinal: 0,
      duration: new ConstantDistribution(PROBE_CPU_NS),
      cpuShare: 1,
      sameWork: false,
      site: NOTHING,
      timeoutLane: NOTHING,
      retries: 0,
      onError: 'ignore',
      failStatus: 0,
      branches: [],
      probability: 1,
    },
  ],
  errors: {
    status: new Int32Array(0),
    below: new Float64Array(0),
    marks: new Uint8Array(0),
    retryAfterNs: new Float64Array(0),
  },
  responseBytes: 0,
};

/** A probe under way. */
class Asked {
  pod!: Pod;
  kind: ProbeKind = 'readiness';
  success = false;
  /** Null: it has none, or not any more. */
  attempt: Attempt | null = null;
  timer = NOTHING;

  constructor(readonly id: number) {}
}

export class ProbeRequests {
  private readonly asked = new ObjectPool((id) => new Asked(id));
  private made = 0;
  /** Told of the end of each probe that is not forgotten. */
  ended: (pod: Pod, kind: ProbeKind, success: boolean) => void = () => {};

  constructor(
    private readonly calendar: Calendar,
    private readonly attempts: ObjectPool<Attempt>,
    /** By pod. */
    private readonly apps: readonly Application[],
    private readonly links: LinkRules,
  ) {}

  /** Asks the application of a pod for an answer; without one the probe has failed when the time-out is over. */
  ask(pod: Pod, kind: ProbeKind, timeoutNs: number): void {
    const asked = this.begin(pod, kind, timeoutNs);
    if (this.links.isolates(pod)) return;
    const attempt = this.attempts.take();
    attempt.beginProbe(pod, HANDLER, asked.id, pod.key, Math.imul(++this.made, 0x9e3779b1));
    asked.attempt = attempt;
    this.enter(attempt);
  }

  /** Tries whether the application of a pod takes connections: whoever listens and does nothing else does (tcpSocket). */
  connect(pod: Pod, kind: ProbeKind, timeoutNs: number): void {
    const isCut = this.links.isolates(pod);
    this.begin(pod, kind, isCut ? timeoutNs : 0).success = !isCut && pod.listens;
  }

  private begin(pod: Pod, kind: ProbeKind, timeoutNs: number): Asked {
    const asked = this.asked.take();
    asked.pod = pod;
    asked.kind = kind;
    asked.success = false;
    asked.attempt = null;
    asked.timer = this.calendar.scheduleAfter(timeoutNs, PHASE.timer, EVENT.probeEnd, asked.id);
    return asked;
  }

  /** A probe reaches the application: for the first time, or when that goes on after it has stood still. */
  enter(attempt: Attempt): void {
    const app = this.apps[attempt.pod.id];
    const arrival = app.probe(attempt);
    if (arrival !== ARRIVAL.refused && arrival !== ARRIVAL.down) return;
    if (arrival === ARRIVAL.down || app.overflow.kind !== 'drop') this.answered(attempt, false);
    else this.over(attempt);
  }

  /** The application has answered, or refused. */
  answered(attempt: Attempt, success: boolean): void {
    const { check } = attempt;
    this.over(attempt);
    if (check !== NOTHING) this.settle(this.asked.all[check], success);
  }

  /** The attempt has no part in anything any more. */
  private over(attempt: Attempt): void {
    if (attempt.check !== NOTHING) this.asked.all[attempt.check].attempt = null;
    attempt.check = NOTHING;
    attempt.serverDone = true;
    this.attempts.give(attempt);
  }

  private settle(asked: Asked, success: boolean): void {
    this.calendar.cancel(asked.timer);
    asked.attempt = null;
    asked.success = success;
    asked.timer = this.calendar.scheduleAfter(0, PHASE.completion, EVENT.probeEnd, asked.id);
  }

  /** A probe is over: answered, or given up. */
  end(id: number): void {
    const asked = this.asked.all[id];
    const { pod, kind, success, attempt } = asked;
    this.leave(asked);
    if (attempt !== null) {
      attempt.check = NOTHING;
      const app = this.apps[pod.id];
      if (app.cancels && app.cancel(attempt)) this.over(attempt);
    }
    this.ended(pod, kind, success);
  }

  private leave(asked: Asked): void {
    asked.attempt = null;
    asked.timer = NOTHING;
    this.asked.give(asked);
  }

  /** Nobody wants to know any more; the application is gone. */
  forget(pod: Pod): void {
    for (const asked of this.of(pod)) {
      this.calendar.cancel(asked.timer);
      this.leave(asked);
    }
  }

  private of(pod: Pod): readonly Asked[] {
    return this.asked.all.filter((asked) => asked.timer !== NOTHING && asked.pod === pod);
  }
}
