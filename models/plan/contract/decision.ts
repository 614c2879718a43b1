// Which policy, and which rule of it, decides what a filter does with the requests of a class: the plan keeps it beside the verdict, for those who
// have to say why a request was refused. istio: pilot/pkg/security/authz/builder/builder.go (DENY before ALLOW; an ALLOW policy refuses what no
// rule allows); envoy: source/extensions/filters/common/rbac/engine_impl.cc.
import type { SourcePosition } from '../../config/diagnostic.js';
import type { FieldPath } from '../../config/resource.js';

/** Why a filter does what it does. */
export const DECISION_REASONS = [
  /** A rule of a DENY policy holds. */
  'deny-rule',
  /** There are ALLOW policies, and no rule of any of them holds: all of them are named. */
  'no-allow-rule',
  /** A rule of an ALLOW policy holds. */
  'allow-rule',
  /** CUSTOM policies of several providers: what they match is denied. */
  'several-providers',
  /** The token is of no issuer that a RequestAuthentication names, is none, or is for others. */
  'token-issuer',
  'token-malformed',
  'token-audience',
  /** The module of a WasmPlugin cannot be fetched, and it fails closed. */
  'module-missing',
  /** A network policy knows the connection, and has no rule for the request. */
  'no-http-rule',
  /** Packets that no network policy lets through. */
  'network-policy',
  /** What decides at a proxy of Linkerd's: `policy` is in words. */
  'linkerd',
] as const;

export type DecisionReason = (typeof DECISION_REASONS)[number];

/** A policy, and the rule of it that decides. */
export interface DecidingPolicy {
  /** `AuthorizationPolicy shop/web` */
  readonly policy: string;
  /** Index of the rule; null: all of the policy. */
  readonly rule: number | null;
  /** Of the rule, else of the policy. */
  readonly position: SourcePosition | null;
}

export interface Decision {
  readonly reason: DecisionReason;
  /** At least one, in the order in which they are tried. */
  readonly policies: readonly DecidingPolicy[];
}

interface Named {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly source: { at(path: FieldPath): SourcePosition };
}

/** @param field the list that the rule is in */
export function decidingPolicy(policy: Named, rule: number | null, field = 'rules'): DecidingPolicy {
  return {
    policy: `${policy.kind} ${policy.namespace}/${policy.name}`,
    rule,
    position: policy.source.at(rule === null ? [] : ['spec', field, rule]),
  };
}

/** A decision as a sentence without its end, e.g. `rule 2 of AuthorizationPolicy shop/web denies it`. */
export function decisionText({ reason, policies }: Decision): string {
  const names = policies.map(({ policy }) => policy).join(', ');
  const [first] = policies;
  const rule = first === undefined || first.rule === null ? names : `rule ${first.rule + 1} of ${first.policy}`;
  switch (reason) {
    case 'deny-rule':
      return `${rule} denies it`;
    case 'allow-rule':
      return `${rule} allows it`;
    case 'no-allow-rule':
      return `no rule of ${names} allows it, and what no ALLOW policy allows is refused`;
    case 'several-providers':
      return `${names} names another provider than other CUSTOM policies of the workload: what they match is denied`;
    case 'token-issuer':
      return `the token is of no issuer that ${names} names`;
    case 'token-malformed':
      return `the token cannot be read (${names})`;
    case 'token-audience':
      return `the token is for other audiences than ${names} names`;
    case 'module-missing':
      return `the module of ${names} cannot be fetched, and it fails closed`;
    case 'no-http-rule':
      return `${names} has no rule for such a request`;
    case 'network-policy':
      return `${names} lets no packet of it through`;
    case 'linkerd':
      return names;
  }
}
