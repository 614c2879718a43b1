// Who hears when of pods that come and go: the truth changes, the control plane tells each proxy, and each hears of the changes in their order.
// istio: pilot/pkg/xds/discovery.go (debounce), pilot/pkg/features/tuning.go (PILOT_DEBOUNCE_AFTER 100 ms).
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { Draws } from '../../../sim/random/draws.js';
import type { MembersChange } from '../balancing/assignments.js';
import type { Clusters } from '../clusters/clusters.js';
import type { Happenings } from '../recording/happenings.js';
import { EVENT } from '../state/events.js';
import { LIFE, type Pod } from '../state/pod.js';
import type { ClusterUseRt, RuntimePlan, SiteRt } from '../state/runtime.js';

const MS = 1_000_000;
/** From a change of a Kubernetes object until istiod has it: informers, 10 to 100 ms. */
const INFORMER_LEAST_NS = 10 * MS;
const INFORMER_SPREAD_NS = 90 * MS;
/** istiod waits for silence before it tells anybody. */
const DEBOUNCE_NS = 100 * MS;
/** Making, sending and applying the news takes each proxy a time of its own. */
const PUSH_SPREAD_NS = 50 * MS;

export class Membership {
  /** By workload whose pods change: the workloads whose proxies hear of it. */
  private readonly listeners: readonly ReadonlySet<number>[];
  private readonly informers: Draws;
  private readonly pushes: Draws;
  /** By pod: calendar time of the last news on its way; news does not overtake older news. */
  private readonly lastNs: number[] = [];
  /** By number of the change: proxies that have not heard of it yet. */
  private readonly unheard: number[] = [];

  constructor(
    seed: string,
    private readonly calendar: Calendar,
    runtime: RuntimePlan,
    private readonly clusters: Clusters,
    private readonly pods: readonly Pod[],
    private readonly happenings: Happenings,
  ) {
    this.informers = new Draws(seed, 'informers');
    this.pushes = new Draws(seed, 'pushes of endpoints');
    this.listeners = listenersOf(runtime);
  }

  /** Pods of a workload have come or gone; proxies hear of it from now on. @returns the number of the change */
  changed(change: MembersChange): number {
    const { calendar, clusters } = this;
    const number = clusters.assignments.changes.push(change) - 1;
    const informerNs = INFORMER_LEAST_NS + this.informers.uniform(number, 0) * INFORMER_SPREAD_NS;
    let unheard = 0;
    for (const pod of this.pods) {
      if (pod.life !== LIFE.here || !this.listens(pod, change)) continue;
      const pushNs = this.pushes.uniform(pod.key, number) * PUSH_SPREAD_NS;
      const atNs = Math.max(this.lastNs[pod.id] ?? 0, calendar.nowNs + informerNs + DEBOUNCE_NS + pushNs);
      this.lastNs[pod.id] = Math.ceil(atNs);
      calendar.schedule(Math.ceil(atNs), PHASE.control, EVENT.news, pod.id);
      unheard++;
    }
    this.unheard.push(unheard);
    return number;
  }

  /** All proxies that a change is for, and that are still there, have heard of it. */
  isKnown(number: number): boolean {
    const change = this.clusters.assignments.changes[number];
    return this.pods.every((pod) => pod.life !== LIFE.here || pod.heard > number || !this.listens(pod, change));
  }

  /** The next change that is about a cluster of the pod reaches its proxy. */
  hear(pod: Pod): void {
    if (pod.life !== LIFE.here) return;
    const { changes } = this.clusters.assignments;
    while (!this.listens(pod, changes[pod.heard])) pod.heard++;
    const number = pod.heard++;
    this.clusters.hear(pod, changes[number]);
    if (--this.unheard[number] === 0) this.happenings.add('endpoints known', -1, changes[number].workload);
  }

  /** A pod starts: its proxy is told of everything as it is. */
  born(pod: Pod): void {
    pod.heard = this.clusters.assignments.changes.length;
  }

  private listens(pod: Pod, { workload }: MembersChange): boolean {
    return this.listeners[workload].has(pod.workload);
  }
}

/** By workload: who has it in a cluster, and itself. */
function listenersOf({ plan, sites }: RuntimePlan): ReadonlySet<number>[] {
  const listeners = plan.workloads.map((_, workload) => new Set([workload]));
  const add = (caller: number, { cluster, beyond }: ClusterUseRt): void => {
    for (const [index, { workload }] of (cluster?.groups ?? []).entries()) {
      listeners[workload].add(caller);
      const use = beyond?.[index] ?? null;
      if (use !== null) add(workload, use);
    }
  };
  const visit = ({ caller, destinations, mirrors }: SiteRt): void => {
    for (const destination of destinations) add(caller, destination);
    for (const { site } of mirrors) visit(site);
  };
  for (const site of sites) visit(site);
  return listeners;
}
