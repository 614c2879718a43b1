// What Kubernetes does while a run lasts: controllers keep the pods of workloads, autoscalers size these, and nodes hold the pods where a run knows of nodes.
import type { Calendar } from '../../../sim/calendar.js';
import type { MeshPlan } from '../../plan/contract/plan.js';
import type { Happenings } from '../recording/happenings.js';
import type { Application } from '../server/application.js';
import { EVENT } from '../state/events.js';
import type { Pod } from '../state/pod.js';
import { Autoscalers } from './autoscalers.js';
import { Budgets } from './budgets.js';
import { Controllers } from './controllers.js';
import { Evictions } from './evictions.js';
import { Leaks } from './leaks.js';
import type { Lives } from './lives.js';
import type { Membership } from './membership.js';
import { Nodes } from './nodes.js';

/** Pods and their applications: those that are there, and all that there have been. */
interface PodLists {
  /** By workload. */
  readonly of: readonly (readonly Pod[])[];
  readonly appsOf: readonly (readonly Application[])[];
  /** By pod. */
  readonly apps: readonly Application[];
}

export class ClusterLife {
  readonly controllers: Controllers;
  /** Null: a run knows of no nodes, and has room for all pods. */
  readonly nodes: Nodes | null;
  readonly evictions: Evictions;
  readonly leaks: Leaks;
  private readonly autoscalers: Autoscalers;

  constructor(
    seed: string,
    calendar: Calendar,
    plan: Pick<MeshPlan, 'controllers' | 'workloads' | 'budgets' | 'nodes' | 'autoscalers'>,
    { of: podsOf, appsOf, apps }: PodLists,
    lives: Lives,
    membership: Membership,
    happenings: Happenings,
  ) {
    this.controllers = new Controllers(seed, calendar, plan, appsOf, lives, happenings);
    const { controllers } = this;
    const budgets = new Budgets(plan.budgets, controllers);
    this.evictions = new Evictions(calendar, controllers, budgets, happenings);
    this.leaks = new Leaks(seed, calendar, lives, happenings);
    this.nodes =
      plan.nodes === null
        ? null
        : new Nodes(seed, calendar, plan.nodes, podsOf, apps, controllers, budgets, lives, membership, happenings);
    this.autoscalers = new Autoscalers(seed, calendar, plan, appsOf, controllers);
  }

  begin(): void {
    this.autoscalers.begin();
    this.nodes?.beginScans();
  }

  /** An event happens that is of no other part of a run. @param ref what it is about */
  handle(kind: number, ref: number): void {
    switch (kind) {
      case EVENT.autoscaling:
        this.autoscalers.act(ref);
        return;
      case EVENT.rollout:
        this.controllers.wake(ref);
        return;
      case EVENT.eviction:
        this.evictions.ask(ref);
        return;
      case EVENT.memory:
        this.leaks.fire(ref);
        return;
      case EVENT.scheduling:
        this.nodes?.schedule();
        return;
      case EVENT.nodePass:
        this.nodes?.pass();
        return;
      case EVENT.drain:
        this.nodes?.drain(ref);
        return;
      case EVENT.nodeScan:
        this.nodes?.scan();
        return;
      case EVENT.nodeBooted:
        this.nodes?.booted(ref);
        return;
      default:
        throw new Error(`an event of unknown kind ${kind}`);
    }
  }
}
