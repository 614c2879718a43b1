import fc from 'fast-check';
import { expect, test } from 'vitest';
import { feasibleToFind, Scheduler } from '../../../../models/kubernetes/scheduling/scheduler.js';
import { nodeOf, podOf } from '../../../support/scheduling.js';

test('of equally good nodes the draw decides', () => {
  const placed = (pick: (count: number) => number): string => {
    const scheduler = new Scheduler(pick);
    for (const name of ['n1', 'n2', 'n3']) scheduler.setNode(nodeOf(name));
    const placement = scheduler.place(podOf('web'));
    return placement.kind === 'placed' ? placement.node : '';
  };
  expect(placed(() => 0)).toBe('n1');
  expect(placed((count) => count - 1)).toBe('n3');
});

test('why no node is fit', () => {
  const scheduler = new Scheduler(() => 0);
  scheduler.setNode(nodeOf('n1', 'a', { unschedulable: true }));
  scheduler.setNode(nodeOf('n2'));
  scheduler.bind(podOf('big', 4000), 'n2');
  expect(scheduler.place(podOf('web', 500))).toEqual({
    kind: 'unschedulable',
    reasons: new Map([
      ['unschedulable', 1],
      ['resources', 1],
    ]),
  });
  expect(new Scheduler(() => 0).place(podOf('web'))).toEqual({ kind: 'unschedulable', reasons: new Map() });
});

test('nodes come, change and go; pods leave room behind', () => {
  const scheduler = new Scheduler(() => 0);
  const big = podOf('big', 4000);
  scheduler.setNode(nodeOf('n1'));
  scheduler.bind(big, 'n1');
  scheduler.setNode(nodeOf('n1', 'b'));
  expect(scheduler.place(podOf('web')).kind).toBe('unschedulable');
  scheduler.unbind(big, 'n1');
  expect(scheduler.place(podOf('web'))).toEqual({ kind: 'placed', node: 'n1' });
  scheduler.removeNode('n1');
  expect(scheduler.place(podOf('web')).kind).toBe('unschedulable');
});

test('nodes are never asked for more than they have', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 4000 }), { maxLength: 40 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 5 }), fc.nat(), (pods, nodes, luck) => {
      const scheduler = new Scheduler((count) => luck % count);
      const used = new Map<string, number>();
      for (let at = 0; at < nodes; at++) scheduler.setNode(nodeOf(`n${at}`, at % 2 === 0 ? 'a' : 'b'));
      for (const cpuMilli of pods) {
        const pod = podOf('web', cpuMilli);
        const placement = scheduler.place(pod);
        if (placement.kind === 'unschedulable') continue;
        scheduler.bind(pod, placement.node);
        used.set(placement.node, (used.get(placement.node) ?? 0) + cpuMilli);
      }
      for (const cpuMilli of used.values()) expect(cpuMilli).toBeLessThanOrEqual(4000);
    }),
    { seed: 10 },
  );
});

test('how many fit nodes are enough', () => {
  expect([10, 99, 100, 200, 1000, 5000, 10_000].map(feasibleToFind)).toEqual([10, 99, 100, 100, 420, 500, 500]);
});
