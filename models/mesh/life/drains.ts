// Nodes that are drained: no new pods come, and all that are there are asked to go, again every 5 s where a budget refuses. What is decided:
// models/kubernetes/workloads/drain.ts, disruption.ts. Flags: --ignore-daemonsets, --delete-emptydir-data, --force, without a time-out.
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { Drain } from '../../kubernetes/workloads/drain.js';
import type { Happenings } from '../recording/happenings.js';
import { EVENT } from '../state/events.js';
import { NOTHING } from '../state/nothing.js';
import { LIFE, type Pod } from '../state/pod.js';
import type { Budgets } from './budgets.js';
import type { Controllers } from './controllers.js';
import type { Scheduling } from './scheduling.js';

const FLAGS = { ignoreDaemonSets: true, deleteEmptyDirData: true, force: true, timeoutNs: null };

interface OneDrain {
  readonly node: number;
  readonly entry: number;
  readonly drain: Drain;
  readonly pods: Map<string, Pod>;
  /** Pods whose eviction has been refused. */
  readonly refused: Set<string>;
  /** Called in place of telling that the node is drained; null: it is told. */
  readonly done: ((node: number) => void) | null;
  isTold: boolean;
}

export class Drains {
  private readonly all: OneDrain[] = [];

  constructor(
    private readonly calendar: Calendar,
    private readonly scheduling: Scheduling,
    private readonly controllers: Controllers,
    private readonly budgets: Budgets,
    private readonly happenings: Happenings,
    /** Whether the pods of a workload are those of a DaemonSet. */
    private readonly isDaemon: (workload: number) => boolean,
  ) {}

  /** A node, which is cordoned, is drained. @param done called when all pods have gone, in place of telling that */
  begin(node: number, entry: number, done: OneDrain['done'] = null): void {
    const there = this.scheduling.on(node).filter(({ life }) => life !== LIFE.gone);
    const drain = new Drain(
      this.calendar.nowNs,
      there.map((pod) => ({
        name: String(pod.id),
        owner: this.isDaemon(pod.workload) ? 'DaemonSet' : 'other controller',
        hasEmptyDir: false,
        finished: false,
      })),
      FLAGS,
    );
    const pods = new Map(there.map((pod) => [String(pod.id), pod]));
    this.all.push({ node, entry, drain, pods, refused: new Set(), done, isTold: false });
    this.ask(this.all.length - 1);
  }

  /** Evictions are due. */
  ask(number: number): void {
    const one = this.all[number];
    const { drain, pods, entry, refused } = one;
    const { nowNs } = this.calendar;
    for (const name of drain.due(nowNs)) {
      const pod = pods.get(name) as Pod;
      if (pod.life === LIFE.gone) {
        drain.gone(name);
        continue;
      }
      const answer = this.budgets.evict(nowNs, pod.workload, pod.id);
      drain.answered(nowNs, name, answer);
      if (answer.status === 201) {
        this.happenings.add('pod evicted', entry, pod.workload, pod.ordinal);
        this.controllers.evict(pod);
      } else if (!refused.has(name)) {
        refused.add(name);
        this.happenings.add('eviction refused', entry, pod.workload, pod.ordinal);
      }
    }
    this.tell(one);
    const { nextNs } = drain;
    if (nextNs !== null) this.calendar.schedule(Math.ceil(nextNs), PHASE.control, EVENT.drain, number);
  }

  /** A pod has gone. */
  ended(pod: Pod): void {
    for (const one of this.all) {
      if (one.isTold || !one.pods.has(String(pod.id))) continue;
      one.drain.gone(String(pod.id));
      this.tell(one);
    }
  }

  private tell(one: OneDrain): void {
    if (one.isTold || one.drain.state.kind !== 'done') return;
    one.isTold = true;
    if (one.done !== null) {
      one.done(one.node);
      return;
    }
    this.happenings.add('node drained', one.entry, NOTHING, one.node);
  }
}
