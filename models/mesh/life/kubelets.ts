// The kubelets of a run: they start the containers of applications, probe them, say whether pods are ready, and kill and start again what fails. What
// they decide: models/kubernetes/kubelet. k8s: pkg/kubelet/prober; pkg/kubelet/pleg/generic.go (a container that ends by itself is noticed at the next
// relist, every second).
import type { Calendar } from '../../../sim/calendar.js';
import type { Distribution } from '../../../sim/distributions/distribution.js';
import { compileDistribution } from '../../../sim/distributions/index.js';
import { PHASE } from '../../../sim/phases.js';
import { Draws } from '../../../sim/random/draws.js';
import { ContainerProbes } from '../../kubernetes/kubelet/container-probes.js';
import type { ProbeKind } from '../../kubernetes/kubelet/probe.js';
import { RestartBackoff } from '../../kubernetes/kubelet/restart-backoff.js';
import type { KubeletPlan, ProbePlan } from '../../plan/contract/kubelet-plan.js';
import { NO_CHANGE } from '../balancing/assignments.js';
import type { LinkRules } from '../network/link-rules.js';
import type { Happenings } from '../recording/happenings.js';
import type { Application } from '../server/application.js';
import type { ActiveFault } from '../server/condition.js';
import type { Attempt } from '../state/attempt.js';
import { EVENT } from '../state/events.js';
import type { ObjectPool } from '../state/object-pool.js';
import { LIFE, type Pod } from '../state/pod.js';
import type { ContainerWatch, Lives } from './lives.js';
import type { Membership } from './membership.js';
import { ProbeRequests } from './probe-requests.js';

const NS_PER_S = 1_000_000_000;
/** How often a kubelet looks whether its containers are still there. */
const RELIST_NS = NS_PER_S;
const KINDS: readonly ProbeKind[] = ['startup', 'readiness', 'liveness'];

/** The container of an application, as its kubelet has it. */
interface Container {
  readonly app: Application;
  readonly plan: KubeletPlan;
  readonly boot: Distribution | null;
  readonly probes: ContainerProbes;
  readonly backOff: RestartBackoff;
  /** As far as the kubelet knows. */
  isRunning: boolean;
  /** The calendar time of the next look at its probes that is planned. */
  lookNs: number;
  /** What keeps its application from being there: it was killed; it does not listen yet. */
  death: ActiveFault | null;
  booting: ActiveFault | null;
  /** When it does, or did. */
  bootedNs: number;
  /** SIGTERM has been sent, and SIGKILL is to follow. */
  isStopping: boolean;
  starts: number;
  deaths: number;
}

export class Kubelets implements ContainerWatch {
  /** By pod; only of pods that are there. */
  private readonly containers = new Map<number, Container>();
  readonly requests: ProbeRequests;
  private readonly phases: Draws;
  private readonly boots: Draws;
  private readonly relists: Draws;

  constructor(
    seed: string,
    private readonly calendar: Calendar,
    /** All that there are, and their applications, by number. */
    private readonly pods: { readonly all: readonly Pod[]; readonly apps: readonly Application[] },
    attempts: ObjectPool<Attempt>,
    { links }: { readonly links: LinkRules },
    private readonly lives: Lives,
    private readonly membership: Membership,
    private readonly happenings: Happenings,
  ) {
    this.phases = new Draws(seed, 'phases of probes');
    this.boots = new Draws(seed, 'starts of applications');
    this.relists = new Draws(seed, 'relists of kubelets');
    lives.kubelets = this;
    this.requests = new ProbeRequests(calendar, attempts, pods.apps, links);
    this.requests.ended = (pod, kind, success) => this.probed(pod, kind, success);
    this.begin();
  }

  /** Pods that are there have been ready for long, each with its probes at moments of their own. */
  private begin(): void {
    for (const pod of this.pods.all) {
      const { kubelet } = pod.plan;
      if (kubelet === undefined) continue;
      const beforeS = KINDS.reduce((sum, kind) => sum + settlingSeconds(kubelet, kind), 0);
      const container = this.make(pod, kubelet, -beforeS * NS_PER_S);
      const { probes } = container;
      container.isRunning = true;
      probes.started(-beforeS * NS_PER_S);
      for (let atNs = probes.nextNs; atNs !== null && atNs < 0; atNs = probes.nextNs) {
        for (const kind of probes.due(atNs)) probes.finish(atNs, kind, true);
      }
      this.plan(pod, container);
    }
  }

  private make(pod: Pod, plan: KubeletPlan, sinceNs: number): Container {
    const container: Container = {
      app: this.pods.apps[pod.id],
      plan,
      boot: plan.bootNs === null ? null : compileDistribution(plan.bootNs),
      probes: new ContainerProbes(plan, (kind) => this.firstTickNs(pod, plan, kind, sinceNs)),
      backOff: new RestartBackoff(),
      isRunning: false,
      lookNs: Number.POSITIVE_INFINITY,
      death: null,
      booting: null,
      bootedNs: 0,
      isStopping: false,
      starts: 0,
      deaths: 0,
    };
    this.containers.set(pod.id, container);
    return container;
  }

  /** The worker of a probe is older than its container, by whatever that took to come up. */
  private firstTickNs(pod: Pod, plan: KubeletPlan, kind: ProbeKind, sinceNs: number): number {
    const periodNs = (plan[kind]?.periodSeconds ?? 0) * NS_PER_S;
    return sinceNs + Math.round(this.phases.uniform(pod.key, KINDS.indexOf(kind)) * periodNs);
  }

  /** The containers of a new pod run. */
  podStarted(pod: Pod): void {
    const { kubelet } = pod.plan;
    if (kubelet === undefined) {
      this.lives.ready(pod);
      return;
    }
    if (pod.life !== LIFE.starting || this.containers.has(pod.id)) return;
    this.run(pod, this.make(pod, kubelet, this.calendar.nowNs));
  }

  /** An event of a container (its pod), or the end of a probe (its number). */
  act(kind: number, ref: number): void {
    if (kind === EVENT.probeEnd) {
      this.requests.end(ref);
      return;
    }
    const pod = this.pods.all[ref];
    const container = this.containerOf(pod);
    if (container === undefined) return;
    switch (kind) {
      case EVENT.probeDue:
        this.look(pod, container);
        return;
      case EVENT.containerStart:
        this.restart(pod, container);
        return;
      case EVENT.applicationBooted:
        if (this.calendar.nowNs >= container.bootedNs) this.booted(container);
        return;
      default:
        this.ended(pod, container);
    }
  }

  /** A pod that was to go while it started has gone without a word. */
  private containerOf(pod: Pod): Container | undefined {
    if (pod.life === LIFE.gone || pod.life === LIFE.silent) this.gone(pod);
    return this.containers.get(pod.id);
  }

  private run(pod: Pod, container: Container): void {
    const { nowNs } = this.calendar;
    const { app, probes, boot } = container;
    if (container.isRunning) probes.stopped(nowNs);
    container.isRunning = true;
    const draw = this.boots.uniform(pod.key, container.starts++);
    const bootNs = boot === null ? 0 : Math.max(0, Math.round(boot.sample(draw)));
    if (bootNs > 0) {
      container.booting = { fault: { kind: 'refuse' }, sinceNs: nowNs, rampNs: 0 };
      container.bootedNs = nowNs + bootNs;
      app.suffer(container.booting);
      this.calendar.schedule(nowNs + bootNs, PHASE.control, EVENT.applicationBooted, pod.id);
    }
    probes.started(nowNs);
    this.tell(pod, container);
    this.plan(pod, container);
  }

  private booted(container: Container): void {
    const { app, booting } = container;
    if (booting === null) return;
    container.booting = null;
    app.recover(booting);
  }

  private plan(pod: Pod, container: Container): void {
    const { nextNs } = container.probes;
    if (nextNs === null || nextNs >= container.lookNs) return;
    const atNs = Math.max(nextNs, this.calendar.nowNs);
    container.lookNs = atNs;
    this.calendar.schedule(atNs, PHASE.control, EVENT.probeDue, pod.id);
  }

  private look(pod: Pod, container: Container): void {
    const { nowNs } = this.calendar;
    const { probes, plan } = container;
    if (nowNs >= container.lookNs) container.lookNs = Number.POSITIVE_INFINITY;
    if (pod.isLeaving) probes.deleted();
    for (const kind of probes.due(nowNs)) {
      const { timeoutSeconds, asks } = plan[kind] as ProbePlan;
      if (asks === 'request') this.requests.ask(pod, kind, timeoutSeconds * NS_PER_S);
      else this.requests.connect(pod, kind, timeoutSeconds * NS_PER_S);
    }
    this.plan(pod, container);
  }

  private probed(pod: Pod, kind: ProbeKind, success: boolean): void {
    const container = this.containerOf(pod);
    if (container === undefined) return;
    // The kubelet has forgotten the probe of a container that it knows to have ended.
    if (container.isRunning) {
      const { kill } = container.probes.finish(this.calendar.nowNs, kind, success);
      if (kill) this.condemn(pod, container, kind);
    }
    this.tell(pod, container);
    this.plan(pod, container);
  }

  /** What a probe says is heard by those who balance load. */
  private tell(pod: Pod, { probes }: Container): void {
    const { isReady } = probes;
    if (pod.life === LIFE.starting) {
      if (isReady) this.lives.ready(pod);
      return;
    }
    if (pod.life !== LIFE.here || pod.isLeaving || pod.ready === isReady) return;
    pod.ready = isReady;
    this.happenings.add(isReady ? 'pod ready again' : 'pod unready', -1, pod.workload, pod.ordinal);
    this.membership.changed({ ...NO_CHANGE, workload: pod.workload, [isReady ? 'ready' : 'unready']: [pod] });
    this.lives.changed(pod.workload);
  }

  /** The container is to be stopped: at SIGTERM the application ends, unless it stands still, which only SIGKILL ends. */
  private condemn(pod: Pod, container: Container, kind: ProbeKind): void {
    if (pod.isLeaving || container.isStopping || isDead(container.app)) return;
    this.happenings.add('container killed', -1, pod.workload, pod.ordinal);
    const graceSeconds = container.plan[kind]?.graceSeconds ?? null;
    const graceNs = graceSeconds === null ? container.plan.graceNs : graceSeconds * NS_PER_S;
    if (!container.app.frozen) {
      this.kill(pod, container);
      return;
    }
    container.isStopping = true;
    this.calendar.schedule(this.calendar.nowNs + graceNs, PHASE.control, EVENT.containerEnd, pod.id);
  }

  private kill(pod: Pod, container: Container): void {
    const { nowNs } = this.calendar;
    container.isStopping = false;
    container.death = { fault: { kind: 'crash' }, sinceNs: nowNs, rampNs: 0 };
    container.app.suffer(container.death);
    this.lives.applicationDown(pod, -1);
    this.noticed(pod, container);
    this.calendar.schedule(container.backOff.restartAt(nowNs), PHASE.control, EVENT.containerStart, pod.id);
  }

  /** The grace of a container is over, or a relist finds that it has ended by itself. */
  private ended(pod: Pod, container: Container): void {
    if (isDead(container.app)) this.noticed(pod, container);
    else if (container.isStopping) this.kill(pod, container);
  }

  /** The kubelet knows that a container has ended. */
  private noticed(pod: Pod, container: Container): void {
    if (!container.isRunning) return;
    container.isRunning = false;
    container.isStopping = false;
    this.booted(container);
    container.probes.stopped(this.calendar.nowNs);
    this.requests.forget(pod);
    this.tell(pod, container);
  }

  private restart(pod: Pod, container: Container): void {
    const { app, death } = container;
    if (death === null || pod.isLeaving) return;
    container.death = null;
    app.recover(death);
    // Something else keeps it from living, and starts it when that ends.
    if (isDead(app)) return;
    // A new process has nothing of what held the threads of the old one.
    for (const hold of app.condition?.holds ?? []) app.recover(hold);
    if (pod.life === LIFE.here) this.lives.applicationUp(pod, -1);
    else this.run(pod, container);
  }

  died(pod: Pod): boolean {
    const container = this.containers.get(pod.id);
    if (container === undefined) return false;
    const waitNs = this.relists.uniform(pod.key, container.deaths++) * RELIST_NS;
    this.calendar.schedule(this.calendar.nowNs + Math.ceil(waitNs), PHASE.control, EVENT.containerEnd, pod.id);
    return true;
  }

  started(pod: Pod): boolean {
    const container = this.containers.get(pod.id);
    if (container === undefined) return false;
    if (isDead(container.app)) return true;
    this.noticed(pod, container);
    this.run(pod, container);
    return true;
  }

  gone(pod: Pod): void {
    if (this.containers.delete(pod.id)) this.requests.forget(pod);
  }
}

/** How long a probe takes at most to say that all is well, from the start of a container. */
function settlingSeconds(plan: KubeletPlan, kind: ProbeKind): number {
  const probe = plan[kind];
  return probe === null ? 0 : probe.initialDelaySeconds + (probe.successThreshold + 2) * probe.periodSeconds;
}

function isDead({ condition }: Application): boolean {
  return condition?.isDead ?? false;
}
