// HBONE: connections of the applications travel as streams of a few HTTP/2 connections with mutual TLS (CONNECT, port 15008). A pair of pods has
// its own, and one is made at a time: who comes meanwhile waits for it. A stream costs a round trip until the far end has answered its CONNECT
// (ztunnel: src/proxy/pool.rs, src/proxy/h2/client.rs, src/config.rs; istio: pilot/pkg/networking/core/listener_waypoint.go,
// buildConnectTerminateListener: 100 streams, connections balanced exactly over the workers of a waypoint).

import type { HostState } from '../state/cluster-state.js';
import type { Tunnel, TunnelRoute } from '../state/connection.js';
import type { Pod } from '../state/pod.js';

const MAX_STREAMS = 100;
/** A connection without streams is let go after this time. */
const UNUSED_NS = 300_000_000_000;
const MOST_WORKERS = 4096;
const MOST_PODS = 1048576;

export class Tunnels {
  private readonly routes = new Map<number, TunnelRoute>();
  /** By pod: how many HBONE connections each of its workers has. */
  private readonly accepted = new Map<number, Int32Array>();

  routeOf(host: HostState, worker: number): TunnelRoute {
    const key = (host.cluster.caller.id * MOST_WORKERS + worker) * MOST_PODS + host.pod.id;
    let route = this.routes.get(key);
    if (route === undefined) {
      route = { server: host.pod, open: [], leader: null, waiting: [] };
      this.routes.set(key, route);
    }
    return route;
  }

  /** A connection with room for one more stream, or null. What has been unused for too long is gone. */
  withRoom(route: TunnelRoute, nowNs: number): Tunnel | null {
    for (let i = route.open.length - 1; i >= 0; i--) {
      const tunnel = route.open[i];
      if (tunnel.streams > 0 || nowNs < tunnel.unusedSinceNs + UNUSED_NS) return tunnel;
      this.end(tunnel);
      route.open.splice(i, 1);
    }
    return null;
  }

  /** A handshake is over. */
  opened(route: TunnelRoute, nowNs: number): Tunnel {
    const serverWorker = this.accept(route.server);
    const tunnel = { route, streams: 0, openedNs: nowNs, unusedSinceNs: nowNs, serverWorker };
    route.open.push(tunnel);
    return tunnel;
  }

  /** One that has had as many streams as it may is never given out again, even when they have ended. */
  use(tunnel: Tunnel): void {
    tunnel.streams++;
    if (tunnel.streams < MAX_STREAMS) return;
    const { open } = tunnel.route;
    open.splice(open.indexOf(tunnel), 1);
  }

  leave(tunnel: Tunnel, nowNs: number): void {
    tunnel.streams--;
    tunnel.unusedSinceNs = nowNs;
    if (tunnel.streams === 0 && !tunnel.route.open.includes(tunnel)) this.end(tunnel);
  }

  /** The worker with the fewest connections. */
  private accept(server: Pod): number {
    if (server.process === null || server.ambient) return 0;
    let counts = this.accepted.get(server.id);
    if (counts === undefined) {
      counts = new Int32Array(server.process.workers);
      this.accepted.set(server.id, counts);
    }
    let worker = 0;
    for (let i = 1; i < counts.length; i++) if (counts[i] < counts[worker]) worker = i;
    counts[worker]++;
    return worker;
  }

  private end({ route, serverWorker }: Tunnel): void {
    const counts = this.accepted.get(route.server.id);
    if (counts !== undefined) counts[serverWorker]--;
  }
}
