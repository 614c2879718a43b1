// Brings cluster states and their hosts into being when a proxy first uses them, so that nothing is quadratic in pods unless traffic makes it so.
// Those whose hosts are checked actively are there from the start: a proxy checks all that it knows, whether anybody calls them or not.
// Which hosts a cluster has is what its proxy has heard: the first assignment comes by the same way as every later change (envoy:
// source/common/upstream/cluster_manager_impl.cc, updateClusterMembership).

import type { Calendar } from '../../../sim/calendar.js';
import { Draws } from '../../../sim/random/draws.js';
import { type ClusterChange, type ClusterVersion, clusterChange } from '../../control-plane/cluster-changes.js';
import { isMergeable } from '../../control-plane/merge-window.js';
import { wayTo } from '../../plan/contract/cluster-plan.js';
import type { EnvoyPlan } from '../../plan/contract/envoy-plan.js';
import type { ClusterPlan, LocalityPlan } from '../../plan/contract/plan.js';
import { Assignments, keepsUnready, type MembersChange } from '../balancing/assignments.js';
import { learnHealth, learnMembers } from '../balancing/balancer.js';
import { FreeConnections, type PoolFacts } from '../balancing/free-connections.js';
import { HostSetMaker } from '../balancing/host-set-maker.js';
import { POLICIES, Policies } from '../balancing/registry.js';
import type { Network } from '../network/network.js';
import type { Recorder } from '../recording/recorder.js';
import { ClusterState, type HostMaker, HostState, type MembersChanged } from '../state/cluster-state.js';
import { changeEndpoints, type Endpoint } from '../state/endpoint.js';
import { handshakeCost, hboneCost, speaksHbone } from '../state/handshake-cost.js';
import { HostNumbers } from '../state/host-numbers.js';
import type { KeepAlive } from '../state/host-traits.js';
import { NOTHING } from '../state/nothing.js';
import type { Pod } from '../state/pod.js';
import type { ClusterUseRt, RuntimePlan, SiteRt } from '../state/runtime.js';
import { HeldHosts } from './held-hosts.js';

/** A proxy knows its clusters from its start, which is that of the run: balancers are as they have been since, whoever calls first. */
const BEGINNING_NS = 0;

/** What clusters look at in a pool of connections. */
export interface HostPool extends PoolFacts {
  /** Its host is gone: its connections are closed when they have no stream. */
  leave(): void;
}

/** The pods of its own workload that a proxy has heard of. */
class OwnCluster {
  endpoints: readonly Endpoint[] = [];
}

export class Clusters implements HostMaker {
  /** All states, by id: the reference of their events. */
  readonly states: ClusterState[] = [];
  /** By pod, and by the number that the cluster has among those of its workload; null until first used. */
  private readonly byPod: (ClusterState | null)[][] = [];
  /** By pod, where its proxy knows any cluster. */
  private readonly own = new Map<number, OwnCluster>();
  readonly assignments: Assignments;
  private readonly held = new HeldHosts();
  private readonly sets: HostSetMaker;
  private readonly draws: Draws;
  private readonly policies: Policies;
  private readonly numbers = new HostNumbers();
  /** Told of every change of a cluster's hosts, the first one too, before the balancer is. */
  membersChanged: (state: ClusterState, change: MembersChanged) => void = () => {};
  /** Told when hosts of a cluster have become ready or unready. */
  readinessChanged: (state: ClusterState) => void = () => {};
  /** Told when the balancer knows of a change. */
  membersLearned: (state: ClusterState) => void = () => {};

  /** Told of each cluster that comes into being. */
  made: (state: ClusterState) => void = () => {};

  /** @param podsOf by workload: the pods at the start of the run @param pools every connection pool of the run, by number */
  constructor(
    private readonly calendar: Calendar,
    private readonly network: Network,
    private readonly podsOf: readonly (readonly Pod[])[],
    localities: readonly LocalityPlan[],
    private readonly recorder: Recorder,
    private readonly seed: string,
    private readonly envoy: EnvoyPlan,
    private readonly pools: readonly HostPool[] = [],
  ) {
    this.draws = new Draws(seed, 'balancer');
    this.policies = new Policies({ clusters: this, draws: this.draws });
    this.assignments = new Assignments(podsOf, localities);
    this.sets = new HostSetMaker(seed);
  }

  get nowNs(): number {
    return this.calendar.nowNs;
  }

  /** @param sites all of the plan's; those whose caller has no proxy check nothing */
  begin(sites: readonly SiteRt[]): void {
    for (const site of sites) for (const pod of this.podsOf[site.caller]) this.check(pod, site);
  }

  /** The proxy of a pod begins while the run goes on. */
  beginAt(pod: Pod, sites: readonly SiteRt[]): void {
    for (const site of sites) if (site.caller === pod.workload) this.check(pod, site);
  }

  /** A proxy checks the hosts of clusters before anybody calls them. */
  private check(pod: Pod, { destinations, mirrors }: SiteRt): void {
    for (const destination of destinations) {
      if ((destination.cluster?.healthCheck ?? null) !== null) this.at(pod, destination);
    }
    for (const { site } of mirrors) this.check(pod, site);
  }

  /** The state of a destination's cluster at the proxy of `pod`; null where the proxy has none of that name. */
  at(pod: Pod, destination: ClusterUseRt): ClusterState | null {
    return this.byPod[pod.id]?.[destination.local] ?? this.create(pod, destination);
  }

  /** By the version of clusters that the proxy has, which may be another than that of its routes. */
  private create(pod: Pod, destination: ClusterUseRt): ClusterState | null {
    const use = pod.clusterConfig.clusters[pod.workload][destination.local] ?? destination;
    const { cluster: plan } = use;
    if (plan === null || pod.missing.has(plan.name)) return null;
    return this.make(pod, use, plan, 0);
  }

  /** @param generation how many clusters of that name the proxy has had before */
  private make(pod: Pod, use: ClusterUseRt, plan: ClusterPlan, generation: number): ClusterState {
    const { balancer, name } = plan;
    const first = this.assignments.first(plan, pod);
    const createdAtNs = generation === 0 ? BEGINNING_NS : this.nowNs;
    const state = new ClusterState({
      id: this.states.length,
      use,
      plan,
      caller: pod,
      counters: this.recorder.clusters[use.clusterIndex],
      numbers: this.numbers,
      policy: this.policies.of(balancer),
      rotation: POLICIES[balancer.policy].rotation({
        seed: this.seed,
        caller: pod,
        name: generation === 0 ? name : `${name} ${generation}`,
        hosts: first.length,
      }),
      envoy: this.envoy,
      createdAtNs,
      generation,
    });
    if (plan.perConnection) state.free = new FreeConnections(state, this, this.draws, this.pools);
    this.states.push(state);
    this.clustersOf(pod.id, use.local)[use.local] = state;
    this.change(state, first, [], createdAtNs);
    if (pod.heard > 0) {
      this.setReady(state, this.assignments.unreadyAfter(pod.heard, plan), false);
      learnHealth(state, this.nowNs);
    }
    this.made(state);
    return state;
  }

  /**
   * The proxy of a cluster's caller has heard that pods are ready, or are not; its balancer is still to be told. True where that is news. The address of
   * a gateway stays whichever of its pods are ready.
   */
  private setReady(state: ClusterState, pods: ReadonlySet<Pod>, isReady: boolean): boolean {
    let isNews = false;
    state.endpoints.forEach(({ pod, group }, index) => {
      if (!pods.has(pod) || state.plan.groups[group].passage !== null) return;
      const host = this.host(state, index);
      isNews ||= host.unready === isReady;
      host.unready = !isReady;
    });
    return isNews;
  }

  /**
   * The proxy of a cluster's caller hears that endpoints are there or are there no longer. Its balancer knows at once, of changes of health too that
   * would have been merged with later ones (envoy: cluster_manager_impl.cc, scheduleUpdate). Streams at hosts that have gone go on to their ends.
   * @param added in the order of an assignment; an endpoint that is there already takes its new weight (state/endpoint.ts)
   */
  update(state: ClusterState, added: readonly Endpoint[], removed: readonly Endpoint[]): void {
    const leaving = state.plan.healthCheck === null || state.isGone ? removed : this.held.hold(state, removed);
    if (leaving.length < removed.length && added.length + leaving.length === 0) return;
    this.post(state, true);
    this.change(state, added, leaving, this.nowNs);
  }

  /** Active checks have found a host bad: it goes now if no assignment names it any more. True where it does. */
  leaveIfHeld(host: HostState): boolean {
    if (!this.held.letGo(host)) return false;
    this.post(host.cluster, true);
    this.change(host.cluster, [], [host.endpoint], this.nowNs);
    return true;
  }

  /** The balancer is told now; what waits to be merged is told with it. */
  private post(state: ClusterState, hasMembers: boolean): void {
    if (state.hostsUpdateTimer !== NOTHING) this.calendar.cancel(state.hostsUpdateTimer);
    state.hostsUpdateTimer = NOTHING;
    state.merging.update(this.nowNs, isMergeable({ hasMembers, isAssignment: true }, !state.envoy.mergesAssignments));
  }

  /** @param atNs when the hosts that are new began to serve */
  private change(state: ClusterState, added: readonly Endpoint[], removed: readonly Endpoint[], atNs: number): void {
    const change = state.update(added, removed);
    this.membersChanged(state, change);
    // Hosts that are alike may differ from now on; those that differ stay in sets.
    if (state.sets === null && state.free === null) state.sets = this.sets.make(state, this.ownOf(state.caller));
    learnMembers(state, change.kept, atNs);
    for (const { pools } of change.left) for (const pool of pools) this.pools[pool].leave();
    this.membersLearned(state);
  }

  /** The proxy of a pod hears how many pods its own workload has, and where: all its clusters that go by zones are routed anew. */
  updateOwn(pod: Pod, added: readonly Endpoint[], removed: readonly Endpoint[]): void {
    const own = this.ownOf(pod);
    own.endpoints = changeEndpoints(own.endpoints, added, removed).endpoints;
    for (const state of this.byPod[pod.id] ?? []) {
      if (state !== null && state.plan.zoneAware !== null) learnHealth(state, this.nowNs);
    }
  }

  /** The proxy of a pod hears of changes, in one message: what has become of the pods in the end. */
  hear(pod: Pod, changes: readonly MembersChange[]): void {
    const now = new Map<Pod, 'ready' | 'unready' | 'gone'>();
    for (const { added, removed, ready, unready } of changes) {
      for (const one of removed) now.set(one, 'gone');
      for (const one of [...added, ...ready]) now.set(one, 'ready');
      for (const one of unready) now.set(one, 'unready');
    }
    const all = [...now.keys()];
    const ready = new Set(all.filter((one) => now.get(one) === 'ready'));
    const unready = new Set(all.filter((one) => now.get(one) === 'unready'));
    for (const state of this.byPod[pod.id] ?? []) {
      if (state === null || !state.plan.groups.some(({ workload }) => all.some((one) => one.workload === workload))) {
        continue;
      }
      const keeps = keepsUnready(state.plan, pod);
      const stays = (one: Pod): boolean => ready.has(one) || (keeps && unready.has(one));
      const hasMembers = this.updatePods(state, all.filter(stays), new Set(all.filter((one) => !stays(one))));
      const isUnready = this.setReady(state, unready, false);
      if (!this.setReady(state, ready, true) && !isUnready) continue;
      // One post to the workers of an Envoy says all of it; what says nothing but health is merged with others.
      if (hasMembers || !pod.hasProxy || pod.linkerd) {
        learnHealth(state, this.nowNs);
      } else if (state.envoy.mergesAssignments) {
        this.readinessChanged(state);
      } else {
        this.post(state, false);
        learnHealth(state, this.nowNs);
      }
    }
    if (this.own.has(pod.id))
      this.hearOwn(
        pod,
        all.filter((one) => one.workload === pod.workload),
        now,
      );
  }

  /** Takes pods into a cluster where they are not in it, and out of it where they are. True where that changes anything. */
  private updatePods(state: ClusterState, here: readonly Pod[], gone: ReadonlySet<Pod>): boolean {
    const known = new Set(state.endpoints.map((endpoint) => endpoint.pod));
    this.held.named(state, here);
    const added = this.assignments.of(
      state.plan,
      here.filter((one) => !known.has(one)),
    );
    const removed = this.assignments.of(
      state.plan,
      [...gone].filter((one) => known.has(one)),
    );
    if (added.length + removed.length === 0) return false;
    this.update(state, added, removed);
    return true;
  }

  private hearOwn(pod: Pod, peers: readonly Pod[], now: ReadonlyMap<Pod, string>): void {
    const known = new Set(this.ownOf(pod).endpoints.map((endpoint) => endpoint.pod));
    const added = peers.filter((one) => now.get(one) !== 'gone' && !known.has(one));
    const removed = peers.filter((one) => now.get(one) === 'gone' && known.has(one));
    if (added.length + removed.length === 0) return;
    this.updateOwn(pod, this.assignments.ownOf(added), this.assignments.ownOf(removed));
  }

  /**
   * The proxy of a pod has another version of its clusters, and of their endpoints: what stands in a Cluster message and differs makes a new cluster, with
   * hosts, pools, breakers and judgements of its own. A message is compared with the one before, even if that has never come to hold (envoy:
   * source/common/upstream/cluster_manager_impl.cc, addOrUpdateCluster).
   * @param messages the versions of the messages since the last one that came to hold, the last of which does so now
   */
  reconfigure(pod: Pod, messages: readonly RuntimePlan[]): void {
    const path = [pod.clusterConfig, ...messages];
    const to = path[path.length - 1];
    pod.clusterConfig = to;
    for (const [local, state] of (this.byPod[pod.id] ?? []).entries()) {
      const use = to.clusters[pod.workload][local];
      if (state === null || use === undefined || use.cluster === null) continue;
      const steps = path.flatMap((config, at) => {
        const before = path[at - 1];
        return before === undefined ? [] : [changeOf(before, config, pod.workload, local, state)];
      });
      if (steps.includes('swap')) {
        this.retire(state);
        this.make(pod, use, use.cluster, state.generation + 1);
      } else if (steps.includes('members')) {
        this.move(pod, state, use.cluster);
      }
    }
  }

  /** Who stands in a cluster, and how its endpoints are ranked, is another's matter than the cluster itself. */
  private move(pod: Pod, state: ClusterState, plan: ClusterPlan): void {
    const wished = this.assignments.first(plan, pod);
    const stays = new Set(wished.map((endpoint) => `${endpoint.group} ${endpoint.pod.id}`));
    const removed = state.endpoints.filter((endpoint) => !stays.has(`${endpoint.group} ${endpoint.pod.id}`));
    state.plan = plan;
    this.update(state, wished, removed);
  }

  /** The proxy of a pod hears that clusters are there no longer. */
  drop(pod: Pod, missing: ReadonlySet<string>): void {
    for (const state of this.byPod[pod.id] ?? []) {
      if (state === null || !missing.has(state.plan.name)) continue;
      this.byPod[pod.id][this.localOf(pod, state)] = null;
      this.retire(state);
    }
  }

  private localOf(pod: Pod, state: ClusterState): number {
    return this.byPod[pod.id].indexOf(state);
  }

  /** Nothing new begins at a cluster; its connections are closed when they have no stream. */
  private retire(state: ClusterState): void {
    state.isGone = true;
    this.update(state, [], state.endpoints);
  }

  /** The proxy of a pod is gone: its connections are closed. Whatever it had under way has ended before. */
  podGone(pod: Pod): void {
    for (const state of this.byPod[pod.id] ?? []) {
      for (const host of state?.hosts ?? []) for (const pool of host?.pools ?? []) this.pools[pool].leave();
    }
  }

  private ownOf(pod: Pod): OwnCluster {
    const known = this.own.get(pod.id);
    if (known !== undefined) return known;
    const own = new OwnCluster();
    this.own.set(pod.id, own);
    this.updateOwn(pod, this.assignments.own(pod.workload, pod.heard), []);
    return own;
  }

  /** What a pod knows, with room for a cluster of this number. */
  private clustersOf(pod: number, local: number): (ClusterState | null)[] {
    while (this.byPod.length <= pod) this.byPod.push([]);
    const clusters = this.byPod[pod];
    while (clusters.length <= local) clusters.push(null);
    return clusters;
  }

  /** The host at a place of a cluster's list. */
  host(state: ClusterState, index: number): HostState {
    return state.hosts[index] ?? this.createHost(state, index);
  }

  private createHost(state: ClusterState, index: number): HostState {
    const endpoint = state.endpoints[index];
    const { group, pod } = endpoint;
    const { caller, plan } = state;
    const there = this.network.oneWayNs(caller.locality, pod.locality);
    const back = this.network.oneWayNs(pod.locality, caller.locality);
    const tunnelled = speaksHbone(caller, pod);
    const { tls, reachable, skipsProxy } = wayTo(plan, group);
    const proxied = pod.proxiesInbound && !skipsProxy;
    const serverLatencyNs = proxied ? pod.proxyLatencyNs : 0;
    const callerLatencyNs = plan.skipsOwnProxy ? 0 : caller.proxyLatencyNs;
    const host = new HostState(state, index, {
      endpoint,
      toApp: this.network.path(caller.locality, pod.locality, callerLatencyNs + serverLatencyNs),
      toProxy: this.network.path(caller.locality, pod.locality, callerLatencyNs),
      back: this.network.path(pod.locality, caller.locality, callerLatencyNs + serverLatencyNs),
      serverLatencyNs,
      handshake: tunnelled ? hboneCost(caller, pod, there, back) : handshakeCost(tls, caller, pod, there, back),
      // A proxy in front of it keeps its own connections open.
      keepAlive: pod.hasProxy && !skipsProxy ? null : keepAliveOf(pod),
      tunnelled,
      passage: state.beyond?.[group] ?? null,
      proxied,
      reachable,
      load: POLICIES[plan.balancer.policy].estimate(plan.balancer, this.calendar.nowNs),
    });
    state.hosts[index] = host;
    return host;
  }
}

/** What a proxy does with a cluster between two messages. */
function changeOf(
  before: RuntimePlan,
  after: RuntimePlan,
  workload: number,
  local: number,
  { index, plan }: ClusterState,
): ClusterChange {
  const versionOf = ({ clusters, facts }: RuntimePlan): ClusterVersion => {
    const use = clusters[workload][local];
    const known = facts?.clusters[use?.clusterIndex ?? index];
    return { plan: use?.cluster ?? plan, rule: null, serviceAccounts: [], isDns: false, ...known };
  };
  return clusterChange(versionOf(before), versionOf(after));
}

/** Null: its application closes no connections. */
function keepAliveOf({ plan }: Pod): KeepAlive | null {
  const { idleNs, requests } = plan.app.keepAlive;
  if (idleNs <= 0 && requests <= 0) return null;
  return {
    idleNs: idleNs > 0 ? idleNs : Number.POSITIVE_INFINITY,
    requests: requests > 0 ? requests : Number.POSITIVE_INFINITY,
  };
}
