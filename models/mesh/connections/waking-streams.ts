// Streams that found the queue of their pool full when they reached the proxy. The proxy decides when it wakes up for them, a moment later: there may be
// room by then. They come to their turn in the order in which they came.
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import type { Attempt } from '../state/attempt.js';
import { EVENT } from '../state/events.js';
import type { ObjectPool } from '../state/object-pool.js';
import { PendingStreams } from './pending-streams.js';

export class WakingStreams {
  private readonly streams = new PendingStreams();
  private readonly wakingNs: number;

  /** @param pool whose `poolWaking` follows @param wakingNs from a stream's arrival to its turn */
  constructor(
    private readonly calendar: Calendar,
    private readonly attempts: ObjectPool<Attempt>,
    private readonly pool: number,
    wakingNs: number,
  ) {
    this.wakingNs = Math.ceil(wakingNs);
  }

  add(attempt: Attempt): void {
    const { nowNs } = this.calendar;
    attempt.queued = true;
    attempt.waking = true;
    attempt.queuedAtNs = nowNs;
    this.streams.push(attempt.id);
    this.calendar.schedule(nowNs + this.wakingNs, PHASE.completion, EVENT.poolWaking, this.pool);
  }

  /** One that is given up. */
  remove(attempt: Attempt): void {
    this.streams.remove(attempt.id);
    this.left(attempt);
  }

  /** The one whose turn it is, which leaves; null where that one has been given up. */
  next(): Attempt | null {
    const { streams } = this;
    if (streams.size === 0) return null;
    const attempt = this.attempts.all[streams.fromStart()];
    if (attempt.queuedAtNs + this.wakingNs > this.calendar.nowNs) return null;
    streams.takeFirst();
    this.left(attempt);
    return attempt;
  }

  private left(attempt: Attempt): void {
    attempt.waking = false;
    attempt.queued = false;
  }
}
