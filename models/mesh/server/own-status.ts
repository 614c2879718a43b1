// The errors that an application gives by itself.
import type { Draws } from '../../../sim/random/draws.js';
import { causeOf, REASONS } from '../recording/cause.js';
import { type Attempt, MARK } from '../state/attempt.js';

/** The status of an application that has done its work, drawn once a request. */
export function ownStatus(attempt: Attempt, draws: Draws): number {
  const { below, marks, status, retryAfterNs } = attempt.handler.errors;
  if (below.length === 0) return 200;
  const u = draws.uniform(attempt.keyHi, attempt.keyLo);
  for (let i = 0; i < below.length; i++) {
    if (u >= below[i]) continue;
    attempt.marks |= marks[i];
    attempt.cause = causeOf(REASONS['application error'], attempt.pod.workload);
    if ((attempt.marks & MARK.retryAfter) !== 0) attempt.retryAfterNs = retryAfterNs[i];
    return status[i];
  }
  return 200;
}
