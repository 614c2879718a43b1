import { expect, test } from 'vitest';
import { parseCron } from '../../../../models/kubernetes/autoscaling/cron.js';
import {
  cronReading,
  type KedaFallback,
  KedaTrigger,
  prometheusValue,
} from '../../../../models/kubernetes/autoscaling/keda-triggers.js';

test('what a query answers', () => {
  expect(prometheusValue([3.5], true)).toBe(3.5);
  expect([prometheusValue([], true), prometheusValue([NaN], true), prometheusValue([Infinity], true)]).toEqual([
    0, 0, 0,
  ]);
  expect([prometheusValue([], false), prometheusValue([NaN], false)]).toEqual([null, null]);
  expect(prometheusValue([1, 2], true)).toBe(null);
});

test.each<[KedaFallback['behavior'], number, number]>([
  ['static', 4, 6],
  ['currentReplicas', 4, 4],
  ['currentReplicasIfHigher', 4, 6],
  ['currentReplicasIfHigher', 9, 9],
  ['currentReplicasIfLower', 4, 4],
  ['currentReplicasIfLower', 9, 6],
])('a fallback %s with %i replicas stands for %i', (behavior, replicas, expected) => {
  const fallback = { failureThreshold: 0, replicas: 6, behavior };
  const trigger = new KedaTrigger({ target: 2.9, activation: 0, fallback });
  expect(trigger.read(null, replicas)).toEqual({ value: 2 * expected, active: true });
});

test('a success starts the count of failures afresh', () => {
  const fallback = { failureThreshold: 1, replicas: 6, behavior: 'static' } as const;
  const trigger = new KedaTrigger({ target: 1, activation: 0, fallback });
  const values = [null, 5, null, null].map((value) => trigger.read(value, 1).value);
  expect(values).toEqual([null, 5, null, 6]);
  const without = new KedaTrigger({ target: 1, activation: 0, fallback: null });
  expect([1, 2, 3].map(() => without.read(null, 1))).toEqual([1, 2, 3].map(() => ({ value: null, active: false })));
});

test('a cron window, in its time zone', () => {
  const hour = 3600;
  const reading = (nowHour: number, offsetSeconds: number) =>
    cronReading({ start: parseCron('0 8 * * *')!, end: parseCron('0 20 * * *')!, offsetSeconds }, nowHour * hour, 7);
  expect(reading(7.9, 0)).toEqual({ value: 0, active: false });
  expect(reading(8, 0)).toEqual({ value: 7, active: true });
  expect(reading(19.9, 0).active).toBe(true);
  expect(reading(20, 0).active).toBe(false);
  expect(reading(7, 2 * hour).active).toBe(true);
  expect(reading(19, 2 * hour).active).toBe(false);
});
