// Which pods are in ambient mode, and the nodes whose ztunnels carry their connections.
// istio: cni/pkg/util/podutil.go (PodRedirectionEnabled), pkg/config/constants (DataplaneModeLabel); ztunnel is a DaemonSet: one pod a node.
import type { PodTemplate } from '../../config/kinds/pod-template.js';
import type { ResourceSet } from '../../config/load.js';
import { ofName } from '../../list-index.js';
import type { Numbering } from '../terms/numbering.js';
import type { Injection } from './injection.js';

const DATAPLANE_MODE = 'istio.io/dataplane-mode';

/** The label of the pod wins over that of its namespace; whoever has a sidecar, or the addresses of its node, is left alone. */
export function isAmbient(
  namespace: string,
  pod: PodTemplate,
  injection: Injection,
  namespaces: ResourceSet['namespaces'],
): boolean {
  if (injection === 'injected' || pod.hostNetwork) return false;
  const own = pod.labels[DATAPLANE_MODE];
  if (own !== undefined) return own === 'ambient';
  if (injection === 'assumed') return false;
  return ofName(namespaces, namespace)?.labels[DATAPLANE_MODE] === 'ambient';
}

/** The nodes on which ambient pods run. Nodes are not read: each zone has the same number of them. */
export class Nodes {
  /** Locality of each node, by its number. */
  readonly localities: number[] = [];

  constructor(
    private readonly perZone: number,
    private readonly numbering: Numbering,
  ) {}

  /** The node of each pod of a workload: round robin over those of its zone, from a place that depends on the workload alone. */
  place(workload: number, podLocalities: readonly number[]): number[] {
    const inZone = new Map<number, number>();
    return podLocalities.map((locality) => {
      const before = inZone.get(locality) ?? 0;
      inZone.set(locality, before + 1);
      return this.first(locality) + ((workload + before) % this.perZone);
    });
  }

  private first(locality: number): number {
    const first = this.numbering.zonesOfNodes.of(String(locality)) * this.perZone;
    for (let node = 0; node < this.perZone; node++) this.localities[first + node] = locality;
    return first;
  }
}
