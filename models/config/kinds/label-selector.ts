// Label selectors (kubernetes: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/types.go LabelSelector, helpers.go
// LabelSelectorAsSelector).
import { lookup } from '../../../sim/lookup.js';
import { string, stringMap, strings, word } from '../scalars.js';
import { defaulted, listOf, object, required, type Schema } from '../schema.js';
import type { LabelRequirement, LabelSelector, StringMap } from './common.js';

export const NO_REQUIREMENTS: LabelSelector = { matchLabels: {}, matchExpressions: [] };

const requirement: Schema<LabelRequirement> = object<LabelRequirement>('a label requirement', {
  key: required('key', string),
  operator: required('operator', word(['In', 'NotIn', 'Exists', 'DoesNotExist'])),
  values: defaulted('values', strings, []),
});

export const labelSelector: Schema<LabelSelector> = object<LabelSelector>('a label selector', {
  matchLabels: defaulted('matchLabels', stringMap, {}),
  matchExpressions: defaulted('matchExpressions', listOf('label requirements', requirement), []),
});

/** Whether all labels and all requirements hold (kubernetes: staging/src/k8s.io/apimachinery/pkg/labels/selector.go); an empty selector matches everything. */
export function matchesLabels(selector: LabelSelector, labels: StringMap): boolean {
  return (
    Object.entries(selector.matchLabels).every(([key, value]) => lookup(labels, key) === value) &&
    selector.matchExpressions.every((expression) => meetsRequirement(expression, lookup(labels, expression.key)))
  );
}

/** @param value of the label that the requirement names */
export function meetsRequirement(
  { operator, values }: Pick<LabelRequirement, 'operator' | 'values'>,
  value: string | undefined,
): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}
