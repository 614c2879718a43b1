// Machines that register with a WorkloadGroup. Those in the YAML are WorkloadEntries already; where it has none, the scenario says how many there are.
// istio: pilot/pkg/autoregistration/controller.go (workloadEntryFromGroup).
import type { ResourceSet } from '../../config/load.js';
import type { Findings } from '../terms/findings.js';
import { versionOf, type Workloads } from './workload.js';
import { hasProxy, placeOf } from './workload-entries.js';

const GROUP_OF_ENTRY = 'istio.io/autoRegistrationGroup';

export function addWorkloadGroups(
  { workloadGroups, workloadEntries }: Pick<ResourceSet, 'workloadGroups' | 'workloadEntries'>,
  workloads: Workloads,
  findings: Findings,
): void {
  for (const { name, namespace, spec, source } of workloadGroups) {
    const hasEntries = workloadEntries.some(
      (entry) => entry.namespace === namespace && entry.annotations[GROUP_OF_ENTRY] === name,
    );
    if (hasEntries) continue;
    const resource = `WorkloadGroup ${namespace}/${name}`;
    findings.approximated(
      resource,
      'spec.template',
      source.at(['spec', 'template']),
      `no machine that has registered with it is in the YAML: there are as many as the scenario says (workloads: ${name}.${namespace}: { replicas: 2 }), else none`,
    );
    workloads.add({
      name,
      namespace,
      kind: 'external',
      labels: workloads.networks.ofEndpoint({ ...spec, address: '' }),
      pod: null,
      hasSidecar: hasProxy(spec),
      replicas: 0,
      places: [placeOf(spec)],
      version: versionOf(spec.labels),
      resource,
      position: source.at([]),
      weight: spec.weight,
    });
  }
}
