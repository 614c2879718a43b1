// Hosts among which a policy picks one, and where the rotations among them stand.
import type { EdfScheduler } from './edf-scheduler.js';

export class HostSource {
  /** Places in the cluster's list, in its order; null = all of them. */
  private hosts: Int32Array | null = null;
  count = 0;
  /** By worker; null where the hosts are equal. */
  schedulers: readonly EdfScheduler[] | null = null;

  constructor(
    /** By worker: next position of a plain rotation; it survives changes of the hosts. Empty where the policy does not rotate. */
    readonly rotation: Float64Array,
  ) {}

  /** Picks are among these from now on. */
  choose(hosts: Int32Array): void {
    this.hosts = hosts;
    this.count = hosts.length;
  }

  /** Picks are among all hosts of a cluster that has so many. */
  chooseAll(count: number): void {
    this.hosts = null;
    this.count = count;
  }

  /** Place in the cluster's list of the host at a position below `count`. */
  at(position: number): number {
    return this.hosts === null ? position : this.hosts[position];
  }
}
