// Where each job stands inside the stations of one family: the index that lets a job be taken out of a heap or a queue without a search.
// One table serves all stations among which a job is at one place at a time, so that memory does not grow with stations times jobs.
import { intsFor } from '../growing.js';

/** Place of each job, by job number (a small integer >= 0); grows as needed. */
export class JobPlaces {
  /** Meaningful only while the station that wrote it holds the job; stations check that. */
  at = new Int32Array(64);

  /** Makes room for `job`. */
  reserve(job: number): void {
    if (job >= this.at.length) this.at = intsFor(job + 1, this.at);
  }
}
