// First-come workers that share a CPU quota (cfs-quota.ts), booked in closed form: the threads of a proxy with a CPU limit. A job goes to the
// worker that is free first, or to the one that it is bound to (QuotaThread); its work is laid into the periods that have quota left, from its
// start onwards.
// What is exact: no period gives out more than its quota, and a job never works before its arrival or two jobs at once on one worker.
// What is approximated: inside a period the quota goes to jobs in order of arrival, not in order of time. Of two workers that drain
// the same pool, the job booked first takes all it needs, and the later one is stopped sooner than on Linux.
import type { Calendar } from '../calendar.js';
import { PHASE } from '../phases.js';
import { type CfsQuota, periodAt, quotaNsPerPeriod } from './cfs-quota.js';
import { type BookedStation, type BookedThread, wholeDemand } from './fifo.js';
import { ADMITTED, type Admission } from './station.js';

/** Fractions of a nanosecond of demand are rounded up. Jobs cannot be abandoned. */
export class QuotaFifo implements BookedStation {
  /** Jobs that came by `arrive` and have not ended. */
  inSystem = 0;
  /** Time for which workers with work stand still for want of quota, in worker-nanoseconds; counted when booked. */
  stoppedNs = 0;
  private readonly quotaNs: number;
  private readonly periodNs: number;
  private readonly phaseNs: number;

  private readonly freeAtNs: Float64Array;
  private lastWorker = 0;
  private readonly bookedNs: Float64Array;
  /** Time that work waits behind other work of its worker; time that work of `extend`, for which nobody waits, stands still. */
  private queuedNs = 0;
  private stoppedAloneNs = 0;

  /** The period that is now, and when the next one starts. */
  private currentPeriod = 0;
  private nextStartNs = Number.NEGATIVE_INFINITY;
  /** Periods before this one are past or have no quota left. */
  private openPeriod: number;
  private lastPeriod: number;
  /** Ring over periods: which period a slot is about, its quota left, and where each worker's work in it ends. */
  private slotPeriod = new Float64Array(4).fill(Number.NEGATIVE_INFINITY);
  private slotLeftNs = new Float64Array(4);
  private slotEndNs: Float64Array;
  /** What each worker has booked in it. */
  private slotUsedNs: Float64Array;

  /** @param workers threads, an integer >= 1 */
  constructor(
    private readonly calendar: Calendar,
    private readonly kind: number,
    private readonly workers: number,
    quota: CfsQuota,
  ) {
    if (!(Number.isInteger(workers) && workers >= 1))
      throw new RangeError(`workers must be an integer >= 1, got ${workers}`);
    this.quotaNs = quotaNsPerPeriod(quota);
    this.periodNs = quota.periodNs;
    this.phaseNs = quota.phaseNs;
    this.freeAtNs = new Float64Array(workers);
    this.bookedNs = new Float64Array(workers);
    this.slotEndNs = new Float64Array(4 * workers);
    this.slotUsedNs = new Float64Array(4 * workers);
    this.follow();
    this.openPeriod = this.currentPeriod;
    this.lastPeriod = this.openPeriod;
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
    const freeAtNs = this.freeAtNs;
    let worker = 0;
    for (let i = 1; i < freeAtNs.length; i++) {
      if (freeAtNs[i] < freeAtNs[worker]) worker = i;
    }
    return this.bookAt(worker, demandNs);
  }

  /** As `book`, for work that only one of the workers may do. */
  bookAt(worker: number, demandNs: number): number {
    this.lastWorker = worker;
    const aheadNs = this.freeAtNs[worker] - this.calendar.nowNs;
    if (aheadNs > 0) this.queuedNs += aheadNs;
    return this.lay(worker, demandNs);
  }

  extend(demandNs: number): void {
    this.extendAt(this.lastWorker, demandNs);
  }

  /** As `extend`, for one of the workers. */
  extendAt(worker: number, demandNs: number): void {
    const stoppedNs = this.stoppedNs;
    this.lay(worker, demandNs);
    if (this.stoppedNs !== stoppedNs) this.stoppedAloneNs += this.stoppedNs - stoppedNs;
  }

  waitedNs(): number {
    return this.queuedNs + this.stoppedNs - this.stoppedAloneNs;
  }

  busyNs(): number {
    let busyNs = 0;
    for (let worker = 0; worker < this.workers; worker++) busyNs += this.busyOf(worker);
    return busyNs;
  }

  /** What a worker has booked less what still lies ahead: later periods, and its stretch of work from now on in this one. */
  busyOf(worker: number): number {
    const nowNs = this.calendar.nowNs;
    this.follow();
    const current = this.currentPeriod;
    let aheadNs = 0;
    for (let period = current + 1; period <= this.lastPeriod; period++) {
      const slot = this.find(period);
      if (slot >= 0) aheadNs += this.slotUsedNs[slot * this.workers + worker];
    }
    const slot = this.find(current);
    if (slot >= 0) aheadNs += Math.max(0, this.slotEndNs[slot * this.workers + worker] - nowNs);
    return this.bookedNs[worker] - aheadNs;
  }

  /** Lays `demandNs` of work behind what the worker has; how long it takes until its end. Times are counted from now on, which keeps them small. */
  private lay(worker: number, demandNs: number): number {
    this.follow();
    const { periodNs, workers } = this;
    const { nowNs } = this.calendar;
    const current = this.currentPeriod;
    const sinceStartNs = periodNs - (this.nextStartNs - nowNs);
    let leftNs = wholeDemand(demandNs);
    this.bookedNs[worker] += leftNs;
    let atNs = Math.max(this.freeAtNs[worker] - nowNs, 0);
    let period = current + Math.floor((sinceStartNs + atNs) / periodNs);
    this.passUsedUp(current);
    while (leftNs > 0) {
      if (period < this.openPeriod) {
        period = this.openPeriod;
        const startNs = (period - current) * periodNs - sinceStartNs;
        this.stoppedNs += startNs - atNs;
        atNs = startNs;
      }
      const slot = this.slotOf(period);
      const untilNs = (period + 1 - current) * periodNs - sinceStartNs;
      const chunkNs = Math.min(leftNs, this.slotLeftNs[slot], untilNs - atNs);
      if (chunkNs > 0) {
        atNs += chunkNs;
        leftNs -= chunkNs;
        this.slotLeftNs[slot] -= chunkNs;
        this.slotEndNs[slot * workers + worker] = nowNs + atNs;
        this.slotUsedNs[slot * workers + worker] += chunkNs;
      }
      if (leftNs === 0) break;
      this.stoppedNs += untilNs - atNs;
      atNs = untilNs;
      period++;
      this.passUsedUp(this.openPeriod);
    }
    this.freeAtNs[worker] = nowNs + atNs;
    return atNs;
  }

  /** Brings `currentPeriod` to the present. */
  private follow(): void {
    const { nowNs } = this.calendar;
    if (nowNs < this.nextStartNs) return;
    this.currentPeriod = periodAt(nowNs, this.periodNs, this.phaseNs);
    this.nextStartNs = (this.currentPeriod + 1) * this.periodNs + this.phaseNs;
  }

  /** Moves `openPeriod` to the first period from `from` on (and not before where it is) that has quota left. */
  private passUsedUp(from: number): void {
    if (this.openPeriod < from) this.openPeriod = from;
    for (;;) {
      const slot = this.find(this.openPeriod);
      if (slot < 0 || this.slotLeftNs[slot] > 0) return;
      this.openPeriod++;
    }
  }

  /** Slot of a period, or -1 if nothing is booked in it. */
  private find(period: number): number {
    const slot = this.slotIndex(period);
    return this.slotPeriod[slot] === period ? slot : -1;
  }

  /** The ring is as long as a power of two. */
  private slotIndex(period: number): number {
    return period & (this.slotPeriod.length - 1);
  }

  /** Slot of a period that is now or later; a fresh one if nothing is booked in it. */
  private slotOf(period: number): number {
    const slot = this.slotIndex(period);
    const holder = this.slotPeriod[slot];
    if (holder === period) return slot;
    if (holder >= this.currentPeriod) {
      this.grow();
      return this.slotOf(period);
    }
    this.slotPeriod[slot] = period;
    this.slotLeftNs[slot] = this.quotaNs;
    this.slotEndNs.fill(0, slot * this.workers, (slot + 1) * this.workers);
    this.slotUsedNs.fill(0, slot * this.workers, (slot + 1) * this.workers);
    if (period > this.lastPeriod) this.lastPeriod = period;
    return slot;
  }

  private grow(): void {
    const { slotPeriod, slotLeftNs, slotEndNs, slotUsedNs, workers } = this;
    const length = slotPeriod.length * 2;
    this.slotPeriod = new Float64Array(length).fill(Number.NEGATIVE_INFINITY);
    this.slotLeftNs = new Float64Array(length);
    this.slotEndNs = new Float64Array(length * workers);
    this.slotUsedNs = new Float64Array(length * workers);
    for (let i = 0; i < slotPeriod.length; i++) {
      if (slotPeriod[i] === Number.NEGATIVE_INFINITY) continue;
      const slot = this.slotIndex(slotPeriod[i]);
      this.slotPeriod[slot] = slotPeriod[i];
      this.slotLeftNs[slot] = slotLeftNs[i];
      this.slotEndNs.set(slotEndNs.subarray(i * workers, (i + 1) * workers), slot * workers);
      this.slotUsedNs.set(slotUsedNs.subarray(i * workers, (i + 1) * workers), slot * workers);
    }
  }
}

/** One worker of a `QuotaFifo`, for the work that is bound to it. */
export class QuotaThread implements BookedThread {
  constructor(
    private readonly quota: QuotaFifo,
    private readonly worker: number,
  ) {}

  book(demandNs: number): number {
    return this.quota.bookAt(this.worker, demandNs);
  }

  extend(demandNs: number): void {
    this.quota.extendAt(this.worker, demandNs);
  }

  busyNs(): number {
    return this.quota.busyOf(this.worker);
  }
}
