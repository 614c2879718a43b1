import { expect, test } from 'vitest';
import { groupPods, podRequestsMilli, readyCount } from '../../../../models/kubernetes/autoscaling/observed-pods.js';
import { SECOND_NS } from '../../../../models/kubernetes/units.js';
import { hpaPod, NOW_NS, PENDING, sampleOf } from '../../../support/hpa.js';

const RULES = { cpuInitializationNs: 300 * SECOND_NS, initialReadinessDelayNs: 30 * SECOND_NS };

test('pods by what their samples count for', () => {
  const pods = [
    hpaPod(),
    hpaPod(PENDING),
    hpaPod(),
    hpaPod({ ready: null }),
    hpaPod({ phase: 'Failed' }),
    hpaPod({ terminating: true }),
  ];
  const samples = pods.map((_, index) => (index === 2 ? null : sampleOf(1)));
  expect(groupPods(pods, samples, true, RULES, NOW_NS)).toEqual({ ready: [0], unready: [1, 3], missing: [2] });
  expect(groupPods(pods, samples, false, RULES, NOW_NS)).toEqual({ ready: [0, 3], unready: [1], missing: [2] });
});

test('requests of pods', () => {
  expect(podRequestsMilli([hpaPod()], 'cpu', null)).toEqual([2000]);
  expect(podRequestsMilli([hpaPod()], 'cpu', 'c1')).toEqual([1000]);
  expect(podRequestsMilli([hpaPod()], 'memory', null)).toBe(null);
});

test('pods that are Running and Ready', () => {
  expect(readyCount([hpaPod(), hpaPod(PENDING), hpaPod({ ready: false }), hpaPod({ ready: null })])).toBe(1);
});
