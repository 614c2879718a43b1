// How a simulation thread can fail: by a fault of ours, or because the machine gives it no more memory.
import type { ReplicationResult } from '../../models/mesh/recording/result.js';

/** A fault of the simulator itself, not of its input. */
export class SimulationFault extends Error {
  override readonly name = 'SimulationFault';
}

/** A thread reached the limit of its heap. What was finished before is whole and can be reported. */
export class OutOfMemory extends Error {
  override readonly name = 'OutOfMemory';

  constructor(
    /** Of the jobs before the first one that is not finished, in their order. */
    readonly finished: readonly ReplicationResult[],
  ) {
    super('a simulation thread ran out of memory');
  }
}

/** What to do about it, in one line. */
export const MORE_MEMORY =
  'give it a larger heap (NODE_OPTIONS=--max-old-space-size=8192, in MiB), fewer threads (--workers 1), a shorter run or a smaller load';

/** https://nodejs.org/api/errors.html#err_worker_out_of_memory */
export function isOutOfMemory(error: Error): boolean {
  return 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
