// Endpoints outside of Kubernetes as workloads: WorkloadEntries that are alike (labels, weight, ports, who they are) are the pods of one.
// istio: pilot/pkg/serviceregistry/serviceentry/{conversion,controller}.go (convertEndpoint, getTLSModeFromWorkloadEntry).
import type { ServiceEntryEndpoint } from '../../config/kinds/service-entry.js';
import type { WorkloadEntrySpec } from '../../config/kinds/workload-entry.js';
import type { ResourceSet } from '../../config/load.js';
import type { Resource } from '../../config/resource.js';
import type { LocalityPlan } from '../contract/plan.js';
import { parseLocality } from '../terms/locality.js';
import { versionOf, type Workloads } from './workload.js';

type Entry = Resource<'WorkloadEntry', WorkloadEntrySpec>;

export function addWorkloadEntries(
  { workloadEntries }: Pick<ResourceSet, 'workloadEntries'>,
  workloads: Workloads,
): void {
  const groups = new Map<string, Entry[]>();
  for (const entry of workloadEntries) {
    const { weight, serviceAccount, ports } = entry.spec;
    const labels = workloads.networks.ofEndpoint(entry.spec);
    const key = JSON.stringify([entry.namespace, labels, weight, serviceAccount, ports]);
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  for (const entries of groups.values()) {
    const { name, namespace, spec, source } = entries[0]!;
    workloads.add({
      name,
      namespace,
      kind: 'external',
      labels: workloads.networks.ofEndpoint(spec),
      pod: null,
      hasSidecar: hasProxy(spec),
      replicas: entries.length,
      places: entries.map((entry) => placeOf(entry.spec)),
      version: versionOf(spec.labels),
      resource: `WorkloadEntry ${namespace}/${name}`,
      position: source.at([]),
      weight: spec.weight,
      ports: spec.ports,
    });
  }
}

/** Machines of the mesh have an identity, or say that they speak its TLS. */
export function hasProxy({ labels, serviceAccount }: Pick<ServiceEntryEndpoint, 'labels' | 'serviceAccount'>): boolean {
  const mode = labels['security.istio.io/tlsMode'];
  return mode === undefined ? serviceAccount !== '' : mode === 'istio';
}

export function placeOf({ locality, labels }: Pick<ServiceEntryEndpoint, 'labels' | 'locality'>): LocalityPlan | null {
  const text = locality || labels['topology.istio.io/locality'] || labels['istio-locality'];
  return text === undefined || text === '' ? null : parseLocality(text);
}
