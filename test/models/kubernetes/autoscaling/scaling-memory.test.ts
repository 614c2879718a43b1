import fc from 'fast-check';
import { expect, test } from 'vitest';
import { completeBehavior } from '../../../../models/kubernetes/autoscaling/hpa-spec.js';
import { limitWithoutBehavior, ScalingMemory } from '../../../../models/kubernetes/autoscaling/scaling-memory.js';
import { SECOND_NS } from '../../../../models/kubernetes/units.js';

const S = SECOND_NS;

test('edges of windows: with behavior an entry as old as the window is out, without it is in', () => {
  const behavior = completeBehavior({ scaleDown: { stabilizationNs: 60 * S } });
  const withBehavior = new ScalingMemory();
  withBehavior.begin(0, 9);
  expect(withBehavior.stabilizeWith(59 * S, 9, 1, behavior)).toBe(9);
  expect(withBehavior.stabilizeWith(60 * S, 9, 1, behavior)).toBe(1);
  const without = new ScalingMemory();
  without.begin(0, 9);
  expect(without.stabilize(60 * S, 1, 60 * S)).toBe(9);
  expect(without.stabilize(60 * S + 1, 1, 60 * S)).toBe(1);
});

test('an entry that its own direction has done with is overwritten, though the other would still count it', () => {
  const behavior = completeBehavior({
    scaleUp: { policies: [{ kind: 'Pods', value: 2, periodNs: 120 * S }] },
    scaleDown: { policies: [{ kind: 'Pods', value: 2, periodNs: 15 * S }] },
  });
  const memory = new ScalingMemory();
  const bounds = { min: 1, max: 100 };
  memory.record(0, 10, 8, behavior);
  expect(memory.limitWith(60 * S, 8, 50, bounds, behavior)).toBe(12);
  memory.record(60 * S, 8, 7, behavior);
  expect(memory.limitWith(60 * S, 7, 50, bounds, behavior)).toBe(10);
});

test('Disabled keeps a direction from moving', () => {
  const behavior = completeBehavior({ scaleUp: { selectPolicy: 'Disabled' }, scaleDown: { selectPolicy: 'Disabled' } });
  const memory = new ScalingMemory();
  expect(memory.limitWith(0, 5, 50, { min: 1, max: 100 }, behavior)).toBe(5);
  expect(memory.limitWith(0, 5, 1, { min: 1, max: 100 }, behavior)).toBe(5);
});

test('a limit never turns a direction round', () => {
  const counts = fc.integer({ min: 1, max: 50 });
  fc.assert(
    fc.property(counts, counts, fc.array(fc.tuple(counts, counts), { maxLength: 5 }), (current, desired, past) => {
      const behavior = completeBehavior({});
      const memory = new ScalingMemory();
      past.forEach(([from, to], at) => {
        if (from !== to) memory.record(at * S, from, to, behavior);
      });
      const limited = memory.limitWith(10 * S, current, desired, { min: 1, max: 50 }, behavior);
      expect(Math.sign(limited - current) * Math.sign(desired - current)).toBeGreaterThanOrEqual(0);
      expect(Math.abs(limited - current)).toBeLessThanOrEqual(Math.abs(desired - current));
    }),
    { seed: 3 },
  );
});

test('without behavior', () => {
  expect(limitWithoutBehavior(10, 30, { min: 1, max: 100 })).toBe(20);
  expect(limitWithoutBehavior(1, 30, { min: 6, max: 100 })).toBe(4);
  expect(limitWithoutBehavior(1, 2, { min: 6, max: 100 })).toBe(6);
});
