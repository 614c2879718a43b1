// Sidecars and the pods that they select (istio: pkg/config/analysis/analyzers/sidecar/selector.go): ST1904 none, ST1110 the same as
// another, ST1111 the whole namespace twice, ST1167 pods that have no sidecar proxy.
import { selectsNothing } from '../machines.js';
import { type LintMesh, NETWORKING } from '../mesh.js';
import { distinctNames, type LintObject } from '../object.js';
import { selectorText, textMapAt } from '../plain-access.js';
import { isAmbient } from '../pods.js';
import type { Rule } from '../rule.js';

const SOURCE = 'istio: pkg/config/analysis/analyzers/sidecar/selector.go';
const SELECTOR = ['spec', 'workloadSelector'];
/** Pods that a finding names. */
const PODS_MAX = 3;

function sidecars(mesh: LintMesh): readonly LintObject[] {
  return mesh.all(NETWORKING, 'Sidecar');
}

function selectorOf(sidecar: LintObject): Readonly<Record<string, string>> {
  return textMapAt(sidecar.value, 'spec', 'workloadSelector', 'labels');
}

function withSelector(mesh: LintMesh): LintObject[] {
  return sidecars(mesh).filter((sidecar) => Object.keys(selectorOf(sidecar)).length > 0);
}

/** Sidecars without a selector, by namespace; ambient namespaces apart. */
function wholeNamespace(mesh: LintMesh): Map<string, LintObject[]> {
  const found = new Map<string, LintObject[]>();
  for (const sidecar of sidecars(mesh)) {
    if (Object.keys(selectorOf(sidecar)).length > 0) continue;
    found.set(sidecar.namespace, [...(found.get(sidecar.namespace) ?? []), sidecar]);
  }
  return found;
}

function isAmbientNamespace(mesh: LintMesh, name: string): boolean {
  const labels = mesh.namespace(name)?.labels ?? {};
  if (labels['istio-injection'] === 'enabled' || (labels['istio.io/rev'] ?? '') !== '') return false;
  return labels['istio.io/dataplane-mode'] === 'ambient';
}

export const sidecarSelectsNothing: Rule = {
  code: 'ST1904',
  alias: 'IST0101',
  name: 'ReferencedResourceNotFound',
  title: 'a Sidecar that selects no pod',
  severity: 'error',
  why: 'It does nothing: the pods that it was meant for have the scope of the namespace, or of the mesh.',
  help: 'give workloadSelector the labels of pods of its namespace',
  source: SOURCE,
  check(mesh, report) {
    for (const sidecar of withSelector(mesh)) {
      const selector = selectorOf(sidecar);
      if (selectsNothing(mesh, selector, sidecar.namespace))
        report(sidecar, SELECTOR, `no pod of its namespace has the labels ${selectorText(selector)}`);
    }
  },
};

export const conflictingSidecars: Rule = {
  code: 'ST1110',
  alias: 'IST0110',
  name: 'ConflictingSidecarWorkloadSelectors',
  title: 'two Sidecars for one pod',
  severity: 'error',
  why: 'Which of them holds is not defined.',
  help: 'let each pod be selected by one Sidecar',
  source: SOURCE,
  check(mesh, report) {
    const byPod = new Map<LintObject, LintObject[]>();
    for (const sidecar of withSelector(mesh)) {
      for (const pod of mesh.selected(selectorOf(sidecar), sidecar.namespace)) {
        if (!isAmbient(pod)) byPod.set(pod.object, [...(byPod.get(pod.object) ?? []), sidecar]);
      }
    }
    // Several pods for which the same Sidecars are in conflict are one fault.
    const byNames = new Map<string, { readonly found: readonly LintObject[]; readonly pods: string[] }>();
    for (const [pod, found] of byPod) {
      const names = distinctNames(found);
      if (names.length < 2) continue;
      const conflict = byNames.get(names.join(', ')) ?? { found, pods: [] };
      conflict.pods.push(pod.name);
      byNames.set(names.join(', '), conflict);
    }
    for (const [names, { found, pods }] of byNames) {
      const more = pods.length > PODS_MAX ? ` and ${pods.length - PODS_MAX} more` : '';
      const selected = `${pods.slice(0, PODS_MAX).join(', ')}${more}`;
      for (const sidecar of found)
        report(sidecar, SELECTOR, `${names} select the same pod${pods.length > 1 ? 's' : ''} ${selected}`);
    }
  },
};

export const multipleSidecars: Rule = {
  code: 'ST1111',
  alias: 'IST0111',
  name: 'MultipleSidecarsWithoutWorkloadSelectors',
  title: 'two Sidecars for a whole namespace',
  severity: 'error',
  why: 'Which of them holds is not defined.',
  help: 'keep one, or give the others a workloadSelector',
  source: SOURCE,
  check(mesh, report) {
    for (const [namespace, found] of wholeNamespace(mesh)) {
      if (distinctNames(found).length < 2 || isAmbientNamespace(mesh, namespace)) continue;
      for (const sidecar of found)
        report(sidecar, ['metadata', 'name'], `${distinctNames(found).join(', ')} are all for the whole namespace`);
    }
  },
};

export const ineffectiveSidecar: Rule = {
  code: 'ST1167',
  alias: 'IST0167',
  name: 'IneffectivePolicy',
  title: 'a Sidecar for pods in ambient mode',
  severity: 'warning',
  why: 'Pods in ambient mode have no sidecar proxy; a Sidecar does nothing for them.',
  help: 'delete it, or take the pods out of ambient mode',
  source: SOURCE,
  check(mesh, report) {
    for (const sidecar of withSelector(mesh)) {
      if (mesh.selected(selectorOf(sidecar), sidecar.namespace).some(isAmbient))
        report(sidecar, SELECTOR, 'the selected pods are in ambient mode');
    }
    for (const [namespace, found] of wholeNamespace(mesh)) {
      if (!isAmbientNamespace(mesh, namespace)) continue;
      for (const sidecar of found) report(sidecar, ['metadata', 'name'], 'the namespace is in ambient mode');
    }
  },
};
