// Controllers of the workload `web` of small plans (plans.ts).
import { DEFAULT_DEPLOYMENT } from '../../models/kubernetes/workloads/deployment.js';
import { DEFAULT_STATEFUL_SET } from '../../models/kubernetes/workloads/statefulset.js';
import type { ControllerKindPlan, ControllerPlan } from '../../models/plan/contract/controller-plan.js';
import { S } from './plans.js';

const { strategy, paused, progressDeadlineSeconds } = DEFAULT_DEPLOYMENT;
export const DEPLOYMENT: Extract<ControllerKindPlan, { kind: 'Deployment' }> = {
  kind: 'Deployment',
  strategy,
  paused,
  progressDeadlineSeconds,
};
const { podManagement, update, partition, maxUnavailable } = DEFAULT_STATEFUL_SET;
export const STATEFUL_SET: Extract<ControllerKindPlan, { kind: 'StatefulSet' }> = {
  kind: 'StatefulSet',
  podManagement,
  update,
  partition,
  maxUnavailable,
};

/** A Deployment of one pod, with places for ten. */
export function controller(more: Partial<ControllerPlan> = {}): ControllerPlan {
  return {
    name: 'Deployment default/web',
    position: null,
    workload: 1,
    replicas: 1,
    minReadySeconds: 0,
    graceNs: 30 * S,
    spareLocalities: new Array<number>(10 - (more.replicas ?? 1)).fill(0),
    kind: DEPLOYMENT,
    ...more,
  };
}
