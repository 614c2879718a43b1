// Many processor-sharing stations (processor-sharing.ts), side by side in one table: what an arrival and an end touch of a station is two cache lines,
// and one for its jobs. Virtual time as in weighted fair queueing (A. Parekh and R. Gallager, 1993): all jobs of a station have attained the same
// service since the last idle instant, so a job ends when that common clock reaches its own mark, and one calendar event, the next end, is enough.
// The quota is a pool per period (cfs-quota.ts) that min(n, cores) threads drain. As n is constant between two events, the clock's
// course through any number of throttled periods is known in closed form: throttling costs no events.

import type { Calendar } from '../calendar.js';
import { floatsFor } from '../growing.js';
import { PHASE } from '../phases.js';
import { type CfsQuota, periodAt, quotaNsPerPeriod } from './cfs-quota.js';
import { JobPlaces } from './job-places.js';

/** Service that is rounding noise of the clock: less is left undone, and no end waits for it. */
const NOISE_NS = 1 / 1024;
/** Beyond this reading the clock is set back to 0, so that its fractions stay well below the noise. */
const CLOCK_LIMIT_NS = 4294967296;
const NO_TICKET = -1;

/** Numbers of a station. */
const STRIDE = 16;
/** Jobs that it holds, and the cores that they share. */
const JOBS = 0;
const CORES = 1;
/** Until when clock and counters are brought up. */
const LAST = 2;
/** Service that each present job has attained since the clock was set to 0. */
const CLOCK = 3;
const USED = 4;
const WAITED = 5;
/** End of the period that LAST lies in, and CPU time left in the period. */
const BOUNDARY = 6;
const POOL = 7;
/** Event of the next end: its ticket and its time. */
const TICKET = 8;
const NEXT_END = 9;
/** Where its jobs stand (JOB_STRIDE), for how many there is room, and how many have come. */
const HEAP = 10;
const ROOM = 11;
const ARRIVALS = 12;
/** CPU time of a period; 0 where it can never bind. */
const QUOTA = 13;
const PERIOD = 14;
const REF = 15;

/** Of a throttled station: how long and in how many periods all stood still, and whether the present period is counted among those. */
const THROTTLE_STRIDE = 3;
const TIME = 0;
const PERIODS = 1;
const COUNTED = 2;

/** Numbers of a job: its mark on the clock; ties are broken by the order of arrival. */
const JOB_STRIDE = 3;
const ORDER = 1;
const JOB = 2;
const FIRST_ROOM = 4;

export class SharingTable {
  private cells = new Float64Array(16 * STRIDE);
  private throttles = new Float64Array(16 * THROTTLE_STRIDE);
  private size = 0;
  /** Heaps of jobs by their marks, one a station. */
  private jobs = new Float64Array(64 * JOB_STRIDE);
  private jobsUsed = 0;

  /** @param kind of the events @param places of jobs, of which none is in two of the stations at once */
  constructor(
    private readonly calendar: Calendar,
    private readonly kind: number,
    private readonly places: JobPlaces = new JobPlaces(),
  ) {}

  /**
   * Adds a station; its number.
   * @param cores that its jobs can use at the same time, > 0; a job uses at most one @param ref of its events; its number unless told otherwise
   * @throws RangeError if cores or quota are outside their ranges
   */
  add(cores: number, quota: CfsQuota | null, ref = this.size): number {
    if (!(cores > 0 && Number.isFinite(cores))) throw new RangeError(`cores must be > 0, got ${cores}`);
    const quotaNs = quota === null ? 0 : quotaNsPerPeriod(quota);
    const station = this.size++;
    this.cells = floatsFor(this.size * STRIDE, this.cells);
    this.throttles = floatsFor(this.size * THROTTLE_STRIDE, this.throttles);
    const { cells } = this;
    const { nowNs } = this.calendar;
    const at = station * STRIDE;
    cells[at + CORES] = cores;
    cells[at + LAST] = nowNs;
    cells[at + TICKET] = NO_TICKET;
    cells[at + HEAP] = this.roomFor(FIRST_ROOM);
    cells[at + ROOM] = FIRST_ROOM;
    cells[at + REF] = ref;
    if (quota !== null && quotaNs < cores * quota.periodNs) {
      const { periodNs, phaseNs } = quota;
      cells[at + QUOTA] = quotaNs;
      cells[at + PERIOD] = periodNs;
      cells[at + BOUNDARY] = (periodAt(nowNs, periodNs, phaseNs) + 1) * periodNs + phaseNs;
      cells[at + POOL] = quotaNs;
    }
    return station;
  }

  /** A job that needs `demandNs` (>= 0) of service. */
  arrive(station: number, job: number, demandNs: number): void {
    if (!(demandNs >= 0)) throw new RangeError(`a demand must be >= 0 ns, got ${demandNs}`);
    const at = station * STRIDE;
    this.settle(station);
    this.places.reserve(job);
    const { cells } = this;
    const position = cells[at + JOBS] | 0;
    if (position === cells[at + ROOM]) this.grow(at);
    cells[at + JOBS] = position + 1;
    const heap = cells[at + HEAP] | 0;
    this.put(heap, position, cells[at + CLOCK] + demandNs, cells[at + ARRIVALS]++, job);
    this.siftUp(heap, position);
    this.scheduleNextEnd(at);
  }

  /** The station's event has fired: the job whose service is complete leaves. */
  fire(station: number): number {
    const at = station * STRIDE;
    this.cells[at + TICKET] = NO_TICKET;
    this.settle(station);
    const job = this.jobs[(this.cells[at + HEAP] | 0) + JOB] | 0;
    this.removeAt(at, 0);
    this.scheduleNextEnd(at);
    return job;
  }

  /** Takes a job out before its end; false if it is not there. */
  abandon(station: number, job: number): boolean {
    if (job >= this.places.at.length) return false;
    const at = station * STRIDE;
    const position = this.places.at[job];
    if (position >= this.cells[at + JOBS]) return false;
    if (this.jobs[(this.cells[at + HEAP] | 0) + position * JOB_STRIDE + JOB] !== job) return false;
    this.settle(station);
    this.removeAt(at, position);
    this.scheduleNextEnd(at);
    return true;
  }

  /**
   * From now on the jobs of a station share so many cores.
   * @param cores >= 0; 0: all stand still
   * @throws RangeError if cores is not a number >= 0
   */
  setCores(station: number, cores: number): void {
    if (!(cores >= 0 && Number.isFinite(cores))) throw new RangeError(`cores must be >= 0, got ${cores}`);
    this.settle(station);
    this.cells[station * STRIDE + CORES] = cores;
    this.scheduleNextEnd(station * STRIDE);
  }

  inSystem(station: number): number {
    return this.cells[station * STRIDE + JOBS];
  }

  busyNs(station: number): number {
    this.settle(station);
    return this.cells[station * STRIDE + USED];
  }

  waitedNs(station: number): number {
    this.settle(station);
    return this.cells[station * STRIDE + WAITED];
  }

  throttledNs(station: number): number {
    this.settle(station);
    return this.throttles[station * THROTTLE_STRIDE + TIME];
  }

  throttledPeriods(station: number): number {
    this.settle(station);
    return this.throttles[station * THROTTLE_STRIDE + PERIODS];
  }

  /** Brings the clock and the counters to the present; the number of jobs was constant since the last time. */
  private settle(station: number): void {
    const { cells } = this;
    const at = station * STRIDE;
    const { nowNs } = this.calendar;
    const passedNs = nowNs - cells[at + LAST];
    if (passedNs === 0) return;
    const jobs = cells[at + JOBS];
    const cores = cells[at + CORES];
    const runNs = cells[at + QUOTA] > 0 ? this.runThroughPeriods(station) : passedNs;
    cells[at + LAST] = nowNs;
    if (jobs === 0) return;
    if (jobs <= cores) {
      cells[at + CLOCK] += runNs;
      cells[at + USED] += runNs * jobs;
      if (runNs < passedNs) cells[at + WAITED] += (passedNs - runNs) * jobs;
    } else {
      const usedNs = runNs * cores;
      cells[at + CLOCK] += usedNs / jobs;
      cells[at + USED] += usedNs;
      cells[at + WAITED] += passedNs * jobs - usedNs;
    }
  }

  /** How long the jobs ran between LAST and now; brings pool, boundary and throttling counters to the present. */
  private runThroughPeriods(station: number): number {
    const { cells, throttles } = this;
    const at = station * STRIDE;
    const { nowNs } = this.calendar;
    const drain = Math.min(cells[at + JOBS], cells[at + CORES]);
    let fromNs = cells[at + LAST];
    let runNs = 0;
    if (nowNs >= cells[at + BOUNDARY]) {
      const periodNs = cells[at + PERIOD];
      const quotaNs = cells[at + QUOTA];
      runNs = this.runInPeriod(station, drain, cells[at + BOUNDARY] - fromNs);
      fromNs = cells[at + BOUNDARY];
      const wholePeriods = Math.floor((nowNs - fromNs) / periodNs);
      cells[at + POOL] = quotaNs;
      throttles[station * THROTTLE_STRIDE + COUNTED] = 0;
      if (wholePeriods > 0) {
        const spentNs = wholePeriods * periodNs;
        const runInEachNs = drain * periodNs > quotaNs ? quotaNs / drain : periodNs;
        if (runInEachNs < periodNs) throttles[station * THROTTLE_STRIDE + PERIODS] += wholePeriods;
        runNs += wholePeriods * runInEachNs;
        throttles[station * THROTTLE_STRIDE + TIME] += spentNs - wholePeriods * runInEachNs;
        fromNs += spentNs;
      }
      cells[at + BOUNDARY] = fromNs + periodNs;
    }
    return runNs + this.runInPeriod(station, drain, nowNs - fromNs);
  }

  /** Drains the pool for `passedNs` inside one period; returns how long that was possible. */
  private runInPeriod(station: number, drain: number, passedNs: number): number {
    const { cells, throttles } = this;
    const pool = station * STRIDE + POOL;
    const wantedNs = drain * passedNs;
    const poolNs = cells[pool];
    if (wantedNs <= poolNs + NOISE_NS) {
      cells[pool] = wantedNs < poolNs ? poolNs - wantedNs : 0;
      return passedNs;
    }
    const runNs = poolNs / drain;
    cells[pool] = 0;
    const throttle = station * THROTTLE_STRIDE;
    throttles[throttle + TIME] += passedNs - runNs;
    if (throttles[throttle + COUNTED] === 0) {
      throttles[throttle + COUNTED] = 1;
      throttles[throttle + PERIODS]++;
    }
    return runNs;
  }

  private scheduleNextEnd(at: number): void {
    const { cells, calendar } = this;
    const ticket = cells[at + TICKET] | 0;
    if (cells[at + JOBS] === 0) {
      if (ticket >= 0) calendar.cancel(ticket);
      cells[at + TICKET] = NO_TICKET;
      cells[at + CLOCK] = 0;
      return;
    }
    if (cells[at + CLOCK] > CLOCK_LIMIT_NS) this.setClockBack(at);
    if (cells[at + CORES] === 0) {
      if (ticket >= 0) calendar.cancel(ticket);
      cells[at + TICKET] = NO_TICKET;
      return;
    }
    const delayNs = this.untilNextEndNs(at);
    const endNs = calendar.nowNs + delayNs;
    if (ticket < 0) {
      cells[at + TICKET] = calendar.scheduleAfter(delayNs, PHASE.completion, this.kind, cells[at + REF] | 0);
    } else if (endNs !== cells[at + NEXT_END]) {
      calendar.rescheduleAfter(ticket, delayNs);
    }
    cells[at + NEXT_END] = endNs;
  }

  /** How long it takes until the first job of the heap ends if nobody comes or goes; whole nanoseconds. */
  private untilNextEndNs(at: number): number {
    const { cells } = this;
    const jobs = cells[at + JOBS];
    const cores = cells[at + CORES];
    const serviceNs = this.jobs[cells[at + HEAP] | 0] - cells[at + CLOCK];
    const runNs = (jobs <= cores ? serviceNs : (serviceNs * jobs) / cores) - NOISE_NS;
    if (runNs <= 0) return 0;
    const quotaNs = cells[at + QUOTA];
    if (quotaNs === 0) return Math.ceil(runNs);
    const poolNs = cells[at + POOL];
    const drain = Math.min(jobs, cores);
    const restNs = cells[at + BOUNDARY] - cells[at + LAST];
    const firstNs = drain * restNs > poolNs ? poolNs / drain : restNs;
    if (runNs <= firstNs) return Math.ceil(runNs);
    const periodNs = cells[at + PERIOD];
    const laterNs = runNs - firstNs;
    const runInEachNs = drain * periodNs > quotaNs ? quotaNs / drain : periodNs;
    const wholePeriods = Math.ceil(laterNs / runInEachNs) - 1;
    return restNs + wholePeriods * periodNs + Math.ceil(laterNs - wholePeriods * runInEachNs);
  }

  private setClockBack(at: number): void {
    const { cells, jobs } = this;
    const heap = cells[at + HEAP];
    for (let i = 0; i < cells[at + JOBS]; i++) jobs[heap + i * JOB_STRIDE] -= cells[at + CLOCK];
    cells[at + CLOCK] = 0;
  }

  private removeAt(at: number, position: number): void {
    const { cells } = this;
    const last = (cells[at + JOBS] | 0) - 1;
    cells[at + JOBS] = last;
    if (position === last) return;
    const heap = cells[at + HEAP] | 0;
    this.move(heap, last, position);
    if (position > 0 && this.before(heap, position, (position - 1) >> 1)) this.siftUp(heap, position);
    else this.siftDown(heap, position, last);
  }

  private before(heap: number, position: number, other: number): boolean {
    const { jobs } = this;
    const one = heap + position * JOB_STRIDE;
    const two = heap + other * JOB_STRIDE;
    return jobs[one] < jobs[two] || (jobs[one] === jobs[two] && jobs[one + ORDER] < jobs[two + ORDER]);
  }

  private siftUp(heap: number, from: number): void {
    let position = from;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      if (!this.before(heap, position, parent)) return;
      this.swap(heap, position, parent);
      position = parent;
    }
  }

  private siftDown(heap: number, from: number, size: number): void {
    let position = from;
    for (;;) {
      let child = 2 * position + 1;
      if (child >= size) return;
      if (child + 1 < size && this.before(heap, child + 1, child)) child++;
      if (this.before(heap, position, child)) return;
      this.swap(heap, position, child);
      position = child;
    }
  }

  private swap(heap: number, position: number, other: number): void {
    const { jobs } = this;
    const at = heap + position * JOB_STRIDE;
    const mark = jobs[at];
    const order = jobs[at + ORDER];
    const job = jobs[at + JOB] | 0;
    this.move(heap, other, position);
    this.put(heap, other, mark, order, job);
  }

  private move(heap: number, from: number, to: number): void {
    const { jobs } = this;
    const at = heap + from * JOB_STRIDE;
    this.put(heap, to, jobs[at], jobs[at + ORDER], jobs[at + JOB] | 0);
  }

  private put(heap: number, position: number, mark: number, order: number, job: number): void {
    const { jobs } = this;
    const at = heap + position * JOB_STRIDE;
    jobs[at] = mark;
    jobs[at + ORDER] = order;
    jobs[at + JOB] = job;
    this.places.at[job] = position;
  }

  /** Its jobs move to where there is room for twice as many. */
  private grow(at: number): void {
    const { cells } = this;
    const room = cells[at + ROOM] | 0;
    const from = cells[at + HEAP] | 0;
    const to = this.roomFor(2 * room);
    this.jobs.copyWithin(to, from, from + room * JOB_STRIDE);
    cells[at + HEAP] = to;
    cells[at + ROOM] = 2 * room;
  }

  private roomFor(jobs: number): number {
    const from = this.jobsUsed;
    this.jobsUsed += jobs * JOB_STRIDE;
    this.jobs = floatsFor(this.jobsUsed, this.jobs);
    return from;
  }
}
