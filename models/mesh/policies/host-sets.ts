// The hosts of a cluster where they are not all alike: priorities, localities, weights, slow start, hash tables. Brought up to date at each change
// of the hosts, as each worker of Envoy does; a pick only walks what stands here (envoy: source/common/upstream/upstream_impl.cc HostSetImpl;
// source/extensions/load_balancing_policies/common/load_balancer_impl.cc: EdfLoadBalancerBase::refresh, ZoneAwareLoadBalancerBase).
import { powReal } from '../../../sim/math.js';
import type { EnvoyPlan } from '../../plan/contract/envoy-plan.js';
import type { ClusterPlan, LocalityViewPlan } from '../../plan/contract/plan.js';
import { EdfScheduler } from './edf-scheduler.js';
import type { HashTable } from './hash-table.js';
import { availability, OVERPROVISIONING, priorityLoads } from './priority-load.js';
import { slowStartFactor } from './slow-start.js';
import { type ZoneRouting, zoneRouting } from './zone-aware.js';

const NO_HOSTS = new Int32Array(0);
const NO_PRIORITY = -1;

/** A host as a balancer looks at it. */
export interface BalancedHost {
  readonly active: number;
  readonly ejected: boolean;
  readonly failedCheck: boolean;
}

/** Whether the balancer may pick a host outside of panic; one that was never used is healthy. */
export function isHealthy(host: BalancedHost | null): boolean {
  return host === null || !(host.ejected || host.failedCheck);
}

/** The cluster whose hosts stand in sets. */
export interface BalancedCluster {
  readonly plan: ClusterPlan;
  readonly envoy: EnvoyPlan;
  readonly caller: { readonly locality: number };
  readonly hosts: readonly (BalancedHost | null)[];
  readonly hostCount: number;
  readonly createdAtNs: number;
  /** Hosts that this caller is given. */
  memberCount: number;
}

/** What a cluster needs to know beyond its state; by host index. */
export interface HostFacts {
  readonly weights: Float64Array;
  readonly localities: Int32Array;
  /** As the caller ranks them; -1 = not among its hosts. */
  readonly priorities: Int32Array;
  readonly view: LocalityViewPlan | null;
  /** Pods of the caller's workload by locality: Envoy's local cluster. */
  readonly callers: readonly number[];
  /** By worker: where its rotations start. */
  readonly seeds: Float64Array;
  /** Builds (or finds) the hash table of these hosts; `shares` sum up to 1. */
  tableOf(priority: number, hosts: Int32Array, shares: readonly number[], complete: boolean): HashTable;
}

/** Hosts among which a policy picks; its rotations survive changes of the hosts. */
export class HostSource {
  hosts: Int32Array = NO_HOSTS;
  /** By worker: next position of a plain rotation. */
  readonly rotation: Float64Array;
  /** By worker; null where the hosts are equal. */
  schedulers: readonly EdfScheduler[] | null = null;

  constructor(seeds: Float64Array) {
    this.rotation = seeds.slice();
  }
}

/** The hosts of one priority. */
export class PrioritySet {
  readonly hosts: Int32Array;
  readonly all: HostSource;
  readonly healthy: HostSource;
  panic = false;
  /** By locality of the plan; empty unless localities are told apart here. */
  readonly byLocality: HostSource[];
  /** Locality-weighted: by worker, over `weighted`; null where it does not apply. */
  localitySchedulers: readonly EdfScheduler[] | null = null;
  /** Localities that take requests, and, locality-weighted, their effective weights. */
  weighted: readonly number[] = [];
  effective: readonly number[] = [];
  /** Zone-aware routing; null where it does not apply. */
  zones: ZoneRouting | null = null;
  readonly ownZone: number;
  /** Of the candidates; null unless the policy hashes. */
  table: HashTable | null = null;
  /** What the table picks from. */
  candidates: Int32Array = NO_HOSTS;

  constructor(hosts: Int32Array, seeds: Float64Array, localities: number, ownZone: number) {
    this.ownZone = ownZone;
    this.hosts = hosts;
    this.all = new HostSource(seeds);
    this.healthy = new HostSource(seeds);
    this.byLocality = Array.from({ length: localities }, () => new HostSource(seeds));
  }
}

export class HostSets {
  readonly priorities: readonly PrioritySet[];
  /** Cumulative percent of the requests by priority. */
  readonly loadBelow: Float64Array;
  /** Percent that each priority can take. */
  readonly available: Float64Array;
  /** Room for the loads of a retry, and for the priorities that it leaves out. */
  readonly retryBelow: Float64Array;
  readonly excluded: Uint8Array;
  /** Whether hosts are looked up by a hash. */
  readonly hashed: boolean;
  readonly failsInPanic: boolean;
  /** Since when each host is in service: slow start counts from there. */
  readonly sinceNs: Float64Array;
  /** Now, for weights that are read while a pick goes on. */
  nowNs: number;
  private readonly state: BalancedCluster;
  private readonly facts: HostFacts;
  private readonly plan: ClusterPlan;

  constructor(state: BalancedCluster, facts: HostFacts) {
    this.state = state;
    this.facts = facts;
    this.plan = state.plan;
    const { policy } = state.plan.balancer;
    this.hashed = policy === 'ring_hash' || policy === 'maglev';
    this.failsInPanic = state.plan.failTrafficOnPanic === true;
    this.sinceNs = new Float64Array(state.hostCount).fill(state.createdAtNs);
    this.nowNs = state.createdAtNs;
    this.priorities = this.split();
    state.memberCount = this.priorities.reduce((sum, set) => sum + set.hosts.length, 0);
    this.loadBelow = new Float64Array(this.priorities.length);
    this.available = new Float64Array(this.priorities.length);
    this.retryBelow = new Float64Array(this.priorities.length);
    this.excluded = new Uint8Array(this.priorities.length);
    this.update(state.createdAtNs);
  }

  private split(): PrioritySet[] {
    const { priorities, seeds, view, callers } = this.facts;
    let last = 0;
    for (const priority of priorities) if (priority > last) last = priority;
    const sets: PrioritySet[] = [];
    for (let priority = 0; priority <= last; priority++) {
      const hosts: number[] = [];
      for (let host = 0; host < priorities.length; host++) if (priorities[host] === priority) hosts.push(host);
      const zones = this.plan.zoneAware !== undefined && priority === 0;
      const localities = (view?.weights ?? null) !== null || zones ? callers.length : 0;
      sets.push(new PrioritySet(Int32Array.from(hosts), seeds, localities, this.state.caller.locality));
    }
    return sets;
  }

  /** The health of hosts, or the hosts, have changed. */
  update(nowNs: number): void {
    this.nowNs = nowNs;
    const { hosts } = this.state;
    const healthy = this.priorities.map((set) => set.hosts.filter((host) => isHealthy(hosts[host])));
    const { loads, panic } = priorityLoads(
      healthy.map((of) => of.length),
      this.priorities.map((set) => set.hosts.length),
      this.plan.panicThresholdPercent,
    );
    let below = 0;
    this.priorities.forEach((set, priority) => {
      below += loads[priority];
      this.loadBelow[priority] = below;
      this.available[priority] = availability(healthy[priority].length, set.hosts.length);
      set.panic = panic[priority];
      this.updateSet(set, priority, healthy[priority]);
    });
  }

  /** The priority of a host. */
  priorityOf(host: number): number {
    return this.facts.priorities[host];
  }

  private updateSet(set: PrioritySet, priority: number, healthy: Int32Array): void {
    set.candidates = set.panic ? set.hosts : healthy;
    if (this.hashed) {
      const shares = this.shares(set, priority);
      const complete = set.candidates.length === set.hosts.length;
      set.table = shares.length === 0 ? null : this.facts.tableOf(priority, set.candidates, shares, complete);
      return;
    }
    this.fill(set.panic ? set.all : set.healthy, set.candidates);
    const { localities } = this.facts;
    set.byLocality.forEach((source, locality) => {
      this.fill(
        source,
        healthy.filter((host) => localities[host] === locality),
      );
    });
    this.weighLocalities(set, priority);
    this.routeZones(set, priority);
  }

  private fill(source: HostSource, hosts: Int32Array): void {
    source.hosts = hosts;
    source.schedulers = this.needsScheduler(hosts)
      ? Array.from(
          this.facts.seeds,
          (seed) =>
            new EdfScheduler(
              Array.from(hosts, (host) => this.weight(host)),
              this.state.envoy.spreadsSchedulers ? seed : seed % hosts.length,
            ),
        )
      : null;
  }

  private needsScheduler(hosts: Int32Array): boolean {
    if (hosts.length < 2 || this.plan.balancer.policy === 'random') return false;
    const { weights } = this.facts;
    if (hosts.some((host) => weights[host] !== weights[hosts[0]])) return true;
    const { slowStart } = this.plan.balancer;
    return slowStart !== undefined && hosts.some((host) => this.nowNs - this.sinceNs[host] < slowStart.windowNs);
  }

  /** The weight of a host as a scheduler sees it now. */
  weight(host: number): number {
    const { balancer } = this.plan;
    let weight = this.facts.weights[host];
    if (balancer.slowStart !== undefined) {
      weight *= slowStartFactor(balancer.slowStart, this.nowNs - this.sinceNs[host]);
    }
    if (balancer.policy !== 'least_request') return weight;
    const active = (this.state.hosts[host]?.active ?? 0) + 1;
    const bias = balancer.activeRequestBias ?? 1;
    return bias === 1 ? weight / active : weight / powReal(active, bias);
  }

  /** Localities by their weights, less where hosts are missing. */
  private weighLocalities(set: PrioritySet, priority: number): void {
    const weights = this.facts.view?.weights?.[priority];
    set.localitySchedulers = null;
    if (weights === undefined || set.panic) return;
    const weighted: number[] = [];
    const effective: number[] = [];
    set.byLocality.forEach((source, locality) => {
      let total = 0;
      for (const host of set.hosts) if (this.facts.localities[host] === locality) total++;
      if (total === 0 || source.hosts.length === 0 || weights[locality] === 0) return;
      weighted.push(locality);
      const available = Math.min(1, ((OVERPROVISIONING / 100) * source.hosts.length) / total);
      effective.push(weights[locality] * available);
    });
    set.weighted = weighted;
    set.effective = effective;
    if (weighted.length > 0) {
      const { spreadsSchedulers } = this.state.envoy;
      set.localitySchedulers = Array.from(
        this.facts.seeds,
        (seed) => new EdfScheduler(effective, spreadsSchedulers ? seed : 0),
      );
    }
  }

  private routeZones(set: PrioritySet, priority: number): void {
    const { zoneAware } = this.plan;
    set.zones = null;
    if (zoneAware === undefined || priority !== 0 || set.panic || set.localitySchedulers !== null) return;
    const upstream = set.byLocality.map((source) => source.hosts.length);
    set.weighted = upstream.flatMap((hosts, locality) => (hosts > 0 ? [locality] : []));
    set.zones = zoneRouting(upstream, this.facts.callers, this.state.caller.locality, zoneAware.minClusterSize);
  }

  /** The candidates' parts of a hash table: by weight, within their localities where these are weighted. */
  private shares(set: PrioritySet, priority: number): number[] {
    const { weights, localities, view } = this.facts;
    const ofLocality = view?.weights?.[priority];
    const sums = new Map<number, number>();
    for (const host of set.candidates) {
      const group = ofLocality === undefined ? NO_PRIORITY : localities[host];
      sums.set(group, (sums.get(group) ?? 0) + weights[host]);
    }
    let all = 0;
    for (const locality of sums.keys()) all += ofLocality?.[locality] ?? 1;
    return Array.from(set.candidates, (host) => {
      const group = ofLocality === undefined ? NO_PRIORITY : localities[host];
      return ((ofLocality?.[group] ?? 1) / all) * (weights[host] / (sums.get(group) as number));
    });
  }
}
