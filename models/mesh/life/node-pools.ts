// The Cluster Autoscaler of a run: pools get nodes for pods that wait, and lose those that nobody needs. What is decided:
// models/kubernetes/autoscaling/cluster-autoscaler.ts. Here is what that is told of pods and nodes, and what follows.
// autoscaler: cluster-autoscaler/core/{static_autoscaler.go, podlistprocessor/filter_out_schedulable.go, scaledown}. A cloud gives a new node to the zone with the fewest of the pool.
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { Draws } from '../../../sim/random/draws.js';
import {
  ClusterAutoscaler,
  DEFAULT_CLUSTER_AUTOSCALER_FLAGS,
  type NodeGroup,
  type ScaleDownNode,
  type UnschedulablePod,
} from '../../kubernetes/autoscaling/cluster-autoscaler.js';
import type { NodePoolPlan, NodesPlan, PodsOnNodesPlan } from '../../plan/contract/node-plan.js';
import type { Happenings } from '../recording/happenings.js';
import { EVENT } from '../state/events.js';
import { NOTHING } from '../state/nothing.js';
import { LIFE, type Pod } from '../state/pod.js';
import type { Scheduling, Waiting } from './scheduling.js';

/** What is done to nodes, and known of them. */
export interface NodeKeeping {
  isLost(node: number): boolean;
  /** No new pods come. */
  cordon(node: number): void;
  /** Its pods are evicted; `done` when they have gone. */
  drain(node: number, done: (node: number) => void): void;
  /** It takes pods from now on. */
  join(node: number): void;
  leave(node: number): void;
}

export class NodePools {
  private readonly autoscaler = new ClusterAutoscaler();
  private readonly byName: ReadonlyMap<string, number>;
  private readonly podsOf: ReadonlyMap<number, PodsOnNodesPlan>;
  /** Nodes that have been asked for and are not there yet; nodes that have been told to go. */
  private readonly booting = new Set<number>();
  private readonly going = new Set<number>();

  constructor(
    private readonly seed: string,
    private readonly calendar: Calendar,
    private readonly plan: NodesPlan,
    private readonly scheduling: Scheduling,
    private readonly happenings: Happenings,
    private readonly keeping: NodeKeeping,
  ) {
    this.byName = new Map(plan.nodes.map(({ name }, node) => [name, node]));
    this.podsOf = new Map(plan.pods.map((pods) => [pods.workload, pods]));
  }

  /** Plans the first scan; none where no pool grows. */
  begin(): void {
    if (this.plan.pools.length === 0) return;
    const phase = new Draws(this.seed, 'scans of the Cluster Autoscaler').uniform(0, 0);
    this.planScan(phase * DEFAULT_CLUSTER_AUTOSCALER_FLAGS.scanNs);
  }

  /** One scan. */
  scan(): void {
    const { nowNs } = this.calendar;
    const waiting = this.scheduling.waiting();
    const there = this.scheduling.byNode();
    const { grow, remove, nextNs } = this.autoscaler.scan(nowNs, {
      pending: waiting.map((one) => this.pending(one)),
      groups: this.plan.pools.map((pool) => this.group(pool)),
      nodes: this.plan.pools.flatMap((pool) => this.nodesOf(pool, there)),
    });
    for (const { group, nodes } of grow) this.grow(group, nodes, waiting);
    for (const name of remove) this.remove(this.byName.get(name) as number);
    this.planScan(nextNs);
  }

  /** A node that was asked for is there. */
  booted(node: number): void {
    this.booting.delete(node);
    this.happenings.add('node added', NOTHING, NOTHING, node);
    this.keeping.join(node);
  }

  private planScan(atNs: number): void {
    this.calendar.schedule(Math.ceil(atNs), PHASE.control, EVENT.nodeScan, 0);
  }

  private pending({ workload, sinceNs, view }: Waiting): UnschedulablePod {
    const groups = this.plan.pools.filter(({ nodes }) =>
      this.kinds(nodes).some((n) => this.scheduling.wouldTake(view, n)),
    );
    return {
      pendingSinceNs: sinceNs,
      requests: (this.podsOf.get(workload) as PodsOnNodesPlan).requests,
      groups: new Set(groups.map(({ name }) => name)),
    };
  }

  /** Of nodes that are not there, one of each zone. */
  private kinds(nodes: readonly number[]): number[] {
    const found = new Map<number, number>();
    for (const node of this.absent(nodes)) {
      const { locality } = this.plan.nodes[node];
      if (!found.has(locality)) found.set(locality, node);
    }
    return [...found.values()];
  }

  private absent(nodes: readonly number[]): number[] {
    return nodes.filter((node) => !this.scheduling.isThere(node) && !this.booting.has(node));
  }

  private group({ name, nodes, min }: NodePoolPlan): NodeGroup {
    const { cpuMilli, memoryBytes, pods } = this.plan.nodes[nodes[0]];
    return {
      name,
      size: nodes.length - this.absent(nodes).length,
      min,
      max: nodes.length,
      allocatable: { cpuMilli, memoryBytes, pods },
      upcoming: nodes.filter((node) => this.booting.has(node)).length,
    };
  }

  private nodesOf(pool: NodePoolPlan, there: ReadonlyMap<number, readonly Pod[]>): ScaleDownNode[] {
    const present = pool.nodes.filter((node) => this.scheduling.isThere(node));
    return present.map((node): ScaleDownNode => {
      const { name, cpuMilli, memoryBytes } = this.plan.nodes[node];
      const pods = there.get(node) ?? [];
      const plans = pods.map(({ workload }) => this.podsOf.get(workload) as PodsOnNodesPlan);
      const used = (of: 'cpuMilli' | 'memoryBytes'): number => plans.reduce((sum, own) => sum + own.requests[of], 0);
      const utilization = Math.max(used('cpuMilli') / cpuMilli, used('memoryBytes') / memoryBytes);
      // A pod of a DaemonSet stands for its node, and has nowhere else to go.
      const mayGo = present.length > pool.min && !plans.some(({ isDaemon }) => isDaemon) && !this.keeping.isLost(node);
      const isLittle = utilization < DEFAULT_CLUSTER_AUTOSCALER_FLAGS.utilizationThreshold;
      return {
        name,
        group: pool.name,
        utilization,
        movablePods: pods.length,
        removable: mayGo && isLittle && this.scheduling.couldMove(pods, node),
        deleting: this.going.has(node),
      };
    });
  }

  private grow(group: string, count: number, waiting: readonly Waiting[]): void {
    const pool = this.plan.pools.find(({ name }) => name === group) as NodePoolPlan;
    for (let asked = 0; asked < count; asked++) {
      const node = this.next(pool, waiting);
      if (node === null) return;
      this.booting.add(node);
      const readyNs = Math.ceil(this.calendar.nowNs + pool.bootsNs);
      this.calendar.schedule(readyNs, PHASE.control, EVENT.nodeBooted, node);
    }
  }

  /** In a zone that helps a pod that waits: of these the one that has the fewest nodes of the pool. */
  private next({ nodes }: NodePoolPlan, waiting: readonly Waiting[]): number | null {
    const kinds = this.kinds(nodes);
    const helps = kinds.filter((node) => waiting.some(({ view }) => this.scheduling.wouldTake(view, node)));
    const inZone = new Map<number, number>();
    const absent = new Set(this.absent(nodes));
    for (const node of nodes) {
      const { locality } = this.plan.nodes[node];
      if (!absent.has(node)) inZone.set(locality, (inZone.get(locality) ?? 0) + 1);
    }
    const sizeOf = (node: number): number => inZone.get(this.plan.nodes[node].locality) ?? 0;
    return helps.reduce<number | null>(
      (best, node) => (best === null || sizeOf(node) < sizeOf(best) ? node : best),
      null,
    );
  }

  private remove(node: number): void {
    this.going.add(node);
    this.keeping.cordon(node);
    this.empty(node);
  }

  /** A node that has been without power meanwhile may have pods again that were started anew. */
  private empty(node: number): void {
    this.keeping.drain(node, () => {
      if (this.scheduling.on(node).some(({ life }) => life !== LIFE.gone)) {
        this.empty(node);
        return;
      }
      this.going.delete(node);
      this.happenings.add('node removed', NOTHING, NOTHING, node);
      this.keeping.leave(node);
    });
  }
}
