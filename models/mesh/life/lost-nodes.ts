// Nodes without power: whoever is there falls silent, and the control plane finds out by the leases that are not renewed. Their pods are taken for ready
// until then, are deleted when their tolerations are over, and are there until their node comes back. What is decided: models/kubernetes/nodes.
// k8s: pkg/controller/nodelifecycle/node_lifecycle_controller.go, pkg/controller/tainteviction/taint_eviction.go; a kubelet that starts again restarts the
// containers of its pods (pkg/kubelet/kuberuntime).
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { Draws } from '../../../sim/random/draws.js';
import {
  DEFAULT_NODE_MONITOR_FLAGS,
  LEASE_RENEWAL_NS,
  NodeMonitor,
  type NoExecuteTaint,
} from '../../kubernetes/nodes/node-monitor.js';
import { DEFAULT_TOLERATION_SECONDS, TaintEviction } from '../../kubernetes/nodes/taint-eviction.js';
import { type Taint, type Toleration, tolerates } from '../../kubernetes/scheduling/cluster.js';
import { ZONE } from '../../kubernetes/scheduling/spread.js';
import type { NodesPlan } from '../../plan/contract/node-plan.js';
import { NO_CHANGE } from '../balancing/assignments.js';
import type { Happenings } from '../recording/happenings.js';
import { EVENT } from '../state/events.js';
import { NOTHING } from '../state/nothing.js';
import { LIFE, type Pod } from '../state/pod.js';
import type { Controllers } from './controllers.js';
import type { Lives } from './lives.js';
import type { Membership } from './membership.js';
import type { Scheduling } from './scheduling.js';

const { periodNs } = DEFAULT_NODE_MONITOR_FLAGS;
/** The controller has looked at all nodes for so long before one is lost. */
const BEFORE_NS = 4 * LEASE_RENEWAL_NS;
const KEYS: Readonly<Record<NoExecuteTaint, string>> = {
  'not-ready': 'node.kubernetes.io/not-ready',
  unreachable: 'node.kubernetes.io/unreachable',
};

export class LostNodes {
  private readonly monitor = new NodeMonitor();
  private readonly eviction = new TaintEviction();
  private readonly phases: Draws;
  private readonly dark = new Set<number>();
  /** Nodes that are not as they were. */
  private readonly troubled = new Set<number>();
  private readonly byName: ReadonlyMap<string, number>;
  private readonly taints = new Map<number, NoExecuteTaint>();
  private readonly tolerations: ReadonlyMap<number, readonly Toleration[]>;
  /** Pods on silent nodes that are known not to be ready. */
  private readonly unready = new Set<Pod>();
  private lastPassNs = 0;
  private nextPassNs = Number.POSITIVE_INFINITY;
  private isWatching = false;

  constructor(
    seed: string,
    private readonly calendar: Calendar,
    private readonly plan: NodesPlan,
    private readonly scheduling: Scheduling,
    private readonly controllers: Controllers,
    private readonly lives: Lives,
    private readonly membership: Membership,
    private readonly happenings: Happenings,
    /** Whether a node is cordoned. */
    private readonly isCordoned: (node: number) => boolean,
  ) {
    this.phases = new Draws(seed, 'leases of nodes');
    this.byName = new Map(plan.nodes.map(({ name }, node) => [name, node]));
    this.tolerations = new Map(plan.pods.map(({ workload, tolerations }) => [workload, tolerations]));
  }

  isDark(node: number): boolean {
    return this.dark.has(node);
  }

  seemsReady(pod: Pod): boolean {
    return !this.unready.has(pod);
  }

  /** A node has no power from now on. */
  lose(node: number): void {
    if (this.dark.has(node)) return;
    this.troubled.add(node);
    this.watch();
    this.dark.add(node);
    for (const pod of this.scheduling.on(node)) this.lives.fallSilent(pod);
  }

  /** A node has come. */
  join(node: number): void {
    const { name, labels } = this.plan.nodes[node];
    if (!this.isWatching) return;
    this.monitor.add(this.calendar.nowNs, name, labels[ZONE] ?? '');
    this.monitor.reported(name, true);
  }

  /** A node has gone for good. */
  leave(node: number): void {
    this.monitor.remove(this.plan.nodes[node].name);
    this.taints.delete(node);
    this.troubled.delete(node);
  }

  /** A node has power again: its kubelet reports, restarts the pods that are still wanted, and lets go of the others. */
  restore(node: number, entry: number): void {
    if (!this.dark.delete(node)) return;
    this.monitor.reported(this.plan.nodes[node].name, true);
    this.happenings.add('node back', entry, NOTHING, node);
    for (const pod of this.scheduling.on(node)) {
      if (pod.life !== LIFE.silent) continue;
      this.unready.delete(pod);
      this.eviction.forget(String(pod.id));
      if (!pod.isLeaving) this.membership.changed({ ...NO_CHANGE, workload: pod.workload, removed: [pod] });
      this.controllers.restartInPlace(pod, entry, this.scheduling);
    }
  }

  /** A pod on a silent node is to go: it is gone when its node is back. */
  deleteSilent(pod: Pod): void {
    if (pod.isLeaving) return;
    pod.isLeaving = true;
    this.happenings.add('pod evicted', NOTHING, pod.workload, pod.ordinal);
    this.membership.changed({ ...NO_CHANGE, workload: pod.workload, removed: [pod] });
    this.controllers.look(pod.workload);
  }

  /** The controller looks at all nodes, and at the pods whose time is over. */
  pass(): void {
    const { nowNs } = this.calendar;
    this.evictDue();
    if (nowNs >= this.nextPassNs) {
      this.renew(this.lastPassNs, nowNs);
      this.lastPassNs = nowNs;
      this.nextPassNs = nowNs + periodNs;
      this.follow();
    }
    this.planNext();
  }

  private follow(): void {
    const { lost, podsNotReady, tainted, untainted } = this.monitor.pass(this.calendar.nowNs);
    for (const name of lost) {
      const node = this.byName.get(name) as number;
      this.happenings.add('node unknown', NOTHING, NOTHING, node);
      this.scheduling.setNode(node, this.isCordoned(node), [
        { key: KEYS.unreachable, value: '', effect: 'NoSchedule' },
      ]);
    }
    for (const name of podsNotReady) this.markUnready(this.byName.get(name) as number);
    for (const { node, taint } of tainted) this.taint(this.byName.get(node) as number, taint);
    for (const name of untainted) this.taint(this.byName.get(name) as number, null);
    for (const node of [...this.troubled]) {
      const isWell = !this.dark.has(node) && this.monitor.readyOf(this.plan.nodes[node].name) === 'True';
      if (!isWell || this.taints.has(node)) continue;
      this.troubled.delete(node);
      this.scheduling.setNode(node, this.isCordoned(node), []);
    }
  }

  private markUnready(node: number): void {
    const byWorkload = new Map<number, Pod[]>();
    for (const pod of this.scheduling.on(node)) {
      if (pod.life !== LIFE.silent || pod.isLeaving || this.unready.has(pod)) continue;
      this.unready.add(pod);
      byWorkload.set(pod.workload, [...(byWorkload.get(pod.workload) ?? []), pod]);
    }
    for (const [workload, pods] of byWorkload) {
      this.membership.changed({ ...NO_CHANGE, workload, unready: pods });
      this.controllers.look(workload);
    }
  }

  private taint(node: number, taint: NoExecuteTaint | null): void {
    if (taint === null) this.taints.delete(node);
    else this.taints.set(node, taint);
    for (const pod of this.scheduling.on(node)) {
      const tolerations = taint === null ? [] : [this.secondsOf(pod, taint)];
      this.eviction.observe(this.calendar.nowNs, { name: String(pod.id), tolerations });
    }
  }

  /** How long a pod tolerates a taint; admission gives each pod 300 s that says nothing. */
  private secondsOf({ workload }: Pod, taint: NoExecuteTaint): number | null {
    const asTaint: Taint = { key: KEYS[taint], value: '', effect: 'NoExecute' };
    const own = (this.tolerations.get(workload) ?? []).filter((toleration) => tolerates(toleration, asTaint));
    if (own.length === 0) return DEFAULT_TOLERATION_SECONDS;
    return own.reduce<number | null>(
      (least, { seconds }) => (seconds === null ? least : least === null ? seconds : Math.min(least, seconds)),
      null,
    );
  }

  private evictDue(): void {
    const due = new Set(this.eviction.due(this.calendar.nowNs));
    if (due.size === 0) return;
    for (const node of this.plan.nodes.keys()) {
      for (const pod of this.scheduling.on(node)) {
        if (!due.has(String(pod.id))) continue;
        if (pod.life === LIFE.silent) this.deleteSilent(pod);
        else this.controllers.evict(pod);
      }
    }
  }

  /** The controller has looked at all nodes since long before. */
  private watch(): void {
    if (this.isWatching) return;
    this.isWatching = true;
    const { nowNs } = this.calendar;
    const phaseNs = Math.floor(this.phases.uniform(NOTHING, 0) * periodNs);
    let atNs = nowNs - BEFORE_NS;
    atNs += phaseNs - (((atNs % periodNs) + periodNs) % periodNs);
    for (const [node, { name, labels }] of this.plan.nodes.entries()) {
      if (!this.scheduling.isThere(node)) continue;
      this.monitor.add(atNs, name, labels[ZONE] ?? '');
      this.monitor.reported(name, true);
    }
    for (; atNs <= nowNs; atNs += periodNs) {
      this.renew(this.lastPassNs, atNs);
      this.monitor.pass(atNs);
      this.lastPassNs = atNs;
    }
    this.nextPassNs = atNs;
    this.planNext();
  }

  /** Kubelets with power have renewed their leases between two passes. */
  private renew(fromNs: number, toNs: number): void {
    for (const [node, { name }] of this.plan.nodes.entries()) {
      if (this.dark.has(node) || !this.scheduling.isThere(node)) continue;
      const phaseNs = this.phases.uniform(node, 0) * LEASE_RENEWAL_NS;
      const count = (ns: number): number => Math.floor((ns - phaseNs) / LEASE_RENEWAL_NS);
      if (count(toNs) > count(fromNs)) this.monitor.renewed(name);
    }
  }

  /** When all is as it was nobody looks any more. */
  private planNext(): void {
    if (this.troubled.size === 0) {
      this.isWatching = false;
      return;
    }
    const evictNs = this.eviction.nextNs ?? Number.POSITIVE_INFINITY;
    const atNs = Math.max(this.calendar.nowNs, Math.ceil(Math.min(evictNs, this.nextPassNs)));
    this.calendar.schedule(atNs, PHASE.control, EVENT.nodePass, 0);
  }
}
