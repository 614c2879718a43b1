// The one interface of everything where jobs spend time. A job is a small integer (an index of whoever uses the station).
// The owner creates a station with an event kind; the calendar fires (kind, ref), the owner hands `ref` to `fire`.

export const NO_JOB = -1;

/** What became of an arriving job. */
export const ADMITTED = 0;
/** Waits for a place; it will be served later. */
export const QUEUED = 1;
/** There was no room. */
export const REFUSED = 2;
export type Admission = typeof ADMITTED | typeof QUEUED | typeof REFUSED;

export interface Station {
  /** Job `job` arrives now and needs `demandNs` of service. */
  arrive(job: number, demandNs: number): Admission;
  /**
   * The calendar has fired this station's event. Returns the job whose service has ended now, or NO_JOB (an inner event, such as
   * the end of a throttled period). A station may end several jobs at one instant: it fires once for each.
   */
  fire(ref: number): number;
  /** Takes a job out before its end; false if it is not there (or the station cannot). */
  abandon(job: number): boolean;
  /** Jobs waiting or in service now. */
  readonly inSystem: number;
  /** Integral of busy servers over time up to now, in server-nanoseconds. */
  busyNs(): number;
}
