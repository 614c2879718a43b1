// Whom istiod pushes to next, and how many at once: proxies wait in one queue, what one that waits or is being pushed
// to is to hear is merged (istio: pilot/pkg/xds/{pushqueue,discovery}.go, PushQueue and doSendPushes).
import type { Sfc32 } from '../../sim/random/sfc32.js';

/**
 * Pushes at once: the CPUs of istiod decide (istio: pilot/pkg/features/tuning.go, PILOT_PUSH_THROTTLE; 100 for all up
 * to 1.20).
 */
export function pushThrottle(cores: number): number {
  return Math.min(15 + 5 * cores, 100);
}

/** A push that has begun. */
export interface Push<Request> {
  readonly proxy: number;
  readonly request: Request;
}

/**
 * One replica of istiod. A proxy stands in the queue once, at the place where it was first enqueued, so that a slow one
 * skips versions and none gets an older version after a newer one.
 */
export class PushQueue<Request> {
  /** By proxy, in the order of the queue. */
  private readonly waiting = new Map<number, Request>();
  /** Proxies that are being pushed to, with what came meanwhile; null: nothing has. */
  private readonly pushing = new Map<number, Request | null>();

  /**
   * @param slots pushes at once, >= 1
   * @param merge what both say, the older one first
   */
  constructor(
    private readonly slots: number,
    private readonly merge: (older: Request, newer: Request) => Request,
  ) {}

  enqueue(proxy: number, request: Request): void {
    const later = this.pushing.get(proxy);
    if (later !== undefined) {
      this.pushing.set(proxy, later === null ? request : this.merge(later, request));
      return;
    }
    const earlier = this.waiting.get(proxy);
    this.waiting.set(proxy, earlier === undefined ? request : this.merge(earlier, request));
  }

  /** The next push, which holds a slot until `done`; null: nobody waits, or no slot is free. */
  take(): Push<Request> | null {
    if (this.pushing.size >= this.slots) return null;
    for (const [proxy, request] of this.waiting) {
      this.waiting.delete(proxy);
      this.pushing.set(proxy, null);
      return { proxy, request };
    }
    return null;
  }

  /**
   * All types have been generated and written, or the proxy has gone. What came meanwhile goes to the end of the queue.
   */
  done(proxy: number): void {
    const later = this.pushing.get(proxy);
    this.pushing.delete(proxy);
    if (later !== undefined && later !== null) this.waiting.set(proxy, later);
  }

  /** The proxy has closed its stream: nothing waits for it any more. A push that has begun still ends by `done`. */
  forget(proxy: number): void {
    this.waiting.delete(proxy);
    if (this.pushing.has(proxy)) this.pushing.set(proxy, null);
  }
}

/**
 * The order in which the proxies of a replica are enqueued for one push: istiod walks a Go map, whose order is another
 * one each time.
 * @param stream the replica's own; each push draws on
 */
export function pushOrder(proxies: Iterable<number>, stream: Sfc32): number[] {
  const order = [...proxies];
  for (let last = order.length - 1; last > 0; last--) {
    const other = stream.integer(last + 1);
    const swapped = order[last];
    order[last] = order[other];
    order[other] = swapped;
  }
  return order;
}
