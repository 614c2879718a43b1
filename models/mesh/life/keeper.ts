// What decides for a workload which pods there are to be: a machine of models/kubernetes/workloads behind questions that are the same for all.

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
