import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { PushQueue, pushOrder, pushThrottle } from '../../../models/control-plane/push-queue.js';
import { componentStream } from '../../../sim/random/stream.js';

const latest = (older: number, newer: number): number => Math.max(older, newer);

describe('the push queue', () => {
  it('scales with the cores of istiod', () => {
    expect([1, 2, 4, 17, 32].map(pushThrottle)).toEqual([20, 25, 35, 100, 100]);
  });

  it('keeps the place of the first request of a proxy', () => {
    const queue = new PushQueue(10, latest);
    queue.enqueue(1, 1);
    queue.enqueue(2, 1);
    queue.enqueue(1, 2);
    expect([queue.take(), queue.take(), queue.take()]).toEqual([
      { proxy: 1, request: 2 },
      { proxy: 2, request: 1 },
      null,
    ]);
  });

  it('puts what comes during a push to the end', () => {
    const queue = new PushQueue(2, latest);
    for (const proxy of [1, 2, 3]) queue.enqueue(proxy, 1);
    queue.take();
    queue.enqueue(1, 2);
    queue.enqueue(1, 3);
    queue.take();
    expect(queue.take()).toBeNull();
    queue.done(1);
    expect(queue.take()).toEqual({ proxy: 3, request: 1 });
    queue.done(2);
    expect(queue.take()).toEqual({ proxy: 1, request: 3 });
  });

  it('forgets proxies that have gone, also in a push', () => {
    const queue = new PushQueue(1, latest);
    queue.enqueue(1, 1);
    queue.enqueue(2, 1);
    queue.take();
    queue.enqueue(1, 2);
    queue.forget(1);
    queue.forget(2);
    queue.done(1);
    expect(queue.take()).toBeNull();
  });

  it('enqueues in another order with each push, the same for the same seed', () => {
    const proxies = Array.from({ length: 20 }, (_, proxy) => proxy);
    const orders = (): number[][] => {
      const stream = componentStream('s', 'istiod 0');
      return [pushOrder(proxies, stream), pushOrder(proxies, stream)];
    };
    const [first, second] = orders();
    expect(first).not.toEqual(second);
    expect(orders()).toEqual([first, second]);
    expect([...first].sort((a, b) => a - b)).toEqual(proxies);
  });

  const step = fc.oneof(
    fc.record({ kind: fc.constant('enqueue' as const), proxy: fc.integer({ min: 0, max: 4 }) }),
    fc.record({ kind: fc.constant('take' as const) }),
    fc.record({ kind: fc.constant('done' as const), place: fc.nat() }),
  );

  test.prop([fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 3 })], { seed: 21 })(
    'no proxy gets an old version after a newer one, and each gets the newest that it was enqueued for',
    (steps, slots) => {
      const queue = new PushQueue(slots, latest);
      const wanted = new Map<number, number>();
      const got = new Map<number, number>();
      let open: number[] = [];
      let version = 0;
      const take = (): boolean => {
        const push = queue.take();
        if (push === null) return false;
        expect(open).not.toContain(push.proxy);
        expect(push.request).toBeGreaterThan(got.get(push.proxy) ?? 0);
        got.set(push.proxy, push.request);
        open.push(push.proxy);
        expect(open.length).toBeLessThanOrEqual(slots);
        return true;
      };
      const done = (place: number): void => {
        const proxy = open[place % open.length];
        open = open.filter((other) => other !== proxy);
        queue.done(proxy);
      };
      for (const each of steps) {
        switch (each.kind) {
          case 'enqueue':
            queue.enqueue(each.proxy, ++version);
            wanted.set(each.proxy, version);
            break;
          case 'take':
            take();
            break;
          case 'done':
            if (open.length > 0) done(each.place);
            break;
        }
      }
      while (take() || open.length > 0) if (open.length > 0) done(0);
      expect(got).toEqual(wanted);
    },
  );
});
