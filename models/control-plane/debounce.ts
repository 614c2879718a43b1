// How istiod gathers changes before it acts on any: it waits until none has come for a while, though not for ever, and
// starts no push while the last one still builds its context (istio: pilot/pkg/xds/discovery.go, debounce).
import { MS_NS, NEVER_NS, S_NS } from './time.js';

export interface DebounceOptions {
  /** Quiet time after the last change (PILOT_DEBOUNCE_AFTER), > 0. */
  readonly afterNs: number;
  /** Time since the first change from which on quiet is not waited for (PILOT_DEBOUNCE_MAX). */
  readonly maxNs: number;
}

/** istio: pilot/pkg/features/tuning.go. */
export const ISTIO_DEBOUNCE: DebounceOptions = { afterNs: 100 * MS_NS, maxNs: 10 * S_NS };

/**
 * One replica of istiod. Changes come by `event`; a push starts where `timer` or `freed` return the changes that it is
 * made of, and from then on no other starts until `freed` says that its context is built and its proxies are enqueued.
 * Times never go back. Of several things at one instant the events come first.
 */
export class Debounce<Request> {
  private waiting: Request | null = null;
  private firstNs = 0;
  private lastNs = 0;
  private timerNs = NEVER_NS;
  private isFree = true;

  /** @param merge the changes of both, the older ones first */
  constructor(
    private readonly merge: (older: Request, newer: Request) => Request,
    private readonly options: DebounceOptions = ISTIO_DEBOUNCE,
  ) {}

  /** When `timer` is to be called; `NEVER_NS`: not before another event. */
  get nextNs(): number {
    return this.timerNs;
  }

  event(nowNs: number, request: Request): void {
    this.lastNs = nowNs;
    if (this.waiting === null) {
      this.timerNs = nowNs + this.options.afterNs;
      this.firstNs = nowNs;
      this.waiting = request;
    } else {
      this.waiting = this.merge(this.waiting, request);
    }
  }

  /** At `nextNs`. While a context is built the timer is lost: `freed` looks again. */
  timer(nowNs: number): Request | null {
    this.timerNs = NEVER_NS;
    return this.isFree ? this.check(nowNs) : null;
  }

  /** The context of the push that was started last is built, and all of its proxies are enqueued. */
  freed(nowNs: number): Request | null {
    this.isFree = true;
    return this.check(nowNs);
  }

  private check(nowNs: number): Request | null {
    const { afterNs, maxNs } = this.options;
    const { waiting } = this;
    if (nowNs - this.firstNs < maxNs && nowNs - this.lastNs < afterNs) {
      this.timerNs = this.lastNs + afterNs;
      return null;
    }
    if (waiting === null) return null;
    this.waiting = null;
    this.isFree = false;
    return waiting;
  }
}
