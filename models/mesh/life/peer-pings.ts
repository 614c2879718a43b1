// Peers that say nothing any more, and nobody is told: pings find the connections that have them, and end these with all that they carry. ztunnels and
// waypoints ping HBONE connections (ztunnel: src/proxy/h2.rs), Linkerd's proxies their connections to meshed pods (linkerd2:
// charts/linkerd-control-plane/values.yaml, meshedHttp2ClientProtobuf). Envoys of Istio ping nobody, nor does a kernel while a connection is silent:
// there time-outs end what waits. Pings that are answered change nothing and are not simulated one by one.
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { movesAgainNs } from '../../control-plane/kernel-timers.js';
import { MESHED_PINGS } from '../../control-plane/linkerd-discovery.js';
import { foundDeadNs, type PingOptions } from '../../control-plane/pings.js';
import { TUNNEL_PINGS } from '../../control-plane/ztunnel.js';
import { type Connection, STATE } from '../state/connection.js';
import { EVENT } from '../state/events.js';
import type { ObjectPool } from '../state/object-pool.js';
import { PinnedConnection } from '../state/pinned-connection.js';
import type { Pod } from '../state/pod.js';
import type { LinkerdEndpoints } from './linkerd-endpoints.js';

/** A ping of a connection that will not be answered in time. */
interface Unanswered {
  readonly connection: Connection;
  /** The connection object may have another life by then. */
  readonly life: number;
}

export class PeerPings {
  private readonly unanswered: Unanswered[] = [];

  constructor(
    private readonly calendar: Calendar,
    private readonly connections: ObjectPool<Connection>,
    private readonly endpoints: LinkerdEndpoints,
  ) {}

  /**
   * From now on nothing passes between the ends of some connections.
   * @param isCut whether nothing passes between a caller and a server
   * @param untilNs calendar time of the end; Infinity: nobody knows of one
   */
  cut(isCut: (caller: Pod, server: Pod) => boolean, untilNs: number): void {
    const { nowNs } = this.calendar;
    for (const connection of this.connections.all) {
      if (connection.state === STATE.closed || connection.state === STATE.connecting) continue;
      const { pool, end } = connection;
      const pings = pingsOf(connection);
      if (pings === null || !isCut(pool.host.cluster.caller, end.pod)) continue;
      const deadNs = foundDeadNs(heardNs(connection), nowNs, pool.host.back.meanNs + pool.host.toProxy.meanNs, pings);
      // The kernel sends the ping again when the silence is over: in time, or too late.
      const answeredNs = movesAgainNs(deadNs - pings.timeoutNs, untilNs) ?? Number.POSITIVE_INFINITY;
      if (answeredNs < deadNs) continue;
      const number = this.unanswered.push({ connection, life: connection.life }) - 1;
      this.calendar.schedule(Math.ceil(deadNs), PHASE.timer, EVENT.peerDead, number);
    }
  }

  /** A ping has not been answered for too long. @param number of the ping */
  fire(number: number): void {
    const { connection, life } = this.unanswered[number];
    if (connection.state === STATE.closed || connection.life !== life) return;
    const { tunnel } = connection;
    if (tunnel !== null) {
      const { open } = tunnel.route;
      const place = open.indexOf(tunnel);
      if (place !== -1) open.splice(place, 1);
    }
    this.endpoints.connectionLost(connection);
    connection.pool.lost(connection);
  }
}

/** null: nobody pings. */
function pingsOf({ tunnel, pool, end }: Connection): PingOptions | null {
  if (tunnel !== null) return TUNNEL_PINGS;
  const { caller } = pool.host.cluster;
  // Between two of Linkerd's proxies HTTP/1.1 travels in HTTP/2, too; what is opaque travels by itself.
  const isHttp = !(pool instanceof PinnedConnection && pool.plan.opaque);
  return isHttp && caller.linkerd && end.pod.linkerd && end.proxied ? MESHED_PINGS : null;
}

/** When the interval between pings last began, as far as it is known without them. */
function heardNs({ tunnel, idleSinceNs }: Connection): number {
  return tunnel === null ? idleSinceNs : tunnel.openedNs;
}
