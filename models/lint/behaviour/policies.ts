// The traffic policies of a DestinationRule, wherever they stand in it, and how many endpoints they are about.
import type { PlainMap } from '../../config/document.js';
import type { FieldPath } from '../../config/resource.js';
import { selects } from '../../plan/terms/visibility.js';
import type { LintMesh } from '../mesh.js';
import type { LintObject } from '../object.js';
import { listAt, mapAt, numberAt, textAt, textMapAt, textsAt } from '../plain-access.js';
import type { LintPod } from '../pods.js';

export interface WrittenPolicy {
  readonly rule: LintObject;
  readonly value: PlainMap;
  readonly path: FieldPath;
  /** '' = the whole host. */
  readonly subset: string;
  /** A setting of one port. */
  readonly isOfPort: boolean;
}

/** Host level, its ports, subsets, their ports. */
export function policiesOf(rule: LintObject): WrittenPolicy[] {
  const found = policiesAt(rule, ['spec', 'trafficPolicy'], mapAt(rule.value, 'spec', 'trafficPolicy'), '');
  listAt(rule.value, 'spec', 'subsets').forEach((subset, index) => {
    const path = ['spec', 'subsets', index, 'trafficPolicy'];
    found.push(...policiesAt(rule, path, mapAt(subset, 'trafficPolicy'), textAt(subset, 'name') ?? ''));
  });
  return found;
}

function policiesAt(rule: LintObject, path: FieldPath, value: PlainMap | null, subset: string): WrittenPolicy[] {
  if (value === null) return [];
  const ports = listAt(value, 'portLevelSettings').flatMap((setting, index): WrittenPolicy[] => {
    const own = mapAt(setting);
    return own === null
      ? []
      : [{ rule, value: own, path: [...path, 'portLevelSettings', index], subset, isOfPort: true }];
  });
  return [{ rule, value, path, subset, isOfPort: false }, ...ports];
}

/** Every policy of every DestinationRule. */
export function allPolicies(mesh: LintMesh): WrittenPolicy[] {
  return mesh.destinationRules.flatMap(policiesOf);
}

/** The Service that a DestinationRule is about, or null. */
export function serviceOf(mesh: LintMesh, rule: LintObject): LintObject | null {
  const host = textAt(rule.value, 'spec', 'host') ?? '';
  const owner = mesh.hosts.find(host, rule.namespace, textsAt(rule.value, 'spec', 'exportTo'));
  return owner !== null && owner.object.kind === 'Service' ? owner.object : null;
}

/** The pods behind the host, or behind one of its subsets; none where the YAML does not have them. Of two versions of a workload the later. */
export function podsOf(mesh: LintMesh, rule: LintObject, subset: string): LintPod[] {
  const service = serviceOf(mesh, rule);
  if (service === null) return [];
  const wanted = listAt(rule.value, 'spec', 'subsets').find((candidate) => textAt(candidate, 'name') === subset);
  const labels = wanted === undefined ? {} : textMapAt(wanted, 'labels');
  const found = mesh.podsBehind(service).filter((pod) => selects(labels, pod.labels));
  return [...new Map(found.map((pod) => [pod.object.title, pod])).values()];
}

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** How many endpoints there can be, autoscalers included; null where the YAML cannot tell. */
export function endpointBounds(mesh: LintMesh, rule: LintObject, subset: string): Bounds | null {
  const pods = podsOf(mesh, rule, subset);
  if (pods.length === 0) return null;
  let [min, max] = [0, 0];
  for (const pod of pods) {
    const own = replicaBounds(mesh, pod);
    if (own === null) return null;
    min += own.min;
    max += own.max;
  }
  return { min, max };
}

/** Pods of a controller, by its autoscaler where there is one. */
export function replicaBounds(mesh: LintMesh, pod: LintPod): Bounds | null {
  const scaler = autoscalerOf(mesh, pod.object);
  if (scaler !== null) {
    return {
      min: numberAt(scaler.value, 'spec', 'minReplicas') ?? 1,
      max: numberAt(scaler.value, 'spec', 'maxReplicas') ?? 1,
    };
  }
  return pod.replicas === null ? null : { min: pod.replicas, max: pod.replicas };
}

export function autoscalerOf(mesh: LintMesh, target: LintObject): LintObject | null {
  return (
    mesh
      .all('autoscaling', 'HorizontalPodAutoscaler')
      .find(
        ({ namespace, value }) =>
          namespace === target.namespace &&
          textAt(value, 'spec', 'scaleTargetRef', 'kind') === target.kind &&
          textAt(value, 'spec', 'scaleTargetRef', 'name') === target.name,
      ) ?? null
  );
}

/** `3`, or `2 to 6`. */
export function boundsText({ min, max }: Bounds): string {
  return min === max ? String(min) : `${min} to ${max}`;
}
