// Pods whose eviction the timeline asks for: each goes if its PodDisruptionBudget lets it, and is asked for again every 5 s where that refuses, as
// `kubectl drain` does it (kubernetes/kubectl: pkg/drain/drain.go, evictPods; k8s: pkg/registry/core/pod/storage/eviction.go).
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { EVICTION_RETRY_NS } from '../../kubernetes/workloads/drain.js';
import type { Happenings } from '../recording/happenings.js';
import { EVENT } from '../state/events.js';
import { LIFE, type Pod } from '../state/pod.js';
import type { Budgets } from './budgets.js';
import type { Controllers } from './controllers.js';

interface Eviction {
  readonly pod: Pod;
  /** Of the timeline. */
  readonly entry: number;
  isRefused: boolean;
}

export class Evictions {
  private readonly all: Eviction[] = [];

  constructor(
    private readonly calendar: Calendar,
    private readonly controllers: Controllers,
    private readonly budgets: Budgets,
    private readonly happenings: Happenings,
  ) {}

  /** A pod is to be evicted. @param entry of the timeline that asks for it */
  begin(pod: Pod, entry: number): void {
    this.ask(this.all.push({ pod, entry, isRefused: false }) - 1);
  }

  /** The API server is asked, unless the pod goes anyway. */
  ask(number: number): void {
    const one = this.all[number];
    const { pod, entry } = one;
    if (pod.isLeaving || pod.life === LIFE.gone) return;
    const { nowNs } = this.calendar;
    const { status } = this.budgets.evict(nowNs, pod.workload, pod.id);
    if (status === 201) {
      this.happenings.add('pod evicted', entry, pod.workload, pod.ordinal);
      this.controllers.evict(pod, entry);
      return;
    }
    if (!one.isRefused) this.happenings.add('eviction refused', entry, pod.workload, pod.ordinal);
    one.isRefused = true;
    // An error of the server, where several budgets select a pod, is the last word.
    if (status === 429) this.calendar.schedule(nowNs + EVICTION_RETRY_NS, PHASE.control, EVENT.eviction, number);
  }
}
