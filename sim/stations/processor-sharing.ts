// Egalitarian processor sharing: n jobs on `cores` cores each run at rate min(1, cores / n), optionally under a CPU quota. Virtual time
// as in weighted fair queueing (A. Parekh and R. Gallager, 1993): all jobs have attained the same service since the last idle
// instant, so a job ends when that common clock reaches its own mark, and one calendar event, the next end, is enough.
// The quota is a pool per period (cfs-quota.ts) that min(n, cores) threads drain. As n is constant between two events, the clock's
// course through any number of throttled periods is known in closed form: throttling costs no events.
import type { Calendar } from '../calendar.js';
import { PHASE } from '../phases.js';
import { type CfsQuota, periodAt, quotaNsPerPeriod } from './cfs-quota.js';
import { JobPlaces } from './job-places.js';
import { ADMITTED, type Admission, type Station } from './station.js';

export interface ProcessorSharingOptions {
  /** Cores that jobs can use at the same time, > 0. A job uses at most one. */
  readonly cores: number;
  /** Without it nothing is throttled. */
  readonly quota?: CfsQuota | null;
  /** A table shared with the other processor-sharing stations of a run, if no job is in two of them at once. */
  readonly places?: JobPlaces;
}

/** Service that is rounding noise of the clock: less is left undone, and no end waits for it. */
const NOISE_NS = 1 / 1024;
/** Beyond this reading the clock is set back to 0, so that its fractions stay well below the noise. */
const CLOCK_LIMIT_NS = 4294967296;

/** Ends are rounded up to whole nanoseconds when they are scheduled; a job keeps its share until then. */
export class ProcessorSharing implements Station {
  inSystem = 0;

  private readonly calendar: Calendar;
  private readonly kind: number;
  private readonly ref: number;
  private readonly cores: number;
  private readonly places: JobPlaces;

  /** Heap of jobs by their marks on the clock; ties by order of arrival. */
  private heapJob = new Int32Array(8);
  private heapMark = new Float64Array(8);
  private heapOrder = new Float64Array(8);
  private arrivals = 0;

  /** Service that each present job has attained since the clock was set to 0. */
  private clockNs = 0;
  private lastNs: number;
  private usedNs = 0;
  private waitNs = 0;

  private ticket = -1;
  private eventNs = 0;

  /** Whether the quota can ever bind. */
  private readonly limited: boolean;
  private readonly quotaNs: number;
  private readonly periodNs: number;
  private readonly phaseNs: number;
  /** End of the period that `lastNs` lies in, and CPU time left in it. */
  private boundaryNs = 0;
  private poolNs = 0;
  private periodCounted = false;
  private throttledTimeNs = 0;
  private throttledCount = 0;

  /** @param ref the reference that the calendar hands to `fire` */
  constructor(calendar: Calendar, kind: number, ref: number, options: ProcessorSharingOptions) {
    if (!(options.cores > 0 && Number.isFinite(options.cores)))
      throw new RangeError(`cores must be > 0, got ${options.cores}`);
    this.calendar = calendar;
    this.kind = kind;
    this.ref = ref;
    this.cores = options.cores;
    this.places = options.places ?? new JobPlaces();
    this.lastNs = calendar.nowNs;
    const quota = options.quota ?? null;
    this.quotaNs = quota === null ? 0 : quotaNsPerPeriod(quota);
    this.periodNs = quota === null ? 1 : quota.periodNs;
    this.phaseNs = quota === null ? 0 : quota.phaseNs;
    this.limited = quota !== null && this.quotaNs < options.cores * quota.periodNs;
    if (this.limited) {
      this.boundaryNs = (periodAt(this.lastNs, this.periodNs, this.phaseNs) + 1) * this.periodNs + this.phaseNs;
      this.poolNs = this.quotaNs;
    }
  }

  arrive(job: number, demandNs: number): Admission {
    if (!(demandNs >= 0)) throw new RangeError(`a demand must be >= 0 ns, got ${demandNs}`);
    this.settle();
    this.places.reserve(job);
    if (this.inSystem === this.heapJob.length) this.grow();
    this.siftUp(this.inSystem++, this.clockNs + demandNs, this.arrivals++, job);
    this.scheduleNextEnd();
    return ADMITTED;
  }

  /** Ends the job whose service is complete. */
  fire(_ref: number): number {
    this.ticket = -1;
    this.settle();
    const job = this.heapJob[0];
    this.removeAt(0);
    this.scheduleNextEnd();
    return job;
  }

  abandon(job: number): boolean {
    if (job >= this.places.at.length) return false;
    const position = this.places.at[job];
    if (position >= this.inSystem || this.heapJob[position] !== job) return false;
    this.settle();
    this.removeAt(position);
    this.scheduleNextEnd();
    return true;
  }

  /** CPU time used up to now, in core-nanoseconds. */
  busyNs(): number {
    this.settle();
    return this.usedNs;
  }

  /** Time that jobs have waited for a core, or for quota, up to now, all together: a job that gets half a core waits half its time. */
  waitedNs(): number {
    this.settle();
    return this.waitNs;
  }

  /** Time up to now during which jobs were present and all stood still for want of quota. */
  throttledNs(): number {
    this.settle();
    return this.throttledTimeNs;
  }

  /** Periods up to now in which that happened (Linux: nr_throttled). */
  throttledPeriods(): number {
    this.settle();
    return this.throttledCount;
  }

  /** Brings the clock and the counters to the present; the number of jobs was constant since the last time. */
  private settle(): void {
    const nowNs = this.calendar.nowNs;
    if (nowNs === this.lastNs) return;
    const jobs = this.inSystem;
    const passedNs = nowNs - this.lastNs;
    const runNs = this.limited ? this.runThroughPeriods(nowNs) : passedNs;
    this.lastNs = nowNs;
    if (jobs === 0) return;
    if (jobs <= this.cores) {
      this.clockNs += runNs;
      this.usedNs += runNs * jobs;
      if (runNs < passedNs) this.waitNs += (passedNs - runNs) * jobs;
    } else {
      const usedNs = runNs * this.cores;
      this.clockNs += usedNs / jobs;
      this.usedNs += usedNs;
      this.waitNs += passedNs * jobs - usedNs;
    }
  }

  /** How long the jobs ran between `lastNs` and `nowNs`; brings pool, boundary and throttling counters to `nowNs`. */
  private runThroughPeriods(nowNs: number): number {
    const drain = Math.min(this.inSystem, this.cores);
    let fromNs = this.lastNs;
    let runNs = 0;
    if (nowNs >= this.boundaryNs) {
      runNs = this.runInPeriod(drain, this.boundaryNs - fromNs);
      fromNs = this.boundaryNs;
      const wholePeriods = Math.floor((nowNs - fromNs) / this.periodNs);
      this.poolNs = this.quotaNs;
      this.periodCounted = false;
      if (wholePeriods > 0) {
        const spentNs = wholePeriods * this.periodNs;
        const runInEachNs = drain * this.periodNs > this.quotaNs ? this.quotaNs / drain : this.periodNs;
        if (runInEachNs < this.periodNs) this.throttledCount += wholePeriods;
        runNs += wholePeriods * runInEachNs;
        this.throttledTimeNs += spentNs - wholePeriods * runInEachNs;
        fromNs += spentNs;
      }
      this.boundaryNs = fromNs + this.periodNs;
    }
    return runNs + this.runInPeriod(drain, nowNs - fromNs);
  }

  /** Drains the pool for `passedNs` inside one period; returns how long that was possible. */
  private runInPeriod(drain: number, passedNs: number): number {
    const wantedNs = drain * passedNs;
    if (wantedNs <= this.poolNs + NOISE_NS) {
      this.poolNs = wantedNs < this.poolNs ? this.poolNs - wantedNs : 0;
      return passedNs;
    }
    const runNs = this.poolNs / drain;
    this.poolNs = 0;
    this.throttledTimeNs += passedNs - runNs;
    if (!this.periodCounted) {
      this.periodCounted = true;
      this.throttledCount++;
    }
    return runNs;
  }

  private scheduleNextEnd(): void {
    if (this.inSystem === 0) {
      if (this.ticket >= 0) this.calendar.cancel(this.ticket);
      this.ticket = -1;
      this.clockNs = 0;
      return;
    }
    if (this.clockNs > CLOCK_LIMIT_NS) this.setClockBack();
    const eventNs = this.nextEndNs();
    if (this.ticket < 0) {
      this.ticket = this.calendar.schedule(eventNs, PHASE.completion, this.kind, this.ref);
    } else if (eventNs !== this.eventNs) {
      this.calendar.reschedule(this.ticket, eventNs);
    }
    this.eventNs = eventNs;
  }

  /** When the first job of the heap ends if nobody comes or goes. */
  private nextEndNs(): number {
    const jobs = this.inSystem;
    const serviceNs = this.heapMark[0] - this.clockNs;
    const runNs = (jobs <= this.cores ? serviceNs : (serviceNs * jobs) / this.cores) - NOISE_NS;
    if (runNs <= 0) return this.lastNs;
    if (!this.limited) return this.lastNs + Math.ceil(runNs);
    const drain = Math.min(jobs, this.cores);
    const restNs = this.boundaryNs - this.lastNs;
    const firstNs = drain * restNs > this.poolNs ? this.poolNs / drain : restNs;
    if (runNs <= firstNs) return this.lastNs + Math.ceil(runNs);
    const laterNs = runNs - firstNs;
    const runInEachNs = drain * this.periodNs > this.quotaNs ? this.quotaNs / drain : this.periodNs;
    const wholePeriods = Math.ceil(laterNs / runInEachNs) - 1;
    return this.boundaryNs + wholePeriods * this.periodNs + Math.ceil(laterNs - wholePeriods * runInEachNs);
  }

  private setClockBack(): void {
    for (let i = 0; i < this.inSystem; i++) this.heapMark[i] -= this.clockNs;
    this.clockNs = 0;
  }

  private removeAt(position: number): void {
    const last = --this.inSystem;
    if (position === last) return;
    const mark = this.heapMark[last];
    const order = this.heapOrder[last];
    const job = this.heapJob[last];
    const parent = (position - 1) >> 1;
    if (position > 0 && this.before(mark, order, parent)) this.siftUp(position, mark, order, job);
    else this.siftDown(position, mark, order, job);
  }

  private before(mark: number, order: number, position: number): boolean {
    const other = this.heapMark[position];
    return mark < other || (mark === other && order < this.heapOrder[position]);
  }

  private siftUp(position: number, mark: number, order: number, job: number): void {
    while (position > 0) {
      const parent = (position - 1) >> 1;
      if (!this.before(mark, order, parent)) break;
      this.put(position, this.heapMark[parent], this.heapOrder[parent], this.heapJob[parent]);
      position = parent;
    }
    this.put(position, mark, order, job);
  }

  private siftDown(position: number, mark: number, order: number, job: number): void {
    const size = this.inSystem;
    for (;;) {
      let child = 2 * position + 1;
      if (child >= size) break;
      const right = child + 1;
      if (right < size && this.before(this.heapMark[right], this.heapOrder[right], child)) child = right;
      if (this.before(mark, order, child)) break;
      this.put(position, this.heapMark[child], this.heapOrder[child], this.heapJob[child]);
      position = child;
    }
    this.put(position, mark, order, job);
  }

  private put(position: number, mark: number, order: number, job: number): void {
    this.heapMark[position] = mark;
    this.heapOrder[position] = order;
    this.heapJob[position] = job;
    this.places.at[job] = position;
  }

  private grow(): void {
    const length = this.heapJob.length * 2;
    const jobs = new Int32Array(length);
    const marks = new Float64Array(length);
    const orders = new Float64Array(length);
    jobs.set(this.heapJob);
    marks.set(this.heapMark);
    orders.set(this.heapOrder);
    this.heapJob = jobs;
    this.heapMark = marks;
    this.heapOrder = orders;
  }
}
