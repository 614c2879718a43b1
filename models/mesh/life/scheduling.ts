// The scheduler of a run that knows of nodes: pods that a controller asks for wait in its queue, and go to the node that it likes best. What is decided:
// models/kubernetes/scheduling. A pod is placed in the moment in which it is tried: its binding is part of its start (lives.ts).
// k8s: pkg/scheduler/schedule_one.go.
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { Draws } from '../../../sim/random/draws.js';
import type { PodView, Taint } from '../../kubernetes/scheduling/cluster.js';
import { SchedulingQueue } from '../../kubernetes/scheduling/queue.js';
import { Scheduler } from '../../kubernetes/scheduling/scheduler.js';
import { nodeView, podView } from '../../kubernetes/scheduling/views.js';
import type { NodesPlan, PodsOnNodesPlan } from '../../plan/contract/node-plan.js';
import type { Happenings } from '../recording/happenings.js';
import { EVENT } from '../state/events.js';
import type { Pod } from '../state/pod.js';
import type { PodRequest } from './placing.js';

/** Where a pod is. */
interface Bound {
  readonly node: number;
  readonly view: PodView;
}

/** A pod for which no node was fit. */
export interface Waiting {
  readonly workload: number;
  readonly sinceNs: number;
  readonly view: PodView;
}

interface Asked {
  readonly request: PodRequest;
  readonly view: PodView;
}

export class Scheduling {
  private readonly scheduler: Scheduler;
  private readonly queue = new SchedulingQueue();
  private readonly asked = new Map<string, Asked>();
  private readonly bound = new Map<Pod, Bound>();
  private readonly byName: ReadonlyMap<string, number>;
  private readonly podsOf: ReadonlyMap<number, PodsOnNodesPlan>;
  private readonly ties: Draws;
  private tie = 0;
  private plannedNs = Number.POSITIVE_INFINITY;
  /** Nodes that are there. */
  private readonly present = new Set<number>();
  /** Makes the pod of a request; null: the pod is not wanted any more. */
  make: (request: PodRequest, locality: number) => Pod | null = () => null;
  /** Told of each pod that is on a node from now on. */
  settled: (pod: Pod, node: number) => void = () => {};

  /** @param podsAtStart by workload */
  constructor(
    seed: string,
    private readonly calendar: Calendar,
    private readonly plan: NodesPlan,
    podsAtStart: readonly (readonly Pod[])[],
    private readonly happenings: Happenings,
  ) {
    this.ties = new Draws(seed, 'ties of the scheduler');
    this.scheduler = new Scheduler((count) => Math.floor(this.ties.uniform(this.tie, 0) * count));
    this.byName = new Map(plan.nodes.map(({ name }, node) => [name, node]));
    this.podsOf = new Map(plan.pods.map((pods) => [pods.workload, pods]));
    const later = new Set(plan.pools.flatMap(({ nodes, min }) => nodes.slice(min)));
    for (const [index, node] of plan.nodes.entries()) {
      if (later.has(index)) continue;
      this.present.add(index);
      this.scheduler.setNode(nodeView(node));
    }
    for (const pods of plan.pods) {
      for (const pod of podsAtStart[pods.workload]) this.bind(pod, pods.atStart[pod.ordinal], podView(pods));
    }
  }

  has(workload: number): boolean {
    return this.podsOf.has(workload);
  }

  /** The pods on a node. */
  on(node: number): Pod[] {
    return [...this.bound].flatMap(([pod, place]) => (place.node === node ? [pod] : []));
  }

  isThere(node: number): boolean {
    return this.present.has(node);
  }

  /** A node has come: pods are tried on it. */
  join(node: number): void {
    this.present.add(node);
    this.setNode(node, false, []);
  }

  /** A node has gone, with no pod on it. */
  leave(node: number): void {
    this.present.delete(node);
    this.scheduler.removeNode(this.plan.nodes[node].name);
  }

  /** Pods that have been tried in vain and have no place on the nodes as they are now, in the order in which they came. */
  waiting(): Waiting[] {
    const tried = [...this.asked].filter(([key]) => this.told.has(key)).map(([, one]) => one);
    if (tried.length === 0) return [];
    const left = new Set(this.scheduler.withoutPlace(tried.map(({ view }) => view)));
    const waiting = tried.filter(({ view }) => left.has(view));
    return waiting.map(({ request, view }) => ({ workload: request.workload, sinceNs: request.createdNs, view }));
  }

  /** Whether a node that is not there would be fit for a pod. */
  wouldTake(view: PodView, node: number): boolean {
    return this.scheduler.wouldTake(view, nodeView(this.plan.nodes[node]));
  }

  /** Whether pods of a node would find places on other nodes. */
  couldMove(pods: readonly Pod[], node: number): boolean {
    const views = pods.flatMap((pod) => this.bound.get(pod)?.view ?? []);
    return this.scheduler.couldMove(views, this.plan.nodes[node].name);
  }

  /** The pods on all nodes that have any. */
  byNode(): ReadonlyMap<number, readonly Pod[]> {
    const found = new Map<number, Pod[]>();
    for (const [pod, { node }] of this.bound) {
      const there = found.get(node);
      if (there === undefined) found.set(node, [pod]);
      else there.push(pod);
    }
    return found;
  }

  nodeOf(pod: Pod): number | null {
    return this.bound.get(pod)?.node ?? null;
  }

  /** How many pods of its workload are on the node of a pod. */
  together(pod: Pod): number {
    const node = this.nodeOf(pod);
    return node === null ? 0 : this.on(node).filter(({ workload }) => workload === pod.workload).length;
  }

  seek(request: PodRequest): void {
    const key = String(request.id);
    this.asked.set(key, { request, view: podView(this.podsOf.get(request.workload) as PodsOnNodesPlan) });
    this.queue.add(this.calendar.nowNs, key, 0);
    this.run();
  }

  drop(id: number): void {
    this.asked.delete(String(id));
    this.told.delete(String(id));
    this.queue.remove(String(id));
  }

  /** A pod has gone from its node. */
  ended(pod: Pod): void {
    const place = this.bound.get(pod);
    if (place === undefined) return;
    this.bound.delete(pod);
    this.scheduler.unbind(place.view, this.plan.nodes[place.node].name);
    this.roomMade();
  }

  /** A pod is started anew on its node: another one has its place. */
  handOver(old: Pod, next: Pod): void {
    const place = this.bound.get(old);
    if (place === undefined) return;
    this.bound.delete(old);
    this.bound.set(next, place);
    this.settled(next, place.node);
  }

  /** A node takes pods, or takes none. @param taints beside its own */
  setNode(node: number, isCordoned: boolean, taints: readonly Taint[]): void {
    if (!this.present.has(node)) return;
    const plan = this.plan.nodes[node];
    this.scheduler.setNode(
      nodeView({ ...plan, unschedulable: plan.unschedulable || isCordoned, taints: [...plan.taints, ...taints] }),
    );
    this.roomMade();
  }

  /** Pods are tried that are due. */
  run(): void {
    const { queue, calendar } = this;
    const { nowNs } = calendar;
    this.plannedNs = Number.POSITIVE_INFINITY;
    for (let key = queue.pop(nowNs); key !== null; key = queue.pop(nowNs)) this.tryOne(key);
    this.planNext(queue.nextNs);
  }

  private tryOne(key: string): void {
    const { queue, calendar, happenings } = this;
    const found = this.asked.get(key);
    if (found === undefined) {
      queue.remove(key);
      return;
    }
    const { request, view } = found;
    this.tie = request.workload * MOST_PODS + request.ordinal;
    const node = this.nodeFor(request, view);
    if (node === null) {
      queue.failed(calendar.nowNs, key);
      if (!this.told.has(key)) happenings.add('pod pending', request.entry, request.workload, request.ordinal);
      this.told.add(key);
      return;
    }
    queue.remove(key);
    this.asked.delete(key);
    this.told.delete(key);
    const pod = this.make(request, this.plan.nodes[node].locality);
    if (pod === null) return;
    this.bind(pod, node, view);
    this.settled(pod, node);
  }

  private readonly told = new Set<string>();

  private nodeFor({ workload, ordinal }: PodRequest, view: PodView): number | null {
    const pods = this.podsOf.get(workload) as PodsOnNodesPlan;
    if (pods.isDaemon) return pods.atStart[ordinal] ?? null;
    const placement = this.scheduler.place(view);
    return placement.kind === 'placed' ? (this.byName.get(placement.node) as number) : null;
  }

  private bind(pod: Pod, node: number, view: PodView): void {
    this.scheduler.bind(view, this.plan.nodes[node].name);
    this.bound.set(pod, { node, view });
  }

  /** The cluster has changed so that pods may find room: they are tried as soon as their back-off lets them. */
  private roomMade(): void {
    if (this.queue.size === 0) return;
    this.queue.clusterChanged(this.calendar.nowNs);
    this.planNext(this.queue.nextNs);
  }

  private planNext(nextNs: number | null): void {
    const { calendar } = this;
    if (nextNs === null || nextNs >= this.plannedNs) return;
    this.plannedNs = Math.max(calendar.nowNs, Math.ceil(nextNs));
    calendar.schedule(this.plannedNs, PHASE.control, EVENT.scheduling, 0);
  }
}

/** No workload has more. */
const MOST_PODS = 65536;
