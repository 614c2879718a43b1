// Properties of an HPA over random observations, and the exits that come before any metric. Tables:
// test/conformance/kubernetes-hpa.test.ts.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HorizontalPodAutoscaler, type HpaObservation } from '../../../../models/kubernetes/autoscaling/hpa.js';
import {
  completeBehavior,
  DEFAULT_HPA_FLAGS,
  DEFAULT_METRICS,
  type HpaBehavior,
  type HpaMetric,
} from '../../../../models/kubernetes/autoscaling/hpa-spec.js';
import { SECOND_NS } from '../../../../models/kubernetes/units.js';
import { cpuAt, hpaPod, NOW_NS, usages } from '../../../support/hpa.js';

const S = SECOND_NS;
const LENGTH: HpaMetric = { kind: 'external', target: { kind: 'averageValue', milli: 1000 } };

function seen(replicas: number, value: number | null): HpaObservation {
  return {
    specReplicas: replicas,
    statusReplicas: replicas,
    pods: Array.from({ length: replicas }, () => hpaPod()),
    readings: [value === null ? null : { kind: 'value', milli: Math.round(1000 * value) }],
  };
}

function hpaOf(minReplicas: number, maxReplicas: number, behavior: HpaBehavior | null = null): HorizontalPodAutoscaler {
  return new HorizontalPodAutoscaler({ minReplicas, maxReplicas, metrics: [LENGTH], behavior });
}

describe('before any metric', () => {
  test('a target without replicas is left alone', () => {
    expect(hpaOf(1, 10).sync(NOW_NS, seen(0, 50))).toEqual({
      replicas: 0,
      reason: 'scaling disabled',
      proposals: [],
      nextNs: NOW_NS + 15 * S,
    });
    expect(hpaOf(0, 10).sync(NOW_NS, seen(0, 3)).replicas).toBe(3);
  });

  test('bounds come first, and metrics that fail change nothing', () => {
    expect(hpaOf(1, 10).sync(NOW_NS, seen(12, null))).toMatchObject({ replicas: 10, reason: 'above maximum' });
    expect(hpaOf(3, 10).sync(NOW_NS, seen(2, null))).toMatchObject({ replicas: 3, reason: 'below minimum' });
    expect(hpaOf(1, 10).sync(NOW_NS, seen(5, null))).toMatchObject({ replicas: 5, reason: 'metrics failed' });
  });

  test('bounds that cannot be, and no metric at all, are faults of the caller', () => {
    expect(() => hpaOf(5, 3)).toThrow(RangeError);
    expect(() => hpaOf(0, 0)).toThrow(RangeError);
    expect(() => new HorizontalPodAutoscaler({ minReplicas: 1, maxReplicas: 2, metrics: [], behavior: null })).toThrow(
      RangeError,
    );
  });
});

test('nothing shrinks within the first 300 s, for what there is counts as the first recommendation', () => {
  const hpa = hpaOf(1, 10);
  const decisions = [0, 150, 300, 301].map((second) => hpa.sync(NOW_NS + second * S, seen(8, 2)).replicas);
  expect(decisions).toEqual([8, 8, 8, 2]);
});

test('tolerances of the behaviour stand in for the flag', () => {
  const tolerant = completeBehavior({ scaleUp: { tolerance: 0.5 } });
  expect(hpaOf(1, 10, tolerant).sync(NOW_NS, seen(4, 5.9)).replicas).toBe(4);
  expect(hpaOf(1, 10, tolerant).sync(NOW_NS, seen(4, 6.1)).replicas).toBe(7);
  expect(hpaOf(1, 10).sync(NOW_NS, seen(4, 5.9)).replicas).toBe(6);
});

test('a ratio of exactly 1.1 is within the tolerance', () => {
  const hpa = new HorizontalPodAutoscaler({ minReplicas: 1, maxReplicas: 9, metrics: [cpuAt(60)], behavior: null });
  const pods = [hpaPod(), hpaPod()];
  const decision = hpa.sync(NOW_NS, { specReplicas: 2, statusReplicas: 2, pods, readings: [usages(660, 660)] });
  expect(decision.replicas).toBe(2);
});

test('an HPA without metrics scales by 80 % of the CPU requests', () => {
  expect(DEFAULT_METRICS).toEqual([cpuAt(80)]);
});

const behaviors = fc.option(
  fc
    .record({
      up: fc.integer({ min: 1, max: 10 }),
      down: fc.integer({ min: 1, max: 200 }),
      window: fc.integer({ min: 0, max: 400 }),
      select: fc.constantFrom('Max' as const, 'Min' as const, 'Disabled' as const),
    })
    .map(({ up, down, window, select }) =>
      completeBehavior({
        scaleUp: { stabilizationNs: window * S, policies: [{ kind: 'Pods', value: up, periodNs: 30 * S }] },
        scaleDown: {
          stabilizationNs: window * S,
          selectPolicy: select,
          policies: [
            { kind: 'Percent', value: down, periodNs: 60 * S },
            { kind: 'Pods', value: up, periodNs: 15 * S },
          ],
        },
      }),
    ),
);

test('whatever is seen, what is decided lies within the bounds, or is what there is', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 0, max: 20 }),
      behaviors,
      fc.integer({ min: 1, max: 30 }),
      fc.array(fc.option(fc.double({ min: 0, max: 100, noNaN: true })), { minLength: 1, maxLength: 30 }),
      (min, more, behavior, start, values) => {
        const hpa = hpaOf(min, min + more, behavior);
        let replicas = start;
        values.forEach((value, at) => {
          const decision = hpa.sync(NOW_NS + at * 15 * S, seen(replicas, value));
          const isInside = decision.replicas >= min && decision.replicas <= min + more;
          expect(isInside || decision.replicas === replicas).toBe(true);
          expect(isInside || decision.reason === 'metrics failed').toBe(true);
          expect(decision.nextNs).toBe(NOW_NS + (at + 1) * 15 * S);
          replicas = decision.replicas;
        });
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});

test('without behavior no sync more than doubles, but for 4', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.double({ min: 0, max: 1000, noNaN: true }), (replicas, value) => {
      const decision = hpaOf(1, 1000).sync(NOW_NS, seen(replicas, value));
      expect(decision.replicas).toBeLessThanOrEqual(Math.max(4, 2 * replicas));
    }),
    { seed: 2, numRuns: 200 },
  );
});

test('the flags of the controller', () => {
  expect(DEFAULT_HPA_FLAGS.syncNs).toBe(15 * S);
});
