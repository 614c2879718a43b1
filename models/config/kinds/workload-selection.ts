// Which workloads a policy of Istio's is for: a selector of pod labels, or references to gateways and services (istio api:
// type/v1beta1/selector.proto; istio: pkg/config/validation/validation.go validateOneOfSelectorType, validateWorkloadSelector).
import { string, stringMap } from '../scalars.js';
import { checked, defaulted, listOf, mapped, object, optional, required, type Schema } from '../schema.js';
import type { StringMap } from './common.js';
import { PROTO, protoWith } from './istio-fields.js';
import { checkSelector } from './istio-rules.js';

export interface TargetReference {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
}

/** `selector` null: all workloads (of the namespace, or of the mesh where it stands in the root namespace). */
export interface WorkloadSelection {
  readonly selector: StringMap | null;
  readonly targetRefs: readonly TargetReference[];
}

const matchLabels: Schema<StringMap> = checked(
  mapped(
    object<{ matchLabels: StringMap }>(
      'a workload selector',
      { matchLabels: defaulted('matchLabels', stringMap, {}) },
      PROTO,
    ),
    (selector) => selector.matchLabels,
  ),
  (labels, place) => checkSelector(labels, place.child('matchLabels')),
);

export const targetRef: Schema<TargetReference> = object<TargetReference>(
  'a target reference',
  { group: defaulted('group', string, ''), kind: required('kind', string), name: required('name', string) },
  protoWith({ namespace: { kind: 'inert' } }),
);

export interface WrittenSelection {
  readonly selector: StringMap | null;
  readonly targetRef: TargetReference | null;
  readonly targetRefList: readonly TargetReference[];
}

export const selectionFields = {
  selector: optional('selector', matchLabels),
  targetRef: optional('targetRef', targetRef),
  targetRefList: defaulted('targetRefs', listOf('target references', targetRef), []),
} as const;

export function selectionOf(written: WrittenSelection): WorkloadSelection {
  const { selector, targetRef: one, targetRefList } = written;
  return { selector, targetRefs: one === null ? targetRefList : [one, ...targetRefList] };
}
