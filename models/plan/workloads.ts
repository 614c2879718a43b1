// The workloads of the cluster: what runs pods from one template. Gateways are those that a Gateway selects.
// kubernetes: pkg/controller/deployment, statefulset, daemon; istio: pilot/pkg/serviceregistry/kube/controller (workload labels).
import type { SourcePosition } from '../config/diagnostic.js';
import type { PodTemplate } from '../config/kinds/pod-template.js';
import type { ResourceSet } from '../config/load.js';
import type { Findings } from './findings.js';
import { injectionOf } from './injection.js';
import { DEFAULT_MESH, type MeshSettings } from './mesh-settings.js';
import type { LocalityPlan } from './plan.js';
import { selects } from './visibility.js';

export interface Workload {
  /** Index into the workloads of the plan. */
  readonly index: number;
  readonly name: string;
  readonly namespace: string;
  readonly kind: 'app' | 'gateway' | 'client' | 'external';
  readonly labels: Readonly<Record<string, string>>;
  /** null for what has no pods in the YAML: implicit gateways, clients, services outside. */
  readonly pod: PodTemplate | null;
  readonly hasSidecar: boolean;
  /** Replicas that the YAML asks for. */
  readonly replicas: number;
  /** One entry a pod, for endpoints whose places are given one by one; null: found from labels. */
  readonly places: readonly (LocalityPlan | null)[] | null;
  readonly version: string;
  /** e.g. `Deployment shop/cart` */
  readonly resource: string;
  readonly position: SourcePosition | null;
  /** Of an endpoint that selectors of services choose like a pod (WorkloadEntry); absent: it is none. */
  readonly weight?: number;
}

export type NewWorkload = Omit<Workload, 'index'>;

/** The growing list of workloads: the YAML's first, then those that the compilation finds to be needed. */
export class Workloads {
  readonly all: Workload[] = [];

  add(workload: NewWorkload): Workload {
    const added = { ...workload, index: this.all.length };
    this.all.push(added);
    return added;
  }

  /** Those whose pods in `namespace` (any, if null) carry all labels of `selector`. */
  selectedBy(selector: Readonly<Record<string, string>>, namespace: string | null): Workload[] {
    return this.all.filter(
      (workload) =>
        workload.pod !== null &&
        (namespace === null || workload.namespace === namespace) &&
        selects(selector, workload.labels),
    );
  }

  /** Endpoints of a service of `namespace` by its selector: pods and WorkloadEntries. */
  endpointsOf(
    selector: Readonly<Record<string, string>>,
    namespace: string,
  ): { readonly workload: Workload; readonly weight: number }[] {
    return this.all
      .filter(
        (workload) =>
          (workload.pod !== null || workload.weight !== undefined) &&
          workload.namespace === namespace &&
          selects(selector, workload.labels),
      )
      .map((workload) => ({ workload, weight: workload.weight ?? 1 }));
  }
}

interface PodSet {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly template: PodTemplate;
  readonly replicas: number;
  readonly position: SourcePosition;
}

/** All workloads that the YAML describes, in its order. Assumptions about replicas and injection become fidelity entries. */
export function readWorkloads(
  resources: ResourceSet,
  placementZones: number,
  findings: Findings,
  mesh: MeshSettings = DEFAULT_MESH,
): Workloads {
  const workloads = new Workloads();
  const assumed = new Set<string>();
  for (const set of podSets(resources, placementZones, findings)) {
    const resource = `${set.kind} ${set.namespace}/${set.name}`;
    const isGateway = resources.gateways.some(
      ({ spec }) => Object.keys(spec.selector).length > 0 && selects(spec.selector, set.template.labels),
    );
    const injection = isGateway ? 'injected' : injectionOf(set.namespace, set.template, resources, mesh);
    if (injection === 'assumed' && !assumed.has(set.namespace)) {
      assumed.add(set.namespace);
      findings.approximated(
        `Namespace ${set.namespace}`,
        '',
        set.position,
        `the Namespace is not in the YAML; it is taken to be labelled istio-injection=enabled, so that its pods have sidecars`,
      );
    }
    workloads.add({
      name: set.name,
      namespace: set.namespace,
      kind: isGateway ? 'gateway' : 'app',
      labels: set.template.labels,
      pod: set.template,
      hasSidecar: injection !== 'not-injected',
      replicas: set.replicas,
      places: null,
      version: versionOf(set.template.labels),
      resource,
      position: set.position,
    });
  }
  return workloads;
}

/** As in the label `destination_version` of Istio's metrics. */
export function versionOf(labels: Readonly<Record<string, string>>): string {
  return labels.version ?? labels['app.kubernetes.io/version'] ?? '';
}

function podSets(resources: ResourceSet, placementZones: number, findings: Findings): PodSet[] {
  const sets: PodSet[] = [];
  for (const deployment of resources.deployments) {
    sets.push({
      ...named(deployment, 'Deployment'),
      template: deployment.spec.template,
      replicas: replicasOf('Deployment', deployment, resources),
    });
  }
  for (const set of resources.statefulSets) {
    sets.push({
      ...named(set, 'StatefulSet'),
      template: set.spec.template,
      replicas: replicasOf('StatefulSet', set, resources),
    });
  }
  for (const set of resources.daemonSets) {
    const { name, namespace, position } = named(set, 'DaemonSet');
    findings.approximated(
      `DaemonSet ${namespace}/${name}`,
      'spec',
      position,
      'nodes are not known: one pod in each zone of the placement is simulated',
    );
    sets.push({ ...named(set, 'DaemonSet'), template: set.spec.template, replicas: placementZones });
  }
  for (const pod of resources.pods) {
    sets.push({ ...named(pod, 'Pod'), template: pod.spec.template, replicas: 1 });
  }
  return sets;
}

type Scaled = ResourceSet['deployments'][number] | ResourceSet['statefulSets'][number];

function named(
  resource: Scaled | ResourceSet['daemonSets'][number] | ResourceSet['pods'][number],
  kind: string,
): { kind: string; name: string; namespace: string; position: SourcePosition } {
  return { kind, name: resource.name, namespace: resource.namespace, position: resource.source.at([]) };
}

/** `spec.replicas`, kept within the bounds of an autoscaler that holds the workload. */
function replicasOf(kind: string, resource: Scaled, resources: ResourceSet): number {
  const scaler = resources.horizontalPodAutoscalers.find(
    (candidate) =>
      candidate.namespace === resource.namespace &&
      candidate.spec.scaleTargetRef.kind === kind &&
      candidate.spec.scaleTargetRef.name === resource.name,
  );
  const given = resource.spec.replicas;
  if (scaler === undefined) return given ?? 1;
  const minimum = scaler.spec.minReplicas ?? 1;
  return Math.min(Math.max(given ?? minimum, minimum), scaler.spec.maxReplicas);
}
