// What keeps the pods of a workload, with the defaults of its API filled in (k8s: pkg/apis/apps/v1/defaults.go).

import type { SourcePosition } from '../../config/diagnostic.js';
import type { DaemonSetSpec } from '../../kubernetes/workloads/daemonset.js';
import type { DeploymentStrategy } from '../../kubernetes/workloads/deployment.js';
import type { StatefulSetSpec } from '../../kubernetes/workloads/statefulset.js';

export interface ControllerPlan {
  /** e.g. `Deployment shop/cart` */
  readonly name: string;
  readonly position: SourcePosition | null;
  /** Index of the workload whose pods it keeps. */
  readonly workload: number;
  /** `spec.replicas` at the start: those of the plan, and pods that have no place. */
  readonly replicas: number;
  readonly minReadySeconds: number;
  /** `terminationGracePeriodSeconds`. */
  readonly graceNs: number;
  /** Index of the locality of each pod beyond the first ones, in the order of ordinals; pods beyond these find no node. */
  readonly spareLocalities: readonly number[];
  readonly kind: ControllerKindPlan;
}

export type ControllerKindPlan =
  | {
      readonly kind: 'Deployment';
      readonly strategy: DeploymentStrategy;
      readonly paused: boolean;
      readonly progressDeadlineSeconds: number;
    }
  /** Also a ReplicationController: another template is for new pods alone. */
  | { readonly kind: 'ReplicaSet' }
  | ({ readonly kind: 'StatefulSet' } & Pick<
      StatefulSetSpec,
      'podManagement' | 'update' | 'partition' | 'maxUnavailable'
    >)
  | ({ readonly kind: 'DaemonSet' } & Pick<DaemonSetSpec, 'update' | 'maxSurge' | 'maxUnavailable'>)
  /** Nobody keeps them: a pod that has gone has gone for good. */
  | { readonly kind: 'Pod' };
