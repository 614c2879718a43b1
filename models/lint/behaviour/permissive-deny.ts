// ST2407: DENY by the identity of the caller, where callers may come without one.
import type { FieldPath } from '../../config/resource.js';
import type { LintMesh } from '../mesh.js';
import type { LintObject } from '../object.js';
import { listAt, textAt, textsAt } from '../plain-access.js';
import { isGatewayPod } from '../pods.js';
import type { Rule } from '../rule.js';
import {
  enforcingPods,
  firstField,
  policiesWith,
  rulesOf,
  selectorOf,
  sourcesOf,
  targetsOf,
  type WrittenRule,
} from './authorization.js';
import { mtlsOf } from './mutual-tls.js';

const IDENTITY: readonly string[] = ['principals', 'namespaces', 'serviceAccounts', 'trustDomains'];
const KEYS: readonly string[] = ['source.principal', 'source.namespace', 'source.serviceAccount', 'source.trustDomain'];

export const permissiveDeny: Rule = {
  code: 'ST2407',
  name: 'PermissiveDeny',
  title: 'a DENY by identity where plain text is taken',
  severity: 'warning',
  why: 'Principals and namespaces are read from the certificate of the caller. In PERMISSIVE mode a caller may come in plain text, without a certificate: no DENY by identity matches, and the request goes through.',
  help: 'make the pods STRICT with a PeerAuthentication, or allow who may come instead of denying who may not',
  source:
    'istio: pilot/pkg/security/authz/model/model.go; istio.io: docs/concepts/security (authorization dependency on mutual TLS)',
  check(mesh, report) {
    for (const policy of policiesWith(mesh, 'DENY')) {
      const open = openWorkload(mesh, policy);
      if (open === null) continue;
      for (const rule of rulesOf(policy)) {
        const path = identityField(rule);
        if (path !== null) report(policy, path, `${open}: callers in plain text have no identity and are not denied`);
      }
    }
  },
};

/** Who takes plain text, and by which word; null where all pods of the policy are STRICT, or nothing is known of them. */
function openWorkload(mesh: LintMesh, policy: LintObject): string | null {
  if (targetsOf(policy).length > 0) return null;
  for (const pod of enforcingPods(mesh, policy)) {
    if (isGatewayPod(pod)) continue;
    const { mode, policy: says } = mtlsOf(mesh, pod.namespace, pod.labels);
    if (mode === 'STRICT') continue;
    return says === null
      ? `no PeerAuthentication here makes ${pod.object.title} STRICT`
      : `${says.title} makes ${pod.object.title} ${mode}`;
  }
  if (mesh.podsIn(policy.namespace).length > 0) return null;
  const { mode, policy: says } = mtlsOf(mesh, policy.namespace, selectorOf(policy));
  return mode === 'STRICT' || says === null ? null : `${says.title} says ${mode}`;
}

/** Where a rule matches by identity, and by nothing that plain text lacks no less. */
function identityField(rule: WrittenRule): FieldPath | null {
  for (const { value, path } of sourcesOf(rule)) {
    const field = firstField(value, IDENTITY);
    if (field !== null) return [...path, field];
  }
  const index = listAt(rule.value, 'when').findIndex(
    (condition) => KEYS.includes(textAt(condition, 'key') ?? '') && textsAt(condition, 'values').length > 0,
  );
  return index < 0 ? null : [...rule.path, 'when', index];
}
