// How long and with which luck a plan is run.

export interface RunOptions {
  /** Any string. Replications of one seed differ by their number. */
  readonly seed: string;
  readonly replication: number;
  readonly warmupNs: number;
  /** Length of the measured window, > 0. */
  readonly durationNs: number;
  /** Length of the intervals of the time series. */
  readonly intervalNs: number;
  /** The run stops after so many events. */
  readonly maxEvents: number;
  /** Whether a sample of the customers is kept, one by one, so that two worlds can be compared customer by customer. */
  readonly keepsCustomers?: boolean;
}
