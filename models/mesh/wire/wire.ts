// The wire: every message between two places goes through here, whoever sends it: those of attempts, and those of handshakes. What the kernel gives up
// after its last retransmission takes the connection with it (tcp(7): tcp_retries2): the attempt ends as one whose connection was closed.
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { Draws } from '../../../sim/random/draws.js';
import { LinkRules } from '../network/link-rules.js';
import {
  GIVEN_UP,
  GIVEN_UP_AFTER_NS,
  lostForNs,
  type NetworkPath,
  resentAfterNs,
  synAfterNs,
  synLostNs,
} from '../network/network.js';
import { type Attempt, RESET } from '../state/attempt.js';
import type { Connection } from '../state/connection.js';
import { EVENT } from '../state/events.js';
import type { Pod } from '../state/pod.js';

export class Wire {
  /** How long it takes until the message of `sendLater` leaves. */
  leavesInNs = 0;
  /** What is done to links now. */
  readonly links = new LinkRules();
  private readonly linkDraws: Draws;

  constructor(
    private readonly calendar: Calendar,
    seed: string,
  ) {
    this.linkDraws = new Draws(seed, 'faults of links');
  }

  /**
   * A message leaves now.
   * @param lo with the attempt's key: which message it is
   * @param kind of the event at its arrival
   */
  send(path: NetworkPath, draws: Draws, attempt: Attempt, lo: number, bytes: number, kind: number): void {
    if (path.lane >= 0 && this.links.isEmpty) {
      this.calendar.scheduleIn(path.lane, kind, attempt.id);
      return;
    }
    this.leavesInNs = 0;
    this.sendLater(path, draws, attempt, lo, bytes, kind);
  }

  /** As `send`, `leavesInNs` from now. */
  sendLater(path: NetworkPath, draws: Draws, attempt: Attempt, lo: number, bytes: number, kind: number): void {
    const { calendar, leavesInNs } = this;
    let delayNs = path.delayNs(draws, attempt.keyHi, lo, bytes);
    if (!this.links.isEmpty) delayNs += this.linkNs(attempt, lo, bytes, kind);
    if (delayNs === GIVEN_UP) {
      attempt.reset = RESET.connectionTermination;
      calendar.scheduleAfter(leavesInNs + GIVEN_UP_AFTER_NS, PHASE.completion, EVENT.response, attempt.id);
    } else {
      calendar.scheduleAfter(leavesInNs + delayNs, PHASE.completion, kind, attempt.id);
    }
  }

  /** How much longer a message of an attempt takes for what is done to its link, or GIVEN_UP. */
  private linkNs(attempt: Attempt, lo: number, bytes: number, kind: number): number {
    const { host, pod, relay, keyHi } = attempt;
    const { caller } = host.cluster;
    const near = relay === null ? caller : relay.gateway;
    switch (kind) {
      case EVENT.response:
        return this.betweenNs(relay === null ? pod : relay.gateway, caller, keyHi, lo ^ kind, bytes);
      case EVENT.relayed:
        return this.betweenNs(caller, near, keyHi, lo ^ kind, bytes);
      case EVENT.relayedBack:
        return this.betweenNs(pod, near, keyHi, lo ^ kind, bytes);
      default:
        return this.betweenNs(near, pod, keyHi, lo ^ kind, bytes);
    }
  }

  private betweenNs(from: Pod, to: Pod, hi: number, lo: number, bytes: number): number {
    const { links, calendar, linkDraws } = this;
    const { nowNs } = calendar;
    const addedNs = links.addedNs(from, to, linkDraws.uniform(hi, lo), bytes, nowNs);
    const loss = links.loss(from, to, nowNs);
    const lostNs = loss === 0 ? 0 : lostForNs(loss, linkDraws.uniform(~hi, lo));
    const cutNs = links.cutUntilNs(from, to) - nowNs - this.leavesInNs - lostNs;
    return addedNs + lostNs + (cutNs > 0 ? resentAfterNs(cutNs) : 0);
  }

  /** Whether nothing that two pods send each other is answered now: one direction is enough for that. */
  isCut(one: Pod, other: Pod): boolean {
    const { links } = this;
    return links.cutUntilNs(one, other) > 0 || links.cutUntilNs(other, one) > 0;
  }

  /**
   * How much later a connection is there for what is done to its link, or GIVEN_UP: its first packet, or the answer, is resent while nothing gets
   * through, and each of its round trips takes longer. @param hi, lo key the draws
   */
  connectNs(from: Pod, to: Pod, trips: number, hi: number, lo: number): number {
    const { links, calendar, linkDraws } = this;
    if (links.isEmpty) return 0;
    const { nowNs } = calendar;
    const cutNs = Math.max(links.cutUntilNs(from, to), links.cutUntilNs(to, from)) - nowNs;
    const loss = 1 - (1 - links.loss(from, to, nowNs)) * (1 - links.loss(to, from, nowNs));
    const lostNs = loss === 0 ? 0 : synLostNs(loss, linkDraws.uniform(~hi, lo));
    const u = linkDraws.uniform(hi, lo);
    const roundTripNs = links.addedNs(from, to, u, 0, nowNs) + links.addedNs(to, from, u, 0, nowNs);
    return synAfterNs(Math.max(cutNs, lostNs, 0)) + trips * roundTripNs;
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
