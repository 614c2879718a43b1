// What decides for a workload which pods there are to be: the machines of models/kubernetes/workloads, each behind the same questions.
import type { ControllerPlan } from '../../plan/contract/controller-plan.js';
import { DaemonKeeper } from './daemon-keeper.js';
import { DeploymentKeeper } from './deployment-keeper.js';
import { BarePods, ReplicaSetKeeper } from './replica-set-keeper.js';
import { StatefulKeeper } from './stateful-keeper.js';

/** A pod as its controller sees it. */
export interface Member {
  /** Of a pod its number; below 0: it waits for a node. */
  readonly id: number;
  readonly ordinal: number;
  /** Of the template that it was made from. */
  readonly revision: number;
  readonly isScheduled: boolean;
  readonly phase: 'Pending' | 'Running';
  readonly terminating: boolean;
  /** Since when it is Ready; null: it is not. */
  readonly readySinceNs: number | null;
  readonly createdNs: number;
  /** How many pods of its workload are on its node; 0 where nodes are not told apart. */
  readonly together: number;
  /** A draw of its own. */
  readonly luck: number;
}

export interface Decision {
  /** `ordinal`: null = whichever is free. */
  readonly create: readonly { readonly ordinal: number | null; readonly revision: number }[];
  /** Numbers of members. */
  readonly remove: readonly number[];
  /** When it wants to be asked again if nothing changes; null: not before something does. */
  readonly nextNs: number | null;
  /** It has changed what it wants: it is to be asked once more. */
  readonly asksAgain: boolean;
  /** Of the newest template: `stuck` = nothing has moved for progressDeadlineSeconds. */
  readonly rollout: 'moving' | 'done' | 'stuck';
}

export interface Keeper {
  /** `spec.replicas` from now on. */
  scale(nowNs: number, replicas: number): void;
  /** The template of this revision from now on. */
  rollOut(revision: number): void;
  /** One sync, to be repeated after each change of a pod. */
  sync(nowNs: number, members: readonly Member[]): Decision;
}

/** The machine of a controller, which has had revision 0 for long. */
export function keeperOf(plan: ControllerPlan, nowNs: number): Keeper {
  switch (plan.kind.kind) {
    case 'Deployment':
      return new DeploymentKeeper(plan, plan.kind, nowNs);
    case 'ReplicaSet':
      return new ReplicaSetKeeper(plan.replicas);
    case 'StatefulSet':
      return new StatefulKeeper(plan, plan.kind);
    case 'DaemonSet':
      return new DaemonKeeper(plan, plan.kind);
    case 'Pod':
      return new BarePods();
  }
}
