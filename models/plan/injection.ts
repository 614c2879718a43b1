// Which pods get a sidecar, and how many worker threads and how much CPU it has.
// istio: manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml, pkg/kube/inject/template.go (resources),
// pkg/bootstrap/config.go (concurrency from the CPU limit).
import { matchesLabels } from '../config/kinds/label-selector.js';
import type { PodTemplate } from '../config/kinds/pod-template.js';
import type { ResourceSet } from '../config/load.js';
import { limitMilli, parseQuantity } from '../config/quantity.js';
import type { ProxyCostInput, ZtunnelInput } from './input.js';
import { DEFAULT_MESH, type MeshSettings } from './mesh-settings.js';
import type { ProxyPlan } from './plan.js';

/** The webhook leaves these alone (istio: pkg/kube/inject/inject.go, IgnoredNamespaces), and the control plane's own. */
export const NEVER_INJECTED: readonly string[] = [
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'local-path-storage',
  'istio-system',
];

/** `assumed`: the namespace is not in the YAML; what injects its pods is not known. */
export type Injection = 'injected' | 'assumed' | 'not-injected';

export function injectionOf(
  namespace: string,
  pod: PodTemplate,
  { namespaces, mutatingWebhooks }: Pick<ResourceSet, 'namespaces' | 'mutatingWebhooks'>,
  mesh: Pick<MeshSettings, 'injectsByDefault'> = DEFAULT_MESH,
): Injection {
  if (NEVER_INJECTED.includes(namespace) || pod.hostNetwork) return 'not-injected';
  const wish = pod.labels['sidecar.istio.io/inject'] ?? pod.annotations['sidecar.istio.io/inject'];
  const object = namespaces.find((candidate) => candidate.name === namespace);
  if (object === undefined) return wish === 'false' ? 'not-injected' : wish === 'true' ? 'injected' : 'assumed';
  const injectors = mutatingWebhooks.flatMap(({ spec }) => spec.injectors);
  if (injectors.length > 0) {
    const labels = { 'kubernetes.io/metadata.name': namespace, ...object.labels };
    const isCalled = injectors.some(
      (injector) =>
        matchesLabels(injector.namespaceSelector, labels) && matchesLabels(injector.objectSelector, pod.labels),
    );
    return isCalled && wish !== 'false' ? 'injected' : 'not-injected';
  }
  switch (object.labels['istio-injection']) {
    case 'enabled':
      return wish === 'false' ? 'not-injected' : 'injected';
    case 'disabled':
      return 'not-injected';
    default:
      break;
  }
  if (object.labels['istio.io/rev'] !== undefined) return wish === 'false' ? 'not-injected' : 'injected';
  if (mesh.injectsByDefault) return wish === 'false' ? 'not-injected' : 'injected';
  return wish === 'true' || (pod.labels['istio.io/rev'] !== undefined && wish !== 'false')
    ? 'injected'
    : 'not-injected';
}

/** Any of these replaces the whole default block of resources. */
export const RESOURCE_ANNOTATIONS: readonly string[] = [
  'sidecar.istio.io/proxyCPU',
  'sidecar.istio.io/proxyMemory',
  'sidecar.istio.io/proxyCPULimit',
  'sidecar.istio.io/proxyMemoryLimit',
];

/** Threads and limits of the proxy of a pod. Any of the resource annotations replaces the whole default block. */
export function proxyPlan(
  pod: PodTemplate | null,
  cost: ProxyCostInput,
  nodeCores: number,
  mesh: Pick<MeshSettings, 'concurrency' | 'proxyCpuLimitMillis'> = DEFAULT_MESH,
): ProxyPlan {
  const cpuLimitMillis = pod === null ? mesh.proxyCpuLimitMillis : proxyCpuLimitMillis(pod, mesh.proxyCpuLimitMillis);
  const configured = mesh.concurrency;
  const fromLimit = cpuLimitMillis === null ? nodeCores : Math.ceil(cpuLimitMillis / 1000);
  return {
    workers: Math.max(1, configured === null ? fromLimit : configured === 0 ? nodeCores : configured),
    requestCpuNs: cost.requestCpuNs,
    responseCpuNs: cost.responseCpuNs,
    afterResponseCpuNs: cost.afterResponseCpuNs,
    latencyNs: cost.latencyNs,
    cpuLimitMillis,
    handshakeCpuNs: cost.handshakeCpuNs,
    resumedHandshakeCpuNs: cost.resumedHandshakeCpuNs,
    cpuPerKiBNs: cost.cpuPerKiBNs,
  };
}

/** The ztunnel of a node; its chart sets no CPU limit (istio: manifests/charts/ztunnel/values.yaml). */
export function ztunnelPlan(pod: PodTemplate | null, cost: ZtunnelInput): ProxyPlan {
  const own = pod?.containers.find((container) => container.name === 'istio-proxy');
  return { ...cost, cpuLimitMillis: own?.resources.cpuLimitMillis ?? null, sharedQueue: true };
}

function proxyCpuLimitMillis(pod: PodTemplate, injected: number | null): number | null {
  if (RESOURCE_ANNOTATIONS.some((name) => pod.annotations[name] !== undefined)) {
    return limitMilli(parseQuantity(pod.annotations['sidecar.istio.io/proxyCPULimit'] ?? ''));
  }
  const own = [...pod.containers, ...pod.initContainers].find((container) => container.name === 'istio-proxy');
  return own?.resources.cpuLimitMillis ?? injected;
}
