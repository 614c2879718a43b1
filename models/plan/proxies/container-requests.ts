// What the containers of a pod request, that of an injected proxy included: utilisation is use ÷ requests.
// k8s: pkg/controller/podautoscaler/replica_calculator.go (calculateRequests: all containers, native sidecars too); istio: pkg/kube/inject/template.go
// (resources), manifests/charts/istio-control/istio-discovery/values.yaml (global.proxy.resources); linkerd: charts/partials/templates/_resources.tpl.
import { lookup } from '../../../sim/lookup.js';
import type { Container } from '../../config/kinds/container.js';
import type { PodTemplate } from '../../config/kinds/pod-template.js';
import { parseQuantity, quantityMilli, quantityValue } from '../../config/quantity.js';
import type { ContainerPlan } from '../contract/autoscaler-plan.js';
import type { Workload } from '../registry/workload.js';
import { LINKERD_CONTAINER, type LinkerdConfig } from '../settings/linkerd-injection.js';
import type { MeshSettings } from '../settings/mesh-settings.js';
import { hasResourceAnnotation, ISTIO_CONTAINER } from '../settings/proxy-limits.js';

type Requests = Pick<ContainerPlan, 'cpuRequestMillis' | 'memoryRequestBytes'>;
type Injected = Pick<MeshSettings, 'proxyCpuRequestMillis' | 'proxyMemoryRequestBytes'>;

const NONE_REQUESTED: Requests = { cpuRequestMillis: null, memoryRequestBytes: null };

/** The containers of each pod of a workload of the YAML, in the order of the template, an injected proxy last. */
export function containersOf(
  { kind, pod, hasSidecar, linkerd }: Pick<Workload, 'kind' | 'pod' | 'hasSidecar' | 'linkerd'>,
  mesh: Injected,
): ContainerPlan[] {
  if (pod === null) return [];
  const proxyName = linkerd === undefined ? ISTIO_CONTAINER : LINKERD_CONTAINER;
  const isProxy = kind === 'gateway' || kind === 'waypoint';
  const hasProxy = hasSidecar || linkerd !== undefined;
  const sidecars = pod.initContainers.filter(
    ({ name, restartPolicy }) => restartPolicy === 'Always' || (hasProxy && name === proxyName),
  );
  const all = [...pod.containers, ...sidecars];
  const proxy = all.find(({ name }) => name === proxyName) ?? (isProxy ? all[0] : undefined);
  const application = isProxy ? undefined : pod.containers.find((container) => container !== proxy);
  const requests = linkerd === undefined ? istioRequests(pod, proxy, isProxy, mesh) : linkerdRequests(linkerd, proxy);
  const plans = all.map((container): ContainerPlan => {
    const { name, resources } = container;
    if (hasProxy && container === proxy) return { name, runs: 'proxy', ...requests };
    const { cpuRequestMillis, memoryRequestBytes } = resources;
    const runs = container === application ? 'application' : 'nothing';
    return { name, runs, cpuRequestMillis, memoryRequestBytes };
  });
  if (hasProxy && proxy === undefined) plans.push({ name: proxyName, runs: 'proxy', ...requests });
  return plans;
}

/** Any of the resource annotations replaces all that the mesh gives; what a container of the template says comes before that. */
function istioRequests(
  pod: PodTemplate,
  own: Container | undefined,
  isProxy: boolean,
  { proxyCpuRequestMillis, proxyMemoryRequestBytes }: Injected,
): Requests {
  if (hasResourceAnnotation(pod)) {
    const text = (name: string): string | undefined => lookup(pod.annotations, `sidecar.istio.io/${name}`);
    // A limit without a request is the request too.
    return {
      cpuRequestMillis: millis(text('proxyCPU')) ?? millis(text('proxyCPULimit')),
      memoryRequestBytes: bytes(text('proxyMemory')) ?? bytes(text('proxyMemoryLimit')),
    };
  }
  const said = own?.resources ?? NONE_REQUESTED;
  // A gateway that is not injected has what its template says, and nothing else.
  if (isProxy && own?.image !== 'auto') return said;
  return {
    cpuRequestMillis: said.cpuRequestMillis ?? proxyCpuRequestMillis,
    memoryRequestBytes: said.memoryRequestBytes ?? proxyMemoryRequestBytes,
  };
}

function linkerdRequests(config: LinkerdConfig, own: Container | undefined): Requests {
  const said = own?.resources ?? NONE_REQUESTED;
  return {
    cpuRequestMillis: millis(config['proxy-cpu-request']) ?? millis(config['proxy-cpu-limit']) ?? said.cpuRequestMillis,
    memoryRequestBytes:
      bytes(config['proxy-memory-request']) ?? bytes(config['proxy-memory-limit']) ?? said.memoryRequestBytes,
  };
}

function millis(text: string | undefined): number | null {
  const quantity = parseQuantity(text ?? '');
  return quantity === null ? null : quantityMilli(quantity);
}

function bytes(text: string | undefined): number | null {
  const quantity = parseQuantity(text ?? '');
  return quantity === null ? null : quantityValue(quantity);
}
