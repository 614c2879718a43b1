// What the rules about AuthorizationPolicies share: their rules, the pods that enforce them, the gateways among these (istio: pilot/pkg/model/
// authorization.go, pilot/pkg/security/authz/model/model.go).
import type { PlainValue } from '../../config/document.js';
import type { FieldPath } from '../../config/resource.js';
import { selects } from '../../plan/terms/visibility.js';
import { GATEWAY_API, type LintMesh, SECURITY } from '../mesh.js';
import type { LintObject } from '../object.js';
import { dig, listAt, mapAt, textAt, textMapAt, textsAt } from '../plain-access.js';
import { isAmbient, type LintPod } from '../pods.js';

export interface WrittenRule {
  readonly value: PlainValue;
  readonly path: FieldPath;
}

/** Fields of an operation and of a source that only HTTP has. */
const HTTP_OPERATION: readonly string[] = ['hosts', 'notHosts', 'methods', 'notMethods', 'paths', 'notPaths'];
const HTTP_SOURCE: readonly string[] = ['requestPrincipals', 'notRequestPrincipals'];
const DRY_RUN = 'istio.io/dry-run';

/** The policies that are enforced and have this action; without a word it is ALLOW. */
export function policiesWith(mesh: LintMesh, action: 'ALLOW' | 'DENY'): LintObject[] {
  return mesh
    .all(SECURITY, 'AuthorizationPolicy')
    .filter(
      ({ value, annotations }) =>
        (textAt(value, 'spec', 'action') ?? 'ALLOW') === action && annotations[DRY_RUN] !== 'true',
    );
}

export function rulesOf(policy: LintObject): WrittenRule[] {
  return listAt(policy.value, 'spec', 'rules').map((value, index) => ({ value, path: ['spec', 'rules', index] }));
}

/** The sources of a rule, each with its place. */
export function sourcesOf({ value, path }: WrittenRule): WrittenRule[] {
  return listAt(value, 'from').map((from, index) => ({
    value: dig(from, 'source') ?? null,
    path: [...path, 'from', index, 'source'],
  }));
}

/** The operations of a rule, each with its place. */
export function operationsOf({ value, path }: WrittenRule): WrittenRule[] {
  return listAt(value, 'to').map((to, index) => ({
    value: dig(to, 'operation') ?? null,
    path: [...path, 'to', index, 'operation'],
  }));
}

/** The first of these fields that is a list with something in it. */
export function firstField(value: PlainValue, fields: readonly string[]): string | null {
  return fields.find((field) => textsAt(value, field).length > 0) ?? null;
}

/** Where a rule asks for something that only HTTP has; null where all of it holds for TCP too. */
export function httpField(rule: WrittenRule): FieldPath | null {
  for (const { value, path } of operationsOf(rule)) {
    const field = firstField(value, HTTP_OPERATION);
    if (field !== null) return [...path, field];
  }
  for (const { value, path } of sourcesOf(rule)) {
    const field = firstField(value, HTTP_SOURCE);
    if (field !== null) return [...path, field];
  }
  const index = listAt(rule.value, 'when').findIndex((condition) =>
    (textAt(condition, 'key') ?? '').startsWith('request.'),
  );
  return index < 0 ? null : [...rule.path, 'when', index, 'key'];
}

export function selectorOf(policy: LintObject): Readonly<Record<string, string>> {
  return textMapAt(policy.value, 'spec', 'selector', 'matchLabels');
}

export interface TargetRef {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
}

/** `targetRefs`, and `targetRef` in its old form. */
export function targetsOf(object: LintObject): TargetRef[] {
  const one = mapAt(object.value, 'spec', 'targetRef');
  return [...(one === null ? [] : [one]), ...listAt(object.value, 'spec', 'targetRefs')].map((ref) => ({
    group: textAt(ref, 'group') ?? '',
    kind: textAt(ref, 'kind') ?? '',
    name: textAt(ref, 'name') ?? '',
  }));
}

/** Pods with a proxy that enforces the policy; none of a policy with targetRefs. */
export function enforcingPods(mesh: LintMesh, policy: LintObject): LintPod[] {
  if (targetsOf(policy).length > 0) return [];
  const root = mesh.setting('rootNamespace') ?? 'istio-system';
  return mesh
    .selected(selectorOf(policy), policy.namespace === root ? null : policy.namespace)
    .filter((pod) => mesh.isInMesh(pod) || isAmbient(pod) || mesh.isLabelledAmbient(pod));
}

const WAYPOINT_CLASS = 'istio-waypoint';

/** Whether a Gateway of the Gateway API is Istio's, and no waypoint. */
export function isIngressOfIstio(mesh: LintMesh, gateway: LintObject): boolean {
  const name = textAt(gateway.value, 'spec', 'gatewayClassName') ?? '';
  if (name === WAYPOINT_CLASS) return false;
  if (name === 'istio' || name === 'istio-remote') return true;
  const found = mesh.all(GATEWAY_API, 'GatewayClass').find((candidate) => candidate.name === name);
  return textAt(found?.value, 'spec', 'controllerName') === 'istio.io/gateway-controller';
}

/** The Gateways of Istio whose proxies a policy is for, by its labels. */
export function selectedGateways(mesh: LintMesh, policy: LintObject): LintObject[] {
  const labels = selectorOf(policy);
  if (Object.keys(labels).length === 0 || targetsOf(policy).length > 0) return [];
  return mesh.gateways.filter((gateway) => selects(labels, textMapAt(gateway.value, 'spec', 'selector')));
}

/** The Gateways of the Gateway API that a policy names, Istio's alone and no waypoints. */
export function targetedGateways(mesh: LintMesh, policy: LintObject): LintObject[] {
  const names = targetsOf(policy).flatMap(({ kind, name }) => (kind === 'Gateway' ? [name] : []));
  return mesh
    .all(GATEWAY_API, 'Gateway')
    .filter(
      (gateway) =>
        gateway.namespace === policy.namespace && names.includes(gateway.name) && isIngressOfIstio(mesh, gateway),
    );
}
