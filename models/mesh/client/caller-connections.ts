// Calls over connections of their caller's own (pinned-connection.ts): the one that was free last, else a new one, whose endpoint is chosen
// when it opens. The order of what may fail, the flags and what outlier detection learns are Envoy's (source/common/tcp_proxy/tcp_proxy.cc,
// Filter::initializeUpstreamConnection, onGenericPoolFailure): a full circuit breaker of connections UO, no host UH, a connect failure UF and the
// next endpoint until max_connect_attempts are made (URX). Whatever it is, the caller's application sees its connection closed and no response.
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { Draws } from '../../../sim/random/draws.js';
import type { Balancer } from '../balancing/balancer.js';
import type { Clusters } from '../clusters/clusters.js';
import type { OutlierDetector } from '../clusters/outlier.js';
import type { PoolContext } from '../connections/connection-pool.js';
import { causeOf, REASONS } from '../recording/cause.js';
import { FLAG } from '../recording/flags.js';
import type { Recorder } from '../recording/recorder.js';
import type { Server } from '../server/server.js';
import { MARK } from '../state/attempt.js';
import type { Call } from '../state/call.js';
import type { HostState } from '../state/cluster-state.js';
import { type Connection, STATE } from '../state/connection.js';
import { EVENT } from '../state/events.js';
import { NOTHING } from '../state/nothing.js';
import { ObjectPool } from '../state/object-pool.js';
import { PINNED, PinnedConnection, PinnedGroup, type PinnedOwner } from '../state/pinned-connection.js';
import type { Pod } from '../state/pod.js';
import type { CallerConnectionsRt } from '../state/runtime.js';
import { connectCause, lostCause } from './reset-reason.js';
import type { UpstreamRequests } from './upstream-requests.js';
import { chooseByWeight } from './weighted-cluster.js';

const TWO_52 = 4503599627370496;

/** What the caller's side does with its calls. */
export interface PinnedCalls {
  /** The call has its connection: its request goes through the caller's proxy, and comes back as `send`. */
  request(call: Call): void;
  /** Its connection is closed: the caller sees no response. */
  lose(call: Call, flags: number, row: number, cause: number): void;
}

export class CallerConnections implements PinnedOwner {
  private readonly calendar: Calendar;
  private readonly calls: ObjectPool<Call>;
  private readonly clusters: Clusters;
  private readonly balancer: Balancer;
  private readonly outlier: OutlierDetector;
  private readonly recorder: Recorder;
  private readonly pools: Omit<PoolContext, 'owner'>;
  private readonly upstream: UpstreamRequests;
  private readonly server: Server;
  private readonly owner: PinnedCalls;
  private readonly choices: Draws;
  private readonly pinned = new ObjectPool((id) => new PinnedConnection(id, this));
  /** By pod and group; they come into being on first use. */
  private readonly groups: (PinnedGroup | undefined)[][] = [];

  constructor(parts: {
    readonly seed: string;
    readonly calendar: Calendar;
    readonly calls: ObjectPool<Call>;
    readonly clusters: Clusters;
    readonly balancer: Balancer;
    readonly outlier: OutlierDetector;
    readonly recorder: Recorder;
    readonly pools: Omit<PoolContext, 'owner'>;
    readonly upstream: UpstreamRequests;
    readonly server: Server;
    readonly owner: PinnedCalls;
  }) {
    this.calendar = parts.calendar;
    this.calls = parts.calls;
    this.clusters = parts.clusters;
    this.balancer = parts.balancer;
    this.outlier = parts.outlier;
    this.recorder = parts.recorder;
    this.pools = parts.pools;
    this.upstream = parts.upstream;
    this.server = parts.server;
    this.owner = parts.owner;
    this.choices = new Draws(parts.seed, 'destination of a connection');
  }

  /** A call takes a connection that is free, or opens one. */
  start(call: Call, plan: CallerConnectionsRt): void {
    const group = this.groupOf(call.pod, plan);
    const known = free(group, call, plan);
    const pinned = known ?? this.pinned.take();
    call.pinned = pinned;
    pinned.calls.push(call.id);
    if (known === undefined) {
      pinned.begin(group, plan, call.loop, call.worker);
      if (call.loop !== NOTHING) group.loops[call.loop] = pinned;
      this.open(pinned, call);
    } else {
      call.worker = pinned.worker;
      if (pinned.state === PINNED.open) this.owner.request(call);
    }
  }

  private groupOf(pod: Pod, plan: CallerConnectionsRt): PinnedGroup {
    while (this.groups.length <= pod.id) this.groups.push([]);
    const ofPod = this.groups[pod.id];
    let group = ofPod[plan.group];
    if (group === undefined) {
      group = new PinnedGroup();
      ofPod[plan.group] = group;
    }
    return group;
  }

  /** The proxy has accepted it (or kube-proxy has seen its first packet). */
  private open(pinned: PinnedConnection, call: Call): void {
    const { site } = call;
    const random = site.destinations.length > 1 ? Math.floor(this.choices.uniform(call.keyHi, call.keyLo) * TWO_52) : 0;
    pinned.choice = chooseByWeight(site, random);
    pinned.multiplexed = pinned.plan.maxStreams > 1;
    if (pinned.multiplexed && call.loop === NOTHING) pinned.group.free.push(pinned);
    this.connect(pinned, call);
  }

  /** @param call whose chance it is */
  private connect(pinned: PinnedConnection, call: Call): void {
    const { plan } = pinned;
    const destination = call.site.destinations[pinned.choice];
    call.destination = destination;
    const cluster = destination.cluster === null ? null : this.clusters.at(call.pod, destination);
    if (cluster === null) {
      this.fail(pinned, FLAG.NC, null, causeOf(REASONS['no cluster'], destination.localRow));
      return;
    }
    const { counters } = cluster;
    const { limits } = cluster.plan;
    if (cluster.connections >= limits.maxConnections) {
      counters.upstreamCxOverflow++;
      this.fail(pinned, FLAG.UO, null, causeOf(REASONS['connection limit'], cluster.index));
      return;
    }
    if (pinned.tries >= plan.connectAttempts) {
      const { cause } = call;
      this.fail(pinned, call.pod.hasProxy ? FLAG.URX : 0, pinned.tries > 0 ? pinned.host : null, cause);
      return;
    }
    const host = this.balancer.pick(cluster, call, call.keyHi, (call.keyLo + pinned.tries) | 0, 0);
    if (host === null) {
      counters.upstreamCxNoneHealthy++;
      this.fail(pinned, FLAG.UH, null, causeOf(REASONS['no endpoint'], cluster.index));
      return;
    }
    pinned.host = host;
    if (cluster.pendingRequests >= limits.maxPendingRequests) {
      // The pool refuses: neither a connect failure nor an outlier event, but an attempt.
      counters.upstreamRqPendingOverflow++;
      call.cause = causeOf(REASONS['pending limit'], cluster.index);
      pinned.tries++;
      this.connect(pinned, call);
      return;
    }
    this.dial(pinned, host);
  }

  private dial(pinned: PinnedConnection, host: HostState): void {
    const { cluster } = host;
    const { counters } = cluster;
    const connection = this.pools.connections.take();
    connection.begin(pinned, 1, 1);
    connection.fails = host.refuses;
    pinned.connection = connection;
    cluster.connections++;
    cluster.caller.connects();
    cluster.pendingRequests++;
    counters.upstreamCxTotal++;
    if (cluster.connections > counters.peakConnections) counters.peakConnections = cluster.connections;
    if (cluster.pendingRequests > counters.peakPendingRequests) counters.peakPendingRequests = cluster.pendingRequests;
    this.pools.handshakes.begin(connection, pinned.group.made++);
  }

  /** A handshake has ended. */
  established(pinned: PinnedConnection): void {
    const { host, cluster, plan } = pinned;
    const connection = pinned.connection as Connection;
    const { counters } = cluster;
    const { nowNs } = this.calendar;
    connection.step = NOTHING;
    cluster.pendingRequests--;
    if (connection.fails) {
      const late = nowNs >= connection.deadlineNs;
      counters.upstreamCxConnectFail++;
      if (late) counters.upstreamCxConnectTimeout++;
      this.outlier.localOrigin(host, late ? 504 : 503);
      this.hangUp(pinned, connection);
      pinned.tries++;
      pinned.flags |= FLAG.UF;
      const call = this.calls.all[pinned.calls[0]];
      call.cause = connectCause(host);
      this.connect(pinned, call);
      return;
    }
    this.outlier.connectedFinally(host);
    if (host.handshake.tlsRoundTrips > 0) cluster.session = host;
    connection.state = STATE.ready;
    pinned.state = PINNED.open;
    pinned.activeNs = nowNs;
    if (plan.counted) {
      host.active++;
      cluster.activeRequests++;
      counters.upstreamRqTotal++;
      if (cluster.activeRequests > counters.peakActiveRequests) counters.peakActiveRequests = cluster.activeRequests;
    }
    // What the server's application closes is closed for the caller, unless a proxy that reads HTTP stands between them.
    const { end } = connection;
    const { keepAlive } = end.pod.plan.app;
    const meets = plan.opaque || !end.pod.hasProxy || !end.proxied;
    pinned.keepAliveNs = meets && keepAlive.idleNs > 0 ? keepAlive.idleNs : Number.POSITIVE_INFINITY;
    pinned.keepAliveRequests = meets && keepAlive.requests > 0 ? keepAlive.requests : Number.POSITIVE_INFINITY;
    // The server's proxy needs a connection of its own for it, and closes it at once where it may not have one.
    pinned.accepted = plan.opaque && end.proxied && this.server.acceptTcp(end.pod);
    if (plan.opaque && end.proxied && !pinned.accepted) connection.lostAtNs = nowNs + host.back.meanNs;
    pinned.idleNs = Math.min(pinned.keepAliveNs, plan.idleNs, plan.proxyIdleNs);
    if (pinned.idleNs !== Number.POSITIVE_INFINITY) this.wait(pinned, nowNs + pinned.idleNs);
    if (plan.ageLane >= 0)
      connection.ageTimer = this.calendar.scheduleIn(plan.ageLane, EVENT.connectionAge, connection.id);
    for (const id of [...pinned.calls]) this.owner.request(this.calls.all[id]);
  }

  private wait(pinned: PinnedConnection, untilNs: number): void {
    pinned.timer = this.calendar.schedule(Math.ceil(untilNs), PHASE.timer, EVENT.pinnedIdle, pinned.id);
  }

  /** The request of a call has come through its proxy. */
  send(call: Call): void {
    const pinned = call.pinned as PinnedConnection;
    const { host } = pinned;
    call.destination = call.site.destinations[pinned.choice];
    call.cluster = host.cluster;
    const attempt = this.upstream.attemptAt(call, host, 0, call.keyHi, call.keyLo);
    if (pinned.plan.opaque) attempt.marks |= MARK.tcp;
    const { end } = pinned.connection as Connection;
    if (pinned.plan.opaque && end.proxied && !pinned.accepted) {
      attempt.cause = causeOf(REASONS['inbound connection limit'], end.pod.workload);
    }
    pinned.send(attempt, this.calendar.nowNs);
    this.upstream.travel(attempt);
  }

  answered(pinned: PinnedConnection, id: number): void {
    const { nowNs } = this.calendar;
    pinned.activeNs = nowNs;
    this.part(pinned, this.calls.all[id]);
    if (pinned.state === PINNED.closed) this.forget(pinned);
    else if (++pinned.served >= pinned.keepAliveRequests && pinned.calls.length === 0) this.close(pinned);
    else if (!pinned.multiplexed && pinned.loop === NOTHING) pinned.group.free.push(pinned);
  }

  private part(pinned: PinnedConnection, call: Call): void {
    pinned.remove(call.id);
    call.pinned = null;
  }

  /** A call that has not got its answer leaves its connection: of HTTP/1.1 it is worth nothing any more. */
  leave(call: Call): void {
    const pinned = call.pinned as PinnedConnection;
    this.part(pinned, call);
    if (pinned.state === PINNED.closed) this.forget(pinned);
    else if (!pinned.multiplexed) this.close(pinned);
    else if (pinned.state === PINNED.connecting && pinned.calls.length === 0) this.close(pinned);
  }

  lost(pinned: PinnedConnection, call: number): void {
    this.cut(pinned, FLAG.UC, call);
  }

  retired(pinned: PinnedConnection): void {
    if (pinned.state !== PINNED.open) return;
    if (pinned.calls.length === 0) {
      this.close(pinned);
      return;
    }
    // The answer to its last call is its end; it takes no others.
    pinned.keepAliveRequests = 0;
    const place = pinned.group.free.indexOf(pinned);
    if (place >= 0) pinned.group.free.splice(place, 1);
  }

  /** A pod is gone: the connections that it kept for later are closed. Its calls have ended before. */
  podGone(pod: Pod): void {
    for (const group of this.groups[pod.id] ?? []) {
      if (group === undefined) continue;
      const kept = [...group.free, ...group.loops.filter((pinned) => pinned !== undefined)];
      for (const pinned of kept) if (pinned.state !== PINNED.closed) this.close(pinned);
    }
  }

  /** The longest life of a connection is over, whatever is on it. */
  outlived(pinned: PinnedConnection): void {
    (pinned.connection as Connection).ageTimer = NOTHING;
    pinned.cluster.counters.upstreamCxMaxDuration++;
    this.cut(pinned, FLAG.DT, NOTHING);
  }

  /** Has it been silent for long enough? While an answer is due, only the proxy has its doubts. */
  idle(id: number): void {
    const pinned = this.pinned.all[id];
    const { nowNs } = this.calendar;
    const busy = pinned.calls.length > 0;
    pinned.timer = NOTHING;
    const endNs = pinned.activeNs + (busy ? pinned.plan.proxyIdleNs : pinned.idleNs);
    if (endNs > nowNs) {
      this.wait(pinned, busy ? Math.min(endNs, nowNs + pinned.idleNs) : endNs);
      return;
    }
    if (nowNs >= pinned.activeNs + pinned.plan.proxyIdleNs) pinned.cluster.counters.upstreamCxIdleTimeout++;
    this.cut(pinned, FLAG.SI, NOTHING);
  }

  /** It is closed under the calls that are on it. @param but one that hears of it otherwise */
  private cut(pinned: PinnedConnection, flag: number, but: number): void {
    const row = (call: Call) => call.site.destinations[pinned.choice].arrivals[pinned.host.group].row;
    const cause = lostCause(pinned.host);
    this.close(pinned);
    for (const id of [...pinned.calls]) {
      const call = this.calls.all[id];
      if (id !== but) this.owner.lose(call, flag, row(call), cause);
    }
  }

  /** It does not come up: all who wait for it see it closed. @param host the endpoint that failed last, if one did */
  private fail(pinned: PinnedConnection, flag: number, host: HostState | null, cause: number): void {
    const flags = pinned.flags | flag;
    this.shut(pinned);
    for (const id of [...pinned.calls]) {
      const call = this.calls.all[id];
      const destination = call.site.destinations[pinned.choice];
      const row = host === null ? destination.localRow : destination.arrivals[host.group].row;
      if (host !== null) this.recorder.attempt(row, false);
      this.owner.lose(call, flags, row, cause);
    }
  }

  private close(pinned: PinnedConnection): void {
    const { host, cluster, plan } = pinned;
    const connection = pinned.connection as Connection;
    if (pinned.state === PINNED.connecting) {
      cluster.pendingRequests--;
      if (connection.step !== NOTHING) this.calendar.cancel(connection.step);
    } else if (plan.counted) {
      host.active--;
      cluster.activeRequests--;
    }
    if (pinned.accepted) this.server.closeTcp(connection.end.pod);
    pinned.accepted = false;
    this.hangUp(pinned, connection);
    this.shut(pinned);
  }

  private hangUp(pinned: PinnedConnection, connection: Connection): void {
    connection.step = NOTHING;
    if (connection.ageTimer !== NOTHING) this.calendar.cancel(connection.ageTimer);
    connection.ageTimer = NOTHING;
    connection.state = STATE.closed;
    pinned.cluster.connections--;
    pinned.cluster.caller.connections--;
    this.pools.handshakes.closed(connection);
    pinned.connection = null;
    this.pools.connections.give(connection);
  }

  /** No call takes it any more; its object goes back when the last one has left. */
  private shut(pinned: PinnedConnection): void {
    const { group, loop } = pinned;
    if (pinned.timer !== NOTHING) this.calendar.cancel(pinned.timer);
    pinned.timer = NOTHING;
    if (loop !== NOTHING) group.loops[loop] = undefined;
    const position = group.free.indexOf(pinned);
    if (position >= 0) group.free.splice(position, 1);
    pinned.state = PINNED.closed;
    this.forget(pinned);
  }

  private forget(pinned: PinnedConnection): void {
    if (pinned.calls.length === 0) this.pinned.give(pinned);
  }
}

/** A connection of the group that can take the call now, or once it is up. */
function free(group: PinnedGroup, call: Call, { maxStreams }: CallerConnectionsRt): PinnedConnection | undefined {
  if (call.loop !== NOTHING) return group.loops[call.loop];
  if (maxStreams === 1) return group.free.pop();
  for (const pinned of group.free) if (pinned.calls.length < maxStreams) return pinned;
  return undefined;
}
