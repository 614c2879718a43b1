// Proxies whose istiod has gone: each tries again and again, and an istiod that is back admits so many a second
// (control-plane/reconnect.ts). Tries while nobody is there cost nothing and are not simulated one by one.
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { Draws } from '../../../sim/random/draws.js';
import { admissionRatePerSecond, ReconnectBackoff, StreamAdmission } from '../../control-plane/reconnect.js';
import { EVENT } from '../state/events.js';
import { NOTHING } from '../state/nothing.js';

/** A stream that is lost. */
interface Lost {
  /** Keys its draws. */
  readonly key: number;
  readonly backoff: ReconnectBackoff;
  tries: number;
  /** Calendar time of its next try. */
  tryNs: number;
  isAdmitted: boolean;
  timer: number;
}

export class Reconnects {
  private readonly streams = new Map<number, Lost>();
  private readonly draws: Draws;
  private admission: StreamAdmission | null = null;

  /** @param connect an istiod has admitted the stream */
  constructor(
    seed: string,
    private readonly calendar: Calendar,
    private readonly cores: number,
    private readonly connect: (stream: number) => void,
  ) {
    this.draws = new Draws(seed, 'reconnects');
  }

  /** The stream has just ended, or finds nobody. @param key of its draws */
  lost(stream: number, key: number): void {
    const lost = { key, backoff: new ReconnectBackoff(), tries: 0, tryNs: 0, isAdmitted: false, timer: NOTHING };
    this.streams.set(stream, lost);
    this.failed(lost, this.calendar.nowNs);
  }

  /** Whether it is looking for an istiod. */
  has(stream: number): boolean {
    return this.streams.has(stream);
  }

  /** Its proxy is gone. */
  forget(stream: number): void {
    this.stop(this.streams.get(stream));
    this.streams.delete(stream);
  }

  /** An istiod is there from now on: each finds it with its next try. */
  back(): void {
    const { nowNs } = this.calendar;
    this.admission = new StreamAdmission(admissionRatePerSecond(this.cores));
    for (const [stream, lost] of this.streams) {
      while (lost.tryNs < nowNs) this.failed(lost, lost.tryNs);
      this.wait(stream, lost, lost.tryNs);
    }
  }

  /** Nobody is there any more, also for those that have not come back yet. */
  gone(): void {
    this.admission = null;
    for (const lost of this.streams.values()) this.stop(lost);
  }

  /** A try, or the admission that it has waited for. */
  fire(stream: number): void {
    const lost = this.streams.get(stream);
    if (lost === undefined || this.admission === null) return;
    lost.timer = NOTHING;
    const { nowNs } = this.calendar;
    if (lost.isAdmitted) {
      this.streams.delete(stream);
      this.connect(stream);
      return;
    }
    const admittedNs = this.admission.admit(nowNs);
    lost.isAdmitted = admittedNs !== null;
    if (admittedNs === null) this.failed(lost, nowNs);
    this.wait(stream, lost, admittedNs ?? lost.tryNs);
  }

  private failed(lost: Lost, atNs: number): void {
    lost.tryNs = lost.backoff.failed(atNs, this.draws.uniform(lost.key, lost.tries++));
  }

  private wait(stream: number, lost: Lost, atNs: number): void {
    lost.timer = this.calendar.schedule(Math.ceil(atNs), PHASE.control, EVENT.reconnect, stream);
  }

  private stop(lost: Lost | undefined): void {
    if (lost === undefined) return;
    if (lost.timer !== NOTHING) this.calendar.cancel(lost.timer);
    lost.timer = NOTHING;
    lost.isAdmitted = false;
  }
}
