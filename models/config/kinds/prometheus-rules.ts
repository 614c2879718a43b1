// Rules of Prometheus, and PrometheusRule that carries them (prometheus-operator: pkg/apis/monitoring/v1/prometheusrule_types.go; prometheus:
// model/rulefmt/rulefmt.go, which the operator's admission webhook asks).
import { INVALID, type Place } from '../place.js';
import { prometheusDuration } from '../prometheus-duration.js';
import { natural, string, stringMap } from '../scalars.js';
import { checked, defaulted, listOf, mapped, object, optional, required, type Schema } from '../schema.js';
import type { StringMap } from './common.js';
import { withoutEffectYet } from './later.js';

export interface PrometheusRule {
  readonly kind: 'alert' | 'record';
  /** Of the alert, or of the metric that is recorded. */
  readonly name: string;
  readonly expression: string;
  readonly forNs: number;
  readonly keepFiringForNs: number;
  readonly labels: StringMap;
  readonly annotations: StringMap;
}

export interface RuleGroup {
  readonly name: string;
  /** null: that of the server. */
  readonly intervalNs: number | null;
  readonly queryOffsetNs: number | null;
  /** 0 = none. */
  readonly limit: number;
  readonly labels: StringMap;
  readonly rules: readonly PrometheusRule[];
}

export interface PrometheusRuleSpec {
  readonly groups: readonly RuleGroup[];
}

/** A text, or a number such as 1. */
const expression: Schema<string> = {
  expected: 'a PromQL expression',
  read: (value, place) => (typeof value === 'number' ? String(value) : string.read(value, place)),
};

interface WrittenRule {
  readonly record: string | null;
  readonly alert: string | null;
  readonly expr: string;
  readonly for: number | null;
  readonly keepFiringFor: number | null;
  readonly labels: StringMap;
  readonly annotations: StringMap | null;
}

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

const rule: Schema<PrometheusRule> = mapped(
  object<WrittenRule>('a rule', {
    record: optional('record', string),
    alert: optional('alert', string),
    expr: required('expr', expression),
    for: optional('for', prometheusDuration),
    keepFiringFor: optional('keep_firing_for', prometheusDuration),
    labels: defaulted('labels', stringMap, {}),
    annotations: optional('annotations', stringMap),
  }),
  ruleOf,
);

function ruleOf(written: WrittenRule, place: Place): PrometheusRule | typeof INVALID {
  const name = written.alert || written.record;
  if (name === null || name === '' || (written.alert && written.record)) {
    place.rejectedByKubernetes('a rule has one of alert and record', 'write alert: Name or record: name');
    return INVALID;
  }
  const isAlert = written.alert !== null && written.alert !== '';
  if (!isAlert) checkRecording(written, name, place);
  checkLabels(written.labels, place.child('labels'));
  if (written.expr.trim() === '') place.child('expr').rejectedByKubernetes('the expression is empty', 'write PromQL');
  return {
    kind: isAlert ? 'alert' : 'record',
    name,
    expression: written.expr,
    forNs: written.for ?? 0,
    keepFiringForNs: written.keepFiringFor ?? 0,
    labels: written.labels,
    annotations: written.annotations ?? {},
  };
}

function checkRecording(written: WrittenRule, name: string, place: Place): void {
  if (!METRIC_NAME.test(name)) {
    place
      .child('record')
      .rejectedByKubernetes(
        `"${name}" is not the name of a metric`,
        'use letters, digits, _ and :, e.g. job:errors:rate5m',
      );
  }
  const misplaced = { for: written.for, keep_firing_for: written.keepFiringFor, annotations: written.annotations };
  for (const [field, value] of Object.entries(misplaced)) {
    if (value === null || value === 0) continue;
    place.child(field).rejectedByKubernetes(`a recording rule has no ${field}`, `take ${field} away`);
  }
}

function checkLabels(labels: StringMap, place: Place): void {
  for (const label of Object.keys(labels)) {
    if (LABEL_NAME.test(label) && label !== '__name__') continue;
    place.child(label).rejectedByKubernetes(`"${label}" is not the name of a label`, 'use letters, digits and _');
  }
}

const group: Schema<RuleGroup> = object<RuleGroup>(
  'a group of rules',
  {
    name: required('name', string),
    intervalNs: optional('interval', prometheusDuration),
    queryOffsetNs: optional('query_offset', prometheusDuration),
    limit: defaulted('limit', natural, 0),
    labels: defaulted('labels', stringMap, {}),
    rules: defaulted('rules', listOf('rules', rule), []),
  },
  { others: { partial_response_strategy: { kind: 'inert' } } },
);

export const ruleGroups: Schema<readonly RuleGroup[]> = checked(listOf('groups of rules', group), (groups, place) => {
  groups.forEach(({ name }, index) => {
    if (groups.findIndex((other) => other.name === name) < index)
      place.down(index, 'name').rejectedByKubernetes(`two groups have the name "${name}"`, 'rename one');
  });
});

export const RULES_NOT_EVALUATED =
  'rules are read and checked, but not evaluated: no alert fires in a run and nothing is recorded; requests are not affected';

export const prometheusRule: Schema<PrometheusRuleSpec> = withoutEffectYet(
  object<PrometheusRuleSpec>('a PrometheusRule', { groups: defaulted('groups', ruleGroups, []) }),
  RULES_NOT_EVALUATED,
);

interface NamedAlert {
  readonly name: string;
  readonly expr: string;
  readonly for: number;
  readonly labels: StringMap;
  readonly annotations: StringMap;
}

/** An alert as lists outside of Kubernetes write it: `name` in the place of `alert`. */
export const namedAlert: Schema<PrometheusRule> = mapped(
  object<NamedAlert>('an alerting rule', {
    name: required('name', string),
    expr: required('expr', expression),
    for: defaulted('for', prometheusDuration, 0),
    labels: defaulted('labels', stringMap, {}),
    annotations: defaulted('annotations', stringMap, {}),
  }),
  ({ name, expr, for: forNs, labels, annotations }, place) => {
    checkLabels(labels, place.child('labels'));
    return { kind: 'alert', name, expression: expr, forNs, keepFiringForNs: 0, labels, annotations };
  },
);
