import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scaleInProportion } from '../../../../models/kubernetes/workloads/proportional.js';
import type { ReplicaSetView } from '../../../../models/kubernetes/workloads/replica-sets.js';

const setOf = (revision: number, size: number, fields: Partial<ReplicaSetView> = {}): ReplicaSetView => ({
  revision,
  specReplicas: size,
  replicas: size,
  readyReplicas: size,
  availableReplicas: size,
  maxReplicas: null,
  desiredReplicas: null,
  ...fields,
});
const scale = (desired: number, surge = 0) => ({ desired, surge, rolling: true, statusReplicas: 10 });

test('one set alone, or none, takes all of the change', () => {
  expect(scaleInProportion(scale(7), setOf(2, 5), [setOf(1, 0)])).toEqual([{ revision: 2, replicas: 7 }]);
  expect(scaleInProportion(scale(7), null, [setOf(1, 0), setOf(2, 0)])).toEqual([{ revision: 2, replicas: 7 }]);
  expect(scaleInProportion(scale(7), null, [])).toEqual([]);
  expect(scaleInProportion(scale(5), setOf(2, 5), [])).toEqual([]);
});

test('beside a new set that is complete, old ones go', () => {
  const complete = setOf(2, 5, { desiredReplicas: 5 });
  expect(scaleInProportion(scale(5), complete, [setOf(1, 3)])).toEqual([{ revision: 1, replicas: 0 }]);
});

test('Recreate scales no two sets in proportion', () => {
  expect(scaleInProportion({ ...scale(9), rolling: false }, setOf(2, 3), [setOf(1, 3)])).toEqual([]);
});

test('the sum is what is asked for and the surge, and no set is below zero', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 2, maxLength: 5 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 100 }), fc.nat(10), (list, desired, surge) => {
      const max = list.reduce((sum, size) => sum + size, 0);
      const [fresh, ...old] = list.map((size, at) => setOf(list.length - at, size, { maxReplicas: max }));
      const resized = new Map(
        scaleInProportion({ ...scale(desired, surge), statusReplicas: max }, fresh!, old).map((resize) => [
          resize.revision,
          resize.replicas,
        ]),
      );
      const after = [fresh!, ...old].map(({ revision, specReplicas }) => resized.get(revision) ?? specReplicas);
      expect(after.reduce((sum, size) => sum + size, 0)).toBe(desired + surge);
      expect(Math.min(...after)).toBeGreaterThanOrEqual(0);
    }),
    { seed: 7 },
  );
});
