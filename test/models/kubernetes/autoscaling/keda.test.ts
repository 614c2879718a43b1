import { expect, test } from 'vitest';
import {
  DEFAULT_KEDA_SPEC,
  hpaBounds,
  KedaLoop,
  type KedaSpec,
} from '../../../../models/kubernetes/autoscaling/keda.js';
import { SECOND_NS } from '../../../../models/kubernetes/units.js';

const S = SECOND_NS;
const IDLE = { active: false, failed: false };
const BUSY = { active: true, failed: false };

/** The replicas that a poll at a time decides, for an object that was made at 0. */
function polled(spec: Partial<KedaSpec>, second: number, replicas: number, triggers = IDLE): number | null {
  return new KedaLoop({ ...DEFAULT_KEDA_SPEC, ...spec }, 0).poll(second * S, replicas, triggers).replicas;
}

test('an active object wakes to its minimum, and stays as it is otherwise', () => {
  expect(polled({}, 30, 0, BUSY)).toBe(1);
  expect(polled({ minReplicas: 3 }, 30, 0, BUSY)).toBe(3);
  expect(polled({}, 30, 7, BUSY)).toBe(null);
  expect(polled({ minReplicas: 3, idleReplicas: 0 }, 30, 2, BUSY)).toBe(3);
});

test('an object that was never active waits for its initial cooldown only', () => {
  expect(polled({}, 0, 2)).toBe(null);
  expect(polled({}, 1, 2)).toBe(0);
  expect(polled({ initialCooldownNs: 60 * S }, 60, 2)).toBe(null);
  expect(polled({ initialCooldownNs: 60 * S }, 61, 2)).toBe(0);
});

test('minimum and idle replicas', () => {
  expect(polled({ minReplicas: 2 }, 30, 1)).toBe(2);
  expect(polled({ minReplicas: 2 }, 30, 5)).toBe(null);
  expect(polled({ minReplicas: 2, idleReplicas: 0 }, 30, 5)).toBe(0);
});

test('triggers that cannot be read change nothing, and so does a pause', () => {
  expect(polled({}, 900, 5, { active: false, failed: true })).toBe(null);
  expect(polled({ paused: 'stay' }, 900, 5)).toBe(null);
  expect(polled({ paused: 3 }, 900, 5, BUSY)).toBe(3);
});

test('polls are 30 s apart, and the HPA has at least one replica', () => {
  expect(new KedaLoop(DEFAULT_KEDA_SPEC, 0).poll(0, 0, IDLE)).toEqual({
    replicas: null,
    active: false,
    nextNs: 30 * S,
  });
  expect(hpaBounds(DEFAULT_KEDA_SPEC)).toEqual({ min: 1, max: 100 });
  expect(hpaBounds({ ...DEFAULT_KEDA_SPEC, minReplicas: 4 })).toEqual({ min: 4, max: 100 });
});
