// A balancer with one cluster in front of it, whose hosts can be given weights, localities, priorities and seeds: picks without a mesh around them.
import { Balancer } from '../../models/mesh/balancing/balancer.js';
import { Clusters } from '../../models/mesh/clusters/clusters.js';
import { OutlierDetector } from '../../models/mesh/clusters/outlier.js';
import { Network } from '../../models/mesh/network/network.js';
import { type HostFacts, HostSets, isHealthy } from '../../models/mesh/policies/host-sets.js';
import { Recorder } from '../../models/mesh/recording/recorder.js';
import { buildRuntimePlan } from '../../models/mesh/run/runtime-plan.js';
import { Call } from '../../models/mesh/state/call.js';
import type { ClusterState, HostState } from '../../models/mesh/state/cluster-state.js';
import { Pod } from '../../models/mesh/state/pod.js';
import type { ClusterPlan } from '../../models/plan/contract/plan.js';
import { Calendar } from '../../sim/calendar.js';
import { PHASE } from '../../sim/phases.js';
import { Draws } from '../../sim/random/draws.js';
import { S, smallPlan } from './plans.js';

export interface LabWish {
  readonly weights: readonly number[];
  readonly cluster?: Partial<Omit<ClusterPlan, 'limits'>>;
  readonly facts?: Partial<HostFacts>;
  /** LB seed by worker. */
  readonly seeds?: readonly number[];
}

export class BalancerLab {
  readonly calendar = new Calendar();
  readonly state: ClusterState;
  readonly call = new Call(0);
  private readonly balancer: Balancer;
  private readonly clusters: Clusters;
  private readonly outlier: OutlierDetector;
  private key = 0;

  constructor({ weights, cluster = {}, facts = {}, seeds = [0] }: LabWish) {
    const plan = smallPlan({ pods: weights.length, clientProxy: { workers: seeds.length }, cluster });
    const { calendar } = this;
    const runtime = buildRuntimePlan(plan, calendar);
    let id = 0;
    const podsOf = plan.workloads.map((workload, w) =>
      workload.podLocalities.map((_, ordinal) => new Pod(id++, w, ordinal, runtime, null, 0)),
    );
    const network = new Network(plan.network, calendar);
    this.clusters = new Clusters(
      calendar,
      network,
      podsOf,
      plan.localities,
      new Recorder(plan, calendar, 0, S, S),
      'lab',
    );
    this.state = this.clusters.at(podsOf[0][0], runtime.sites[0].destinations[0]);
    this.balancer = new Balancer(this.clusters, new Draws('lab', 'balancer'));
    this.outlier = new OutlierDetector(calendar, 'lab');
    this.state.sets = new HostSets(this.state, {
      weights: Float64Array.from(weights),
      localities: new Int32Array(weights.length),
      priorities: new Int32Array(weights.length),
      view: null,
      callers: [1],
      seeds: Float64Array.from(seeds),
      tableOf: () => {
        throw new Error('no hash here');
      },
      ...facts,
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
    const counts = new Array<number>(this.state.hostCount).fill(0);
    for (let i = 0; i < picks; i++) counts[this.pick()?.index ?? 0]++;
    return counts;
  }

  /** Makes these hosts unhealthy, all others healthy, and tells the balancer. */
  eject(...indices: readonly number[]): void {
    for (let index = 0; index < this.state.hostCount; index++) this.host(index).ejected = indices.includes(index);
    this.state.ejectedCount = indices.length;
    this.state.unhealthyCount = indices.length;
    this.outlier.updateHosts(this.state);
    if (indices.some((index) => isHealthy(this.host(index)))) throw new Error('still healthy');
  }

  /** Lets time pass. */
  waitUntil(atNs: number): void {
    this.calendar.schedule(atNs, PHASE.sample, 0, 0);
    while (this.calendar.advance(atNs)) {
      // Nothing else is planned.
    }
  }
}
