// ST2412: a policy that names the port of a Service where it has to name the port of the pods.
import type { PlainValue } from '../../config/document.js';
import type { FieldPath } from '../../config/resource.js';
import type { LintMesh } from '../mesh.js';
import type { LintObject } from '../object.js';
import { dig, listAt, mapAt, numberAt, textMapAt, textsAt } from '../plain-access.js';
import { namedPorts, portOfPods } from '../pod-ports.js';
import type { LintPod } from '../pods.js';
import type { Report } from '../report.js';
import type { Rule } from '../rule.js';
import { enforcingPods, operationsOf, policiesWith, rulesOf } from './authorization.js';

export const servicePortInPolicy: Rule = {
  code: 'ST2412',
  name: 'ServicePortInPolicy',
  title: 'a policy that names the port of the Service',
  severity: 'warning',
  why: 'AuthorizationPolicies and NetworkPolicies are enforced at the pods, where requests arrive at the target port. The number of the Service’s port matches nothing there: an ALLOW refuses everything, a DENY nothing.',
  help: 'name the target port, at which the containers listen',
  source:
    'istio: pilot/pkg/security/authz/model/model.go (attrDestPort); kubernetes: website content/en/docs/concepts/services-networking/network-policies.md',
  check(mesh, report) {
    for (const policy of [...policiesWith(mesh, 'ALLOW'), ...policiesWith(mesh, 'DENY')]) {
      const pods = enforcingPods(mesh, policy);
      for (const { value, path } of rulesOf(policy).flatMap(operationsOf)) {
        textsAt(value, 'ports').forEach((port, index) => {
          tell(mesh, report, policy, [...path, 'ports', index], Number(port), pods);
        });
      }
    }
    for (const policy of mesh.all('networking.k8s.io', 'NetworkPolicy')) checkNetworkPolicy(mesh, report, policy);
  },
};

function checkNetworkPolicy(mesh: LintMesh, report: Report, policy: LintObject): void {
  const own = podsSelected(mesh, policy, mapAt(policy.value, 'spec', 'podSelector'));
  listAt(policy.value, 'spec', 'ingress').forEach((entry, index) => {
    checkPorts(mesh, report, policy, entry, ['spec', 'ingress', index, 'ports'], own);
  });
  listAt(policy.value, 'spec', 'egress').forEach((entry, index) => {
    const peers = listAt(entry, 'to');
    const isLocal = (peer: PlainValue): boolean =>
      mapAt(peer, 'podSelector') !== null && dig(peer, 'namespaceSelector') === undefined;
    if (peers.length === 0 || !peers.every(isLocal)) return;
    const pods = peers.flatMap((peer) => podsSelected(mesh, policy, mapAt(peer, 'podSelector')));
    checkPorts(mesh, report, policy, entry, ['spec', 'egress', index, 'ports'], pods);
  });
}

/** Pods of the namespace of a NetworkPolicy; none where it selects by more than labels. */
function podsSelected(mesh: LintMesh, policy: LintObject, selector: PlainValue): LintPod[] {
  if (listAt(selector, 'matchExpressions').length > 0) return [];
  const labels = textMapAt(selector, 'matchLabels');
  return mesh.selected(labels, policy.namespace);
}

function checkPorts(
  mesh: LintMesh,
  report: Report,
  policy: LintObject,
  entry: PlainValue,
  path: FieldPath,
  pods: readonly LintPod[],
): void {
  listAt(entry, 'ports').forEach((port, index) => {
    const number = numberAt(port, 'port');
    if (number === null || dig(port, 'endPort') !== undefined) return;
    tell(mesh, report, policy, [...path, index, 'port'], number, pods);
  });
}

/** Reports a number that is the port of a Service of these pods, and no port of any of them. */
function tell(
  mesh: LintMesh,
  report: Report,
  policy: LintObject,
  path: FieldPath,
  number: number,
  pods: readonly LintPod[],
): void {
  if (pods.length === 0 || pods.some((pod) => namedPorts(pod).some((port) => port.number === number))) return;
  let found: { readonly service: LintObject; readonly target: number } | null = null;
  for (const service of mesh.services) {
    const behind = mesh.podsBehind(service).filter((pod) => pods.includes(pod));
    for (const port of listAt(service.value, 'spec', 'ports')) {
      const targets = portOfPods(port, behind);
      if (targets.includes(number)) return;
      if (numberAt(port, 'port') === number && targets[0] !== undefined) found ??= { service, target: targets[0] };
    }
  }
  if (found !== null)
    report(
      policy,
      path,
      `${number} is the port of ${found.service.title}; requests arrive at port ${found.target} of its pods`,
    );
}
