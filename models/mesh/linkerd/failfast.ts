// What Linkerd's proxy does where no endpoint takes requests: they wait in a queue, and after 3 seconds all that wait fail at once (504). Those that
// follow are shed before the queue (503), until an endpoint is ready again (linkerd2-proxy: linkerd/stack/src/failfast.rs,
// linkerd/proxy/balance/queue, linkerd/app/outbound/src/http/logical/policy/route.rs). Above its capacity the queue sheds, too.
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import type { Call } from '../state/call.js';
import type { ClusterState } from '../state/cluster-state.js';
import { EVENT } from '../state/events.js';
import { NOTHING } from '../state/nothing.js';

const FAILFAST_NS = 3_000_000_000;
const CAPACITY = 100;

export const HELD = { waits: 0, failsFast: 1, shed: 2 } as const;

/** A call that waits; it may have gone, and its object be another call, before its turn. */
interface Waiting {
  readonly call: Call;
  readonly ticket: number;
}

class Queue {
  waiting: Waiting[] = [];

  constructor(readonly sinceNs: number) {}
}

export class Failfast {
  /** By the id of the cluster; only while it has no endpoint. */
  private readonly queues = new Map<number, Queue>();
  private tickets = 0;

  constructor(private readonly calendar: Calendar) {}

  /** Where a call has found no endpoint. */
  hold(call: Call, cluster: ClusterState): number {
    const { nowNs } = this.calendar;
    let queue = this.queues.get(cluster.id);
    if (queue === undefined) {
      queue = new Queue(nowNs);
      this.queues.set(cluster.id, queue);
      this.calendar.schedule(nowNs + FAILFAST_NS, PHASE.timer, EVENT.failfast, cluster.id);
    }
    if (nowNs - queue.sinceNs >= FAILFAST_NS) return HELD.failsFast;
    if (queue.waiting.length >= CAPACITY) {
      queue.waiting = queue.waiting.filter(isWaiting);
      if (queue.waiting.length >= CAPACITY) return HELD.shed;
    }
    call.ticket = this.tickets++;
    queue.waiting.push({ call, ticket: call.ticket });
    return HELD.waits;
  }

  /** Those that wait, in their order, where the time is over; the cluster fails fast from now on. */
  expired(cluster: number): readonly Call[] {
    const queue = this.queues.get(cluster);
    if (queue === undefined || this.calendar.nowNs - queue.sinceNs < FAILFAST_NS) return [];
    const calls = taken(queue);
    queue.waiting = [];
    return calls;
  }

  /** Those that wait, in their order, where an endpoint is ready. */
  ready(cluster: ClusterState): readonly Call[] {
    const queue = this.queues.get(cluster.id);
    if (queue === undefined) return [];
    this.queues.delete(cluster.id);
    return taken(queue);
  }
}

function isWaiting({ call, ticket }: Waiting): boolean {
  return call.ticket === ticket;
}

function taken(queue: Queue): Call[] {
  return queue.waiting.filter(isWaiting).map(({ call }) => {
    call.ticket = NOTHING;
    return call;
  });
}
