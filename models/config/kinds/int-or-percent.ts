// A count of pods, or a percentage of all of them (kubernetes: staging/src/k8s.io/apimachinery/pkg/util/intstr/intstr.go; validation of both forms:
// pkg/apis/apps/validation/validation.go, ValidatePositiveIntOrPercent).
import { natural } from '../scalars.js';
import type { Schema } from '../schema.js';

/** A whole number >= 0, or a percentage >= 0 of the pods that are asked for. */
export type IntOrPercent = number | { readonly percent: number };

const EXPECTED = 'a number of pods or a percentage such as 25%';

export const intOrPercent: Schema<IntOrPercent> = {
  expected: EXPECTED,
  read(value, place) {
    if (typeof value === 'number') return natural.read(value, place);
    const share = typeof value === 'string' ? /^(\d+)%$/.exec(value) : null;
    if (share === null) return place.wrongType(value, EXPECTED, 'write 1 or "25%"');
    return { percent: Number(share[1]) };
  },
};
