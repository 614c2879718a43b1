// The objects that a request lives in, pooled: a run allocates them until it has reached its peak and then no more.
// Call = all attempts for one logical request on an edge. Attempt = one try, with both its halves: the caller's stream and the server's
// visit; it goes back to its pool when both have ended. Frame = one sequence of an application's program.
import type { Application } from './application.js';
import type { ClusterState, HostState } from './cluster-state.js';
import type { Connection } from './connection.js';
import type { PinnedConnection } from './pinned-connection.js';
import type { Pod } from './pod.js';
import type { Relay } from './relay.js';
import type { DestinationRt, HandlerRt, Program, SiteRt } from './runtime-plan.js';

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

/** No object, no timer. */
export const NOTHING = -1;

/** In the place of a call: the attempt is a health check of the proxy's own. */
export const HEALTH_CHECK = -2;

/** How an attempt failed before response headers; 0: it did not. */
export const RESET = {
  none: 0,
  /** TCP or TLS connect failed or timed out. */
  connectFailure: 1,
  /** The connection was lost after it was established. */
  connectionTermination: 2,
  /** The proxy itself gave the stream up: a time-out of one try. */
  localReset: 3,
  /** The server reset the stream alone (HTTP/2 RST_STREAM). */
  remoteReset: 4,
  /** The server refused the stream before it did anything (HTTP/2 REFUSED_STREAM). */
  refusedStream: 5,
} as const;

/** What may be unusual about an attempt. */
export const MARK = {
  /** It has exceeded its time-out and goes on (hedging). */
  softTimedOut: 1,
  /** Its response was made by a rate limit of Envoy's. */
  rateLimited: 2,
  /** Its response says when to come back. */
  retryAfter: 4,
  /** No proxy on its way reads HTTP. */
  tcp: 8,
  /** The application never answers it. */
  dropped: 16,
} as const;

/** Where the stream of an attempt has its connection. */
export interface StreamHome {
  /** It is given up before it has one. */
  cancelQueued(attempt: Attempt): void;
  /** @param reset it did not end well */
  streamEnded(attempt: Attempt, reset: boolean): void;
  /** The peer has closed the connection under it. */
  streamLost(attempt: Attempt): void;
}

/** One logical request on an edge. */
export class Call {
  readonly id: number;
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

  constructor(id: number) {
    this.id = id;
  }

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

/** One try of a call at one host. */
export class Attempt {
  readonly id: number;
  /** The call that waits for it, or NOTHING when its client half has ended. */
  call = NOTHING;
  host!: HostState;
  pool!: StreamHome;
  connection: Connection | null = null;
  /** Where it is served: the host's, or one behind a gateway that the host is. */
  pod!: Pod;
  /** Its way through a gateway of another network, once it has its connection. */
  relay: Relay | null = null;
  handler!: HandlerRt;
  row = NOTHING;
  keyHi = 0;
  keyLo = 0;
  /** Key of the draws that stay the same in every attempt of a call. */
  callKeyHi = 0;
  callKeyLo = 0;
  ordinal = 0;
  /** Waits in the pool's queue. */
  queued = false;
  /** Since when. */
  queuedAtNs = 0;
  perTryTimer = NOTHING;
  reset = 0;
  status = 0;
  /** Where its answer comes from if it is not good (cause.ts). */
  cause = 0;
  /** The server's half: not begun or over. */
  serverDone = true;
  /** When it reached the application; -1 = it is not there. */
  visitNs = -1;
  /** Holds a connection of the inbound cluster; holds an application worker. */
  inbound = false;
  working = false;
  frame = NOTHING;
  /** The thread of the server's proxy that its connection is bound to. */
  serverWorker = 0;
  /** As in Call. */
  origin = NOTHING;
  originLoop = NOTHING;
  originHi = 0;
  originLo = 0;
  /** Since when it counts as outstanding in its host's load estimate; -1 = it does not. */
  loadSinceNs = -1;
  /** What is unusual about it: a set of MARK. */
  marks = 0;
  /** When its response asks to come back, if it does (MARK.retryAfter). */
  retryAfterNs = 0;
  /** The health check that it is (where its call is HEALTH_CHECK). */
  check = NOTHING;
  /** Its way through the filters of the server's proxy; see filters/filter.ts. */
  filterAt = 0;
  filterHeld = false;
  filterNs = 0;
  /** Has found the queue of its pool full, and its proxy has not woken up for it yet. */
  waking = false;
  /** How often its server's proxy has tried again to reach the application. */
  inboundTries = 0;
  /** Waits for a connection of the inbound cluster; requests that its connection had carried before. */
  inboundQueued = false;
  inboundServed = 0;
  paceKiBPerSecond = 0;
  pacedSinceNs = 0;
  /** Bodies of its request and of its response. */
  requestBytes = 0;
  responseBytes = 0;

  constructor(id: number) {
    this.id = id;
  }
}

/** A sequence of steps that an application works through for one attempt: the whole program, or a branch of a parallel step. */
export class Frame {
  readonly id: number;
  attempt = NOTHING;
  program!: Program;
  app!: Application;
  pc = 0;
  /** The frame that waits for this branch, or NOTHING. */
  parent = NOTHING;
  /** Branches still running. */
  branches = 0;
  /** The branches that were started last, ended ones included. */
  readonly children: number[] = [];
  /** Status that ends the handler; 0 = none so far. And where it comes from. */
  failed = 0;
  cause = 0;
  /** Wait that follows the CPU part of the current step. */
  waitNs = 0;
  /** A pending `waited` event. */
  timer = NOTHING;
  /** The call it waits for, or NOTHING. */
  call = NOTHING;

  constructor(id: number) {
    this.id = id;
  }
}

/** Objects by index, handed out again when they come back. */
export class ObjectPool<T extends { readonly id: number }> {
  readonly all: T[] = [];
  private readonly free: T[] = [];
  private readonly make: (id: number) => T;

  constructor(make: (id: number) => T) {
    this.make = make;
  }

  take(): T {
    const again = this.free.pop();
    if (again !== undefined) return again;
    const made = this.make(this.all.length);
    this.all.push(made);
    return made;
  }

  give(object: T): void {
    this.free.push(object);
  }

  /** Those that are in use, by number. Takes time: not for the hot path. */
  taken(): T[] {
    const free = new Set(this.free);
    return this.all.filter((object) => !free.has(object));
  }

  get inUse(): number {
    return this.all.length - this.free.length;
  }
}
