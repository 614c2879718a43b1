// Which pods get a sidecar, and how many worker threads and how much CPU it has.
// istio: manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml, pkg/bootstrap/config.go (concurrency from the CPU limit).
import { matchesLabels } from '../../config/kinds/label-selector.js';
import type { PodTemplate } from '../../config/kinds/pod-template.js';
import type { ResourceSet } from '../../config/load.js';
import { ofName } from '../../list-index.js';
import { type ProxyPlan, UNOBSERVED } from '../contract/plan.js';
import type { ProxyCostInput, ZtunnelInput } from '../settings/input.js';
import { DEFAULT_MESH, type MeshSettings } from '../settings/mesh-settings.js';
import { containerLimit, ISTIO_CONTAINER, proxyLimit } from '../settings/proxy-limits.js';

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
  const object = ofName(namespaces, namespace);
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

/** An Envoy of Istio's beside a pod: its threads and limits. */
export function proxyPlan(
  pod: PodTemplate | null,
  cost: ProxyCostInput,
  nodeCores: number,
  mesh: Pick<MeshSettings, 'concurrency' | 'proxyCpuLimitMillis'> = DEFAULT_MESH,
): ProxyPlan {
  const cpuLimitMillis = proxyLimit(pod, 'cpu', mesh.proxyCpuLimitMillis).value;
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
    ...UNOBSERVED,
    sharedQueue: false,
    cpuPerKiBNs: cost.cpuPerKiBNs,
    memory: null,
    product: 'istio',
  };
}

/** The ztunnel of a node; its chart sets no CPU limit (istio: manifests/charts/ztunnel/values.yaml). */
export function ztunnelPlan(pod: PodTemplate | null, cost: ZtunnelInput): ProxyPlan {
  const limit = containerLimit(pod, ISTIO_CONTAINER, 'cpu');
  return {
    ...cost,
    ...UNOBSERVED,
    cpuLimitMillis: limit?.value ?? null,
    sharedQueue: true,
    memory: null,
    product: 'istio',
  };
}
