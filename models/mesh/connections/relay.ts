// Connections through a gateway of another network: its address leads to one of its pods, which passes TLS on by the server name that the client
// sends. For each connection it chooses an endpoint of its own network, so that all streams of the connection go there: three proxies, mutual TLS
// from end to end, no HTTP in between. istio: pilot/pkg/networking/core/gateway.go (buildAutoPassthroughFilterChains); envoy:
// source/common/tcp_proxy/tcp_proxy.cc, source/extensions/filters/network/sni_cluster.

import { Draws } from '../../../sim/random/draws.js';
import { wayTo } from '../../plan/contract/cluster-plan.js';
import type { Balancer } from '../balancing/balancer.js';
import type { Clusters } from '../clusters/clusters.js';
import type { Network, NetworkPath } from '../network/network.js';
import type { Attempt } from '../state/attempt.js';
import { Call } from '../state/call.js';
import type { HostState } from '../state/cluster-state.js';
import type { Connection } from '../state/connection.js';
import { EVENT } from '../state/events.js';
import { type HandshakeCost, handshakeCost } from '../state/handshake-cost.js';
import { NOTHING } from '../state/nothing.js';
import { keyWithin, type Pod } from '../state/pod.js';
import type { Relay } from '../state/relay.js';
import type { ClusterUseRt } from '../state/runtime.js';
import type { Wire } from '../wire/wire.js';

export class Relays {
  private readonly draws: Draws;
  private readonly networkDraws: Draws;
  /** What asks the gateways' balancers in the name of connections. */
  private readonly asking = new Call(NOTHING);

  constructor(
    seed: string,
    private readonly network: Network,
    private readonly clusters: Clusters,
    private readonly balancer: Balancer,
    private readonly podsOf: readonly (readonly Pod[])[],
    private readonly wire: Wire,
  ) {
    this.draws = new Draws(seed, 'gateway between networks');
    this.networkDraws = new Draws(seed, 'network between networks');
  }

  /** The address leads to a pod of the gateway, and its kernel to a thread. @param ordinal of the connection in its pool */
  begin({ pool }: Connection, ordinal: number): Relay {
    const { host, worker } = pool;
    const { caller } = host.cluster;
    const pods = this.podsOf[host.pod.workload];
    const hi = keyWithin(caller, worker);
    const lo = keyWithin(host.pod, ordinal);
    this.draws.pair(hi, lo);
    const gateway = pods[this.draws.first(pods.length)];
    const there = this.network.path(caller.locality, gateway.locality, caller.proxyLatencyNs);
    const back = this.network.path(gateway.locality, caller.locality, caller.proxyLatencyNs);
    return { gateway, worker: this.draws.second(gateway.workers), hi, lo, there, back, far: null, cost: null };
  }

  /** The client's hello has come to the gateway, which chooses an endpoint; false where it has none, or may not connect to it. */
  extend(connection: Connection, relay: Relay): boolean {
    const { gateway } = relay;
    const { host } = connection.pool;
    const cluster = this.clusters.at(gateway, host.passage as ClusterUseRt);
    if (cluster === null) return false;
    const { counters, plan } = cluster;
    if (cluster.connections >= plan.limits.maxConnections) {
      counters.upstreamCxOverflow++;
      return false;
    }
    this.asking.worker = relay.worker;
    const far = this.balancer.pick(cluster, this.asking, relay.hi, relay.lo, 0);
    if (far === null) {
      counters.upstreamCxNoneHealthy++;
      return false;
    }
    if (far.refuses) {
      counters.upstreamCxConnectFail++;
      return false;
    }
    relay.far = far;
    relay.cost = this.costBetween(connection, relay, far);
    far.active++;
    cluster.activeRequests++;
    cluster.connections++;
    counters.upstreamRqTotal++;
    counters.upstreamCxTotal++;
    if (cluster.connections > counters.peakConnections) counters.peakConnections = cluster.connections;
    gateway.connects();
    far.pod.connects();
    return true;
  }

  private costBetween({ pool }: Connection, { there, back }: Relay, far: HostState): HandshakeCost {
    const { caller, plan } = pool.host.cluster;
    const { tls } = wayTo(plan, pool.host.group);
    const thereNs = there.meanNs + far.handshake.thereNs;
    return handshakeCost(tls, caller, far.pod, thereNs, back.meanNs + far.handshake.backNs);
  }

  /** The connection has ended, at both sides of the gateway. */
  end({ gateway, far }: Relay): void {
    if (far === null) return;
    far.active--;
    far.cluster.activeRequests--;
    far.cluster.connections--;
    gateway.connections--;
    far.pod.connections--;
  }

  /** A request leaves the client's proxy. */
  send(attempt: Attempt, { there }: Relay): void {
    this.wire.leavesInNs = 0;
    this.travel(attempt, there, attempt.requestBytes, EVENT.relayed);
  }

  /** It has come to the gateway, and goes on to the endpoint. */
  passOn(attempt: Attempt): void {
    const { gateway, worker, far } = attempt.relay as Relay;
    const { pod, proxied, toProxy, toApp } = far as HostState;
    const atProxy = pod.process !== null && proxied;
    const path = atProxy ? toProxy : toApp;
    this.wire.leavesInNs = gateway.process?.tcpRequest(worker, attempt.requestBytes) ?? 0;
    this.travel(attempt, path, attempt.requestBytes, atProxy ? EVENT.serverProxy : EVENT.application);
  }

  /** Its response has come back to the gateway. */
  passBack(attempt: Attempt): void {
    const { gateway, worker, back } = attempt.relay as Relay;
    this.wire.leavesInNs = gateway.process?.tcpResponse(worker, attempt.responseBytes) ?? 0;
    this.travel(attempt, back, attempt.responseBytes, EVENT.response);
  }

  private travel(attempt: Attempt, path: NetworkPath, bytes: number, kind: number): void {
    this.wire.sendLater(path, this.networkDraws, attempt, attempt.keyLo ^ kind, bytes, kind);
  }
}
