// What one proxy process knows of one cluster: the hosts that it has heard of, its circuit-breaker counters, its opinion of each host. Every client
// proxy has a state of its own; pools belong to a worker, breakers and outlier counters to the process
// (envoy: source/common/upstream/resource_manager_impl.h, source/common/upstream/upstream_impl.cc).
// What an attempt touches stands first, or among the numbers of the hosts; what a failure or a change touches is apart.
import type { Sfc32 } from '../../../sim/random/sfc32.js';
import { MergeWindow } from '../../control-plane/merge-window.js';
import { wayTo } from '../../plan/contract/cluster-plan.js';
import type { EnvoyPlan } from '../../plan/contract/envoy-plan.js';
import type { ClusterPlan } from '../../plan/contract/plan.js';
import type { NetworkPath } from '../network/network.js';
import type { HostSets } from '../policies/host-sets.js';
import { HostSource } from '../policies/host-source.js';
import type { PeakEwma } from '../policies/peak-ewma.js';
import type { ClusterCounters } from '../recording/cluster-counters.js';
import { changeEndpoints, type Endpoint } from './endpoint.js';
import type { HandshakeCost } from './handshake-cost.js';
import { HostHistory } from './host-history.js';
import { HOST, HostNumbers, hostStride, UNFIT } from './host-numbers.js';
import type { HostTraits, KeepAlive } from './host-traits.js';
import { NOTHING } from './nothing.js';
import { LIFE, type Pod, textKey } from './pod.js';
import type { ClusterUseRt } from './runtime.js';

/** Brings the hosts of clusters into being (clusters/clusters.ts). */
export interface HostMaker {
  readonly nowNs: number;
  /** The host at a place of a cluster's list. */
  host(state: ClusterState, index: number): HostState;
}

/** Chooses among hosts that are alike for it (balancing/registry.ts has all). */
export interface Policy {
  /**
   * Which of a source's hosts, of which there are two at least: its place in the cluster's list.
   * @param hi, lo key the draws of this pick @param drawn what has been drawn for the pick to choose a priority, below 2^32; UNDRAWN: nothing has
   */
  pick(cluster: ClusterState, source: HostSource, worker: number, hi: number, lo: number, drawn: number): number;
}

export const UNDRAWN = -1;

/** Chooses endpoints for connections and not for requests (balancing/free-connections.ts). */
export interface FreeHosts {
  /** The cluster's list has changed, or which of its hosts are ready. */
  membersChanged(): void;
  /** A connection to the host has become free. */
  freed(host: HostState): void;
  /** The host of a free connection, else the one that a new connection is to go to; null: there is none. `hi`, `lo` key the draw. */
  pick(worker: number, hi: number, lo: number): HostState | null;
}

/** One endpoint as one client proxy sees it. */
export class HostState {
  readonly pod: Pod;
  private table: HostNumbers;
  /** Where its numbers begin. */
  private at: number;
  /** Index of its group in the plan's cluster. */
  readonly group: number;
  readonly proxied: boolean;
  readonly reachable: ClusterPlan['reachable'];
  readonly load: PeakEwma | null;
  readonly keepAlive: KeepAlive | null;
  readonly toApp: NetworkPath;
  readonly toProxy: NetworkPath;
  readonly back: NetworkPath;
  readonly serverLatencyNs: number;
  readonly handshake: HandshakeCost;
  readonly tunnelled: boolean;
  readonly passage: ClusterUseRt | null;
  endpoint: Endpoint;
  private past: HostHistory | null = null;

  constructor(
    readonly cluster: ClusterState,
    /** Place in the cluster's list of hosts; NOTHING: it is no longer among them. */
    public index: number,
    traits: HostTraits,
  ) {
    this.pod = traits.endpoint.pod;
    this.table = cluster.numbers;
    this.at = cluster.numbersOf(index);
    this.group = traits.endpoint.group;
    this.proxied = traits.proxied;
    this.reachable = traits.reachable;
    this.load = traits.load;
    this.keepAlive = traits.keepAlive;
    this.toApp = traits.toApp;
    this.toProxy = traits.toProxy;
    this.back = traits.back;
    this.serverLatencyNs = traits.serverLatencyNs;
    this.handshake = traits.handshake;
    this.tunnelled = traits.tunnelled;
    this.passage = traits.passage;
    this.endpoint = traits.endpoint;
  }

  /** Streams attached to a connection, over all workers (Envoy's rq_active). */
  get active(): number {
    return this.table.all[this.at + HOST.active];
  }
  set active(streams: number) {
    this.table.all[this.at + HOST.active] = streams;
  }

  /** Outlier detection has ejected it, or its breaker is shut. */
  get ejected(): boolean {
    return this.isUnfit(UNFIT.ejected);
  }
  set ejected(is: boolean) {
    this.setUnfit(UNFIT.ejected, is);
  }

  /** Active health checks have found it bad. */
  get failedCheck(): boolean {
    return this.isUnfit(UNFIT.failedCheck);
  }
  set failedCheck(is: boolean) {
    this.setUnfit(UNFIT.failedCheck, is);
  }

  /** Its proxy has heard that it is not ready. */
  get unready(): boolean {
    return this.isUnfit(UNFIT.unready);
  }
  set unready(is: boolean) {
    this.setUnfit(UNFIT.unready, is);
  }

  /** The balancer may pick it, outside of panic. */
  get isFit(): boolean {
    return this.table.all[this.at + HOST.unfit] === 0;
  }

  get consecutive5xx(): number {
    return this.table.all[this.at + HOST.consecutive5xx];
  }
  set consecutive5xx(errors: number) {
    this.table.all[this.at + HOST.consecutive5xx] = errors;
  }

  get consecutiveGateway(): number {
    return this.table.all[this.at + HOST.consecutiveGateway];
  }
  set consecutiveGateway(errors: number) {
    this.table.all[this.at + HOST.consecutiveGateway] = errors;
  }

  get consecutiveLocal(): number {
    return this.table.all[this.at + HOST.consecutiveLocal];
  }
  set consecutiveLocal(errors: number) {
    this.table.all[this.at + HOST.consecutiveLocal] = errors;
  }

  /** Number of its circuit breaker of Linkerd's; NOTHING unless the cluster has one, and until its first request. */
  get breaker(): number {
    return this.table.all[this.at + HOST.breaker];
  }
  set breaker(number: number) {
    this.table.all[this.at + HOST.breaker] = number;
  }

  /** Number of the connection pool of a worker; NOTHING until first used. */
  poolOf(worker: number): number {
    return this.table.all[this.at + HOST.pools + worker];
  }

  usePool(worker: number, pool: number): void {
    this.table.all[this.at + HOST.pools + worker] = pool;
  }

  /** The numbers of its pools that have been used. */
  get pools(): number[] {
    const from = this.at + HOST.pools;
    const workers = this.cluster.caller.workers;
    return [...this.table.all.subarray(from, from + workers)].filter((pool) => pool !== NOTHING);
  }

  get history(): HostHistory {
    this.past ??= new HostHistory();
    return this.past;
  }

  get ejections(): number {
    return this.past === null ? 0 : this.past.ejections;
  }

  get keepAliveNs(): number {
    return this.keepAlive === null ? Number.POSITIVE_INFINITY : this.keepAlive.idleNs;
  }

  get keepAliveRequests(): number {
    return this.keepAlive === null ? Number.POSITIVE_INFINITY : this.keepAlive.requests;
  }

  /** Whether the cluster's list still has it. What goes on at a host that has left changes nothing at the cluster. */
  get isMember(): boolean {
    return this.index !== NOTHING;
  }

  /** Whether no connection to it comes about. */
  get refuses(): boolean {
    const { life, listens } = this.pod;
    // The address of a gateway between networks is there whichever pod stands behind it.
    if (this.passage === null && (life !== LIFE.here || !(listens || this.proxied))) return true;
    const { meets } = this;
    return meets === 'tls-failure' || meets === 'dropped';
  }

  /**
   * What a connection meets that begins now: where the server has other listeners than its client thinks, what those make of it (istio:
   * pilot/pkg/networking/core/listener_inbound.go). Connections that are there keep to the listener that has taken them.
   */
  get meets(): ClusterPlan['reachable'] {
    const { cluster, pod, reachable } = this;
    const { facts, version } = pod.listenerConfig;
    if (facts === null || version === cluster.caller.clusterConfig.version) return reachable;
    if (!this.proxied || this.tunnelled || this.passage !== null || reachable === 'dropped' || reachable === 'denied') {
      return reachable;
    }
    const welcome = facts.welcomes[cluster.index].find(({ workload }) => workload === pod.workload);
    return welcome?.[wayTo(cluster.plan, this.group).tls.mode] ?? reachable;
  }

  /** The list has changed, and it stays. */
  moved(index: number, endpoint: Endpoint): void {
    this.index = index;
    this.endpoint = endpoint;
    this.at = this.cluster.numbersOf(index);
  }

  /** It leaves the list: its numbers go with it, as its streams do. */
  left(): void {
    const { all } = this.table;
    const stride = hostStride(this.cluster.caller.workers);
    this.table = new HostNumbers(stride);
    this.table.all.set(all.subarray(this.at, this.at + stride));
    this.at = 0;
    this.index = NOTHING;
  }

  private isUnfit(why: number): boolean {
    return (this.table.all[this.at + HOST.unfit] & why) !== 0;
  }

  private setUnfit(why: number, is: boolean): void {
    const at = this.at + HOST.unfit;
    const { all } = this.table;
    const before = all[at];
    const after = is ? before | why : before & ~why;
    all[at] = after;
    if (this.isMember && (before === 0) !== (after === 0)) this.cluster.unhealthyCount += after === 0 ? -1 : 1;
  }
}

/** What has become of a cluster's list. */
export interface MembersChanged {
  /** What the proxy has known from its beginning. */
  readonly isFirst: boolean;
  /** By place in the list: the place before; NOTHING: a new host. */
  readonly kept: Int32Array;
  /** Hosts that have gone, of those that had come into being. */
  readonly left: readonly HostState[];
}

/** Who looks at how requests to a cluster end. */
export const WATCH = { outlier: 1, rates: 2, localOrigin: 4 } as const;

export class ClusterState {
  readonly counters: ClusterCounters;
  /** Aligned with the endpoints; null until first picked. */
  hosts: (HostState | null)[] = [];
  readonly numbers: HostNumbers;
  private readonly stride: number;
  private block = NOTHING;
  activeRequests = 0;
  pendingRequests = 0;
  connections = 0;
  retries = 0;
  readonly maxRequests: number;
  readonly maxPendingRequests: number;
  /** A set of WATCH. */
  readonly watch: number;
  /** Null where endpoints are chosen for each request. */
  free: FreeHosts | null = null;
  /** Null where all hosts are alike and nothing is hashed. */
  sets: HostSets | null = null;
  /** The hosts that may be picked where all are alike. */
  readonly alike: HostSource;
  /** They are all hosts, healthy or not. */
  panic = false;
  readonly policy: Policy;
  /** Of a version of the configuration; who stands where may be another's. */
  plan: ClusterPlan;
  readonly id: number;
  /** How many clusters of its name its proxy has had before. */
  readonly generation: number;
  /** Index of its plan. */
  readonly index: number;
  readonly caller: Pod;
  /** What the caller's proxy does as that of its release. */
  readonly envoy: EnvoyPlan;
  readonly createdAtNs: number;
  /** Keys draws that belong to it, beside its caller's key: a hash of its name. */
  readonly key: number;
  /** The hosts that the caller's proxy has heard of, in the order of the assignment. */
  endpoints: readonly Endpoint[] = [];

  /** Another has taken its place, or its proxy has no cluster of its name any more; what has begun here goes on to its end. */
  isGone = false;
  /** The host whose TLS session could be resumed: a context keeps one. */
  session: HostState | null = null;

  ejectedCount = 0;
  /** Hosts that the balancer is not to pick (UNFIT): each counts itself. */
  unhealthyCount = 0;
  sweepScheduled = false;
  /** Hosts whose ejection has not decayed yet. */
  tainted = 0;
  /** The pending end of the window in which changes of health are merged, or NOTHING. */
  hostsUpdateTimer = NOTHING;
  private window: MergeWindow | null = null;
  /** Hosts that this caller is given; fewer than all where others are for other localities. */
  memberCount = 0;
  /** Where the sweeps of outlier detection stand in their interval; -1 = not known yet. */
  sweepPhaseNs = -1;
  ejectionStream: Sfc32 | null = null;
  /** By group: what a gateway of another network makes of it; null: nobody is in between. */
  readonly beyond: readonly (ClusterUseRt | null)[] | null;

  constructor(parts: {
    readonly id: number;
    readonly use: ClusterUseRt;
    readonly plan: ClusterPlan;
    readonly caller: Pod;
    readonly counters: ClusterCounters;
    readonly numbers: HostNumbers;
    readonly policy: Policy;
    readonly rotation: Float64Array;
    readonly envoy: EnvoyPlan;
    readonly createdAtNs: number;
    readonly generation: number;
  }) {
    const { plan, caller } = parts;
    this.counters = parts.counters;
    this.numbers = parts.numbers;
    this.stride = hostStride(caller.workers);
    this.maxRequests = Math.min(plan.limits.maxRequests, MOST);
    this.maxPendingRequests = Math.min(plan.limits.maxPendingRequests, MOST);
    this.watch = watchOf(plan);
    this.alike = new HostSource(parts.rotation);
    this.policy = parts.policy;
    this.plan = plan;
    this.id = parts.id;
    this.index = parts.use.clusterIndex;
    this.caller = caller;
    this.envoy = parts.envoy;
    this.createdAtNs = parts.createdAtNs;
    this.generation = parts.generation;
    this.key = textKey(plan.name);
    this.beyond = parts.use.beyond;
  }

  /** When its balancer hears of changes of its hosts. */
  get merging(): MergeWindow {
    this.window ??= new MergeWindow();
    return this.window;
  }

  /** Where the numbers of the host at a place of the list begin. */
  numbersOf(index: number): number {
    return this.block + index * this.stride;
  }

  /** Streams of the host at a place of the list. */
  activeAt(index: number): number {
    return this.numbers.all[this.block + index * this.stride + HOST.active];
  }

  /** Whether the balancer may pick the host at a place of the list outside of panic; one that was never used is healthy. */
  isHealthyAt(index: number): boolean {
    return this.numbers.all[this.block + index * this.stride + HOST.unfit] === 0;
  }

  /**
   * Takes endpoints in and out (envoy: updateClusterMembership). Hosts that stay keep all that is known of them. The balancer is still to be told.
   * @param added in the order of an assignment
   */
  update(added: readonly Endpoint[], removed: readonly Endpoint[]): MembersChanged {
    const { numbers, stride, hosts: before, block: from, endpoints: old } = this;
    const { endpoints, kept } = changeEndpoints(old, added, removed);
    const length = endpoints.length * stride;
    this.endpoints = endpoints;
    this.memberCount = endpoints.length;
    this.block = numbers.take(length);
    const gone = new Set(before);
    this.hosts = Array.from(kept, (place, index) => {
      const at = this.numbersOf(index);
      if (place === NOTHING) {
        numbers.clear(at, stride);
        return null;
      }
      numbers.copy(from + place * stride, at, stride);
      const host = before[place];
      gone.delete(host);
      if (host !== null) host.moved(index, endpoints[index]);
      return host;
    });
    const left = [...gone].filter((host) => host !== null);
    for (const host of left) this.forget(host);
    if (from !== NOTHING) numbers.give(from, old.length * stride);
    return { isFirst: from === NOTHING, kept, left };
  }

  /** What is counted of a host that has gone is counted no more. */
  private forget(host: HostState): void {
    host.left();
    if (host.ejected) this.ejectedCount--;
    if (!host.isFit) this.unhealthyCount--;
    if (host.ejections > 0) this.tainted--;
    if (this.session === host) this.session = null;
  }
}

/** No run has so many requests; larger numbers would be objects. */
const MOST = 0x7fffffff;

function watchOf({ outlier }: ClusterPlan): number {
  if (outlier === null) return 0;
  const rates = outlier.successRate !== null || outlier.failurePercentage !== null;
  return WATCH.outlier | (rates ? WATCH.rates : 0) | (outlier.splitLocalOriginErrors ? WATCH.localOrigin : 0);
}
