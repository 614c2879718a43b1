// Applications that leak memory: at the limit of its container the kernel kills the application, and nothing else of the pod (exit code 137, OOMKilled); the
// kubelet sees that at its next look (k8s: pkg/kubelet/pleg/generic.go) and starts the container again, with a back-off from the second time on. What is decided:
// models/kubernetes/kubelet/{memory,restart-backoff}.ts. A new process has the memory that it has at rest, and leaks on.
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { Draws } from '../../../sim/random/draws.js';
import { RestartBackoff } from '../../kubernetes/kubelet/restart-backoff.js';
import type { LeakPlan } from '../../plan/contract/timeline-plan.js';
import type { Happenings } from '../recording/happenings.js';
import type { Application } from '../server/application.js';
import type { ActiveFault } from '../server/condition.js';
import { EVENT } from '../state/events.js';
import { NOTHING } from '../state/nothing.js';
import { LIFE, type Pod } from '../state/pod.js';
import type { Lives } from './lives.js';

const NS_PER_S = 1_000_000_000;
/** From one look of the kubelet at its containers to the next. */
const RELIST_NS = NS_PER_S;

/** One application that leaks. */
interface Leaking {
  readonly app: Application;
  readonly number: number;
  /** What its container may take beyond the memory that it has at rest. */
  readonly roomBytes: number;
  readonly backOff: RestartBackoff;
  /** Of the timeline: the one that began last. */
  entry: number;
  bytesPerSecond: number;
  /** What has leaked, at `sinceNs`. */
  leakedBytes: number;
  sinceNs: number;
  kills: number;
  /** While it is down. */
  down: ActiveFault | null;
  step: number;
}

export class Leaks {
  private readonly all: Leaking[] = [];
  private readonly byPod = new Map<Pod, Leaking>();
  private readonly relists: Draws;

  constructor(
    seed: string,
    private readonly calendar: Calendar,
    private readonly lives: Lives,
    private readonly happenings: Happenings,
  ) {
    this.relists = new Draws(seed, 'relists of killed applications');
    // Whatever killed the old process: the new one has nothing of its memory.
    lives.startedAnew = (pod) => {
      const one = this.byPod.get(pod);
      if (one !== undefined && one.down === null) this.renew(one);
    };
  }

  /** An application begins to leak, or leaks more. @param entry of the timeline that does it */
  begin(app: Application, fault: LeakPlan, entry: number): void {
    const one = this.of(app, fault, entry);
    this.settle(one);
    one.entry = entry;
    one.bytesPerSecond += fault.bytesPerSecond;
    this.plan(one);
  }

  /** A leak ends: what has leaked stays. */
  end(app: Application, { bytesPerSecond }: LeakPlan): void {
    const one = this.byPod.get(app.pod);
    if (one === undefined) return;
    this.settle(one);
    one.bytesPerSecond -= bytesPerSecond;
    this.plan(one);
  }

  /** The memory of an application is at the limit of its container, or the kubelet starts the application again. */
  fire(number: number): void {
    const one = this.all[number];
    one.step = NOTHING;
    if (one.down === null) this.kill(one);
    else this.restart(one, one.down);
  }

  private of(app: Application, { roomBytes }: LeakPlan, entry: number): Leaking {
    const known = this.byPod.get(app.pod);
    if (known !== undefined) return known;
    const one: Leaking = {
      app,
      number: this.all.length,
      roomBytes: roomBytes.find(({ workload }) => workload === app.pod.workload)?.bytes ?? Number.POSITIVE_INFINITY,
      backOff: new RestartBackoff(),
      entry,
      bytesPerSecond: 0,
      leakedBytes: 0,
      sinceNs: this.calendar.nowNs,
      kills: 0,
      down: null,
      step: NOTHING,
    };
    this.all.push(one);
    this.byPod.set(app.pod, one);
    return one;
  }

  private settle(one: Leaking): void {
    const { nowNs } = this.calendar;
    if (one.down === null) one.leakedBytes += (one.bytesPerSecond * (nowNs - one.sinceNs)) / NS_PER_S;
    one.sinceNs = nowNs;
  }

  private plan(one: Leaking): void {
    if (one.down !== null) return;
    const { calendar } = this;
    if (one.step !== NOTHING) calendar.cancel(one.step);
    one.step = NOTHING;
    const leftNs = ((one.roomBytes - one.leakedBytes) / one.bytesPerSecond) * NS_PER_S;
    if (one.bytesPerSecond === 0 || !Number.isFinite(leftNs)) return;
    // Killed is who has more than the limit.
    this.schedule(one, calendar.nowNs + Math.max(0, Math.floor(leftNs)) + 1);
  }

  private schedule(one: Leaking, atNs: number): void {
    one.step = this.calendar.schedule(atNs, PHASE.control, EVENT.memory, one.number);
  }

  private kill(one: Leaking): void {
    const { app, entry } = one;
    const { pod } = app;
    const { nowNs } = this.calendar;
    if (pod.life !== LIFE.here || pod.isLeaving) return;
    if (!pod.listens) {
      // Something else has the application down: the process that comes up then is a new one.
      this.renew(one);
      return;
    }
    this.happenings.add('out of memory', entry, pod.workload, pod.ordinal);
    one.down = { fault: { kind: 'crash' }, sinceNs: nowNs, rampNs: 0 };
    app.suffer(one.down);
    this.lives.applicationDown(pod, entry);
    const seenNs = nowNs + Math.round(this.relists.uniform(pod.key, one.kills++) * RELIST_NS);
    this.schedule(one, Math.max(seenNs, one.backOff.restartAt(nowNs)));
  }

  private restart(one: Leaking, down: ActiveFault): void {
    const { app, entry } = one;
    // The kubelet starts nothing in a pod that is to go.
    if (app.pod.life !== LIFE.here || app.pod.isLeaving) return;
    one.down = null;
    app.recover(down);
    this.lives.applicationUp(app.pod, entry);
  }

  private renew(one: Leaking): void {
    one.leakedBytes = 0;
    one.sinceNs = this.calendar.nowNs;
    this.plan(one);
  }
}
