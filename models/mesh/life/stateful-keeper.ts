// Pods of a StatefulSet, which have their ordinals for names (k8s: pkg/controller/statefulset).
import { availableAtNs } from '../../kubernetes/workloads/replica-sets.js';
import { type StatefulSetSpec, syncStatefulSet } from '../../kubernetes/workloads/statefulset.js';
import type { ControllerKindPlan, ControllerPlan } from '../../plan/contract/controller-plan.js';
import type { Decision, Keeper, Member } from './keeper.js';

export class StatefulKeeper implements Keeper {
  private spec: StatefulSetSpec;
  private current = 0;
  private update = 0;

  constructor(
    { replicas, minReadySeconds }: Pick<ControllerPlan, 'replicas' | 'minReadySeconds'>,
    kind: Extract<ControllerKindPlan, { kind: 'StatefulSet' }>,
  ) {
    const { podManagement, update, partition, maxUnavailable } = kind;
    // Pods of a run are counted from 0, whatever their names begin with.
    this.spec = { replicas, start: 0, podManagement, update, partition, maxUnavailable, minReadySeconds };
  }

  scale(_nowNs: number, replicas: number): void {
    this.spec = { ...this.spec, replicas };
  }

  rollOut(revision: number): void {
    this.update = revision;
  }

  sync(nowNs: number, members: readonly Member[]): Decision {
    const { current, update } = this;
    const decision = syncStatefulSet(nowNs, this.spec, { current, update }, members);
    const remove = decision.remove.flatMap((ordinal) =>
      members.filter((member) => member.ordinal === ordinal && !member.terminating).map(({ id }) => id),
    );
    const isDone = this.isDone(nowNs, members);
    // k8s: stateful_set_utils.go, completeRollingUpdate
    if (isDone && this.spec.partition === 0) this.current = update;
    const { create, nextNs } = decision;
    return {
      create,
      remove,
      nextNs,
      asksAgain: create.length > 0 || remove.length > 0,
      rollout: isDone ? 'done' : 'moving',
    };
  }

  private isDone(nowNs: number, members: readonly Member[]): boolean {
    const { replicas, partition, minReadySeconds } = this.spec;
    const updated = members.filter(
      ({ ordinal, revision, terminating, readySinceNs }) =>
        ordinal < replicas &&
        ordinal >= partition &&
        revision === this.update &&
        !terminating &&
        readySinceNs !== null &&
        availableAtNs(readySinceNs, minReadySeconds) <= nowNs,
    );
    return updated.length >= replicas - partition;
  }
}
