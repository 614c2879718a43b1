// The wire: every message between two places goes through here, whoever sends it: those of attempts, and those of handshakes. What the kernel gives up
// after its last retransmission takes the connection with it (tcp(7): tcp_retries2): the attempt ends as one whose connection was closed.
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import type { Draws } from '../../../sim/random/draws.js';
import { GIVEN_UP, GIVEN_UP_AFTER_NS, type NetworkPath } from '../network/network.js';
import { type Attempt, RESET } from '../state/attempt.js';
import type { Connection } from '../state/connection.js';
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

  /** The messages of one step of a handshake travel: the last of them is there at `atNs`, unless the time that the connection has ends before. */
  shake(connection: Connection, atNs: number, kind: number): void {
    if (atNs > connection.deadlineNs) {
      this.silence(connection);
      return;
    }
    connection.step = this.calendar.schedule(Math.ceil(atNs), PHASE.completion, kind, connection.id);
  }

  /** Nothing comes of a handshake: the time that the connection has passes, unless it is woken before. */
  silence(connection: Connection): void {
    const { calendar } = this;
    connection.fails = true;
    connection.step = calendar.schedule(
      Math.ceil(connection.deadlineNs),
      PHASE.completion,
      EVENT.connected,
      connection.id,
    );
  }
}
