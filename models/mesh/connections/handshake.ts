// How a connection comes up: TCP's round trip, then those of TLS (handshake-cost.ts). Each TLS context of a client keeps one session, and a ticket of TLS 1.3 serves once (envoy: source/common/tls/client_context_impl.cc, max_session_keys). The connect time-out is
// over all of it (envoy: source/common/conn_pool/conn_pool_base.cc, ActiveClient::onConnectTimeout).
import type { Calendar } from '../../../sim/calendar.js';
import { Draws } from '../../../sim/random/draws.js';
import { GIVEN_UP } from '../network/network.js';
import type { ClusterState, HostState } from '../state/cluster-state.js';
import type { Connection, Tunnel, TunnelRoute } from '../state/connection.js';
import { EVENT } from '../state/events.js';
import { type HandshakeCost, roundTrips, TLS12_ROUND_TRIPS } from '../state/handshake-cost.js';
import { NOTHING } from '../state/nothing.js';
import { keyWithin, LIFE, type Pod } from '../state/pod.js';
import type { Relay } from '../state/relay.js';
import type { Wire } from '../wire/wire.js';
import { Tunnels } from './hbone.js';
import type { Relays } from './relay.js';

export class Handshakes {
  private readonly accepting: Draws;
  private readonly losing: Draws;
  private readonly tunnels: Tunnels;

  constructor(
    seed: string,
    private readonly calendar: Calendar,
    private readonly relays: Relays,
    private readonly wire: Wire,
  ) {
    this.tunnels = new Tunnels();
    this.accepting = new Draws(seed, 'accepting worker');
    this.losing = new Draws(seed, 'lost SYNs');
  }

  /** The first packet leaves. `connected` follows, whatever comes of it. @param ordinal of the connection in its pool */
  begin(connection: Connection, ordinal: number): void {
    const { calendar } = this;
    const { pool } = connection;
    const { host } = pool;
    const { cluster, handshake } = host;
    connection.deadlineNs = calendar.nowNs + cluster.plan.connectTimeoutNs;
    host.pod.connects();
    connection.synNs = this.synNs(connection, ordinal);
    if (host.reachable === 'dropped' || isSilent(connection) || connection.synNs === GIVEN_UP) {
      this.wire.silence(connection);
      return;
    }
    if (host.tunnelled) {
      this.enter(connection, this.tunnels.routeOf(host, pool.worker));
      return;
    }
    if (host.passage !== null && !connection.fails) {
      const relay = this.relays.begin(connection, ordinal);
      connection.relay = relay;
      this.wire.shake(
        connection,
        calendar.nowNs + connection.synNs + 2 * relay.there.meanNs + relay.back.meanNs,
        EVENT.helloAtGateway,
      );
      return;
    }
    connection.serverWorker = this.worker(pool.host.pod, pool.worker, cluster, cluster.caller, ordinal);
    if (handshake.tlsRoundTrips > 0) {
      connection.resumed = cluster.session === host;
      // The one session that is kept is used up, or thrown away by a server that does not know it.
      if (handshake.tlsRoundTrips < TLS12_ROUND_TRIPS || !connection.resumed) cluster.session = null;
    }
    this.shake(connection);
  }

  private shake(connection: Connection): void {
    const sentNs = this.calendar.nowNs + connection.synNs;
    const { handshake } = connection.pool.host;
    if (connection.fails || handshake.serverCpuNs + handshake.clientCpuNs === 0) {
      const trips = isAnswered(connection) ? roundTrips(handshake.tlsRoundTrips, connection.resumed) : 1;
      this.finish(connection, sentNs + trips * (handshake.thereNs + handshake.backNs));
      return;
    }
    const helloNs = sentNs + 2 * handshake.thereNs + handshake.backNs;
    if (handshake.serverCpuNs > 0) this.wire.shake(connection, helloNs, EVENT.helloAtServer);
    else this.wire.shake(connection, helloNs + handshake.backNs, EVENT.helloAtClient);
  }

  /** The hello has reached a gateway of another network, which connects to an endpoint there and passes it on. */
  atGateway(connection: Connection): void {
    const relay = connection.relay as Relay;
    const { gateway, worker, back } = relay;
    const sentNs = this.calendar.nowNs + (gateway.process?.tcpRequest(worker, 0) ?? 0);
    if (!this.relays.extend(connection, relay)) {
      connection.fails = true;
      this.finish(connection, sentNs + back.meanNs);
      return;
    }
    const { pod, handshake } = relay.far as HostState;
    const { serverCpuNs, backNs } = costOf(connection);
    connection.serverWorker = this.worker(pod, worker, connection.pool.host.cluster, gateway, relay.lo);
    const helloNs = sentNs + 2 * handshake.thereNs + handshake.backNs;
    if (serverCpuNs > 0) this.wire.shake(connection, helloNs, EVENT.helloAtServer);
    else this.wire.shake(connection, helloNs + backNs, EVENT.helloAtClient);
  }

  /** The client's hello has reached the server, whose worker makes keys and signs. */
  atServer(connection: Connection): void {
    const { pod } = connection.end;
    const handshake = costOf(connection);
    if (pod.process === null) throw new Error('no proxy to shake hands with');
    const cpuNs = connection.resumed ? handshake.serverResumedCpuNs : handshake.serverCpuNs;
    const doneNs = this.calendar.nowNs + pod.process.handshake(connection.serverWorker, cpuNs);
    this.wire.shake(connection, doneNs + handshake.backNs, EVENT.helloAtClient);
  }

  /** The server's answer has reached the client, whose worker checks it and signs in its turn. */
  atClient(connection: Connection): void {
    const { pool } = connection;
    const handshake = costOf(connection);
    const { process } = pool.host.cluster.caller;
    const cpuNs = connection.resumed ? handshake.clientResumedCpuNs : handshake.clientCpuNs;
    const tookNs = process === null || cpuNs === 0 ? 0 : process.handshake(pool.worker, cpuNs);
    const left = roundTrips(handshake.tlsRoundTrips, connection.resumed) - 2;
    this.finish(connection, this.calendar.nowNs + tookNs + left * (handshake.thereNs + handshake.backNs));
  }

  private finish(connection: Connection, atNs: number): void {
    this.wire.shake(connection, atNs, connection.tunnelling === null ? EVENT.connected : EVENT.tunnelOpen);
  }

  /** A connection that travels through HBONE: in one that has room, in one that is being made, or in one that it makes. */
  private enter(connection: Connection, route: TunnelRoute): void {
    const { nowNs } = this.calendar;
    const tunnel = this.tunnels.withRoom(route, nowNs);
    if (tunnel !== null) {
      this.asStream(connection, tunnel);
      return;
    }
    connection.tunnelling = route;
    if (route.leader === null) {
      route.leader = connection;
      this.shake(connection);
    } else {
      route.waiting.push(connection);
      this.wire.silence(connection);
    }
  }

  /** The HBONE connection is there: who has made it and who has waited for it send their CONNECT. */
  tunnelOpen(connection: Connection): void {
    const route = connection.tunnelling as TunnelRoute;
    const waiting = route.waiting.splice(0);
    route.leader = null;
    connection.tunnelling = null;
    this.asStream(connection, this.tunnels.opened(route, this.calendar.nowNs));
    for (const other of waiting) {
      this.wake(other);
      other.tunnelling = null;
      this.enter(other, route);
    }
  }

  private wake(connection: Connection): void {
    this.calendar.cancel(connection.step);
    connection.step = NOTHING;
    connection.fails = connection.pool.host.refuses;
  }

  private asStream(connection: Connection, tunnel: Tunnel): void {
    const { thereNs, backNs } = connection.pool.host.handshake;
    connection.tunnel = tunnel;
    connection.serverWorker = tunnel.serverWorker;
    this.tunnels.use(tunnel);
    this.finish(connection, this.calendar.nowNs + thereNs + backNs);
  }

  /** A connection has ended, or will never be. Somebody who waited for the handshake of its tunnel makes one in its place. */
  closed(connection: Connection): void {
    const { tunnel, tunnelling, relay } = connection;
    connection.pool.host.pod.connections--;
    connection.tunnel = null;
    connection.tunnelling = null;
    if (relay !== null) this.relays.end(relay);
    if (tunnel !== null) this.tunnels.leave(tunnel, this.calendar.nowNs);
    if (tunnelling === null) return;
    if (tunnelling.leader !== connection) {
      tunnelling.waiting.splice(tunnelling.waiting.indexOf(connection), 1);
      return;
    }
    const [next] = tunnelling.waiting.splice(0, 1);
    tunnelling.leader = next ?? null;
    if (next === undefined) return;
    this.wake(next);
    if (isSilent(next)) this.wire.silence(next);
    else this.shake(next);
  }

  /** What lost SYNs cost it (network.ts). */
  private synNs({ pool: { host, worker } }: Connection, ordinal: number): number {
    const { cluster, pod } = host;
    const hi = (keyWithin(cluster.caller, worker) + cluster.key) | 0;
    const lo = keyWithin(pod, ordinal);
    const lostNs = host.toProxy.synNs(host.back, this.losing, hi, lo);
    const trips = roundTrips(host.handshake.tlsRoundTrips, false);
    return lostNs + this.wire.connectNs(cluster.caller, pod, trips, hi, lo);
  }

  /** The kernel hashes the addresses of a new connection to a worker (SO_REUSEPORT), where it stays. */
  private worker(server: Pod, clientWorker: number, cluster: ClusterState, caller: Pod, ordinal: number): number {
    if (server.workers === 1) return 0;
    this.accepting.pair((keyWithin(caller, clientWorker) + cluster.key) | 0, keyWithin(server, ordinal));
    return this.accepting.first(server.workers);
  }
}

/** Whether anybody takes connections at the other end; who is there and takes none says so to the first packet. */
function isAnswered({ end: { pod, proxied } }: Connection): boolean {
  return pod.life === LIFE.here && (pod.listens || proxied);
}

/** Nobody answers its first packet. */
function isSilent({ pool: { host } }: Connection): boolean {
  return host.passage === null && host.pod.life === LIFE.silent;
}

/** What its handshake costs: with the endpoint, or with the one behind a gateway. */
function costOf({ pool, relay }: Connection): HandshakeCost {
  return relay?.cost ?? pool.host.handshake;
}
