// Which machine keeps the pods of a workload.
import type { ControllerPlan } from '../../plan/contract/controller-plan.js';
import { DaemonKeeper } from './daemon-keeper.js';
import { DeploymentKeeper } from './deployment-keeper.js';
import type { Keeper } from './keeper.js';
import { BarePods, ReplicaSetKeeper } from './replica-set-keeper.js';
import { StatefulKeeper } from './stateful-keeper.js';

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
