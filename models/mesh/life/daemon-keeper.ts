// Pods of a DaemonSet, one on each node: the ordinal of a pod stands for its node (k8s: pkg/controller/daemon).
import { type DaemonSetSpec, syncDaemonSet } from '../../kubernetes/workloads/daemonset.js';
import { availableAtNs } from '../../kubernetes/workloads/replica-sets.js';
import type { ControllerKindPlan, ControllerPlan } from '../../plan/contract/controller-plan.js';
import type { Decision, Keeper, Member } from './keeper.js';

export class DaemonKeeper implements Keeper {
  private readonly spec: DaemonSetSpec;
  private nodes: readonly number[];
  private revision = 0;

  constructor(
    { replicas, minReadySeconds }: Pick<ControllerPlan, 'replicas' | 'minReadySeconds'>,
    { update, maxSurge, maxUnavailable }: Extract<ControllerKindPlan, { kind: 'DaemonSet' }>,
  ) {
    this.spec = { update, maxSurge, maxUnavailable, minReadySeconds };
    this.nodes = numbers(replicas);
  }

  /** There are so many nodes from now on. */
  scale(_nowNs: number, replicas: number): void {
    this.nodes = numbers(replicas);
  }

  rollOut(revision: number): void {
    this.revision = revision;
  }

  sync(nowNs: number, members: readonly Member[]): Decision {
    const pods = members.map((member) => ({ ...member, node: member.ordinal }));
    const { create, remove, nextNs } = syncDaemonSet(nowNs, this.spec, this.revision, this.nodes, pods);
    const updated = members.filter(
      ({ revision, terminating, readySinceNs }) =>
        revision === this.revision &&
        !terminating &&
        readySinceNs !== null &&
        availableAtNs(readySinceNs, this.spec.minReadySeconds) <= nowNs,
    );
    return {
      create: create.map((ordinal) => ({ ordinal, revision: this.revision })),
      remove,
      nextNs,
      asksAgain: create.length > 0 || remove.length > 0,
      rollout: updated.length >= this.nodes.length ? 'done' : 'moving',
    };
  }
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, number) => number);
}
