// Attempt = one try of a call, with both its halves: the caller's stream and the server's visit; it goes back to its pool when both have ended.
import type { FilterChainRt } from '../filters/filter.js';
import type { HostState } from './cluster-state.js';
import type { Connection } from './connection.js';
import { NOTHING } from './nothing.js';
import type { Pod } from './pod.js';
import type { Relay } from './relay.js';
import type { HandlerRt } from './runtime.js';

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
  /** A probe of the kubelet's: no call, no host. */
  probe: 32,
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

/** One try of a call at one host. */
export class Attempt {
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
  /** Number of what the server's proxy does with the request, and the filters that the server has under that number when the request comes. */
  chain = NOTHING;
  filters: FilterChainRt | null = null;
  /** Its way through these filters; see filters/filter.ts. */
  filterAt = 0;
  filterHeld = false;
  filterNs = 0;
  /** Has found the queue of its pool full, and its proxy has not woken up for it yet. */
  waking = false;
  /** How often its server's proxy has tried again to reach the application. */
  inboundTries = 0;
  /** The server's proxy speaks HTTP/2 to the application: as the caller's does to it, but for callers that upgrade a port of HTTP/1.1. */
  http2ToApp = false;
  /** Waits for a connection of the inbound cluster; requests that its connection had carried before. */
  inboundQueued = false;
  inboundServed = 0;
  paceKiBPerSecond = 0;
  pacedSinceNs = 0;
  /** Bodies of its request and of its response. */
  requestBytes = 0;
  responseBytes = 0;

  constructor(readonly id: number) {}

  /** A new life, with nothing of the last one. Its connection is still to come; it descends from no request of the traffic unless that is said. */
  begin(call: number, host: HostState, handler: HandlerRt, chain: number, row: number, hi: number, lo: number): void {
    this.host = host;
    this.pod = host.pod;
    this.http2ToApp = host.cluster.plan.appProtocol === 'http2';
    this.reborn(call, handler, chain, row, hi, lo);
  }

  /** … as a probe, which has come to the pod. @param check of `ProbeRequests`, that waits for it */
  beginProbe(pod: Pod, handler: HandlerRt, check: number, hi: number, lo: number): void {
    this.pod = pod;
    this.http2ToApp = false;
    this.reborn(NOTHING, handler, NOTHING, NOTHING, hi, lo);
    this.marks = MARK.probe;
    this.check = check;
    this.serverDone = false;
  }

  private reborn(call: number, handler: HandlerRt, chain: number, row: number, hi: number, lo: number): void {
    this.call = call;
    this.handler = handler;
    this.chain = chain;
    this.filters = null;
    this.row = row;
    this.keyHi = hi;
    this.keyLo = lo;
    this.callKeyHi = hi;
    this.callKeyLo = lo;
    this.ordinal = 0;
    this.connection = null;
    this.relay = null;
    this.queued = false;
    this.waking = false;
    this.perTryTimer = NOTHING;
    this.reset = RESET.none;
    this.status = 0;
    this.cause = 0;
    this.marks = 0;
    this.serverDone = true;
    this.serverWorker = 0;
    this.visitNs = -1;
    this.working = false;
    this.frame = NOTHING;
    this.check = NOTHING;
    this.inbound = false;
    this.inboundQueued = false;
    this.inboundServed = 0;
    this.inboundTries = 0;
    this.filterAt = 0;
    this.filterHeld = false;
    this.paceKiBPerSecond = 0;
    this.requestBytes = 0;
    this.responseBytes = 0;
    this.origin = NOTHING;
    this.originLoop = NOTHING;
  }
}

/** A request of the kubelet's, which nobody counts. */
export function isProbe({ marks }: Attempt): boolean {
  return (marks & MARK.probe) !== 0;
}
