// CPU and memory limits of an injected proxy, and where they are written: annotations of the pod, a container of its own, the mesh.
// istio: pkg/kube/inject/template.go (resources). Any of the resource annotations replaces the whole default block.
import { lookup } from '../../../sim/lookup.js';
import type { PodTemplate } from '../../config/kinds/pod-template.js';
import { limitMilli, limitValue, parseQuantity } from '../../config/quantity.js';
import type { FieldPath } from '../../config/resource.js';

type Amount = 'cpu' | 'memory';

/** `place`: within the template of the pod; `mesh`: what the mesh gives all pods. */
export interface PlacedLimit {
  /** Thousandths of a core, or bytes; null: none. */
  readonly value: number | null;
  readonly place: FieldPath | 'mesh';
}

/** Name of the proxy's container. */
export const ISTIO_CONTAINER = 'istio-proxy';

const RESOURCE_ANNOTATIONS: readonly string[] = [
  'sidecar.istio.io/proxyCPU',
  'sidecar.istio.io/proxyMemory',
  'sidecar.istio.io/proxyCPULimit',
  'sidecar.istio.io/proxyMemoryLimit',
];

/** The pod says itself what its proxy may have. */
export function hasResourceAnnotation(pod: PodTemplate): boolean {
  return RESOURCE_ANNOTATIONS.some((name) => lookup(pod.annotations, name) !== undefined);
}

/** @param injected what the mesh gives; null: no limit */
export function proxyLimit(pod: PodTemplate | null, amount: Amount, injected: number | null): PlacedLimit {
  if (pod === null) return { value: injected, place: 'mesh' };
  if (hasResourceAnnotation(pod)) {
    const name = `sidecar.istio.io/proxy${amount === 'cpu' ? 'CPU' : 'Memory'}Limit`;
    return { value: quantityOf(lookup(pod.annotations, name), amount), place: ['metadata', 'annotations', name] };
  }
  return containerLimit(pod, ISTIO_CONTAINER, amount) ?? { value: injected, place: 'mesh' };
}

/** What an annotation says; null: nothing that is a limit. */
export function quantityOf(text: string | undefined, amount: Amount): number | null {
  const quantity = parseQuantity(text ?? '');
  return amount === 'cpu' ? limitMilli(quantity) : limitValue(quantity);
}

/** The limit of a container of this name; null: there is none, or it has no limit. */
export function containerLimit(pod: PodTemplate | null, name: string, amount: Amount): PlacedLimit | null {
  if (pod === null) return null;
  for (const list of ['containers', 'initContainers'] as const) {
    const index = pod[list].findIndex((container) => container.name === name);
    if (index < 0) continue;
    const { cpuLimitMillis, memoryLimitBytes } = pod[list][index]!.resources;
    const value = amount === 'cpu' ? cpuLimitMillis : memoryLimitBytes;
    return value === null ? null : { value, place: ['spec', list, index, 'resources', 'limits', amount] };
  }
  return null;
}
