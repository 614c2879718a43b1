// A message of an attempt on its way between two pods. What the kernel gives up after its last retransmission takes the connection with it
// (tcp(7): tcp_retries2): the attempt ends as one whose connection was closed.
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import type { Draws } from '../../../sim/random/draws.js';
import { GIVEN_UP, GIVEN_UP_AFTER_NS, type NetworkPath } from '../network/network.js';
import { type Attempt, RESET } from '../state/attempt.js';
import { EVENT } from '../state/events.js';

/**
 * Schedules the arrival. Where messages are many, their senders do the same with `delayNs` and `giveUp`: as arguments, times cost an allocation each.
 * @param lo with the attempt's key: which message it is
 * @param sentNs when it leaves
 * @param kind of the event at its arrival
 */
export function sendMessage(
  calendar: Calendar,
  path: NetworkPath,
  draws: Draws,
  attempt: Attempt,
  lo: number,
  bytes: number,
  sentNs: number,
  kind: number,
): void {
  const delayNs = path.delayNs(draws, attempt.keyHi, lo, bytes);
  if (delayNs === GIVEN_UP) giveUp(calendar, attempt, sentNs);
  else calendar.schedule(sentNs + delayNs, PHASE.completion, kind, attempt.id);
}

/** The kernel gives up the message of an attempt that was sent at `sentNs`. */
export function giveUp(calendar: Calendar, attempt: Attempt, sentNs: number): void {
  attempt.reset = RESET.connectionTermination;
  calendar.schedule(sentNs + GIVEN_UP_AFTER_NS, PHASE.completion, EVENT.response, attempt.id);
}
