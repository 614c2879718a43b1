// Places that jobs hold across other work: the worker threads of an application, the streams of a connection. The pool counts the
// places and keeps a first-come queue of bounded length in front of them; who holds a place, and for how long, is its owner's affair.
import type { Calendar } from '../calendar.js';
import { JobPlaces } from './job-places.js';
import { ADMITTED, type Admission, NO_JOB, QUEUED, REFUSED } from './station.js';

/** The queue is a ring buffer; a job that leaves it early leaves a gap, which is skipped or swept later (O(1) amortised). */
export class CountedPool {
  /** Places taken. */
  busy = 0;
  /** Jobs that wait for a place. */
  queued = 0;
  private readonly servers: number;
  private readonly queueLimit: number;

  private ring = new Int32Array(16).fill(NO_JOB);
  private head = 0;
  /** Slots of the ring from head on, gaps included. */
  private length = 0;

  private lastNs: number;
  private busyIntegralNs = 0;
  private queuedIntegralNs = 0;

  /**
   * @param servers places, >= 0; null = unlimited
   * @param queueLimit waiting jobs, >= 0; null = unlimited
   * @param places a table shared with the other pools of a run, if no job waits in two of them at once
   */
  constructor(
    private readonly calendar: Calendar,
    servers: number | null,
    queueLimit: number | null,
    private readonly places: JobPlaces = new JobPlaces(),
  ) {
    this.servers = servers ?? Number.POSITIVE_INFINITY;
    this.queueLimit = queueLimit ?? Number.POSITIVE_INFINITY;
    if (!(this.servers >= 0)) throw new RangeError(`servers must be >= 0, got ${servers}`);
    if (!(this.queueLimit >= 0)) throw new RangeError(`queueLimit must be >= 0, got ${queueLimit}`);
    this.lastNs = calendar.nowNs;
  }

  /** Jobs that hold a place or wait for one. */
  get inSystem(): number {
    return this.busy + this.queued;
  }

  /** ADMITTED: the job holds a place from now on. QUEUED: `release` will return it later. REFUSED: no room. */
  arrive(job: number): Admission {
    if (this.busy < this.servers) {
      this.settle();
      this.busy++;
      return ADMITTED;
    }
    if (this.queued >= this.queueLimit) return REFUSED;
    this.settle();
    this.enqueue(job);
    return QUEUED;
  }

  /** Frees one place. Returns the job that takes it at once, or NO_JOB if none waits. */
  release(): number {
    this.settle();
    while (this.length > 0) {
      const job = this.ring[this.head];
      this.ring[this.head] = NO_JOB;
      this.head = (this.head + 1) & (this.ring.length - 1);
      this.length--;
      if (job !== NO_JOB) {
        this.queued--;
        return job;
      }
    }
    this.busy--;
    return NO_JOB;
  }

  /** Takes a waiting job out of the queue; false if it does not wait here. */
  abandon(job: number): boolean {
    if (job >= this.places.at.length) return false;
    const slot = this.places.at[job];
    if (slot >= this.ring.length || this.ring[slot] !== job) return false;
    this.settle();
    this.ring[slot] = NO_JOB;
    this.queued--;
    return true;
  }

  /** Integral of taken places over time up to now, in place-nanoseconds. */
  busyNs(): number {
    this.settle();
    return this.busyIntegralNs;
  }

  /** Integral of the queue's length over time up to now, in job-nanoseconds. */
  queuedNs(): number {
    this.settle();
    return this.queuedIntegralNs;
  }

  private settle(): void {
    const nowNs = this.calendar.nowNs;
    const passedNs = nowNs - this.lastNs;
    if (passedNs === 0) return;
    this.busyIntegralNs += this.busy * passedNs;
    this.queuedIntegralNs += this.queued * passedNs;
    this.lastNs = nowNs;
  }

  private enqueue(job: number): void {
    if (this.length === this.ring.length) this.makeRoom();
    const slot = (this.head + this.length) & (this.ring.length - 1);
    this.places.reserve(job);
    this.places.at[job] = slot;
    this.ring[slot] = job;
    this.length++;
    this.queued++;
  }

  /** The ring is full: a longer one without the gaps, or one of the same length if half of it was gaps. */
  private makeRoom(): void {
    const old = this.ring;
    const ring = new Int32Array(this.queued * 2 > old.length ? old.length * 2 : old.length).fill(NO_JOB);
    let kept = 0;
    for (let i = 0; i < this.length; i++) {
      const job = old[(this.head + i) & (old.length - 1)];
      if (job === NO_JOB) continue;
      this.places.at[job] = kept;
      ring[kept++] = job;
    }
    this.ring = ring;
    this.head = 0;
    this.length = kept;
  }
}
