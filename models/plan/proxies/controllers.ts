// What keeps the pods of workloads in a run in which pods come and go: the objects of the YAML with what they say about it.
// k8s: staging/src/k8s.io/api/apps/v1/types.go, pkg/apis/apps/v1/defaults.go.
import type { ResourceSet } from '../../config/load.js';
import { DEFAULT_DEPLOYMENT } from '../../kubernetes/workloads/deployment.js';
import { fenceposts } from '../../kubernetes/workloads/rolling.js';
import { named } from '../../list-index.js';
import type { ControllerKindPlan, ControllerPlan } from '../contract/controller-plan.js';
import type { WorkloadPlan } from '../contract/plan.js';
import type { Workload, Workloads } from '../registry/workload.js';

const S = 1_000_000_000;
/** k8s: pkg/apis/core/types.go, DefaultTerminationGracePeriodSeconds. */
const GRACE_SECONDS = 30;

type Kept = Pick<ControllerPlan, 'minReadySeconds' | 'kind'>;

const { strategy, paused, progressDeadlineSeconds } = DEFAULT_DEPLOYMENT;
/** Of pods that nobody has written a controller for: gateways of the Gateway API have Deployments. */
const DEPLOYMENT: Kept = {
  minReadySeconds: 0,
  kind: { kind: 'Deployment', strategy, paused, progressDeadlineSeconds },
};

/**
 * Of all workloads that have pods in the cluster.
 * @param furtherOf the places of pods that a workload may have beyond its first ones
 */
export function controllerPlans(
  resources: ResourceSet,
  workloads: Workloads,
  plans: readonly WorkloadPlan[],
  furtherOf: (workload: Workload) => readonly number[],
): ControllerPlan[] {
  return workloads.all.filter(isInCluster).map((workload) => {
    const { index, resource, position, pod } = workload;
    const kept = keptBy(workload, resources);
    const replicas = plans[index]!.podLocalities.length;
    return {
      name: resource,
      position,
      workload: index,
      replicas,
      ...kept,
      graceNs: (pod?.terminationGracePeriodSeconds ?? GRACE_SECONDS) * S,
      spareLocalities: furtherOf(workload),
    };
  });
}

function isInCluster({ kind }: Workload): boolean {
  return kind === 'app' || kind === 'gateway' || kind === 'waypoint' || kind === 'ztunnel';
}

/** How many pods a workload may have at once that is to have `replicas`, those that are on their way out not counted. */
export function mostPods(kind: ControllerKindPlan, replicas: number): number {
  if (kind.kind !== 'Deployment' || kind.strategy.kind === 'Recreate') return replicas;
  return replicas + fenceposts(kind.strategy.update, replicas).surge;
}

/** What its object says; a Rollout of Argo keeps its pods as a Deployment does by default. */
export function keptBy({ resource, namespace, name }: Workload, resources: ResourceSet): Kept {
  const [kind] = resource.split(' ');
  switch (kind) {
    case 'Deployment': {
      const spec = named(resources.deployments, namespace, name)?.spec;
      if (spec === undefined) return DEPLOYMENT;
      const { minReadySeconds } = spec;
      return {
        minReadySeconds,
        kind: {
          kind,
          strategy: spec.strategy,
          paused: spec.paused,
          progressDeadlineSeconds: spec.progressDeadlineSeconds,
        },
      };
    }
    case 'StatefulSet': {
      const spec = named(resources.statefulSets, namespace, name)!.spec;
      const { podManagementPolicy, updateStrategy, minReadySeconds } = spec;
      const { kind: update, partition, maxUnavailable } = updateStrategy;
      return { minReadySeconds, kind: { kind, podManagement: podManagementPolicy, update, partition, maxUnavailable } };
    }
    case 'DaemonSet': {
      const spec = named(resources.daemonSets, namespace, name)?.spec;
      const { kind: update, maxSurge, maxUnavailable } = spec?.updateStrategy ?? DAEMONS;
      return { minReadySeconds: spec?.minReadySeconds ?? 0, kind: { kind, update, maxSurge, maxUnavailable } };
    }
    case 'ReplicaSet':
      return ofReplicaSet(named(resources.replicaSets, namespace, name));
    case 'ReplicationController':
      return ofReplicaSet(named(resources.replicationControllers, namespace, name));
    case 'Pod':
      return { minReadySeconds: 0, kind: { kind } };
    default:
      return DEPLOYMENT;
  }
}

/** istio: manifests/charts/ztunnel/templates/daemonset.yaml, of which pods are replaced one after the other, the new one first. */
const DAEMONS = { kind: 'RollingUpdate', maxSurge: 1, maxUnavailable: 0 } as const;

function ofReplicaSet(
  set: ResourceSet['replicaSets'][number] | ResourceSet['replicationControllers'][number] | undefined,
): Kept {
  return { minReadySeconds: set?.spec.minReadySeconds ?? 0, kind: { kind: 'ReplicaSet' } };
}
