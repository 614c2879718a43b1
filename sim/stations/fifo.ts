// A first-come first-served station in closed form, after the recursion of J. Kiefer and J. Wolfowitz ("On the theory of queues with
// many servers", 1955): a job starts at max(its arrival, the earliest time at which a server is free). So a visit is one event and
// there is no queue. It holds where the demand is known on arrival and never cut short.
import type { Calendar } from '../calendar.js';
import { PHASE } from '../phases.js';
import { ADMITTED, type Admission, type Station } from './station.js';

/** Whatever books work whose end is known on arrival. */
export interface BookedThread {
  /**
   * Books a server for `demandNs` (>= 0) from now on or from when one is free, and returns how long it takes until the work is done,
   * without an event. Such work is not counted by `inSystem`. (A duration, because times are large numbers, whose passing costs an allocation.)
   */
  book(demandNs: number): number;
  /** Lets the server that was booked last work on for `demandNs`: nobody waits for that work but the jobs behind it. */
  extend(demandNs: number): void;
  /** Work done so far, in nanoseconds of the servers. */
  busyNs(): number;
}

/** A station whose departures are known on arrival, so that a caller may fold them into an event of its own. */
export interface BookedStation extends Station, BookedThread {
  /** Time that all work booked by `book` so far waits, or was made to wait, before and while it is done. */
  waitedNs(): number;
}

/** Fractions of a nanosecond of demand are rounded up. Jobs cannot be abandoned: their departure is settled on arrival. */
export class FifoStation implements BookedStation {
  /** Jobs that came by `arrive` and have not ended. */
  inSystem = 0;
  /** When each server has done all that is booked on it. */
  private readonly freeAtNs: Float64Array;
  private lastServer = 0;
  private bookedNs = 0;
  private waitNs = 0;

  /** @param servers servers that work in parallel, >= 1; few enough to be scanned on each arrival */
  constructor(
    private readonly calendar: Calendar,
    private readonly kind: number,
    servers: number,
  ) {
    if (!(Number.isInteger(servers) && servers >= 1))
      throw new RangeError(`servers must be an integer >= 1, got ${servers}`);
    this.freeAtNs = new Float64Array(servers);
  }

  /** The event of a visit has the job itself as its reference. */
  arrive(job: number, demandNs: number): Admission {
    this.calendar.scheduleAfter(this.book(demandNs), PHASE.completion, this.kind, job);
    this.inSystem++;
    return ADMITTED;
  }

  fire(ref: number): number {
    this.inSystem--;
    return ref;
  }

  abandon(_job: number): boolean {
    return false;
  }

  book(demandNs: number): number {
    const workNs = wholeDemand(demandNs);
    const freeAtNs = this.freeAtNs;
    const nowNs = this.calendar.nowNs;
    let server = 0;
    let startNs = freeAtNs[0];
    for (let i = 1; i < freeAtNs.length && startNs > nowNs; i++) {
      if (freeAtNs[i] < startNs) {
        startNs = freeAtNs[i];
        server = i;
      }
    }
    if (startNs < nowNs) startNs = nowNs;
    else this.waitNs += startNs - nowNs;
    this.bookedNs += workNs;
    this.lastServer = server;
    const endNs = startNs + workNs;
    freeAtNs[server] = endNs;
    return endNs - nowNs;
  }

  extend(demandNs: number): void {
    const workNs = wholeDemand(demandNs);
    const freeAtNs = this.freeAtNs[this.lastServer];
    const nowNs = this.calendar.nowNs;
    this.bookedNs += workNs;
    this.freeAtNs[this.lastServer] = Math.max(freeAtNs, nowNs) + workNs;
  }

  waitedNs(): number {
    return this.waitNs;
  }

  /** What is booked less what still lies ahead: from now until it is free, a server works without a gap. */
  busyNs(): number {
    const nowNs = this.calendar.nowNs;
    let aheadNs = 0;
    for (let i = 0; i < this.freeAtNs.length; i++) {
      if (this.freeAtNs[i] > nowNs) aheadNs += this.freeAtNs[i] - nowNs;
    }
    return this.bookedNs - aheadNs;
  }
}

/** A demand in whole nanoseconds. @throws RangeError for a negative demand or one that is not a number */
export function wholeDemand(demandNs: number): number {
  if (!(demandNs >= 0)) throw new RangeError(`a demand must be >= 0 ns, got ${demandNs}`);
  return Math.ceil(demandNs);
}
