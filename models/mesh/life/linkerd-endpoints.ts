// Endpoints of Linkerd's proxies whose connection is lost: such an endpoint takes no requests while its proxy connects to it again, with back-off
// (control-plane/linkerd-discovery.ts), until it is there or the controller says that it is gone (linkerd2-proxy: linkerd/reconnect, linkerd/pool/p2c).
// An endpoint that nobody has lost yet takes requests as soon as it is heard of: its first connection is made with them.
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { Draws } from '../../../sim/random/draws.js';
import { EndpointConnection } from '../../control-plane/linkerd-discovery.js';
import { learnHealth } from '../balancing/balancer.js';
import type { Clusters } from '../clusters/clusters.js';
import type { HostState } from '../state/cluster-state.js';
import type { Connection } from '../state/connection.js';
import { EVENT } from '../state/events.js';
import { PinnedConnection } from '../state/pinned-connection.js';
import { LIFE } from '../state/pod.js';
import type { Wire } from '../wire/wire.js';

/** An endpoint that its proxy has lost. */
interface Lost {
  readonly host: HostState;
  readonly machine: EndpointConnection;
  tries: number;
  /** What the answer to the try that is under way says; null: none is, or nobody answers. */
  answer: 'accepts' | 'refuses' | null;
}

export class LinkerdEndpoints {
  private readonly lost: Lost[] = [];
  private readonly pending = new Map<HostState, Lost>();
  private readonly draws: Draws;

  constructor(
    seed: string,
    private readonly calendar: Calendar,
    private readonly clusters: Clusters,
    private readonly wire: Wire,
  ) {
    this.draws = new Draws(seed, 'connections of Linkerd to endpoints');
  }

  /** A connection is about to end because its other end is gone. */
  connectionLost(connection: Connection): void {
    const { host } = connection.pool;
    if (!isMeshed(connection) || this.pending.has(host)) return;
    const { nowNs } = this.calendar;
    const machine = new EndpointConnection(nowNs);
    machine.connected();
    const lost: Lost = { host, machine, tries: 0, answer: null };
    this.pending.set(host, lost);
    const number = this.lost.push(lost) - 1;
    machine.lost(nowNs, this.draw(lost));
    this.setReady(host, false);
    this.wait(number, machine.nextNs);
  }

  /** The next try is due, or the present one has its answer or takes too long. @param number of the endpoint */
  fire(number: number): void {
    const lost = this.lost[number];
    const { host, machine } = lost;
    const { cluster } = host;
    if (!cluster.hosts.includes(host) || cluster.caller.life !== LIFE.here) {
      this.pending.delete(host);
      return;
    }
    const { nowNs } = this.calendar;
    if (lost.answer === 'accepts') {
      machine.connected();
      this.pending.delete(host);
      this.setReady(host, true);
      return;
    }
    if (lost.answer === 'refuses') machine.lost(nowNs, this.draw(lost));
    else if (machine.fire(nowNs, this.draw(lost))) {
      this.begin(number, lost);
      return;
    }
    lost.answer = null;
    this.wait(number, machine.nextNs);
  }

  /** A try: the answer comes after the round trips of TCP and TLS, if one comes. */
  private begin(number: number, lost: Lost): void {
    const { host, machine } = lost;
    const { pod, cluster, handshake } = host;
    const { caller } = cluster;
    lost.answer = null;
    if (pod.life === LIFE.silent || this.wire.isCut(caller, pod)) {
      this.wait(number, machine.nextNs);
      return;
    }
    lost.answer = pod.life === LIFE.here ? 'accepts' : 'refuses';
    const trips = lost.answer === 'accepts' ? 1 + handshake.tlsRoundTrips : 1;
    this.wait(number, this.calendar.nowNs + trips * (handshake.thereNs + handshake.backNs));
  }

  private setReady(host: HostState, isReady: boolean): void {
    host.unready = !isReady;
    learnHealth(host.cluster, this.calendar.nowNs);
    this.clusters.membersLearned(host.cluster);
  }

  private draw(lost: Lost): number {
    const { host } = lost;
    return this.draws.uniform((host.cluster.caller.key ^ host.pod.key) | 0, lost.tries++);
  }

  private wait(number: number, atNs: number): void {
    this.calendar.schedule(Math.ceil(atNs), PHASE.control, EVENT.endpointTry, number);
  }
}

/** It carries HTTP between two of Linkerd's proxies. */
function isMeshed({ pool, end }: Connection): boolean {
  const isOpaque = pool instanceof PinnedConnection && pool.plan.opaque;
  return !isOpaque && pool.host.cluster.caller.linkerd && end.pod.linkerd && end.proxied;
}
