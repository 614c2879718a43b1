// Workloads outside Kubernetes, by their labels: what WorkloadEntries say, and what machines that register themselves get from their WorkloadGroup
// (istio: pilot/pkg/serviceregistry/serviceentry/conversion.go ConvertWorkloadEntry; pilot/pkg/autoregistration/controller.go).
import { selects } from '../plan/terms/visibility.js';
import { type LintMesh, NETWORKING } from './mesh.js';
import { textMapAt } from './plain-access.js';

export type Labels = Readonly<Record<string, string>>;

/** The labels of each machine of a namespace; those of the metadata win over those of the spec. */
export function machinesIn(mesh: LintMesh, namespace: string): readonly Labels[] {
  const entries = mesh
    .all(NETWORKING, 'WorkloadEntry')
    .filter((entry) => entry.namespace === namespace)
    .map(({ value, labels }) => ({ ...textMapAt(value, 'spec', 'labels'), ...labels }));
  const groups = mesh
    .all(NETWORKING, 'WorkloadGroup')
    .filter((group) => group.namespace === namespace)
    .map(({ value }) => ({
      ...textMapAt(value, 'spec', 'template', 'labels'),
      ...textMapAt(value, 'spec', 'metadata', 'labels'),
    }));
  return [...entries, ...groups];
}

/** Whether the input has workloads of a namespace, pods or machines, and none of them has all labels of the selector. */
export function selectsNothing(mesh: LintMesh, selector: Labels, namespace: string): boolean {
  const machines = machinesIn(mesh, namespace);
  return (
    (mesh.holdsPodsOf(namespace) || machines.length > 0) &&
    mesh.selected(selector, namespace).length === 0 &&
    !machines.some((labels) => selects(selector, labels))
  );
}
