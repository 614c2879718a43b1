// A balancer with one cluster in front of it, whose hosts can be given weights, localities, priorities and seeds: picks without a mesh around them.
import { Balancer, learnHealth } from '../../models/mesh/balancing/balancer.js';
import { POLICIES } from '../../models/mesh/balancing/registry.js';
import { Clusters } from '../../models/mesh/clusters/clusters.js';
import { Network } from '../../models/mesh/network/network.js';
import { HostSets } from '../../models/mesh/policies/host-sets.js';
import { Recorder } from '../../models/mesh/recording/recorder.js';
import { buildRuntimePlan } from '../../models/mesh/run/runtime-plan.js';
import { Call } from '../../models/mesh/state/call.js';
import type { ClusterState, HostState } from '../../models/mesh/state/cluster-state.js';
import { Pod } from '../../models/mesh/state/pod.js';
import { type EnvoyPlan, NEWEST_ENVOY } from '../../models/plan/contract/envoy-plan.js';
import type { ClusterPlan, LocalityViewPlan } from '../../models/plan/contract/plan.js';
import { Calendar } from '../../sim/calendar.js';
import { PHASE } from '../../sim/phases.js';
import { Draws } from '../../sim/random/draws.js';
import { S, smallPlan } from './plans.js';

export interface LabWish {
  readonly weights: readonly number[];
  /** By host. Absent: 0. */
  readonly localities?: readonly number[];
  readonly priorities?: readonly number[];
  /** By priority and locality. Absent: localities are not told apart by weight. */
  readonly localityWeights?: LocalityViewPlan['weights'];
  /** Pods of the caller's workload by locality. */
  readonly callers?: readonly number[];
  readonly cluster?: Partial<Omit<ClusterPlan, 'limits'>>;
  /** LB seed by worker. */
  readonly seeds?: readonly number[];
  readonly envoy?: EnvoyPlan;
  /** Hosts do not stand in sets. */
  readonly alike?: true;
}

export class BalancerLab {
  readonly calendar = new Calendar();
  readonly state: ClusterState;
  readonly call = new Call(0);
  private readonly balancer: Balancer;
  private readonly clusters: Clusters;
  private key = 0;

  constructor(wish: LabWish) {
    const { weights, cluster = {}, seeds = [0], envoy = NEWEST_ENVOY } = wish;
    const plan = smallPlan({ pods: weights.length, clientProxy: { workers: seeds.length }, cluster });
    const { calendar } = this;
    const runtime = buildRuntimePlan(plan, calendar);
    let id = 0;
    const podsOf = plan.workloads.map((workload, w) =>
      workload.podLocalities.map((_, ordinal) => new Pod(id++, w, ordinal, runtime, null, 0)),
    );
    const network = new Network(plan.network, calendar);
    const recorder = new Recorder(plan, calendar, 0, S, S);
    this.clusters = new Clusters(calendar, network, podsOf, plan.localities, recorder, 'lab', envoy);
    this.state = this.clusters.at(podsOf[0][0], runtime.sites[0].destinations[0])!;
    this.balancer = new Balancer(this.clusters, new Draws('lab', 'balancer'));
    if (wish.alike === undefined) this.state.sets = this.setsOf(wish, seeds);
    // The hosts as they are wished take the place of those of the plan, each in a group of its own.
    const { endpoints } = this.state;
    const wished = endpoints.map((endpoint, group) => ({
      ...endpoint,
      group,
      weight: weights[group],
      locality: wish.localities?.[group] ?? 0,
    }));
    this.clusters.update(this.state, wished, endpoints);
  }

  private setsOf(wish: LabWish, seeds: readonly number[]): HostSets {
    const { weights, priorities, localityWeights = null, callers = [1] } = wish;
    const most = Math.max(callers.length, ...(wish.localities ?? [0]).map((locality) => locality + 1));
    const ranks = weights.map((_, host) => new Array<number>(most).fill(priorities?.[host] ?? 0));
    return new HostSets(this.state, {
      rules: POLICIES[this.state.plan.balancer.policy],
      view:
        priorities === undefined && localityWeights === null ? null : { priorities: ranks, weights: localityWeights },
      own: {
        endpoints: callers.flatMap((pods, locality) => Array.from({ length: pods }, () => ({ locality }))),
      },
      seeds: Float64Array.from(seeds),
      tableOf: () => {
        throw new Error('no hash here');
      },
    });
  }

  get sets(): HostSets {
    if (this.state.sets === null) throw new Error('the hosts are alike');
    return this.state.sets;
  }

  host(index: number): HostState {
    return this.clusters.host(this.state, index);
  }

  pick(worker = 0): HostState | null {
    this.call.worker = worker;
    return this.balancer.pick(this.state, this.call, 7, this.key++, 0);
  }

  /** The next picks as letters: A is the first host. */
  letters(count: number, worker = 0): string {
    return Array.from({ length: count }, () => 'ABCDEFGHIJ'[this.pick(worker)?.index ?? 9]).join('');
  }

  /** How often each host is picked. */
  counts(picks: number): number[] {
    const counts = new Array<number>(this.state.endpoints.length).fill(0);
    for (let i = 0; i < picks; i++) counts[this.pick()?.index ?? 0]++;
    return counts;
  }

  /** Makes these hosts unhealthy, all others healthy, and tells the balancer. */
  eject(...indices: readonly number[]): void {
    this.state.endpoints.forEach((_, index) => {
      this.host(index).ejected = indices.includes(index);
    });
    this.state.ejectedCount = indices.length;
    this.state.unhealthyCount = indices.length;
    learnHealth(this.state, this.calendar.nowNs);
    if (indices.some((index) => this.state.isHealthyAt(index))) throw new Error('still healthy');
  }

  /** Lets time pass. */
  waitUntil(atNs: number): void {
    this.calendar.schedule(atNs, PHASE.sample, 0, 0);
    while (this.calendar.advance(atNs)) {
      // Nothing else is planned.
    }
  }
}
