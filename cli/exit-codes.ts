// What a script that calls us may rely on.

export const EXIT = {
  good: 0,
  /** A threshold failed. */
  failed: 1,
  /** The input or the usage is wrong. */
  usage: 2,
  /** A fault of ours. */
  fault: 3,
  /** Too little data for a verdict, or the run is incomplete. */
  inconclusive: 4,
  /** Ctrl-C, as shells count it: 128 + SIGINT. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
