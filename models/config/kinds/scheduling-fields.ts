// What a pod says to the scheduler besides its affinities: tolerations and topology spread constraints (kubernetes:
// staging/src/k8s.io/api/core/v1/types.go Toleration, TopologySpreadConstraint; pkg/apis/core/v1/defaults.go).
import { int32, string, word } from '../scalars.js';
import { approximated, defaulted, listed, listOf, object, optional, required, type Schema } from '../schema.js';
import type { LabelSelector } from './common.js';
import { labelSelector, NO_REQUIREMENTS } from './label-selector.js';

export const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const;
export type TaintEffect = (typeof TAINT_EFFECTS)[number];

export interface Toleration {
  /** null: every key. */
  readonly key: string | null;
  readonly operator: 'Exists' | 'Equal';
  readonly value: string;
  /** null: every effect. */
  readonly effect: TaintEffect | null;
  /** null: for ever. */
  readonly seconds: number | null;
}

export const toleration: Schema<Toleration> = object<Toleration>('a toleration', {
  key: optional('key', string),
  operator: defaulted('operator', word(['Exists', 'Equal']), 'Equal'),
  value: defaulted('value', string, ''),
  effect: optional('effect', word(TAINT_EFFECTS)),
  seconds: optional('tolerationSeconds', int32),
});

export interface SpreadConstraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway';
  readonly selector: LabelSelector;
  readonly minDomains: number;
  readonly nodeAffinityPolicy: 'Honor' | 'Ignore';
  readonly nodeTaintsPolicy: 'Honor' | 'Ignore';
}

const HONOR = word(['Honor', 'Ignore']);

export const spreadConstraint: Schema<SpreadConstraint> = object<SpreadConstraint>(
  'a spread constraint',
  {
    maxSkew: required('maxSkew', int32),
    topologyKey: required('topologyKey', string),
    whenUnsatisfiable: defaulted('whenUnsatisfiable', word(['DoNotSchedule', 'ScheduleAnyway']), 'DoNotSchedule'),
    selector: defaulted('labelSelector', labelSelector, NO_REQUIREMENTS),
    minDomains: defaulted('minDomains', int32, 1),
    nodeAffinityPolicy: defaulted('nodeAffinityPolicy', HONOR, 'Honor'),
    nodeTaintsPolicy: defaulted('nodeTaintsPolicy', HONOR, 'Ignore'),
  },
  { others: { matchLabelKeys: listed(approximated('pods of all templates count')) } },
);

/** `tolerations` and `topologySpreadConstraints` of a pod. */
export const tolerations: Schema<readonly Toleration[]> = listOf('tolerations', toleration);
export const spreadConstraints: Schema<readonly SpreadConstraint[]> = listOf('spread constraints', spreadConstraint);
