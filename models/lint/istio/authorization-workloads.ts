// ST1127: an AuthorizationPolicy that no workload has.
import { selectsNothing } from '../machines.js';
import type { LintMesh } from '../mesh.js';
import { SECURITY } from '../mesh.js';
import { mapAt, selectorText, textMapAt } from '../plain-access.js';
import { isAmbient, type LintPod } from '../pods.js';
import type { Rule } from '../rule.js';

export const authorizationWorkloads: Rule = {
  code: 'ST1127',
  alias: 'IST0127',
  name: 'NoMatchingWorkloadsFound',
  title: 'an AuthorizationPolicy that no workload has',
  severity: 'warning',
  why: 'Nobody enforces it. What was meant to be closed is open.',
  help: 'give the selector the labels of the pods that it is for',
  source: 'istio: pkg/config/analysis/analyzers/authz/authorizationpolicies.go',
  check(mesh, report) {
    const root = mesh.setting('rootNamespace') ?? 'istio-system';
    for (const policy of mesh.all(SECURITY, 'AuthorizationPolicy')) {
      const hasSelector = mapAt(policy.value, 'spec', 'selector') !== null;
      const isMeshWide = policy.namespace === root;
      if (isMeshWide && !hasSelector) continue;
      const selector = textMapAt(policy.value, 'spec', 'selector', 'matchLabels');
      const pods = mesh.selected(selector, isMeshWide ? null : policy.namespace);
      if (pods.some((pod) => isGoverned(mesh, pod) || !mesh.isInjectionKnown(pod))) continue;
      if (pods.length === 0 && !(isMeshWide ? mesh.pods.length > 0 : selectsNothing(mesh, selector, policy.namespace)))
        continue;
      report(
        policy,
        hasSelector ? ['spec', 'selector'] : ['metadata', 'name'],
        hasSelector
          ? `no workload in the mesh has the labels ${selectorText(selector)}`
          : 'no workload of the namespace is in the mesh',
      );
    }
  },
};

function isGoverned(mesh: LintMesh, pod: LintPod): boolean {
  return mesh.isInMesh(pod) || isAmbient(pod) || mesh.isLabelledAmbient(pod);
}
