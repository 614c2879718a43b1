// A first-come station made of a counted pool and a timer for each place that is taken: the pool with the plainest owner one can think of.
// It serves as the finite queue with abandonment of the oracles, and lets the laws of stations be asked of the pool.
import type { Calendar } from '../../sim/calendar.js';
import { PHASE } from '../../sim/phases.js';
import { CountedPool } from '../../sim/stations/counted-pool.js';
import { ADMITTED, type Admission, NO_JOB, type Station } from '../../sim/stations/station.js';

const NO_TICKET = -1;

export class HeldStation implements Station {
  readonly pool: CountedPool;
  /** When each job took its place, by job; of use to owners that measure waiting. */
  readonly startedNs: number[] = [];
  private readonly calendar: Calendar;
  private readonly kind: number;
  private readonly demandNs: number[] = [];
  private readonly ticket: number[] = [];

  constructor(calendar: Calendar, kind: number, servers: number | null, queueLimit: number | null) {
    this.calendar = calendar;
    this.kind = kind;
    this.pool = new CountedPool(calendar, servers, queueLimit);
  }

  get inSystem(): number {
    return this.pool.inSystem;
  }

  arrive(job: number, demandNs: number): Admission {
    const admission = this.pool.arrive(job);
    this.demandNs[job] = Math.ceil(demandNs);
    this.ticket[job] = NO_TICKET;
    if (admission === ADMITTED) this.start(job);
    return admission;
  }

  fire(ref: number): number {
    this.ticket[ref] = NO_TICKET;
    this.free();
    return ref;
  }

  abandon(job: number): boolean {
    if (this.pool.abandon(job)) return true;
    const ticket = this.ticket[job] ?? NO_TICKET;
    if (ticket === NO_TICKET) return false;
    this.calendar.cancel(ticket);
    this.ticket[job] = NO_TICKET;
    this.free();
    return true;
  }

  busyNs(): number {
    return this.pool.busyNs();
  }

  private start(job: number): void {
    this.startedNs[job] = this.calendar.nowNs;
    this.ticket[job] = this.calendar.schedule(
      this.calendar.nowNs + this.demandNs[job],
      PHASE.completion,
      this.kind,
      job,
    );
  }

  private free(): void {
    const next = this.pool.release();
    if (next !== NO_JOB) this.start(next);
  }
}
