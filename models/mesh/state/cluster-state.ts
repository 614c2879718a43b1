// What one proxy process knows of one cluster: its hosts, its circuit-breaker counters, its opinion of each host. Every client proxy has a
// state of its own; pools belong to a worker, breakers and outlier counters to the process
// (envoy: source/common/upstream/resource_manager_impl.h, source/common/upstream/upstream_impl.cc).
import type { Sfc32 } from '../../../sim/random/sfc32.js';
import { type EnvoyPlan, NEWEST_ENVOY } from '../../plan/contract/envoy-plan.js';
import type { ClusterPlan } from '../../plan/contract/plan.js';
import type { NetworkPath } from '../network/network.js';
import type { HostSets } from '../policies/host-sets.js';
import type { PeakEwma } from '../policies/peak-ewma.js';
import type { ClusterCounters } from '../recording/cluster-counters.js';
import type { HandshakeCost } from './handshake-cost.js';
import { NOTHING } from './nothing.js';
import { type Pod, textKey } from './pod.js';
import type { ClusterUseRt } from './runtime.js';

/** Brings the hosts of clusters into being (clusters/clusters.ts). */
export interface HostMaker {
  readonly nowNs: number;
  /** The host at a position of a cluster's list. */
  host(state: ClusterState, index: number): HostState;
}

/** Chooses endpoints for connections and not for requests (balancing/free-connections.ts). */
export interface FreeHosts {
  /** A connection to the host has become free. */
  freed(host: HostState): void;
  /** The host of a free connection, else the one that a new connection is to go to; null: there is none. `hi`, `lo` key the draw. */
  pick(worker: number, hi: number, lo: number): HostState | null;
}

/** One endpoint as one client proxy sees it. */
export class HostState {
  readonly cluster: ClusterState;
  /** Position in the cluster's list of hosts. */
  readonly index: number;
  /** Index of its group in the plan's cluster. */
  readonly group: number;
  readonly pod: Pod;
  /** To the server's application (through its proxy), to the server's proxy only, and back. */
  readonly toApp: NetworkPath;
  readonly toProxy: NetworkPath;
  readonly back: NetworkPath;
  /** Between the server's proxy and its application. */
  readonly serverLatencyNs: number;
  readonly handshake: HandshakeCost;
  /** Its application closes connections: after so long without a stream (Infinity = never), after so many streams (Infinity = never). */
  keepAliveNs = Number.POSITIVE_INFINITY;
  keepAliveRequests = Number.POSITIVE_INFINITY;
  /** Its connections are streams of HBONE. */
  tunnelled = false;
  /** It is a gateway of another network: what that chooses from for each connection. */
  passage: ClusterUseRt | null = null;
  /** Streams attached to a connection, over all workers (Envoy's rq_active). */
  active = 0;
  /** By worker: number of its connection pool; NOTHING until first used. */
  readonly pools: number[];
  consecutive5xx = 0;
  consecutiveGateway = 0;
  consecutiveLocal = 0;
  ejected = false;
  ejectedAtNs = 0;
  unejectedAtNs = 0;
  /** How often in a row it was ejected: multiplies the ejection time. */
  ejections = 0;
  /** Null unless the balancer goes by an estimate of the load. */
  load: PeakEwma | null = null;
  /** Number of its circuit breaker of Linkerd's; NOTHING unless the cluster has one, and until its first request. */
  breaker = NOTHING;
  /** Active health checks have found it bad. */
  failedCheck = false;
  /** Random part of the present ejection. */
  ejectionJitterNs = 0;
  /** Responses since the last sweep, and tries to reach it, where outlier detection judges rates. */
  requests = 0;
  successes = 0;
  localRequests = 0;
  localSuccesses = 0;
  /** Its proxy takes what comes from this cluster. */
  proxied = false;
  /** What a connection to it meets. */
  reachable: ClusterPlan['reachable'] = 'yes';

  /** Whether no connection to it comes about. */
  get refuses(): boolean {
    return this.reachable === 'tls-failure' || this.reachable === 'dropped';
  }

  constructor(
    cluster: ClusterState,
    index: number,
    group: number,
    pod: Pod,
    toApp: NetworkPath,
    toProxy: NetworkPath,
    back: NetworkPath,
    serverLatencyNs: number,
    handshake: HandshakeCost,
    workers: number,
  ) {
    this.cluster = cluster;
    this.index = index;
    this.group = group;
    this.pod = pod;
    this.toApp = toApp;
    this.toProxy = toProxy;
    this.back = back;
    this.serverLatencyNs = serverLatencyNs;
    this.handshake = handshake;
    this.pools = new Array<number>(workers).fill(NOTHING);
  }
}

export class ClusterState {
  readonly id: number;
  /** Index of its plan. */
  readonly index: number;
  readonly plan: ClusterPlan;
  readonly caller: Pod;
  readonly counters: ClusterCounters;
  /** Null until first picked. */
  readonly hosts: (HostState | null)[];
  readonly hostCount: number;
  /** Indices of the hosts that the balancer may pick, in host order; null = all. */
  candidates: Int32Array | null = null;
  /** Panic: the candidates are all hosts, healthy or not. */
  panic = false;
  /** Round robin: the next position, by worker. */
  readonly rotation: Float64Array;
  readonly createdAtNs: number;
  /** Keys draws that belong to it, beside its caller's key: a hash of its name. */
  readonly key: number;

  activeRequests = 0;
  pendingRequests = 0;
  connections = 0;
  retries = 0;
  /** The host whose TLS session could be resumed: a context keeps one. */
  session: HostState | null = null;

  ejectedCount = 0;
  /** Hosts that the balancer is not to pick: ejected, or bad by their health checks. */
  unhealthyCount = 0;
  sweepScheduled = false;
  /** Hosts whose ejection has not decayed yet. */
  tainted = 0;
  hostsUpdatePending = false;
  hostsUpdatedAtNs = Number.NEGATIVE_INFINITY;
  /** Null where all hosts are alike and nothing is hashed: the candidates say it all. */
  sets: HostSets | null = null;
  /** Hosts that this caller is given; fewer than all where others are for other localities. */
  memberCount: number;
  /** Where the sweeps of outlier detection stand in their interval; -1 = not known yet. */
  sweepPhaseNs = -1;
  /** What the caller's proxy does as that of its release. */
  envoy: EnvoyPlan = NEWEST_ENVOY;
  ejectionStream: Sfc32 | null = null;
  /** By group: what a gateway of another network makes of it; null: nobody is in between. */
  beyond: readonly (ClusterUseRt | null)[] | null = null;
  /** Null where endpoints are chosen for each request. */
  free: FreeHosts | null = null;

  constructor(
    id: number,
    index: number,
    plan: ClusterPlan,
    caller: Pod,
    counters: ClusterCounters,
    hostCount: number,
    rotation: Float64Array,
    createdAtNs: number,
  ) {
    this.id = id;
    this.index = index;
    this.plan = plan;
    this.key = textKey(plan.name);
    this.caller = caller;
    this.counters = counters;
    this.hostCount = hostCount;
    this.memberCount = hostCount;
    this.hosts = new Array<HostState | null>(hostCount).fill(null);
    this.rotation = rotation;
    this.createdAtNs = createdAtNs;
  }
}
