import { expect, test } from 'vitest';
import { DEFAULT_QUEUE_RULES, SchedulingQueue } from '../../../../models/kubernetes/scheduling/queue.js';
import { SECOND_NS } from '../../../../models/kubernetes/units.js';

const S = SECOND_NS;

test('by priority, then by age', () => {
  const queue = new SchedulingQueue();
  queue.add(0, 'old', 0);
  queue.add(S, 'young', 0);
  queue.add(2 * S, 'important', 9);
  const order: (string | null)[] = [];
  for (let tries = 0; tries < 4; tries++) {
    const key = queue.pop(3 * S);
    order.push(key);
    if (key !== null) queue.remove(key);
  }
  expect(order).toEqual(['important', 'old', 'young', null]);
  expect(queue.nextNs).toBe(null);
});

test('a pod that failed waits for the cluster to change, and for its back-off, on a grid of a second', () => {
  const queue = new SchedulingQueue({ ...DEFAULT_QUEUE_RULES, popFromBackoff: false }, 0.25 * S);
  queue.add(0, 'a', 0);
  const tries: number[] = [];
  let nowNs = 0;
  for (let count = 0; count < 7; count++) {
    expect(queue.pop(nowNs)).toBe('a');
    tries.push(nowNs / S);
    queue.failed(nowNs, 'a');
    queue.clusterChanged(nowNs);
    nowNs = queue.nextNs!;
  }
  expect(tries).toEqual([0, 1.25, 3.25, 7.25, 15.25, 25.25, 35.25]);
});

test('a change after the back-off lets the pod be tried at once', () => {
  const queue = new SchedulingQueue();
  queue.add(0, 'a', 0);
  queue.pop(0);
  queue.failed(0, 'a');
  expect(queue.pop(5 * S)).toBe(null);
  queue.clusterChanged(5 * S);
  expect(queue.pop(5 * S)).toBe('a');
});

test('without any change a pod is tried again after five minutes, when leftovers are looked for', () => {
  const queue = new SchedulingQueue();
  queue.add(0, 'a', 0);
  queue.pop(7 * S);
  queue.failed(7 * S, 'a');
  expect(queue.nextNs).toBe(330 * S);
  expect(queue.pop(329 * S)).toBe(null);
  expect(queue.pop(330 * S)).toBe('a');
  expect(queue.size).toBe(1);
});

test('where no other pod is to be tried, one whose back-off runs is', () => {
  const queue = new SchedulingQueue();
  queue.add(0, 'a', 0);
  queue.pop(0);
  queue.failed(0, 'a');
  expect(queue.pop(0.1 * S)).toBe(null);
  queue.clusterChanged(0.1 * S);
  queue.add(0.2 * S, 'b', -1);
  expect(queue.pop(0.2 * S)).toBe('b');
  queue.remove('b');
  expect(queue.pop(0.2 * S)).toBe('a');
});
