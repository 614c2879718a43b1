// Pods as rules see them: Pods of the input, and what Deployments, StatefulSets, DaemonSets and the like make. Whether they are in the
// mesh follows istio: pkg/config/analysis/analyzers/util/in_mesh.go.
import type { PlainMap, PlainValue } from '../config/document.js';
import type { FieldPath } from '../config/resource.js';
import type { MeshPlan } from '../plan/contract/plan.js';
import type { LintObject } from './object.js';
import { listAt, mapAt, numberAt, textAt, textMapAt } from './plain-access.js';

export interface LintPod {
  readonly object: LintObject;
  readonly namespace: string;
  /** A Pod of the input, and not the template of a controller. */
  readonly isPod: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Path to the pod's spec and to its metadata in the object. */
  readonly specPath: FieldPath;
  readonly metadataPath: FieldPath;
  readonly spec: PlainMap;
  /** Pods that the object asks for; null where it does not say (a DaemonSet, an autoscaler's Deployment). */
  readonly replicas: number | null;
}

const TEMPLATED: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Rollout'];

/** The pods of an object, or null where it makes none. */
export function podOf(object: LintObject): LintPod | null {
  const { kind, group, value, namespace } = object;
  if (kind === 'Pod' && group === '') {
    const spec = mapAt(value, 'spec') ?? {};
    const { labels, annotations } = object;
    return {
      object,
      namespace,
      isPod: true,
      labels,
      annotations,
      specPath: ['spec'],
      metadataPath: ['metadata'],
      spec,
      replicas: 1,
    };
  }
  if (!TEMPLATED.includes(kind)) return null;
  const template = mapAt(value, 'spec', 'template');
  if (template === null) return null;
  return {
    object,
    namespace,
    isPod: false,
    labels: textMapAt(template, 'metadata', 'labels'),
    annotations: textMapAt(template, 'metadata', 'annotations'),
    specPath: ['spec', 'template', 'spec'],
    metadataPath: ['spec', 'template', 'metadata'],
    spec: mapAt(template, 'spec') ?? {},
    replicas: kind === 'DaemonSet' ? null : (numberAt(value, 'spec', 'replicas') ?? 1),
  };
}

/** The same pods with as many of each as the scenario says. */
export function withPlannedReplicas(pods: readonly LintPod[], plan: MeshPlan | null): readonly LintPod[] {
  if (plan === null) return pods;
  const planned = new Map(
    plan.workloads
      .filter(({ kind }) => kind === 'app' || kind === 'gateway')
      .map(({ namespace, name, podLocalities }) => [`${namespace}/${name}`, podLocalities.length]),
  );
  return pods.map((pod) => ({ ...pod, replicas: planned.get(pod.object.fullName) ?? pod.replicas }));
}

/** Whether a cluster has told of the pod: it has been through admission. A Pod in a manifest is yet to be made, and injected like any other. */
export function isMade({ isPod, object, spec }: LintPod): boolean {
  return isPod && (mapAt(object.value, 'status') !== null || textAt(spec, 'nodeName') !== null);
}

/** The containers, and the init containers where asked for. */
export function containersOf(pod: LintPod, withInit = false): readonly PlainValue[] {
  const own = listAt(pod.spec, 'containers');
  return withInit ? [...own, ...listAt(pod.spec, 'initContainers')] : own;
}

/** The proxy that stands in the manifest itself, with its image; null where it is left to the injection. */
export function writtenProxy(pod: LintPod): PlainValue | null {
  return containersOf(pod, true).find((container) => textAt(container, 'name') === 'istio-proxy') ?? null;
}

/** A pod of a gateway: there is nothing in it but the proxy (istio: manifests/charts/gateway, manifests/charts/gateways/istio-ingress). */
export function isGatewayPod(pod: LintPod): boolean {
  const containers = containersOf(pod);
  return containers.length > 0 && containers.every((container) => textAt(container, 'name') === 'istio-proxy');
}

/** `true`, `false`, or null where the pod does not say; the label counts before the annotation. */
export function injectionWish(pod: LintPod): boolean | null {
  const wish = pod.labels['sidecar.istio.io/inject'] ?? pod.annotations['sidecar.istio.io/inject'];
  return wish === undefined ? null : wish === 'true';
}

export function isAmbient(pod: LintPod): boolean {
  return pod.annotations['ambient.istio.io/redirection'] === 'enabled';
}
