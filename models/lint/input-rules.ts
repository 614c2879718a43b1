// What the readers of YAML and scenario found, as findings with codes of the linter: ST1106 where Istio would refuse the object, ST0 for
// the rest. The words are those of the diagnostic.
import type { Diagnostic } from '../config/diagnostic.js';
import type { LintFinding, Rule } from './rule.js';

const SOURCE = 'models/config (the readers of the YAML)';

function inputRule(rule: Omit<Rule, 'check' | 'source'> & { readonly source?: string }): Rule {
  return { source: SOURCE, ...rule, check: () => undefined };
}

export const NOT_READABLE = inputRule({
  code: 'ST0001',
  name: 'NotReadable',
  title: 'the input cannot be read',
  severity: 'error',
  why: 'YAML that cannot be parsed is applied by nobody: `kubectl` refuses the file, and everything after the place is unknown to the linter.',
  help: 'correct the YAML at the place that is named',
});

export const REFUSED_BY_KUBERNETES = inputRule({
  code: 'ST0002',
  name: 'RefusedByKubernetes',
  title: 'Kubernetes refuses the object',
  severity: 'error',
  why: 'A field is missing, of the wrong type or out of range, so the API server does not take the object; whatever relies on it does not happen.',
  help: 'see the message',
});

export const UNKNOWN_FIELD = inputRule({
  code: 'ST0003',
  name: 'UnknownField',
  title: 'a field or version that nobody knows',
  severity: 'warning',
  why: 'Kubernetes drops unknown fields of most objects in silence: what was meant does not hold.',
  help: 'see the message',
});

export const WITHOUT_EFFECT = inputRule({
  code: 'ST0004',
  name: 'WithoutEffect',
  title: 'the field does nothing as it stands',
  severity: 'warning',
  why: 'The object is accepted, and the field has no effect: a fault without a percentage injects nothing, for example.',
  help: 'see the message',
});

export const DEPRECATED_FIELD = inputRule({
  code: 'ST0005',
  name: 'DeprecatedField',
  title: 'an old form of a field or value',
  severity: 'info',
  why: 'It is still read, and a later release may not read it any more.',
  help: 'see the message',
});

export const AMBIGUOUS = inputRule({
  code: 'ST0006',
  name: 'AmbiguousInput',
  title: 'the same thing is said twice',
  severity: 'warning',
  why: 'Of two equal keys, or two objects with one identity, the later counts; the earlier is lost without a word.',
  help: 'keep one of the two',
});

export const OTHER_INPUT = inputRule({
  code: 'ST0007',
  name: 'InputRemark',
  title: 'a remark about the input',
  severity: 'info',
  why: 'Something about the files or the scenario that is worth knowing: documents that are left out, names that do not resolve.',
  help: 'see the message',
});

export const REFUSED_BY_ISTIO = inputRule({
  code: 'ST1106',
  alias: 'IST0106',
  name: 'SchemaValidationError',
  title: 'Istio refuses the object',
  severity: 'error',
  why: "Istio's admission webhook rejects it; where the webhook is off, the control plane drops the object or the part.",
  help: 'see the message',
  source: 'istio: pkg/config/validation/validation.go',
});

export const INPUT_RULES: readonly Rule[] = [
  NOT_READABLE,
  REFUSED_BY_KUBERNETES,
  UNKNOWN_FIELD,
  WITHOUT_EFFECT,
  DEPRECATED_FIELD,
  AMBIGUOUS,
  OTHER_INPUT,
  REFUSED_BY_ISTIO,
];

function ruleOf({ code, severity }: Diagnostic): Rule {
  switch (code) {
    case 'rejected-by-istio':
      return REFUSED_BY_ISTIO;
    case 'rejected-by-kubernetes':
    case 'wrong-type':
    case 'missing-field':
    case 'published-schema':
      return REFUSED_BY_KUBERNETES;
    case 'unknown-field':
    case 'unknown-version':
    case 'removed-kind':
    case 'yaml-tag':
      return UNKNOWN_FIELD;
    case 'fault-without-effect':
    case 'backend-tls-trusts-nothing':
      return WITHOUT_EFFECT;
    case 'deprecated-field':
    case 'deprecated-value':
      return DEPRECATED_FIELD;
    case 'duplicate-key':
    case 'duplicate-object':
      return AMBIGUOUS;
    default:
      return severity === 'error' ? NOT_READABLE : OTHER_INPUT;
  }
}

/** A diagnostic as a finding; its own severity counts, but for what only the API server refuses, which a run can do with. */
export function inputFinding(diagnostic: Diagnostic): LintFinding {
  const rule = ruleOf(diagnostic);
  return {
    code: rule.code,
    alias: rule.alias ?? null,
    name: rule.name,
    title: rule.title,
    severity: diagnostic.code === 'published-schema' ? 'error' : diagnostic.severity,
    resource: '',
    path: '',
    position: diagnostic.position,
    message: diagnostic.message,
    help: diagnostic.hint ?? rule.help,
  };
}
