// A connection of a caller that keeps to one endpoint for as long as it lives: through its proxy, which passes bytes on (envoy:
// source/common/tcp_proxy/tcp_proxy.cc: one upstream connection for each downstream connection, never another's), or to where kube-proxy sent it.

import { type Attempt, RESET, type StreamHome } from './attempt.js';
import type { ClusterState, HostState } from './cluster-state.js';
import type { Connection, ConnectionHome } from './connection.js';
import { NOTHING } from './nothing.js';
import type { CallerConnectionsRt } from './runtime.js';

export const PINNED = { connecting: 0, open: 1, closed: 2 } as const;

/** What the connections of a run share. */
export interface PinnedOwner {
  established(pinned: PinnedConnection): void;
  outlived(pinned: PinnedConnection): void;
  /** A call has its answer, and the connection is free for another. */
  answered(pinned: PinnedConnection, call: number): void;
  /** It ends when no call is on it. */
  retired(pinned: PinnedConnection): void;
  /** The endpoint has closed it; `call` is the one that the news came for, or NOTHING. */
  lost(pinned: PinnedConnection, call: number): void;
}

/** The connections of one pod to one destination. */
export class PinnedGroup {
  /** Free ones, the last first; of HTTP/2 all that are open or under way. */
  readonly free: PinnedConnection[] = [];
  /** By connection of a closed loop. */
  readonly loops: (PinnedConnection | undefined)[] = [];
  made = 0;
}

export class PinnedConnection implements ConnectionHome, StreamHome {
  group!: PinnedGroup;
  plan!: CallerConnectionsRt;
  state: number = PINNED.closed;
  /** The connection of a closed loop that it is, or NOTHING. */
  loop = NOTHING;
  /** Thread of the caller's proxy. */
  worker = 0;
  /** Which of the destinations of its routes was chosen. */
  choice = 0;
  host!: HostState;
  connection: Connection | null = null;
  /** It carries several calls at once (HTTP/2). */
  multiplexed = false;
  /** Endpoints that were tried, and what came of it. */
  tries = 0;
  flags = 0;
  /** The calls on it, and those of them whose requests have been sent. */
  readonly calls: number[] = [];
  streams = 0;
  /** Requests that were answered. */
  served = 0;
  /** When anything was last sent on it. */
  activeNs = 0;
  /** Its server closes it after so long without a request, or so many of them; Infinity = never. */
  keepAliveNs = Number.POSITIVE_INFINITY;
  keepAliveRequests = Number.POSITIVE_INFINITY;
  /** The server's proxy holds a connection to its application for it. */
  accepted = false;
  /** Shortest silence after which anybody closes it while it is idle; Infinity = never. */
  idleNs = Number.POSITIVE_INFINITY;
  timer = NOTHING;

  constructor(
    readonly id: number,
    private readonly owner: PinnedOwner,
  ) {}

  begin(group: PinnedGroup, plan: CallerConnectionsRt, loop: number, worker: number): void {
    this.group = group;
    this.plan = plan;
    this.loop = loop;
    this.worker = worker;
    this.state = PINNED.connecting;
    this.tries = 0;
    this.flags = 0;
    this.streams = 0;
    this.served = 0;
  }

  get cluster(): ClusterState {
    return this.host.cluster;
  }

  connected(): void {
    this.owner.established(this);
  }

  aged(): void {
    this.owner.outlived(this);
  }

  /** The endpoint is gone: a handshake that is under way fails at its end. */
  lost(connection: Connection): void {
    if (this.state === PINNED.connecting) connection.fails = true;
    else this.owner.lost(this, NOTHING);
  }

  retireEarly(): void {
    this.owner.retired(this);
  }

  /** Each is made with its next call. */
  restore(): void {}

  /** A request is on its way on it. */
  send(attempt: Attempt, nowNs: number): void {
    const { host } = this;
    const connection = this.connection as Connection;
    attempt.pool = this;
    attempt.connection = connection;
    attempt.serverWorker = connection.serverWorker;
    if (this.keepAliveNs !== Number.POSITIVE_INFINITY) this.raceWithServer(connection, nowNs);
    if (connection.lostAtNs !== Number.POSITIVE_INFINITY) attempt.reset = RESET.connectionTermination;
    this.streams++;
    this.activeNs = nowNs;
    if (this.plan.counted) return;
    host.active++;
    const { cluster } = host;
    const active = ++cluster.activeRequests;
    cluster.counters.upstreamRqTotal++;
    if (active > cluster.counters.peakActiveRequests) cluster.counters.peakActiveRequests = active;
  }

  /** The server closes it when it has been idle for long enough on its side; the request crosses the news of it on the way. */
  private raceWithServer(connection: Connection, nowNs: number): void {
    if (this.streams > 0) return;
    const { host } = this;
    const newsNs = this.activeNs + this.keepAliveNs;
    if (nowNs + host.toApp.meanNs > newsNs - host.back.meanNs) connection.lostAtNs = newsNs;
  }

  /** @param reset the call does not get its answer; what becomes of the connection is seen when the call leaves it */
  streamEnded(attempt: Attempt, reset: boolean): void {
    attempt.connection = null;
    this.streams--;
    if (!this.plan.counted) {
      this.host.active--;
      this.host.cluster.activeRequests--;
    }
    if (!reset) this.owner.answered(this, attempt.call);
  }

  streamLost(attempt: Attempt): void {
    this.streamEnded(attempt, true);
    if (this.state !== PINNED.closed) this.owner.lost(this, attempt.call);
  }

  /** No request waits in a queue here: the call waits for its connection. */
  cancelQueued(): void {
    throw new Error('nothing waits in a connection of the caller');
  }

  /** Takes a call from it, by number. */
  remove(call: number): void {
    this.calls.splice(this.calls.indexOf(call), 1);
  }
}
