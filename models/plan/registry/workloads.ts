// Which workloads there are in the YAML: what runs pods from one template. Gateways are those that a Gateway selects.
// kubernetes: pkg/controller/deployment, statefulset, daemon; istio: pilot/pkg/serviceregistry/kube/controller (workload labels).
import type { SourcePosition } from '../../config/diagnostic.js';
import type { PodTemplate } from '../../config/kinds/pod-template.js';
import type { ResourceSet } from '../../config/load.js';
import type { FieldPath, Owner, Resource, ResourceSource } from '../../config/resource.js';
import { finder, named, ofName } from '../../list-index.js';
import type { Mesh } from '../contract/plan.js';
import type { FieldSource } from '../contract/sources.js';
import { meshAssumption } from '../settings/assumed-mesh.js';
import type { PlanInput } from '../settings/input.js';
import { INJECT, linkerdConfig } from '../settings/linkerd-injection.js';
import type { MeshSettings } from '../settings/mesh-settings.js';
import { NetworkLabels } from '../settings/network-label.js';
import { writtenAt } from '../terms/field-source.js';
import type { Findings } from '../terms/findings.js';
import { SelectorIndex } from '../terms/label-index.js';
import type { Numbering } from '../terms/numbering.js';
import { ROOT_NAMESPACE } from '../terms/visibility.js';
import { isAmbient } from './ambient.js';
import { injectionOf, NEVER_INJECTED } from './injection.js';
import { inboundPorts, noteInterception } from './interception.js';
import { addMissingWaypoints, waypointGateways, waypointOf } from './waypoints.js';
import { type NewWorkload, versionOf, Workloads, type WorkloadText } from './workload.js';

interface PodSet {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly template: PodTemplate;
  readonly replicas: number;
  readonly position: SourcePosition;
  readonly source: ResourceSource;
  readonly text: WorkloadText;
}

/** A number of pods, and who says so; null: nobody does. */
interface Replicas {
  readonly count: number;
  readonly source: FieldSource | null;
}

/**
 * All workloads that the YAML describes, in its order. Assumptions about replicas and injection become fidelity entries.
 * @param resources the YAML with what Istio makes of it
 * @param input the YAML as it is written, and whose proxies pods have that nothing is said about; undefined: that is concluded from it
 */
export function readWorkloads(
  resources: ResourceSet,
  input: Pick<PlanInput, 'placement' | 'resources' | 'injection'>,
  findings: Findings,
  mesh: MeshSettings,
  numbering: Numbering,
): Workloads {
  const workloads = new Workloads(new NetworkLabels(resources, mesh), numbering);
  const assumed = new Set<string>();
  const waypoints = waypointGateways(resources);
  const sets = podSets(resources, input.placement.length, findings);
  const assumption = meshAssumption(input.resources, sets, input.injection);
  const injecting = assumption.given && assumption.mesh === 'istio' ? { ...mesh, injectsByDefault: true } : mesh;
  const gatewaySelectors = new SelectorIndex(
    resources.gateways.flatMap(({ spec: { selector } }) =>
      Object.keys(selector).length === 0 ? [] : [{ namespace: null, labels: selector }],
    ),
  );
  for (const set of sets) {
    const resource = `${set.kind} ${set.namespace}/${set.name}`;
    const waypoint = waypointOf(set.namespace, set.template.labels, waypoints);
    if (waypoint !== null || isZtunnel(set)) {
      workloads.add(proxyWorkload(set, waypoint === null ? 'ztunnel' : 'waypoint'));
      continue;
    }
    const isGateway = gatewaySelectors.metBy(set.namespace, set.template.labels).length > 0;
    const wished = isGateway ? 'injected' : injectionOf(set.namespace, set.template, resources, injecting);
    const isKnown = ofName(resources.namespaces, set.namespace) !== undefined;
    const byDefault =
      assumption.mesh === 'linkerd' &&
      (assumption.everywhere || !isKnown) &&
      wished !== 'injected' &&
      !NEVER_INJECTED.includes(set.namespace);
    const linkerd = isGateway ? null : linkerdConfig(set.namespace, set.template, resources.namespaces, byDefault);
    const isIstios =
      linkerd === null && (wished === 'injected' || (wished === 'assumed' && assumption.mesh === 'istio'));
    const injection = isIstios ? wished : 'not-injected';
    if (linkerd !== null && wished === 'injected') warnOfTwoProxies(resource, set.position, findings);
    const ambient =
      !isGateway && linkerd === null && isAmbient(set.namespace, set.template, injection, resources.namespaces);
    const isAssumed =
      injection === 'assumed' || (linkerd !== null && byDefault && set.template.annotations[INJECT] === undefined);
    if (isAssumed && !assumption.given && !ambient && !assumed.has(set.namespace)) {
      assumed.add(set.namespace);
      workloads.assumedMesh = linkerd === null ? 'istio' : 'linkerd';
      noteAssumption(workloads.assumedMesh, set, findings);
    }
    const hasSidecar = injection !== 'not-injected' && !ambient;
    if (hasSidecar && !isGateway) noteInterception(resource, set.template, set.position, findings);
    workloads.add({
      name: set.name,
      namespace: set.namespace,
      kind: isGateway ? 'gateway' : 'app',
      labels: set.template.labels,
      pod: set.template,
      hasSidecar,
      inboundPorts: inboundPorts(set.template, mesh.inboundPorts),
      replicas: set.replicas,
      places: null,
      version: versionOf(set.template.labels),
      resource,
      position: set.position,
      text: set.text,
      source: set.source,
      ...(ambient ? { ambient } : {}),
      ...(linkerd === null ? {} : { linkerd }),
    });
  }
  addMissingWaypoints(resources, workloads, findings);
  if (workloads.all.some(({ ambient }) => ambient === true)) addMissingZtunnel(workloads);
  return workloads;
}

function noteAssumption(mesh: Mesh, { namespace, position }: PodSet, findings: Findings): void {
  findings.approximated(
    `Namespace ${namespace}`,
    '',
    position,
    mesh === 'istio'
      ? 'the Namespace is not in the YAML; it is taken to be labelled istio-injection=enabled, so that its pods have sidecars; load it with its labels, or set injection in the scenario'
      : 'the YAML speaks of Linkerd and not of Istio, and does not say which pods of the Namespace have a proxy; it is taken to be annotated linkerd.io/inject: enabled; load it so, or set injection in the scenario',
  );
}

function warnOfTwoProxies(resource: string, position: SourcePosition, findings: Findings): void {
  findings.warning(
    'two-meshes',
    position,
    `${resource} is labelled for Istio's injection and annotated for Linkerd's: only Linkerd's proxy is simulated`,
    'keep one of the two',
  );
}

/** istio: manifests/charts/ztunnel/templates/daemonset.yaml */
function isZtunnel({ kind, template }: PodSet): boolean {
  return kind === 'DaemonSet' && template.labels.app === 'ztunnel';
}

/** Pods that are a proxy and nothing else. */
function proxyWorkload(set: PodSet, kind: 'waypoint' | 'ztunnel'): NewWorkload {
  return {
    name: set.name,
    namespace: set.namespace,
    kind,
    labels: set.template.labels,
    pod: set.template,
    hasSidecar: true,
    replicas: set.replicas,
    places: null,
    version: versionOf(set.template.labels),
    resource: `${set.kind} ${set.namespace}/${set.name}`,
    position: set.position,
    text: set.text,
    source: set.source,
  };
}

function addMissingZtunnel(workloads: Workloads): void {
  if (workloads.all.some(({ kind }) => kind === 'ztunnel')) return;
  workloads.add({
    name: 'ztunnel',
    namespace: ROOT_NAMESPACE,
    kind: 'ztunnel',
    labels: {},
    pod: null,
    hasSidecar: true,
    replicas: 1,
    places: null,
    version: '',
    resource: `DaemonSet ${ROOT_NAMESPACE}/ztunnel`,
    position: null,
  });
}

function podSets(resources: ResourceSet, placementZones: number, findings: Findings): PodSet[] {
  const { rollouts, replicaSets, replicationControllers, statefulSets, daemonSets, pods } = resources;
  const rolledOut = new Set(
    rollouts.flatMap(({ namespace, spec }) =>
      spec.workloadRef?.kind === 'Deployment' ? [`${namespace}/${spec.workloadRef.name}`] : [],
    ),
  );
  // A Deployment that a Rollout refers to gives its template, and runs no pods of its own.
  const deployments = resources.deployments.filter(({ namespace, name }) => !rolledOut.has(`${namespace}/${name}`));
  const scaled = [...deployments, ...statefulSets, ...replicaSets, ...replicationControllers];
  return [
    ...scaled.filter(isTop).map((set) => podSet(set, set, replicasOf(set, resources))),
    ...rollouts.flatMap((rollout): PodSet[] => {
      const holder = holderOf(rollout, resources);
      return holder === null ? [] : [podSet(rollout, holder, replicasOf(rollout, resources))];
    }),
    ...daemonSets.map((set) => {
      if (set.spec.template.labels.app !== 'ztunnel')
        findings.approximated(
          `DaemonSet ${set.namespace}/${set.name}`,
          'spec',
          set.source.at([]),
          'nodes are not known: one pod in each zone of the placement is simulated',
        );
      return podSet(set, set, { count: placementZones, source: null });
    }),
    ...pods.filter(isTop).map((pod) => podSet(pod, pod, { count: 1, source: null }, [])),
  ];
}

const OWNERS: readonly string[] = [
  'Deployment',
  'ReplicaSet',
  'ReplicationController',
  'StatefulSet',
  'DaemonSet',
  'Rollout',
  'Job',
  'CronJob',
];

/** What a controller made is counted with its owner: pods and ReplicaSets in a dump of the cluster. */
function isTop({ owner }: { readonly owner: Owner | null }): boolean {
  return owner === null || !OWNERS.includes(owner.kind);
}

/** The Rollout itself, or the Deployment that it refers to; null: there is none. */
function holderOf(rollout: ResourceSet['rollouts'][number], resources: ResourceSet): TemplateHolder | null {
  const { namespace, spec } = rollout;
  if (spec.workloadRef === null) return rollout;
  const { name } = spec.workloadRef;
  return named(resources.deployments, namespace, name) ?? null;
}

type TemplateHolder = Resource<string, { readonly template: PodTemplate }>;

type Scaled = ResourceSet[
  | 'deployments'
  | 'statefulSets'
  | 'replicaSets'
  | 'replicationControllers'
  | 'rollouts'][number];

function podSet(
  { kind, name, namespace, source }: Resource,
  holder: TemplateHolder,
  replicas: Replicas,
  template: FieldPath = ['spec', 'template'],
): PodSet {
  return {
    kind,
    name,
    namespace,
    position: source.at([]),
    source,
    template: holder.spec.template,
    replicas: replicas.count,
    text: { holder: holder.source, template, replicas: replicas.source },
  };
}

const byTarget = finder<ResourceSet['horizontalPodAutoscalers'][number]>(({ namespace, spec }) => [
  targetOf({ ...spec.scaleTargetRef, namespace }),
]);

function targetOf({ kind, namespace, name }: Pick<Resource, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${namespace}/${name}`;
}

/** `spec.replicas`, kept within the bounds of an autoscaler that holds the workload. */
function replicasOf(resource: Scaled, resources: ResourceSet): Replicas {
  const [scaler] = byTarget(resources.horizontalPodAutoscalers, targetOf(resource));
  const given = resource.spec.replicas;
  const own: Replicas = { count: given ?? 1, source: writtenAt(resource.source, ['spec', 'replicas']) };
  if (scaler === undefined) return own;
  const bound = (field: 'minReplicas' | 'maxReplicas', count: number): Replicas => ({
    count,
    source: writtenAt(scaler.source, ['spec', field]),
  });
  const minimum = scaler.spec.minReplicas ?? 1;
  const { maxReplicas } = scaler.spec;
  const wanted = given === null || given < minimum ? bound('minReplicas', minimum) : own;
  return wanted.count > maxReplicas ? bound('maxReplicas', maxReplicas) : wanted;
}
