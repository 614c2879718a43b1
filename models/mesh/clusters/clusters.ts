// Brings cluster states and their hosts into being when a proxy first uses them, so that nothing is quadratic in pods unless traffic makes it so.
// Those whose hosts are checked actively are there from the start: a proxy checks all that it knows, whether anybody calls them or not.
import type { Calendar } from '../../../sim/calendar.js';
import { Draws } from '../../../sim/random/draws.js';
import { componentStream } from '../../../sim/random/stream.js';
import { type EnvoyPlan, NEWEST_ENVOY } from '../../plan/contract/envoy-plan.js';
import type { ClusterPlan, LocalityPlan } from '../../plan/contract/plan.js';
import { FreeConnections, type PoolFacts } from '../balancing/free-connections.js';
import { HostOrder } from '../balancing/host-order.js';
import { HostSetMaker } from '../balancing/host-set-maker.js';
import type { Network } from '../network/network.js';
import { PeakEwma } from '../policies/peak-ewma.js';
import type { Recorder } from '../recording/recorder.js';
import { ClusterState, type HostMaker, HostState } from '../state/cluster-state.js';
import { handshakeCost, hboneCost, speaksHbone } from '../state/handshake-cost.js';
import type { Pod } from '../state/pod.js';
import type { ClusterUseRt, SiteRt } from '../state/runtime.js';

/** A proxy knows its clusters from its start, which is that of the run: balancers are as they have been since, whoever calls first. */
const BEGINNING_NS = 0;

export class Clusters implements HostMaker {
  /** All states, by id: the reference of their events. */
  readonly states: ClusterState[] = [];
  /** By pod, and by the number that the cluster has among those of its workload; null until first used. */
  private readonly byPod: (ClusterState | null)[][] = [];
  private readonly calendar: Calendar;
  private readonly network: Network;
  private readonly podsOf: readonly (readonly Pod[])[];
  private readonly recorder: Recorder;
  private readonly seed: string;
  private readonly order: HostOrder;
  private readonly sets: HostSetMaker;
  private readonly envoy: EnvoyPlan;
  private readonly draws: Draws;
  private readonly pools: readonly PoolFacts[];
  /** Told of every state that comes into being. */
  created: (state: ClusterState) => void = () => {};

  /** @param pools every connection pool of the run, by number */
  constructor(
    calendar: Calendar,
    network: Network,
    podsOf: readonly (readonly Pod[])[],
    localities: readonly LocalityPlan[],
    recorder: Recorder,
    seed: string,
    envoy: EnvoyPlan = NEWEST_ENVOY,
    pools: readonly PoolFacts[] = [],
  ) {
    this.calendar = calendar;
    this.network = network;
    this.podsOf = podsOf;
    this.recorder = recorder;
    this.seed = seed;
    this.envoy = envoy;
    this.draws = new Draws(seed, 'balancer');
    this.pools = pools;
    this.order = new HostOrder(podsOf, localities);
    this.sets = new HostSetMaker(podsOf, this.order, seed);
  }

  get nowNs(): number {
    return this.calendar.nowNs;
  }

  /** @param sites all of the plan's; those whose caller has no proxy check nothing */
  begin(sites: readonly SiteRt[]): void {
    for (const site of sites) {
      for (const destination of site.destinations) {
        if ((destination.cluster?.healthCheck ?? null) === null) continue;
        for (const pod of this.podsOf[site.caller]) this.at(pod, destination);
      }
      this.begin(site.mirrors.map((mirror) => mirror.site));
    }
  }

  /** The state of a destination's cluster at the proxy of `pod`. */
  at(pod: Pod, destination: ClusterUseRt): ClusterState {
    return this.byPod[pod.id]?.[destination.local] ?? this.create(pod, destination);
  }

  private create(pod: Pod, destination: ClusterUseRt): ClusterState {
    const plan = destination.cluster as ClusterPlan;
    const hostCount = this.order.of(plan).length;
    const state = new ClusterState(
      this.states.length,
      destination.clusterIndex,
      plan,
      pod,
      this.recorder.clusters[destination.clusterIndex],
      hostCount,
      this.rotation(pod, plan, hostCount),
      BEGINNING_NS,
    );
    state.envoy = this.envoy;
    state.beyond = destination.beyond;
    if (plan.perConnection === true)
      state.free = new FreeConnections(state, this.order.of(plan), this, this.draws, this.pools);
    else state.sets = this.sets.make(state);
    this.states.push(state);
    this.clustersOf(pod.id, destination.local)[destination.local] = state;
    this.created(state);
    return state;
  }

  /** What a pod knows, with room for a cluster of this number. */
  private clustersOf(pod: number, local: number): (ClusterState | null)[] {
    while (this.byPod.length <= pod) this.byPod.push([]);
    const clusters = this.byPod[pod];
    while (clusters.length <= local) clusters.push(null);
    return clusters;
  }

  /** Each worker's round robin starts at a random host (envoy: round_robin_lb.h, seed). */
  private rotation(pod: Pod, plan: ClusterPlan, hostCount: number): Float64Array {
    const rotation = new Float64Array(pod.workers);
    if (plan.balancer.policy !== 'round_robin' || hostCount === 0) return rotation;
    const owner = `${pod.plan.namespace}/${pod.plan.name}/${pod.ordinal}`;
    const stream = componentStream(this.seed, `round robin of ${owner} to ${plan.name}`);
    for (let worker = 0; worker < rotation.length; worker++) rotation[worker] = stream.integer(hostCount);
    return rotation;
  }

  /** The host at a position of a cluster's list. */
  host(state: ClusterState, index: number): HostState {
    return state.hosts[index] ?? this.createHost(state, index);
  }

  private createHost(state: ClusterState, index: number): HostState {
    const { group, pod } = this.order.of(state.plan)[index];
    const caller = state.caller;
    const there = this.network.oneWayNs(caller.locality, pod.locality);
    const back = this.network.oneWayNs(pod.locality, caller.locality);
    const tunnelled = speaksHbone(caller, pod);
    const { tls, reachable, skipsProxy } = state.plan.endpointTls?.[group] ?? state.plan;
    const proxied = pod.proxiesInbound && skipsProxy !== true;
    const serverLatencyNs = proxied ? pod.proxyLatencyNs : 0;
    const callerLatencyNs = state.plan.skipsOwnProxy === true ? 0 : caller.proxyLatencyNs;
    const host = new HostState(
      state,
      index,
      group,
      pod,
      this.network.path(caller.locality, pod.locality, callerLatencyNs + serverLatencyNs),
      this.network.path(caller.locality, pod.locality, callerLatencyNs),
      this.network.path(pod.locality, caller.locality, callerLatencyNs + serverLatencyNs),
      serverLatencyNs,
      tunnelled ? hboneCost(caller, pod, there, back) : handshakeCost(tls, caller, pod, there, back),
      caller.workers,
    );
    host.tunnelled = tunnelled;
    host.passage = state.beyond?.[group] ?? null;
    host.reachable = reachable;
    host.proxied = proxied;
    // A proxy in front of it keeps its own connections open.
    const { keepAlive } = pod.plan.app;
    const bare = !pod.hasProxy || skipsProxy === true;
    if (bare && keepAlive.idleNs > 0) host.keepAliveNs = keepAlive.idleNs;
    if (bare && keepAlive.requests > 0) host.keepAliveRequests = keepAlive.requests;
    if (state.plan.balancer.policy === 'peak_ewma') {
      host.load = new PeakEwma(this.calendar.nowNs, state.plan.balancer.failureBias ?? null);
    }
    state.hosts[index] = host;
    return host;
  }
}
