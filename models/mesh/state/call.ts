// Call = all attempts for one logical request on an edge.
import type { ClusterState, HostState } from './cluster-state.js';
import { NOTHING } from './nothing.js';
import type { PinnedConnection } from './pinned-connection.js';
import type { Pod } from './pod.js';
import type { DestinationRt, SiteRt } from './runtime.js';

/** What knows the request of the traffic that it descends from. */
export interface Descendant {
  origin: number;
  originLoop: number;
  originHi: number;
  originLo: number;
}

export function descend(child: Descendant, parent: Descendant): void {
  child.origin = parent.origin;
  child.originLoop = parent.originLoop;
  child.originHi = parent.originHi;
  child.originLo = parent.originLo;
}

/** One logical request on an edge. */
export class Call {
  site!: SiteRt;
  pod!: Pod;
  keyHi = 0;
  keyLo = 0;
  startedNs = 0;
  /** When the caller meant to start it; differs in closed loops that fall behind. */
  intendedNs = 0;
  /** The frame that waits for it, or NOTHING. */
  frame = NOTHING;
  /** Index of the traffic request that caused it, or NOTHING. */
  trafficRequest = NOTHING;
  /** Connection of a closed loop, or NOTHING. */
  loop = NOTHING;
  /** Which of its pod's connections to the proxy it holds (downstream-connections.ts), or NOTHING. */
  connection = NOTHING;
  /** A fire-and-forget copy. */
  mirror = false;
  /** Ordinal of the application's own tries. */
  callerTry = 0;
  /** The proxy has decided its answer, which is on its way to the caller. */
  answered = false;
  destination: DestinationRt | null = null;
  cluster: ClusterState | null = null;
  /** The thread of its proxy that its connection is bound to; NOTHING: not dealt yet. */
  worker = NOTHING;
  attempts = 0;
  /** Attempt in flight, or NOTHING. */
  attempt = NOTHING;
  retriesLeft = 0;
  /** Upper end of the next back-off, in ms. */
  backoffMs = 0;
  holdsRetry = false;
  flags = 0;
  status = 0;
  /** Where its answer comes from if it is not good (cause.ts). */
  cause = 0;
  row = NOTHING;
  routeTimer = NOTHING;
  backoffTimer = NOTHING;
  callerTimer = NOTHING;
  /** A pending `route`, `delayed` or `deliver` event. */
  step = NOTHING;
  /** Hosts tried so far, for the previous-hosts predicate; the first `triedCount` count. */
  readonly tried: HostState[] = [];
  triedCount = 0;
  /** The first of them whose priority counts as tried. */
  triedFrom = 0;
  /** The request of the traffic that this call descends from, its key, and its connection of a closed loop (or NOTHING). */
  origin = NOTHING;
  originLoop = NOTHING;
  originHi = 0;
  originLo = 0;
  /** Bytes of the request have gone upstream, in any attempt. */
  requestStarted = false;
  /** Attempts that exceeded their time-out and go on beside another one (hedging); none once the call has its answer. */
  readonly hedged: number[] = [];
  /** Longest duration or silence of the whole stream. */
  streamTimer = NOTHING;
  /** Its way through the filters of its proxy; see filters/filter.ts. */
  filterAt = 0;
  filterHeld = false;
  filterNs = 0;
  /** The connection of its caller's own that it is on, or null. */
  pinned: PinnedConnection | null = null;
  paceKiBPerSecond = 0;
  pacedSinceNs = 0;
  /** Body of its answer. */
  responseBytes = 0;
  /** Its place in a queue for an endpoint (failfast.ts), or NOTHING. */
  ticket = NOTHING;

  constructor(readonly id: number) {}

  /** Forgets everything that the next call in this object must not inherit. */
  clear(): void {
    this.frame = NOTHING;
    this.trafficRequest = NOTHING;
    this.loop = NOTHING;
    this.connection = NOTHING;
    this.worker = NOTHING;
    this.mirror = false;
    this.callerTry = 0;
    this.answered = false;
    this.destination = null;
    this.cluster = null;
    this.attempts = 0;
    this.attempt = NOTHING;
    this.retriesLeft = 0;
    this.flags = 0;
    this.cause = 0;
    this.row = NOTHING;
    this.triedCount = 0;
    this.triedFrom = 0;
    this.requestStarted = false;
    this.responseBytes = 0;
    this.ticket = NOTHING;
  }
}
