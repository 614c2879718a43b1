// The thread of a proxy that passes a request on.
import type { Attempt } from '../state/attempt.js';
import { NOTHING } from '../state/nothing.js';

/**
 * What passes requests on does so on the thread that they came to. Of an open loop from outside each request stands for a user with a connection of
 * its own, of however many pods its source is.
 */
export function workerOf({ host, pod, keyLo, originLoop, serverWorker }: Attempt): number {
  const isUsers = host.cluster.caller.plan.kind === 'client' && originLoop === NOTHING;
  return isUsers ? (keyLo >>> 8) % pod.workers : serverWorker;
}
