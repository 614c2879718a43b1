// The wire: every message of an attempt between two places goes through here, whoever sends it. What the kernel gives up after its last retransmission
// takes the connection with it (tcp(7): tcp_retries2): the attempt ends as one whose connection was closed.
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import type { Draws } from '../../../sim/random/draws.js';
import { GIVEN_UP, GIVEN_UP_AFTER_NS, type NetworkPath } from '../network/network.js';
import { type Attempt, RESET } from '../state/attempt.js';
import { EVENT } from '../state/events.js';

export class Wire {
  /** How long it takes until the message of `sendLater` leaves. */
  leavesInNs = 0;

  constructor(private readonly calendar: Calendar) {}

  /**
   * A message leaves now.
   * @param lo with the attempt's key: which message it is
   * @param kind of the event at its arrival
   */
  send(path: NetworkPath, draws: Draws, attempt: Attempt, lo: number, bytes: number, kind: number): void {
    if (path.lane >= 0) {
      this.calendar.scheduleIn(path.lane, kind, attempt.id);
      return;
    }
    this.leavesInNs = 0;
    this.sendLater(path, draws, attempt, lo, bytes, kind);
  }

  /** As `send`, `leavesInNs` from now. */
  sendLater(path: NetworkPath, draws: Draws, attempt: Attempt, lo: number, bytes: number, kind: number): void {
    const { calendar, leavesInNs } = this;
    const delayNs = path.delayNs(draws, attempt.keyHi, lo, bytes);
    if (delayNs === GIVEN_UP) {
      attempt.reset = RESET.connectionTermination;
      calendar.scheduleAfter(leavesInNs + GIVEN_UP_AFTER_NS, PHASE.completion, EVENT.response, attempt.id);
    } else {
      calendar.scheduleAfter(leavesInNs + delayNs, PHASE.completion, kind, attempt.id);
    }
  }
}
