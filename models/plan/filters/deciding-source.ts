// What decides the verdict of a filter, as the source of that filter.
import { formatPath } from '../../config/place.js';
import type { DecidingPolicy, Decision, DecisionReason } from '../contract/decision.js';
import type { FilterPlan } from '../contract/filter-plan.js';
import type { FieldSource, FilterSource } from '../contract/sources.js';
import { filterSource } from '../terms/field-source.js';

type Nameless<T> = T extends FilterPlan ? Omit<T, 'name'> : never;

/** Null where nothing that is written decides, or the run does. */
export function decidingSource(filter: Nameless<FilterPlan>): FilterSource | null {
  const decision = 'decidedBy' in filter ? filter.decidedBy : null;
  const first = decision?.policies[0];
  if (decision === null || first === undefined) return null;
  return filterSource(policySource(first, decision.reason), reasonOf(decision.reason), detailOf(decision, first));
}

/** A policy, or the rule of it that decides. */
export function policySource({ policy, rule, position }: DecidingPolicy, reason: DecisionReason): FieldSource {
  const list = reasonOf(reason) === 'authentication' ? 'jwtRules' : 'rules';
  return { object: policy, field: rule === null ? '' : formatPath([list, rule]), value: '', position };
}

function reasonOf(reason: DecisionReason): FilterSource['reason'] {
  switch (reason) {
    case 'deny-rule':
    case 'no-allow-rule':
    case 'allow-rule':
    case 'several-providers':
    case 'linkerd':
      return 'authorization';
    case 'token-issuer':
    case 'token-malformed':
    case 'token-audience':
      return 'authentication';
    case 'no-http-rule':
    case 'network-policy':
      return 'network-policy';
    case 'module-missing':
      return 'other';
  }
}

function detailOf({ reason, policies }: Decision, { policy, rule }: DecidingPolicy): string {
  const others = policies.slice(1).map((other) => other.policy);
  switch (reason) {
    case 'deny-rule':
      return `DENY rule ${(rule ?? 0) + 1}`;
    case 'allow-rule':
      return `ALLOW rule ${(rule ?? 0) + 1}`;
    case 'no-allow-rule':
      return others.length === 0 ? 'no ALLOW rule matches' : `no ALLOW rule matches, nor one of ${others.join(', ')}`;
    case 'several-providers':
      return 'CUSTOM policies of several providers';
    case 'linkerd':
      return policy;
    case 'token-issuer':
      return 'the token is of another issuer';
    case 'token-malformed':
      return 'the token cannot be read';
    case 'token-audience':
      return 'the token is for another audience';
    case 'no-http-rule':
      return 'no HTTP rule matches';
    case 'network-policy':
      return 'no rule lets the packets through';
    case 'module-missing':
      return 'the module cannot be fetched';
  }
}
