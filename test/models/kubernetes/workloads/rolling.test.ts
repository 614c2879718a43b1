import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ReplicaSetView } from '../../../../models/kubernetes/workloads/replica-sets.js';
import { fenceposts, newReplicas, rollingSync } from '../../../../models/kubernetes/workloads/rolling.js';

const setOf = (revision: number, size: number, available = size): ReplicaSetView => ({
  revision,
  specReplicas: size,
  replicas: size,
  readyReplicas: available,
  availableReplicas: available,
  maxReplicas: null,
  desiredReplicas: null,
});

test('the new set grows first, and old sets shrink in a sync of their own, the oldest first', () => {
  const posts = { surge: 2, unavailable: 2 };
  expect(rollingSync(10, posts, setOf(3, 0), [setOf(1, 5), setOf(2, 5)])).toEqual([{ revision: 3, replicas: 2 }]);
  expect(rollingSync(10, posts, setOf(3, 2), [setOf(2, 5), setOf(1, 5)])).toEqual([{ revision: 1, replicas: 1 }]);
  expect(rollingSync(10, posts, setOf(3, 2, 0), [setOf(2, 5), setOf(1, 1)])).toEqual([{ revision: 3, replicas: 6 }]);
  expect(rollingSync(10, posts, setOf(3, 10), [])).toEqual([]);
});

test('fenceposts are never both zero, and never more than there are pods', () => {
  const part = fc.oneof(fc.nat(20), fc.record({ percent: fc.nat(100) }));
  fc.assert(
    fc.property(part, part, fc.integer({ min: 1, max: 50 }), (maxSurge, maxUnavailable, desired) => {
      const { surge, unavailable } = fenceposts({ maxSurge, maxUnavailable }, desired);
      expect(surge + unavailable).toBeGreaterThan(0);
      expect(unavailable).toBeLessThanOrEqual(desired);
    }),
    { seed: 6 },
  );
});

test('a set never grows beyond what is asked for', () => {
  expect(newReplicas(10, 5, 3, 3)).toBe(10);
  expect(newReplicas(10, 5, 14, 3)).toBe(4);
  expect(newReplicas(10, 5, 20, 3)).toBe(3);
});
