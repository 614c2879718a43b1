// ST2511: an autoscaler by CPU utilisation whose target the sidecar's request has put out of the application's reach.
import type { PlainValue } from '../../config/document.js';
import { parseQuantity, quantityMilli } from '../../config/quantity.js';
import type { LintMesh } from '../mesh.js';
import { dig } from '../plain-access.js';
import { containersOf, type LintPod, writtenProxy } from '../pods.js';
import type { Rule } from '../rule.js';
import { autoscaledPod, utilisationTarget } from './blinded-autoscaler.js';

/** Of a sidecar where nobody says (istio: manifests/charts/istio-control/istio-discovery/values.yaml, global.proxy.resources). */
const DEFAULT_REQUEST_MILLIS = 100;

export const dilutedAutoscaler: Rule = {
  code: 'ST2511',
  name: 'DilutedAutoscaler',
  title: 'an autoscaler whose target the application cannot reach',
  severity: 'warning',
  why: 'Utilisation is the use of all containers ÷ the requests of all, and the sidecar’s request counts too while the sidecar uses little of it. An application that is at its CPU limit may be below the target: it is throttled, and nothing is scaled.',
  help: 'use a ContainerResource metric of the application, lower the target, or lower the request of the sidecar (sidecar.istio.io/proxyCPU)',
  source:
    'kubernetes: pkg/controller/podautoscaler/replica_calculator.go (calculatePodRequests), metrics/utilization.go; istio: manifests/charts/istio-control/istio-discovery/values.yaml',
  check(mesh, report) {
    for (const scaler of mesh.all('autoscaling', 'HorizontalPodAutoscaler')) {
      const target = utilisationTarget(scaler);
      const pod = target === null ? null : autoscaledPod(mesh, scaler);
      if (target === null || pod === null || !mesh.isInMesh(pod)) continue;
      const own = containersOf(pod).filter((container) => container !== writtenProxy(pod));
      const request = total(own, requestOf);
      const limit = total(own, limitOf);
      const sidecar = sidecarRequest(mesh, pod);
      if (request === null || limit === null || sidecar === null || request <= 0) continue;
      const wanted = (target.percent / 100) * (request + sidecar);
      // Without the sidecar the target was in reach: else the limits are what is wrong, mesh or no mesh.
      if (limit >= wanted || limit < (target.percent / 100) * request) continue;
      const reached = Math.floor((100 * limit) / (request + sidecar));
      report(
        scaler,
        target.path,
        `at its limit of ${limit}m the application is at ${reached} % of the ${request + sidecar}m that the pod requests with its sidecar, below the target of ${target.percent} %: the sidecar would have to use ${Math.ceil(wanted - limit)}m of its own`,
      );
    }
  },
};

/** The sum over containers; null where one does not say. */
function total(containers: readonly PlainValue[], of: (container: PlainValue) => number | null): number | null {
  return containers.reduce<number | null>((sum, container) => {
    const amount = of(container);
    return sum === null || amount === null ? null : sum + amount;
  }, 0);
}

function requestOf(container: PlainValue): number | null {
  return millisAt(container, 'resources', 'requests', 'cpu') ?? limitOf(container);
}

function limitOf(container: PlainValue): number | null {
  return millisAt(container, 'resources', 'limits', 'cpu');
}

function millisAt(value: PlainValue | undefined, ...path: readonly string[]): number | null {
  const amount = dig(value, ...path);
  const quantity = typeof amount === 'string' || typeof amount === 'number' ? parseQuantity(String(amount)) : null;
  return quantity === null ? null : quantityMilli(quantity);
}

/** By its container, its annotation, the values of the injector, the chart; null where annotations leave it without one. */
function sidecarRequest(mesh: LintMesh, pod: LintPod): number | null {
  const written = writtenProxy(pod);
  const ofContainer = written === null ? null : requestOf(written);
  if (ofContainer !== null) return ofContainer;
  const annotation = (name: string): string | undefined => pod.annotations[`sidecar.istio.io/${name}`];
  const cpu = annotation('proxyCPU') ?? annotation('proxyCPULimit');
  if (cpu !== undefined) {
    const quantity = parseQuantity(cpu);
    return quantity === null ? null : quantityMilli(quantity);
  }
  if (annotation('proxyMemory') !== undefined || annotation('proxyMemoryLimit') !== undefined) return null;
  return millisAt(mesh.injectorValues(), 'global', 'proxy', 'resources', 'requests', 'cpu') ?? DEFAULT_REQUEST_MILLIS;
}
