// Egalitarian processor sharing: n jobs on `cores` cores each run at rate min(1, cores / n), optionally under a CPU quota. One station for itself: the
// table of one (sharing-table.ts says how it works).
import type { Calendar } from '../calendar.js';
import type { CfsQuota } from './cfs-quota.js';
import { SharingTable } from './sharing-table.js';
import { ADMITTED, type Admission, type Station } from './station.js';

export interface ProcessorSharingOptions {
  /** Cores that jobs can use at the same time, > 0. A job uses at most one. */
  readonly cores: number;
  /** Without it nothing is throttled. */
  readonly quota?: CfsQuota | null;
}

/** Ends are rounded up to whole nanoseconds when they are scheduled; a job keeps its share until then. */
export class ProcessorSharing implements Station {
  private readonly table: SharingTable;
  private readonly station: number;

  /** @param ref the reference that the calendar hands to `fire` */
  constructor(calendar: Calendar, kind: number, ref: number, options: ProcessorSharingOptions) {
    this.table = new SharingTable(calendar, kind);
    this.station = this.table.add(options.cores, options.quota ?? null, ref);
  }

  get inSystem(): number {
    return this.table.inSystem(this.station);
  }

  arrive(job: number, demandNs: number): Admission {
    this.table.arrive(this.station, job, demandNs);
    return ADMITTED;
  }

  /** Ends the job whose service is complete. */
  fire(_ref: number): number {
    return this.table.fire(this.station);
  }

  abandon(job: number): boolean {
    return this.table.abandon(this.station, job);
  }

  /** CPU time used up to now, in core-nanoseconds. */
  busyNs(): number {
    return this.table.busyNs(this.station);
  }

  /** Time that jobs have waited for a core, or for quota, up to now, all together: a job that gets half a core waits half its time. */
  waitedNs(): number {
    return this.table.waitedNs(this.station);
  }

  /** Time up to now during which jobs were present and all stood still for want of quota. */
  throttledNs(): number {
    return this.table.throttledNs(this.station);
  }

  /** Periods up to now in which that happened (Linux: nr_throttled). */
  throttledPeriods(): number {
    return this.table.throttledPeriods(this.station);
  }
}
