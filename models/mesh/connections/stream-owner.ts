// What whoever opens streams on a pool has to do with it.
import type { Attempt } from '../state/attempt.js';

/** What became of a new stream. */
export const STREAM = { attached: 0, queued: 1, overflow: 2 } as const;

/** Told by a pool when queued streams get their connection, or lose it. */
export interface StreamOwner {
  attached(attempt: Attempt): void;
  /** At attach the cluster had max_requests active. */
  overflowed(attempt: Attempt): void;
  connectFailed(attempt: Attempt): void;
  /** The other end of the connection under the stream is gone. */
  connectionLost(attempt: Attempt): void;
}
