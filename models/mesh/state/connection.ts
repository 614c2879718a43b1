// One connection of a pool, from its first packet to its end (envoy: source/common/conn_pool/conn_pool_base.h, ActiveClient).

import type { Calendar } from '../../../sim/calendar.js';
import type { HostState } from './cluster-state.js';
import { NOTHING } from './nothing.js';
import type { Pod } from './pod.js';
import type { Relay } from './relay.js';
import type { RuntimePlan } from './runtime.js';

export const STATE = { connecting: 0, ready: 1, busy: 2, draining: 3, closed: 4 } as const;

/** What a connection belongs to. */
export interface ConnectionHome {
  readonly host: HostState;
  /** The thread of the client's proxy that holds it. */
  readonly worker: number;
  /** Its handshake has ended, well or not. */
  connected(connection: Connection): void;
  /** It has lived as long as it may. */
  aged(connection: Connection): void;
  /** Its other end is gone. */
  lost(connection: Connection): void;
  /** It is to end when nothing is under way on it. Called while it is up. */
  retireEarly(connection: Connection): void;
  /** So many have just been lost together: as many are made, where connections are made without a request. */
  restore(count: number): void;
}

/** One HBONE connection. */
export interface Tunnel {
  readonly route: TunnelRoute;
  streams: number;
  readonly openedNs: number;
  /** When its last stream ended. */
  unusedSinceNs: number;
  /** The thread of the server's proxy that it keeps to. */
  readonly serverWorker: number;
}

/** The HBONE connections of one pod (and worker of its Envoy) to another pod. */
export interface TunnelRoute {
  readonly server: Pod;
  /** Those that take streams. */
  readonly open: Tunnel[];
  /** Whose stream has set off the handshake that is under way. */
  leader: Connection | null;
  readonly waiting: Connection[];
}

export class Connection {
  pool!: ConnectionHome;
  /** How many connections its object has been. */
  life = 0;
  state: number = STATE.closed;
  /** Streams on it now, and how many more it may ever take. */
  active = 0;
  remaining = 0;
  /** Streams it may carry at once. */
  capacity = 1;
  /** End of its last stream, or when it was connected. */
  idleSinceNs = 0;
  /** What it meets at its server (`meets` of its host when it began). */
  meets: HostState['reachable'] = 'yes';
  /** The handshake will fail. */
  fails = false;
  /** The handshake fails if it is not over by then. */
  deadlineNs = 0;
  /** A TLS session was there to be resumed. */
  resumed = false;
  /** The thread of the server's proxy that has accepted it. */
  serverWorker = 0;
  /** How much later than the first the SYN leaves that is answered. */
  synNs = 0;
  /** Streams that its server has answered. */
  served = 0;
  /** When the news arrives that the server has closed it; Infinity while it has not. */
  lostAtNs = Number.POSITIVE_INFINITY;
  /** A pending event of its handshake, or NOTHING. */
  step = NOTHING;
  /** The pending end of its longest life, or NOTHING. */
  ageTimer = NOTHING;
  /** The HBONE connection that it is a stream of. */
  tunnel: Tunnel | null = null;
  /** Waits for one, or makes it. */
  tunnelling: TunnelRoute | null = null;
  /** Its way through a gateway of another network. */
  relay: Relay | null = null;
  /** The filters with which its server has accepted it, where the server has others by now. */
  listeners: RuntimePlan | null = null;
  /** Its server tells it with the next response to end. */
  isDrained = false;

  constructor(readonly id: number) {}

  /** A new life. */
  begin(pool: ConnectionHome, capacity: number, remaining: number): void {
    this.pool = pool;
    this.life++;
    this.state = STATE.connecting;
    this.active = 0;
    this.remaining = remaining;
    this.capacity = capacity;
    this.meets = pool.host.meets;
    this.fails = false;
    this.resumed = false;
    this.served = 0;
    this.lostAtNs = Number.POSITIVE_INFINITY;
    this.relay = null;
    this.listeners = null;
    this.isDrained = false;
  }

  /** It is closed: nothing happens to it any more. */
  stop(calendar: Calendar): void {
    if (this.step !== NOTHING) calendar.cancel(this.step);
    if (this.ageTimer !== NOTHING) calendar.cancel(this.ageTimer);
    this.step = NOTHING;
    this.ageTimer = NOTHING;
    this.state = STATE.closed;
  }

  /**
   * A request is sent on it. Its server closes it when it has been idle for `keepAliveNs` on that side: does the request, or one that is under way
   * already, cross the news of that? @param sinceNs when it last carried anything
   */
  crossesClosing(sinceNs: number, keepAliveNs: number, nowNs: number): boolean {
    if (this.active === 0) {
      const { toApp, back } = this.pool.host;
      const newsNs = sinceNs + keepAliveNs;
      if (nowNs + toApp.meanNs > newsNs - back.meanNs) this.lostAtNs = newsNs;
    }
    return this.lostAtNs !== Number.POSITIVE_INFINITY;
  }

  /** The endpoint that it ends at, as whoever connects to it sees it: its client, or a gateway in between. */
  get end(): HostState {
    return this.relay?.far ?? this.pool.host;
  }

  /** Streams that it could take now, or will once it is connected. */
  get room(): number {
    const free = this.capacity - this.active;
    return free < this.remaining ? free : this.remaining;
  }
}
