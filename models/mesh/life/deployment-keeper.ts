// Pods of a Deployment: its controller sizes the ReplicaSets of its templates, and these make and delete pods (k8s: pkg/controller/deployment,
// pkg/controller/replicaset).
import { DeploymentController, type DeploymentSpec } from '../../kubernetes/workloads/deployment.js';
import type { ProgressReason } from '../../kubernetes/workloads/progress.js';
import { countReplicas, syncReplicaSet } from '../../kubernetes/workloads/replica-set-sync.js';
import type { ControllerKindPlan, ControllerPlan } from '../../plan/contract/controller-plan.js';
import type { Decision, Keeper, Member } from './keeper.js';
import { ownedPod } from './replica-set-keeper.js';

export class DeploymentKeeper implements Keeper {
  private readonly controller: DeploymentController;
  private readonly revisions = new Set([0]);
  private spec: DeploymentSpec;

  constructor(
    { replicas, minReadySeconds }: Pick<ControllerPlan, 'replicas' | 'minReadySeconds'>,
    { strategy, paused, progressDeadlineSeconds }: Extract<ControllerKindPlan, { kind: 'Deployment' }>,
    nowNs: number,
  ) {
    this.spec = { replicas, strategy, paused, minReadySeconds, progressDeadlineSeconds };
    this.controller = new DeploymentController({ ...this.spec, paused: false }, nowNs);
    this.controller.rollOut(0);
    // The set of the first template is as large as it is to be.
    this.controller.sync(nowNs, []);
    this.controller.change(nowNs, this.spec);
  }

  scale(nowNs: number, replicas: number): void {
    this.spec = { ...this.spec, replicas };
    this.controller.change(nowNs, this.spec);
  }

  rollOut(revision: number): void {
    this.revisions.add(revision);
    this.controller.rollOut(revision);
  }

  sync(nowNs: number, members: readonly Member[]): Decision {
    const { minReadySeconds } = this.spec;
    const sets = [...this.revisions].map((revision) => {
      const pods = members.filter((member) => member.revision === revision).map(ownedPod);
      return { revision, pods, counts: countReplicas(nowNs, minReadySeconds, pods) };
    });
    const { resize, progress } = this.controller.sync(
      nowNs,
      sets.map(({ revision, counts }) => ({ revision, ...counts })),
    );
    const steps = sets.map(({ revision, pods }) => ({
      revision,
      ...syncReplicaSet(nowNs, this.controller.sizeOf(revision), pods),
    }));
    const create = steps.flatMap(({ revision, create: count }) =>
      Array.from({ length: count }, () => ({ ordinal: null, revision })),
    );
    const remove = steps.flatMap((step) => step.remove.map(Number));
    return {
      create,
      remove,
      nextNs: earliest([progress.nextNs, ...sets.map(({ counts }) => counts.nextNs)]),
      asksAgain: resize.length > 0 || create.length > 0 || remove.length > 0,
      rollout: rolloutOf(progress.reason),
    };
  }
}

function rolloutOf(reason: ProgressReason): Decision['rollout'] {
  switch (reason) {
    case 'NewReplicaSetAvailable':
      return 'done';
    case 'ProgressDeadlineExceeded':
      return 'stuck';
    case 'NewReplicaSetCreated':
    case 'ReplicaSetUpdated':
    case 'DeploymentPaused':
    case 'DeploymentResumed':
      return 'moving';
  }
}

/** The first of the times; null: there is none. */
function earliest(times: readonly (number | null)[]): number | null {
  const known = times.flatMap((atNs) => atNs ?? []);
  return known.length === 0 ? null : Math.min(...known);
}
