// The hosts of a cluster where they are not all alike: priorities, localities, weights, slow start, hash tables. Brought up to date at each change
// of the hosts, as each worker of Envoy does; a pick only walks what stands here (envoy: source/common/upstream/upstream_impl.cc HostSetImpl;
// source/extensions/load_balancing_policies/common/load_balancer_impl.cc: EdfLoadBalancerBase::refresh, ZoneAwareLoadBalancerBase).
import type { EnvoyPlan } from '../../plan/contract/envoy-plan.js';
import type { BalancerPlan, ClusterPlan, LocalityViewPlan } from '../../plan/contract/plan.js';
import { EdfScheduler } from './edf-scheduler.js';
import type { HashTable } from './hash-table.js';
import { HostSource } from './host-source.js';
import { availability, OVERPROVISIONING, priorityLoads } from './priority-load.js';
import { slowStartFactor } from './slow-start.js';
import { type ZoneRouting, zoneRouting } from './zone-aware.js';

const NO_HOSTS = new Int32Array(0);
const NO_PRIORITY = -1;

/** The cluster whose hosts stand in sets. */
export interface BalancedCluster {
  readonly plan: ClusterPlan;
  readonly envoy: EnvoyPlan;
  readonly caller: { readonly locality: number };
  readonly endpoints: readonly BalancedEndpoint[];
  readonly createdAtNs: number;
  /** Hosts that this caller is given. */
  memberCount: number;
  /** By place in the list of endpoints. */
  isHealthyAt(index: number): boolean;
  activeAt(index: number): number;
}

export interface BalancedEndpoint {
  readonly group: number;
  readonly locality: number;
  readonly weight: number;
}

/** How the policy of a cluster has its hosts. */
export interface SetRules {
  /** Unequal hosts stand in a schedule. */
  readonly schedules: boolean;
  /** Hosts are looked up in a table. */
  readonly hashes: boolean;
  /** The weight of a host with so many active requests. */
  weight(plan: BalancerPlan, weight: number, active: number): number;
}

/** What a cluster needs to know beyond its state. */
export interface HostFacts {
  readonly rules: SetRules;
  /** How the caller ranks the hosts; null: all alike. */
  readonly view: LocalityViewPlan | null;
  /** Envoy's local cluster: the pods of the caller's workload, as far as the caller has heard of them. */
  readonly own: { readonly endpoints: readonly { readonly locality: number }[] };
  /** By worker: where its rotations start. */
  readonly seeds: Float64Array;
  /** Builds (or finds) the hash table of hosts by their places; `shares` sum up to 1; `complete`: these are all of their priority. */
  tableOf(hosts: Int32Array, shares: readonly number[], complete: boolean): HashTable;
}

/** The hosts of one priority. */
export class PrioritySet {
  /** Places in the cluster's list, in its order. */
  hosts: Int32Array = NO_HOSTS;
  readonly all: HostSource;
  readonly healthy: HostSource;
  panic = false;
  /** By locality of the plan; empty unless localities are told apart here. */
  readonly byLocality: HostSource[] = [];
  /** Locality-weighted: by worker, over `weighted`; null where it does not apply. */
  localitySchedulers: readonly EdfScheduler[] | null = null;
  /** Localities that take requests, and, locality-weighted, their effective weights. */
  weighted: readonly number[] = [];
  effective: readonly number[] = [];
  /** Zone-aware routing; null where it does not apply. */
  zones: ZoneRouting | null = null;
  /** Of the candidates; null unless the policy hashes. */
  table: HashTable | null = null;
  /** What the table picks from. */
  candidates: Int32Array = NO_HOSTS;

  constructor(
    seeds: Float64Array,
    readonly ownZone: number,
  ) {
    this.all = new HostSource(seeds.slice());
    this.healthy = new HostSource(seeds.slice());
  }
}

export class HostSets {
  /** Those that have lost all their hosts stay. */
  readonly priorities: PrioritySet[] = [];
  /** Cumulative percent of the requests by priority. */
  loadBelow = new Float64Array(0);
  /** Percent that each priority can take. */
  available = new Float64Array(0);
  /** Room for the loads of a retry, and for the priorities that it leaves out. */
  retryBelow = new Float64Array(0);
  excluded = new Uint8Array(0);
  /** Whether hosts are looked up by a hash. */
  readonly hashed: boolean;
  readonly failsInPanic: boolean;
  /** By place in the list: since when the host is in service (slow start counts from there), its weight, and where it is. */
  sinceNs = new Float64Array(0);
  weights = new Float64Array(0);
  private localities = new Int32Array(0);
  /** Now, for weights that are read while a pick goes on. */
  nowNs: number;
  private readonly plan: ClusterPlan;

  /** Of a cluster without hosts. */
  constructor(
    private readonly state: BalancedCluster,
    private readonly facts: HostFacts,
  ) {
    this.plan = state.plan;
    this.hashed = facts.rules.hashes;
    this.failsInPanic = state.plan.failTrafficOnPanic;
    this.nowNs = state.createdAtNs;
  }

  /**
   * The list of hosts has changed: everything is made anew but the rotations.
   * @param kept by place in the list: the place before; below 0: a new host
   */
  membersChanged(kept: Int32Array, nowNs: number): void {
    const { endpoints } = this.state;
    const { sinceNs } = this;
    this.sinceNs = Float64Array.from(kept, (before) => sinceNs[before] ?? nowNs);
    this.weights = Float64Array.from(endpoints, ({ weight }) => weight);
    this.localities = Int32Array.from(endpoints, ({ locality }) => locality);
    this.split();
    this.update(nowNs);
  }

  private split(): void {
    const ranks = this.state.endpoints.map((endpoint) => this.priorityOf(endpoint));
    const { priorities } = this;
    const count = Math.max(1, priorities.length, ...ranks.map((rank) => rank + 1));
    for (let priority = 0; priority < count; priority++) {
      priorities[priority] ??= new PrioritySet(this.facts.seeds, this.state.caller.locality);
      priorities[priority].hosts = Int32Array.from(ranks.flatMap((rank, place) => (rank === priority ? [place] : [])));
    }
    this.state.memberCount = ranks.filter((rank) => rank !== NO_PRIORITY).length;
    this.loadBelow = new Float64Array(count);
    this.available = new Float64Array(count);
    this.retryBelow = new Float64Array(count);
    this.excluded = new Uint8Array(count);
  }

  /** The health of hosts, or the caller's own cluster, has changed. */
  update(nowNs: number): void {
    this.nowNs = nowNs;
    const { state } = this;
    const healthy = this.priorities.map((set) => set.hosts.filter((host) => state.isHealthyAt(host)));
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

  /** The priority of a host; below 0: the caller is not given it. */
  priorityOf({ group, locality }: BalancedEndpoint): number {
    const { view } = this.facts;
    return view === null ? 0 : view.priorities[group][locality];
  }

  private updateSet(set: PrioritySet, priority: number, healthy: Int32Array): void {
    set.candidates = set.panic ? set.hosts : healthy;
    if (this.hashed) {
      const shares = this.shares(set, priority);
      const complete = set.candidates.length === set.hosts.length;
      set.table = shares.length === 0 ? null : this.facts.tableOf(set.candidates, shares, complete);
      return;
    }
    this.fill(set.panic ? set.all : set.healthy, set.candidates);
    const { localities } = this;
    const callers = this.tellsLocalitiesApart(priority) ? this.callers() : [];
    while (set.byLocality.length < callers.length) set.byLocality.push(new HostSource(this.facts.seeds.slice()));
    set.byLocality.forEach((source, locality) => {
      this.fill(
        source,
        healthy.filter((host) => localities[host] === locality),
      );
    });
    this.weighLocalities(set, priority);
    this.routeZones(set, priority, callers);
  }

  private tellsLocalitiesApart(priority: number): boolean {
    return (this.facts.view?.weights ?? null) !== null || (this.plan.zoneAware !== null && priority === 0);
  }

  /** How many pods of the caller's workload each locality has, by its number, up to the highest number of a pod here. */
  private callers(): number[] {
    const own = this.facts.own.endpoints;
    let last = 0;
    for (const { locality } of own) last = Math.max(last, locality);
    for (const locality of this.localities) last = Math.max(last, locality);
    const counts = new Array<number>(last + 1).fill(0);
    for (const { locality } of own) counts[locality]++;
    return counts;
  }

  private fill(source: HostSource, hosts: Int32Array): void {
    source.choose(hosts);
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
    if (hosts.length < 2 || !this.facts.rules.schedules) return false;
    const { weights } = this;
    if (hosts.some((host) => weights[host] !== weights[hosts[0]])) return true;
    const { slowStart } = this.plan.balancer;
    return slowStart !== undefined && hosts.some((host) => this.nowNs - this.sinceNs[host] < slowStart.windowNs);
  }

  /** The weight of a host as a scheduler sees it now. */
  weight(host: number): number {
    const { balancer } = this.plan;
    let weight = this.weights[host];
    if (balancer.slowStart !== undefined) {
      weight *= slowStartFactor(balancer.slowStart, this.nowNs - this.sinceNs[host]);
    }
    return this.facts.rules.weight(balancer, weight, this.state.activeAt(host));
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
      for (const host of set.hosts) if (this.localities[host] === locality) total++;
      if (total === 0 || source.count === 0 || weights[locality] === 0) return;
      weighted.push(locality);
      const available = Math.min(1, ((OVERPROVISIONING / 100) * source.count) / total);
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

  private routeZones(set: PrioritySet, priority: number, callers: readonly number[]): void {
    const { zoneAware } = this.plan;
    set.zones = null;
    if (zoneAware === null || priority !== 0 || set.panic || set.localitySchedulers !== null) return;
    const upstream = set.byLocality.map((source) => source.count);
    set.weighted = upstream.flatMap((hosts, locality) => (hosts > 0 ? [locality] : []));
    set.zones = zoneRouting(upstream, callers, this.state.caller.locality, zoneAware.minClusterSize);
  }

  /** The candidates' parts of a hash table: by weight, within their localities where these are weighted. */
  private shares(set: PrioritySet, priority: number): number[] {
    const { weights, localities } = this;
    const { view } = this.facts;
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
