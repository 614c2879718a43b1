// The tries of a call that are in flight, and those that are to come.
import type { Attempt } from '../state/attempt.js';
import type { Call } from '../state/call.js';
import { NOTHING } from '../state/nothing.js';

/** Takes a try in flight from its call; whether it is the present one, and none that has been left behind by hedging. */
export function takeFrom(call: Call, { id }: Attempt): boolean {
  const current = call.attempt === id;
  if (current) call.attempt = NOTHING;
  else call.hedged.splice(call.hedged.indexOf(id), 1);
  return current;
}

export function isInFlight(call: Call): boolean {
  return call.attempt !== NOTHING || call.hedged.length > 0;
}

/** The last try that a policy of Linkerd's allows has no time-out of its own. */
export function isUnbounded({ retriesLeft, site }: Call): boolean {
  return retriesLeft === 0 && site.retry !== null && site.retry.linkerd !== null;
}

/** Another try is in flight or waits for its time. */
export function isUnderWay(call: Call): boolean {
  return isInFlight(call) || call.backoffTimer !== NOTHING;
}
