// What a call waits for when a time-out ends it: the deepest thing down the calls that it has caused, so that a time-out is put to the account of
// what was slow and not of who was impatient. Walked only when a time-out acts; the walk goes down one path, so it ends.
import { causeOf, REASONS } from '../recording/cause.js';
import type { Frame } from '../server/frame.js';
import { type Attempt, MARK } from '../state/attempt.js';
import type { Call } from '../state/call.js';
import { NOTHING } from '../state/nothing.js';
import { connectCause } from './reset-reason.js';

/** Everything that is under way in a run, by number. */
export interface UnderWay {
  readonly calls: { readonly all: readonly Call[] };
  readonly attempts: { readonly all: readonly Attempt[] };
  readonly frames: { readonly all: readonly Frame[] };
}

/** The origin of a time-out that ends the wait for `call` now. */
export function awaitedBy(call: Call, underWay: UnderWay): number {
  let waiting = call;
  for (;;) {
    const number = waiting.attempt !== NOTHING ? waiting.attempt : (waiting.hedged.at(-1) ?? NOTHING);
    if (number === NOTHING) return awaitedAtClient(waiting);
    const attempt = underWay.attempts.all[number];
    const next = attempt.working ? awaitedCall(underWay.frames.all[attempt.frame], underWay) : null;
    if (next === null) return awaitedOf(attempt);
    waiting = next;
  }
}

/** The origin of a time-out of one try. */
export function awaitedOfTry(attempt: Attempt, underWay: UnderWay): number {
  const next = attempt.working ? awaitedCall(underWay.frames.all[attempt.frame], underWay) : null;
  return next === null ? awaitedOf(attempt) : awaitedBy(next, underWay);
}

/** No try is in flight: the proxy of the caller has the call, or waits to try again. */
function awaitedAtClient(call: Call): number {
  const { site, pod, cluster } = call;
  if (call.backoffTimer !== NOTHING) return call.cause || causeOf(REASONS['waited for a retry'], call.row);
  if (call.answered) return call.cause || causeOf(REASONS['waited for a proxy'], pod.workload);
  if (call.filterHeld && site.filters !== null) {
    const { filter } = site.filters.rules[call.filterAt - 1];
    return filter >= 0 ? causeOf(REASONS['waited for a filter'], filter) : causeOf(REASONS['injected delay'], site.row);
  }
  if (call.ticket !== NOTHING && cluster !== null) return causeOf(REASONS['no endpoint'], cluster.index);
  if (call.pinned !== null && call.pinned.connection !== null && cluster === null)
    return connectCause(call.pinned.host);
  return causeOf(REASONS['waited for a proxy'], pod.workload);
}

/** The call that the application waits for; null: it works itself. */
function awaitedCall(frame: Frame, underWay: UnderWay): Call | null {
  let at = frame;
  for (;;) {
    if (at.timer !== NOTHING) return null;
    if (at.call !== NOTHING) return underWay.calls.all[at.call];
    if (at.branches === 0) return null;
    const child = runningChild(at, underWay);
    if (child === null) return null;
    at = child;
  }
}

function runningChild(frame: Frame, { frames }: UnderWay): Frame | null {
  for (let i = frame.children.length - 1; i >= 0; i--) {
    const child = frames.all[frame.children[i]];
    if (child.parent === frame.id) return child;
  }
  return null;
}

/** The try is not in an application that works for it, or that application waits for nobody else. */
function awaitedOf(attempt: Attempt): number {
  const { host, pod, marks } = attempt;
  const { cluster } = host;
  if (attempt.queued) {
    const full = cluster.connections >= cluster.plan.limits.maxConnections;
    return full ? causeOf(REASONS['waited for a pool connection'], cluster.index) : connectCause(host, true);
  }
  if ((marks & MARK.dropped) !== 0) return causeOf(REASONS['application queue full'], pod.workload);
  if (attempt.working) return causeOf(REASONS['waited for the application'], pod.workload);
  if (attempt.filterHeld && attempt.filters !== null) {
    return causeOf(REASONS['waited for a filter'], attempt.filters.rules[attempt.filterAt - 1].filter);
  }
  if (attempt.inboundQueued) return causeOf(REASONS['waited for an inbound connection'], pod.workload);
  if (attempt.visitNs >= 0) return causeOf(REASONS['waited for a worker'], pod.workload);
  return attempt.cause || causeOf(REASONS['waited for the network'], attempt.row);
}
