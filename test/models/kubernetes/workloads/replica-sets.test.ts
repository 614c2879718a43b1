import { expect, test } from 'vitest';
import { SECOND_NS } from '../../../../models/kubernetes/units.js';
import { availability, availableAtNs } from '../../../../models/kubernetes/workloads/replica-sets.js';

const S = SECOND_NS;

test('a pod is available once it has been Ready for minReadySeconds', () => {
  expect(availableAtNs(5 * S, 0)).toBe(5 * S);
  expect(availability([0, 5 * S, 8 * S], 10, 12 * S)).toEqual({ available: 1, nextNs: 15 * S });
  expect(availability([0, 5 * S, 8 * S], 10, 18 * S)).toEqual({ available: 3, nextNs: null });
  expect(availability([], 10, 0)).toEqual({ available: 0, nextNs: null });
});
