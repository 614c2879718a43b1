// PodDisruptionBudget (kubernetes: staging/src/k8s.io/api/policy/v1/types.go, pkg/apis/policy/validation/validation.go): how many pods an
// eviction (a drain, a scale-down of nodes) must leave. It holds back neither roll-outs nor crashes.
import type { Place } from '../place.js';
import { natural, word } from '../scalars.js';
import { checked, defaulted, object, optional, type Schema } from '../schema.js';
import type { LabelSelector } from './common.js';
import { labelSelector } from './label-selector.js';

/** Pods, or a share of all of them in percent. */
export type PodAmount = { readonly pods: number } | { readonly percent: number };

export interface PodDisruptionBudgetSpec {
  readonly minAvailable: PodAmount | null;
  readonly maxUnavailable: PodAmount | null;
  /** null: no pod. */
  readonly selector: LabelSelector | null;
  readonly unhealthyPodEvictionPolicy: 'IfHealthyBudget' | 'AlwaysAllow';
}

const EXPECTED = 'a number of pods or a percentage such as 25%';

const podAmount: Schema<PodAmount> = {
  expected: EXPECTED,
  read(value, place) {
    if (typeof value === 'number') {
      const pods = natural.read(value, place);
      return typeof pods === 'number' ? { pods } : pods;
    }
    const share = typeof value === 'string' ? /^(\d+)%$/.exec(value) : null;
    if (share === null) return place.wrongType(value, EXPECTED, 'write 1 or "25%"');
    const percent = Number(share[1]);
    if (percent > 100) place.rejectedByKubernetes('a share is above 100%', 'give at most 100%');
    return { percent };
  },
};

const fields = object<PodDisruptionBudgetSpec>('a PodDisruptionBudget', {
  minAvailable: optional('minAvailable', podAmount),
  maxUnavailable: optional('maxUnavailable', podAmount),
  selector: optional('selector', labelSelector),
  unhealthyPodEvictionPolicy: defaulted(
    'unhealthyPodEvictionPolicy',
    word(['IfHealthyBudget', 'AlwaysAllow']),
    'IfHealthyBudget',
  ),
});

export const podDisruptionBudget: Schema<PodDisruptionBudgetSpec> = checked(fields, checkBounds);

function checkBounds({ minAvailable, maxUnavailable }: PodDisruptionBudgetSpec, place: Place): void {
  if (minAvailable === null || maxUnavailable === null) return;
  place
    .child('maxUnavailable')
    .rejectedByKubernetes('minAvailable and maxUnavailable exclude each other', 'keep one of the two');
}
