// The timeline of a run: each entry begins, goes on growing where it has a ramp, and ends. What it does is done by those whose it is: pods, links,
// traffic. Pods are chosen when an entry begins, and stay chosen (chaos-mesh: pkg/selector/generic/mode.go: a share is rounded up).
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { Draws } from '../../../sim/random/draws.js';
import type {
  NodeActionPlan,
  PodFaultPlan,
  PodTargetPlan,
  TimelineEntryPlan,
} from '../../plan/contract/timeline-plan.js';
import type { LinkRule } from '../network/link-rules.js';
import type { Happenings } from '../recording/happenings.js';
import type { Application } from '../server/application.js';
import type { ActiveFault } from '../server/condition.js';
import { EVENT } from '../state/events.js';
import { LIFE, type Pod } from '../state/pod.js';
import type { Traffic } from '../traffic/traffic.js';
import type { Wire } from '../wire/wire.js';
import type { Churn } from './client-connections.js';
import type { Controllers } from './controllers.js';
import type { Evictions } from './evictions.js';
import type { Leaks } from './leaks.js';
import type { Lives } from './lives.js';
import type { Membership } from './membership.js';
import type { Nodes } from './nodes.js';
import type { Peers } from './peers.js';
import { restartedNs } from './restarts.js';

/** What an entry does grows in so many steps. */
const STEPS = 20;
const BEGIN = 0;
const GROW = 1;
const END = 2;
const ACTS = 3;

/** One time that an entry holds, or, of pauses, one pause. */
interface Occurrence {
  readonly entry: number;
  /** Occurrences of one choice are about the same pods. */
  readonly choice: number;
  readonly fault: PodFaultPlan | null;
  readonly beginNs: number;
  /** Calendar time; Infinity: it does not end within the run. */
  readonly endNs: number;
  readonly rampNs: number;
  /** What is undone at its end. */
  readonly faults: { readonly app: Application; readonly fault: ActiveFault }[];
  rule: LinkRule | null;
  /** Applications that leak memory. */
  readonly leaking: Application[];
  readonly nodes: number[];
  churn: Churn | null;
}

export class Timeline {
  private readonly occurrences: Occurrence[] = [];
  private readonly choices: Draws;

  constructor(
    seed: string,
    private readonly calendar: Calendar,
    private readonly entries: readonly TimelineEntryPlan[],
    /** By workload: the pods that are there. */
    private readonly podsOf: readonly (readonly Pod[])[],
    /** By pod. */
    private readonly apps: readonly Application[],
    private readonly lives: Lives,
    private readonly controllers: Controllers,
    private readonly evictions: Evictions,
    private readonly leaks: Leaks,
    private readonly nodes: Nodes | null,
    private readonly membership: Membership,
    private readonly wire: Wire,
    private readonly peers: Peers,
    private readonly traffic: Traffic,
    private readonly happenings: Happenings,
  ) {
    this.choices = new Draws(seed, 'pods of the timeline');
  }

  /** Plans everything; what has begun before the run begins now. @param warmupNs, endNs calendar times of the end of the warm-up and of the run */
  begin(warmupNs: number, endNs: number): void {
    for (const [entry, { startsNs, durationNs, rampNs, action }] of this.entries.entries()) {
      const starts = startsNs.length === 0 ? [0] : startsNs.map((atNs) => atNs + warmupNs);
      for (const [time, beginNs] of starts.entries()) {
        const stopNs = durationNs === null ? Number.POSITIVE_INFINITY : beginNs + durationNs;
        const fault = action.kind === 'pods' ? action.fault : null;
        const choice = entry * MOST_TIMES + time;
        if (fault?.kind === 'pause') this.addPauses(entry, choice, beginNs, Math.min(stopNs, endNs), fault);
        else this.add(entry, choice, fault, beginNs, stopNs, rampNs);
      }
    }
    for (const [number, { beginNs }] of this.occurrences.entries()) {
      if (beginNs === 0) this.act(number * ACTS + BEGIN);
      else if (beginNs <= endNs) this.plan(beginNs, number, BEGIN);
    }
  }

  private addPauses(
    entry: number,
    choice: number,
    beginNs: number,
    stopNs: number,
    { lengthNs, everyNs }: Extract<PodFaultPlan, { kind: 'pause' }>,
  ): void {
    for (let atNs = beginNs; atNs < stopNs; atNs += everyNs) {
      this.add(entry, choice, { kind: 'hang' }, atNs, Math.min(stopNs, atNs + lengthNs), 0);
    }
  }

  private add(
    entry: number,
    choice: number,
    fault: PodFaultPlan | null,
    beginNs: number,
    endNs: number,
    rampNs: number,
  ): void {
    this.occurrences.push({
      entry,
      choice,
      fault,
      beginNs,
      endNs,
      rampNs,
      faults: [],
      rule: null,
      leaking: [],
      nodes: [],
      churn: null,
    });
  }

  private plan(atNs: number, number: number, act: number): void {
    this.calendar.schedule(Math.ceil(atNs), PHASE.control, EVENT.timeline, number * ACTS + act);
  }

  /** An event of the timeline. */
  act(ref: number): void {
    const number = Math.floor(ref / ACTS);
    const occurrence = this.occurrences[number];
    switch (ref % ACTS) {
      case BEGIN:
        this.beginOne(occurrence);
        if (occurrence.rampNs > 0) this.growOn(number, occurrence);
        if (Number.isFinite(occurrence.endNs)) this.plan(occurrence.endNs, number, END);
        return;
      case GROW:
        for (const { app } of occurrence.faults) app.adapt();
        this.traffic.adapt();
        this.growOn(number, occurrence);
        return;
      default:
        this.endOne(occurrence);
    }
  }

  private growOn(number: number, { beginNs, rampNs, endNs }: Occurrence): void {
    const atNs = this.calendar.nowNs + rampNs / STEPS;
    if (atNs <= Math.min(endNs, beginNs + rampNs + rampNs / STEPS)) this.plan(atNs, number, GROW);
  }

  private beginOne(occurrence: Occurrence): void {
    const { entry, fault } = occurrence;
    const { action } = this.entries[entry];
    this.happenings.add('began', entry);
    switch (action.kind) {
      case 'pods':
        for (const pod of this.choose(action.target, occurrence.choice))
          this.suffer(pod, fault as PodFaultPlan, occurrence);
        return;
      case 'link': {
        const { from, to, bothWays, fault: linkFault } = action;
        const { beginNs, endNs, rampNs } = occurrence;
        occurrence.rule = { from, to, bothWays, fault: linkFault, sinceNs: beginNs, rampNs, untilNs: endNs };
        this.wire.links.begin(occurrence.rule);
        if (linkFault.kind === 'partition') this.peers.pings.cut((a, b) => this.wire.isCut(a, b), endNs);
        return;
      }
      case 'traffic':
        this.traffic.adapt();
        return;
      case 'dns':
        this.peers.dns.begin(action);
        return;
      case 'clients':
        if (action.sharePerSecond === null) this.peers.clients.reconnect(action.traffic);
        else occurrence.churn = this.peers.clients.beginChurn(action.traffic, action.sharePerSecond, occurrence);
        return;
      case 'istiod':
        if (action.isDown) this.membership.istiodDown();
        else this.membership.istiodSlow(action.factor);
        return;
      case 'configuration':
        // configuring.ts does that.
        return;
      case 'restart':
        for (const workload of action.workloads) this.controllers.restart(workload, entry);
        return;
      case 'scale':
        for (const workload of action.workloads) this.controllers.scale(workload, action.replicas, entry);
        return;
      case 'nodes':
        occurrence.nodes.push(...this.chooseNodes(action, occurrence.choice));
        for (const node of occurrence.nodes) this.nodes?.begin(node, action.fault, entry, occurrence.beginNs);
        return;
    }
  }

  private suffer(pod: Pod, fault: PodFaultPlan, { entry, beginNs, rampNs, faults, leaking }: Occurrence): void {
    if (fault.kind === 'kill') {
      this.lives.kill(pod, entry);
      return;
    }
    if (fault.kind === 'stop') {
      this.lives.stop(pod, fault.graceSeconds, entry);
      return;
    }
    if (fault.kind === 'evict') {
      this.evictions.begin(pod, entry);
      return;
    }
    if (fault.kind === 'leak') {
      this.leaks.begin(this.apps[pod.id], fault, entry);
      leaking.push(this.apps[pod.id]);
      return;
    }
    const active: ActiveFault = { fault, sinceNs: beginNs, rampNs };
    const app = this.apps[pod.id];
    faults.push({ app, fault: active });
    app.suffer(active);
    if (fault.kind === 'crash') this.lives.applicationDown(pod, entry);
  }

  private endOne(occurrence: Occurrence): void {
    const { entry, faults, rule, churn, fault, beginNs, endNs, nodes, leaking } = occurrence;
    if (endNs > beginNs) this.happenings.add('ended', entry);
    if (rule !== null) this.wire.links.end(rule);
    const { action } = this.entries[entry];
    if (action.kind === 'traffic') this.traffic.adapt();
    if (action.kind === 'istiod') {
      if (action.isDown) this.membership.istiodUp();
      else this.membership.istiodAsEver(action.factor);
    }
    if (action.kind === 'nodes') {
      for (const node of nodes) this.nodes?.end(node, action.fault, entry, beginNs);
    }
    if (action.kind === 'dns') this.peers.dns.end(action);
    if (fault?.kind === 'leak') for (const app of leaking) this.leaks.end(app, fault);
    if (churn !== null) this.peers.clients.endChurn(churn);
    if (fault?.kind === 'crash') {
      // The kubelet starts the application again when its back-off is over.
      const waitNs = restartedNs(endNs - beginNs) - (endNs - beginNs);
      for (const { app } of faults) {
        const number = this.restarts.push({ app, occurrence }) - 1;
        this.calendar.schedule(this.calendar.nowNs + waitNs, PHASE.control, EVENT.applicationUp, number);
      }
      return;
    }
    for (const { app, fault: active } of faults) app.recover(active);
  }

  private readonly restarts: { readonly app: Application; readonly occurrence: Occurrence }[] = [];

  /** The kubelet has started an application again. */
  applicationUp(number: number): void {
    const { app, occurrence } = this.restarts[number];
    for (const one of occurrence.faults) if (one.app === app) app.recover(one.fault);
    this.lives.applicationUp(app.pod, occurrence.entry);
  }

  /** Of the nodes that are there. */
  private chooseNodes({ nodes: meant, count }: NodeActionPlan, choice: number): readonly number[] {
    const nodes = meant.filter((node) => this.nodes?.isThere(node) ?? true);
    if (count.kind === 'all') return nodes;
    const wanted = count.kind === 'count' ? count.count : Math.ceil(count.share * nodes.length - EPSILON);
    const drawn = new Map(nodes.map((node) => [node, this.choices.uniform(node, choice)]));
    return [...nodes].sort((a, b) => (drawn.get(a) as number) - (drawn.get(b) as number)).slice(0, wanted);
  }

  /** The pods of a target that are there now, chosen by draws of their own. */
  private choose({ workloads, localities, ordinals, pods }: PodTargetPlan, choice: number): Pod[] {
    const fit = workloads
      .flatMap((workload) => this.podsOf[workload])
      .filter(({ life, locality, ordinal }) => {
        if (life !== LIFE.here || (localities !== null && !localities.includes(locality))) return false;
        return ordinals === null || ordinals.includes(ordinal);
      });
    if (pods.kind === 'all') return fit;
    const count =
      pods.kind === 'count' ? Math.min(pods.count, fit.length) : Math.ceil(pods.share * fit.length - EPSILON);
    const drawn = new Map(fit.map((pod) => [pod, this.choices.uniform(pod.key, choice)]));
    return [...fit].sort((a, b) => (drawn.get(a) as number) - (drawn.get(b) as number)).slice(0, count);
  }
}

/** No entry begins more often. */
const MOST_TIMES = 131072;
/** 0.3 of 10 pods are 3. */
const EPSILON = 1e-9;
