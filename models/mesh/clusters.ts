// Brings cluster states and their hosts into being when a proxy first uses them, so that nothing is quadratic in pods unless traffic makes it so.
// Those whose hosts are checked actively are there from the start: a proxy checks all that it knows, whether anybody calls them or not.
import type { Calendar } from '../../sim/calendar.js';
import { componentStream } from '../../sim/random/stream.js';
import { type EnvoyPlan, NEWEST_ENVOY } from '../plan/envoy-plan.js';
import type { ClusterPlan, LocalityPlan } from '../plan/plan.js';
import { ClusterState, HostState } from './cluster-state.js';
import { FreeConnections } from './free-connections.js';
import { handshakeCost, hboneCost } from './handshake-cost.js';
import { speaksHbone } from './hbone.js';
import { HostOrder } from './host-order.js';
import { HostSetMaker } from './host-set-maker.js';
import type { Network } from './network.js';
import { PeakEwma } from './peak-ewma.js';
import type { Pod } from './pod.js';
import type { Recorder } from './recorder.js';
import type { ClusterUseRt, SiteRt } from './runtime-plan.js';

/** A proxy knows its clusters from its start, which is that of the run: balancers are as they have been since, whoever calls first. */
const BEGINNING_NS = 0;

export class Clusters {
  /** All states, by id: the reference of their events. */
  readonly states: ClusterState[] = [];
  private readonly calendar: Calendar;
  private readonly network: Network;
  private readonly podsOf: readonly (readonly Pod[])[];
  private readonly recorder: Recorder;
  private readonly seed: string;
  private readonly order: HostOrder;
  private readonly sets: HostSetMaker;
  private readonly envoy: EnvoyPlan;
  /** Told of every state that comes into being. */
  created: (state: ClusterState) => void = () => {};

  constructor(
    calendar: Calendar,
    network: Network,
    podsOf: readonly (readonly Pod[])[],
    localities: readonly LocalityPlan[],
    recorder: Recorder,
    seed: string,
    envoy: EnvoyPlan = NEWEST_ENVOY,
  ) {
    this.calendar = calendar;
    this.network = network;
    this.podsOf = podsOf;
    this.recorder = recorder;
    this.seed = seed;
    this.envoy = envoy;
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
    return pod.clusters[destination.local] ?? this.create(pod, destination);
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
    if (plan.perConnection === true) state.free = new FreeConnections(state, this.order.of(plan));
    else state.sets = this.sets.make(state);
    this.states.push(state);
    pod.clusters[destination.local] = state;
    this.created(state);
    return state;
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
