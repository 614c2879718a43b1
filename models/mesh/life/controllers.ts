// The controllers of workloads in a run: each keeps the pods that its workload is to have, whoever kills, evicts or scales them, and replaces them in its
// way when their template changes. What is decided: models/kubernetes/workloads, behind keeper.ts. Here pods are made and told to go.
// A controller acts in the moment in which it is told: its queue and its informers take milliseconds (k8s: pkg/controller/controller_utils.go).
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { Draws } from '../../../sim/random/draws.js';
import type { ControllerPlan } from '../../plan/contract/controller-plan.js';
import type { MeshPlan } from '../../plan/contract/plan.js';
import type { Happenings } from '../recording/happenings.js';
import type { Application } from '../server/application.js';
import { EVENT } from '../state/events.js';
import { NOTHING } from '../state/nothing.js';
import { LIFE, type Pod } from '../state/pod.js';
import type { RuntimePlan } from '../state/runtime.js';
import type { Decision, Keeper, Member } from './keeper.js';
import { keeperOf } from './keepers.js';
import type { Lives } from './lives.js';
import type { Placing, PodRequest } from './placing.js';

const NS_PER_S = 1_000_000_000;
/** Pods that are there when a run begins were ready so long after their creation. */
export const START_NS = 10 * NS_PER_S;
/** k8s: pkg/apis/core/types.go, DefaultTerminationGracePeriodSeconds. */
const GRACE_NS = 30 * NS_PER_S;

/** Since when a pod that serves is ready. */
export function readyNs(pod: Pod): number {
  return pod.createdNs < 0 ? pod.createdNs + START_NS : pod.bornNs;
}

/** Who has set off that pods come: an entry of the timeline, and the pod in whose place they do. */
interface Cause {
  readonly entry: number;
  readonly dead: Pod | null;
}

const NO_CAUSE: Cause = { entry: NOTHING, dead: null };

interface Owner {
  readonly plan: ControllerPlan;
  readonly keeper: Keeper;
  /** Index of the locality of each pod that finds a node, by ordinal. */
  readonly localities: readonly number[];
  /** `spec.replicas`. */
  replicas: number;
  /** Of its newest template. */
  revision: number;
  /** By revision: the configuration that pods of its template are made from; absent: the first one. */
  readonly templates: Map<number, RuntimePlan>;
  /** By pod, of those that are not of revision 0. */
  readonly revisions: Map<Pod, number>;
  /** Pods that have no node yet, by their numbers. */
  readonly waiting: Map<number, PodRequest>;
  /** The entry that has begun the roll-out that goes on; null: none does. */
  rolling: number | null;
  /** Pods of the newest template that were ready when last looked at. */
  updated: number;
  isStuck: boolean;
  step: number;
  wakeNs: number;
  isSyncing: boolean;
  asksAgain: boolean;
}

export class Controllers {
  private readonly owners = new Map<number, Owner>();
  private readonly plans: ReadonlyMap<number, ControllerPlan>;
  private readonly luck: Draws;
  private requests = 0;
  /** Nodes; null: a run knows of none, and each pod goes to the zone that the plan has for it. */
  placing: Placing | null = null;

  constructor(
    seed: string,
    private readonly calendar: Calendar,
    private readonly plan: Pick<MeshPlan, 'controllers' | 'workloads'>,
    /** By workload: the applications of all pods that there have been. */
    private readonly appsOf: readonly (readonly Application[])[],
    private readonly lives: Lives,
    private readonly happenings: Happenings,
  ) {
    this.luck = new Draws(seed, 'pods that go');
    this.plans = new Map(plan.controllers.map((own) => [own.workload, own]));
    lives.lost = (pod, entry) => this.sync(this.of(pod.workload), { entry, dead: pod });
    lives.changed = (workload) => {
      const owner = this.owners.get(workload);
      if (owner !== undefined) this.sync(owner, NO_CAUSE);
    };
    lives.ended = (pod) => this.forget(pod);
  }

  /** `spec.replicas` of a workload. */
  replicasOf(workload: number): number {
    return this.of(workload).replicas;
  }

  /** How many pods of a workload wait for a node. */
  waitingOf(workload: number): number {
    return this.owners.get(workload)?.waiting.size ?? 0;
  }

  /** A workload is to have so many pods. @param entry of the timeline that asks for it; NOTHING: an autoscaler does */
  scale(workload: number, replicas: number, entry: number): void {
    const owner = this.of(workload);
    if (replicas === owner.replicas) return;
    this.happenings.scaled(workload, { from: owner.replicas, to: replicas }, entry);
    owner.replicas = replicas;
    owner.keeper.scale(this.calendar.nowNs, replicas);
    this.sync(owner, { entry, dead: null });
  }

  /** All pods of a workload are to be replaced by such as they are (kubectl rollout restart). */
  restart(workload: number, entry: number): void {
    const owner = this.of(workload);
    this.rollOut(workload, owner.revision + 1, entry, owner.templates.get(owner.revision));
  }

  /**
   * The template of the pods of a workload is another from now on.
   * @param revision above all before: a new template; that of an earlier template: this one has come back
   * @param entry of the timeline that does it, or NOTHING
   * @param template the configuration that new pods are made from; absent: as before
   */
  rollOut(workload: number, revision: number, entry: number, template?: RuntimePlan): void {
    const owner = this.of(workload);
    if (template !== undefined) owner.templates.set(revision, template);
    owner.revision = revision;
    owner.rolling = entry;
    owner.updated = 0;
    owner.isStuck = false;
    owner.keeper.rollOut(revision);
    this.happenings.add('rollout began', entry, workload);
    this.sync(owner, { entry, dead: null });
  }

  /** Pods of the present template of a workload are made from this configuration. */
  makeFrom(workload: number, template: RuntimePlan): void {
    const owner = this.of(workload);
    owner.templates.set(owner.revision, template);
  }

  /** The newest revision of the template of a workload; 0: the one that it started with. */
  revisionOf(workload: number): number {
    return this.owners.get(workload)?.revision ?? 0;
  }

  /** A time has come that the controller of a workload has named. */
  wake(workload: number): void {
    const owner = this.of(workload);
    owner.step = NOTHING;
    owner.wakeNs = Number.POSITIVE_INFINITY;
    this.sync(owner, NO_CAUSE);
  }

  /** A pod is evicted: it goes with its grace period, and its controller knows. */
  evict(pod: Pod): void {
    const owner = this.of(pod.workload);
    if (pod.life === LIFE.silent) {
      this.placing?.deleteSilent(pod);
      return;
    }
    if (pod.isLeaving || pod.life === LIFE.gone) return;
    this.lives.retire(pod, owner.plan.graceNs);
    this.sync(owner, NO_CAUSE);
  }

  /** Pods of a workload are not as they were. */
  look(workload: number): void {
    this.sync(this.of(workload), NO_CAUSE);
  }

  /**
   * A pod was on a node that is back: a pod that was to go has gone, and any other is started anew in its place.
   * @param places are handed over
   */
  restartInPlace(pod: Pod, entry: number, places: { handOver(old: Pod, next: Pod): void }): void {
    const owner = this.of(pod.workload);
    const { revisions, templates } = owner;
    const revision = revisions.get(pod) ?? 0;
    pod.life = LIFE.gone;
    if (!pod.isLeaving) {
      const config = templates.get(revision);
      const next = this.lives.create(pod.workload, pod.ordinal, pod.locality, { entry, config });
      if (revision !== 0) revisions.set(next, revision);
      places.handOver(pod, next);
    }
    this.forget(pod);
    this.sync(owner, NO_CAUSE);
  }

  /** The pods of a workload as its controller sees them. */
  membersOf(workload: number): readonly Member[] {
    return this.members(this.of(workload));
  }

  /** A pod that has waited for a node has one. */
  placed(request: PodRequest, locality: number): Pod | null {
    const owner = this.of(request.workload);
    if (!owner.waiting.delete(request.id)) return null;
    const { workload, ordinal, revision, key, entry } = request;
    const pod = this.lives.create(workload, ordinal, locality, { entry, key, config: owner.templates.get(revision) });
    if (revision !== 0) owner.revisions.set(pod, revision);
    return pod;
  }

  private of(workload: number): Owner {
    const known = this.owners.get(workload);
    if (known !== undefined) return known;
    const { podLocalities } = this.plan.workloads[workload];
    const plan = this.plans.get(workload) ?? {
      name: '',
      position: null,
      workload,
      replicas: podLocalities.length,
      minReadySeconds: 0,
      graceNs: GRACE_NS,
      spareLocalities: [],
      kind: { kind: 'ReplicaSet' },
    };
    const owner: Owner = {
      plan,
      keeper: keeperOf(plan, this.calendar.nowNs),
      localities: [...podLocalities, ...plan.spareLocalities],
      replicas: plan.replicas,
      revision: 0,
      templates: new Map(),
      revisions: new Map(),
      waiting: new Map(),
      rolling: null,
      updated: 0,
      isStuck: false,
      step: NOTHING,
      wakeNs: Number.POSITIVE_INFINITY,
      isSyncing: false,
      asksAgain: false,
    };
    this.owners.set(workload, owner);
    return owner;
  }

  /** The controller is asked until nothing is left to do. Pods that come and go meanwhile make it ask again. */
  private sync(owner: Owner, cause: Cause): void {
    owner.asksAgain = true;
    if (owner.isSyncing) return;
    owner.isSyncing = true;
    let decision: Decision | null = null;
    while (owner.asksAgain) {
      owner.asksAgain = false;
      this.takeFreePlaces(owner);
      const members = this.members(owner);
      decision = owner.keeper.sync(this.calendar.nowNs, members);
      for (const id of decision.remove) this.remove(owner, id);
      for (const { ordinal, revision } of decision.create) this.create(owner, ordinal, revision, cause);
      if (decision.asksAgain) owner.asksAgain = true;
    }
    owner.isSyncing = false;
    if (decision === null) return;
    this.tell(owner, decision);
    this.planWake(owner, decision.nextNs);
  }

  private create(owner: Owner, wanted: number | null, revision: number, { entry, dead }: Cause): void {
    const ordinal = wanted ?? this.freeOrdinal(owner);
    const request: PodRequest = {
      id: -1 - this.requests++,
      workload: owner.plan.workload,
      ordinal,
      revision,
      createdNs: this.calendar.nowNs,
      entry,
      key: dead !== null && dead.ordinal === ordinal ? dead.key : null,
    };
    owner.waiting.set(request.id, request);
    const locality = owner.localities[ordinal];
    if (this.placing?.has(request.workload)) this.placing.seek(request);
    else if (locality !== undefined) this.placed(request, locality);
    else this.happenings.add('pod pending', entry, request.workload, ordinal);
  }

  /** Where a run knows of no nodes: pods that wait take the places of those that have gone. */
  private takeFreePlaces(owner: Owner): void {
    const { kind } = owner.plan.kind;
    if (
      this.placing?.has(owner.plan.workload) ||
      owner.waiting.size === 0 ||
      kind === 'StatefulSet' ||
      kind === 'DaemonSet'
    )
      return;
    for (const request of [...owner.waiting.values()]) {
      const ordinal = this.freeOrdinal(owner);
      const locality = owner.localities[ordinal];
      if (locality === undefined) return;
      this.placed({ ...request, ordinal }, locality);
    }
  }

  private remove(owner: Owner, id: number): void {
    if (owner.waiting.delete(id)) {
      this.placing?.drop(id);
      return;
    }
    const app = this.appsOf[owner.plan.workload].find(({ pod }) => pod.id === id);
    if (app === undefined || app.pod.isLeaving) return;
    if (app.pod.life === LIFE.silent) this.placing?.deleteSilent(app.pod);
    else this.lives.retire(app.pod, owner.plan.graceNs);
  }

  private forget(pod: Pod): void {
    this.owners.get(pod.workload)?.revisions.delete(pod);
    this.placing?.ended(pod);
  }

  /** Of the ordinals that no pod has: the first one of those in the zone with the fewest pods of the workload. */
  private freeOrdinal({ plan, localities, waiting }: Owner): number {
    const taken = new Set([...waiting.values()].map(({ ordinal }) => ordinal));
    const inZone = new Map<number, number>();
    for (const { pod } of this.appsOf[plan.workload]) {
      if (pod.isLeaving || pod.life === LIFE.gone) continue;
      taken.add(pod.ordinal);
      inZone.set(pod.locality, (inZone.get(pod.locality) ?? 0) + 1);
    }
    let best = NOTHING;
    let fewest = Number.POSITIVE_INFINITY;
    for (const [ordinal, locality] of localities.entries()) {
      const count = inZone.get(locality) ?? 0;
      if (taken.has(ordinal) || count >= fewest) continue;
      best = ordinal;
      fewest = count;
    }
    if (best !== NOTHING) return best;
    let next = localities.length;
    while (taken.has(next)) next++;
    return next;
  }

  private members({ plan, revisions, waiting }: Owner): Member[] {
    const members: Member[] = [];
    for (const { pod } of this.appsOf[plan.workload]) {
      if (pod.life === LIFE.gone && !pod.lingers) continue;
      members.push({
        id: pod.id,
        ordinal: pod.ordinal,
        revision: revisions.get(pod) ?? 0,
        isScheduled: true,
        phase: pod.life === LIFE.starting ? 'Pending' : 'Running',
        terminating: pod.isLeaving,
        readySinceNs: this.isReady(pod) ? readyNs(pod) : null,
        createdNs: pod.createdNs,
        together: this.placing?.together(pod) ?? 0,
        luck: this.luck.uniform(pod.key, pod.incarnation),
      });
    }
    for (const { id, ordinal, revision, createdNs } of waiting.values()) {
      members.push({
        id,
        ordinal,
        revision,
        isScheduled: false,
        phase: 'Pending',
        terminating: false,
        readySinceNs: null,
        createdNs,
        together: 0,
        luck: 0,
      });
    }
    return members;
  }

  /** As the API server has it: of a node that is silent nobody knows better for a while. */
  private isReady(pod: Pod): boolean {
    if (pod.life === LIFE.silent) return this.placing?.seemsReady(pod) ?? false;
    return pod.life === LIFE.here && pod.listens && pod.ready;
  }

  /** What a roll-out has come to. */
  private tell(owner: Owner, { rollout }: Decision): void {
    const { rolling, plan, revision } = owner;
    if (rolling === null) return;
    const { workload } = plan;
    if (rollout === 'done') {
      owner.rolling = null;
      this.happenings.add('rollout done', rolling, workload);
      return;
    }
    const updated = this.members(owner).filter(
      (member) => member.revision === revision && member.readySinceNs !== null && !member.terminating,
    ).length;
    if (updated > owner.updated) this.happenings.add('rollout progressed', rolling, workload);
    owner.updated = updated;
    if (rollout !== 'stuck' || owner.isStuck) return;
    owner.isStuck = true;
    this.happenings.add('rollout stuck', rolling, workload);
  }

  private planWake(owner: Owner, nextNs: number | null): void {
    const { calendar } = this;
    const atNs = nextNs === null ? Number.POSITIVE_INFINITY : Math.ceil(nextNs);
    if (atNs === owner.wakeNs) return;
    if (owner.step !== NOTHING) calendar.cancel(owner.step);
    owner.wakeNs = atNs;
    owner.step = Number.isFinite(atNs)
      ? calendar.schedule(atNs, PHASE.control, EVENT.rollout, owner.plan.workload)
      : NOTHING;
  }
}
