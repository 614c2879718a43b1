// Pods of a ReplicaSet (k8s: pkg/controller/replicaset), and pods that nobody keeps.
import { type OwnedPod, syncReplicaSet } from '../../kubernetes/workloads/replica-set-sync.js';
import type { Decision, Keeper, Member } from './keeper.js';

/** A member as the ReplicaSet controller has it. */
export function ownedPod(member: Member): OwnedPod {
  return {
    name: String(member.id),
    scheduled: member.isScheduled,
    phase: member.phase,
    readySinceNs: member.readySinceNs,
    deletionCost: 0,
    together: member.together,
    restarts: 0,
    createdNs: member.createdNs,
    luck: member.luck,
    terminating: member.terminating,
  };
}

export class ReplicaSetKeeper implements Keeper {
  private revision = 0;

  constructor(private replicas: number) {}

  scale(_nowNs: number, replicas: number): void {
    this.replicas = replicas;
  }

  rollOut(revision: number): void {
    this.revision = revision;
  }

  sync(nowNs: number, members: readonly Member[]): Decision {
    const { create, remove } = syncReplicaSet(nowNs, this.replicas, members.map(ownedPod));
    return {
      create: Array.from({ length: create }, () => ({ ordinal: null, revision: this.revision })),
      remove: remove.map(Number),
      nextNs: null,
      asksAgain: create > 0 || remove.length > 0,
      rollout: 'done',
    };
  }
}

const NOTHING_TO_DO: Decision = { create: [], remove: [], nextNs: null, asksAgain: false, rollout: 'done' };

/** Whoever goes is not replaced. */
export class BarePods implements Keeper {
  scale(): void {}

  rollOut(): void {}

  sync(): Decision {
    return NOTHING_TO_DO;
  }
}
