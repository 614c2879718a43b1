// ST2501: an autoscaler by CPU that cannot see, or sees the proxy too.

import type { PlainValue } from '../../config/document.js';
import { parseQuantity, quantityMilli } from '../../config/quantity.js';
import type { LintMesh } from '../mesh.js';
import type { LintObject } from '../object.js';
import { dig, listAt, numberAt, textAt } from '../plain-access.js';
import { containersOf, type LintPod } from '../pods.js';
import type { Rule } from '../rule.js';

export const blindedAutoscaler: Rule = {
  code: 'ST2501',
  name: 'BlindedAutoscaler',
  title: 'an autoscaler by CPU of pods without CPU requests',
  severity: 'warning',
  why: 'Utilisation is use ÷ request, over all containers of the pod, the sidecar included. One container without a CPU request makes the metric an error: the autoscaler does nothing, under any load. A sidecar with its own request dilutes the application’s.',
  help: 'give every container a CPU request, or use a ContainerResource metric of the application',
  source: 'kubernetes: pkg/controller/podautoscaler/replica_calculator.go (calculatePodRequests)',
  check(mesh, report) {
    for (const scaler of mesh.all('autoscaling', 'HorizontalPodAutoscaler')) {
      const target = utilisationTarget(scaler);
      const pod = autoscaledPod(mesh, scaler);
      if (target === null || pod === null) continue;
      const { path } = target;
      const bare = containersOf(pod, false).find((container) => !hasCpuRequest(container));
      if (bare !== undefined) {
        report(
          scaler,
          path,
          `the container "${textAt(bare, 'name')}" of ${pod.object.title} has no CPU request: the metric fails and nothing is scaled`,
        );
      } else if (mesh.isInMesh(pod) && cpuOf(pod.annotations['sidecar.istio.io/proxyCPU']) === 0) {
        report(
          scaler,
          path,
          `the sidecar of ${pod.object.title} has a CPU request of 0: the metric fails and nothing is scaled`,
          'set sidecar.istio.io/proxyCPU, or use a ContainerResource metric',
        );
      } else if (overridesWithoutRequest(mesh, pod)) {
        report(
          scaler,
          path,
          `the annotations of ${pod.object.title} leave its sidecar without a CPU request: the metric fails and nothing is scaled`,
          'set sidecar.istio.io/proxyCPU, or use a ContainerResource metric',
        );
      }
    }
  },
};

export interface UtilisationTarget {
  readonly path: readonly (string | number)[];
  readonly percent: number;
}

/** Where the autoscaler asks for CPU utilisation of the whole pod, and how much; null where it does not. */
export function utilisationTarget(scaler: LintObject): UtilisationTarget | null {
  const metrics = listAt(scaler.value, 'spec', 'metrics');
  for (const [index, metric] of metrics.entries()) {
    const percent =
      numberAt(metric, 'resource', 'target', 'averageUtilization') ??
      numberAt(metric, 'resource', 'targetAverageUtilization');
    if (textAt(metric, 'type') === 'Resource' && textAt(metric, 'resource', 'name') === 'cpu' && percent !== null)
      return { path: ['spec', 'metrics', index], percent };
  }
  const old = numberAt(scaler.value, 'spec', 'targetCPUUtilizationPercentage');
  return old === null ? null : { path: ['spec', 'targetCPUUtilizationPercentage'], percent: old };
}

/** The pods that an autoscaler scales; null where they are not in the input. */
export function autoscaledPod(mesh: LintMesh, scaler: LintObject): LintPod | null {
  const kind = textAt(scaler.value, 'spec', 'scaleTargetRef', 'kind');
  const name = textAt(scaler.value, 'spec', 'scaleTargetRef', 'name');
  if (kind === null || name === null) return null;
  return mesh.podsOf(scaler.namespace, name).find(({ object }) => object.kind === kind) ?? null;
}

/** A limit without a request is the request too. */
function hasCpuRequest(container: PlainValue): boolean {
  const amount = dig(container, 'resources', 'requests', 'cpu') ?? dig(container, 'resources', 'limits', 'cpu') ?? null;
  return amount !== null && cpuOf(String(amount)) !== 0;
}

function cpuOf(text: string | undefined): number | null {
  const quantity = text === undefined ? null : parseQuantity(text);
  return quantity === null ? null : quantityMilli(quantity);
}

/** Any of the four annotations replaces the sidecar's whole block of resources (istio: pkg/kube/inject/template.go). */
function overridesWithoutRequest(mesh: LintMesh, pod: LintPod): boolean {
  const { annotations } = pod;
  const names = ['proxyCPU', 'proxyMemory', 'proxyCPULimit', 'proxyMemoryLimit'].map(
    (name) => `sidecar.istio.io/${name}`,
  );
  const isSet = (name: string): boolean => annotations[name] !== undefined;
  return mesh.isInMesh(pod) && names.some(isSet) && !isSet(names[0]!) && !isSet(names[2]!);
}
