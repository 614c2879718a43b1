// Whether an attempt is followed by another, and when (envoy: source/common/router/retry_state_impl.cc). A retry holds one of the cluster's
// retry slots from its decision until the next decision, the answer, or the end of the request.
import type { Calendar } from '../../sim/calendar.js';
import { PHASE } from '../../sim/phases.js';
import type { Draws } from '../../sim/random/draws.js';
import { backoffMs, nextIntervalMs } from './backoff.js';
import { EVENT } from './events.js';
import { FLAG } from './flags.js';
import type { Call } from './objects.js';

const NS_PER_MS = 1_000_000;

export class RetryState {
  private readonly calendar: Calendar;
  private readonly draws: Draws;

  constructor(calendar: Calendar, draws: Draws) {
    this.calendar = calendar;
    this.draws = draws;
  }

  /**
   * Decides on a retry after an attempt has failed (`retriable`: in a way that the policy names) and, if there is to be one, arms its
   * back-off. Otherwise false, with URX or UO added to the call's flags where it was the number of retries or of slots that forbade it.
   */
  later(call: Call, retriable: boolean): boolean {
    releaseRetrySlot(call);
    const { cluster } = call;
    const { retry } = call.site;
    if (!retriable || retry === null || cluster === null) return false;
    if (call.retriesLeft === 0) {
      call.flags |= FLAG.URX;
      cluster.counters.upstreamRqRetryLimitExceeded++;
      return false;
    }
    call.retriesLeft--;
    if (cluster.retries >= cluster.plan.limits.maxRetries) {
      call.flags |= FLAG.UO;
      cluster.counters.upstreamRqRetryOverflow++;
      return false;
    }
    cluster.retries++;
    if (cluster.retries > cluster.counters.peakRetries) cluster.counters.peakRetries = cluster.retries;
    call.holdsRetry = true;
    const u = this.draws.uniform(call.keyHi, (call.keyLo + call.attempts) | 0);
    const waitNs = backoffMs(call.backoffMs, u) * NS_PER_MS;
    call.backoffMs = nextIntervalMs(call.backoffMs, retry.backoffMaxMs);
    call.backoffTimer = this.calendar.schedule(this.calendar.nowNs + waitNs, PHASE.timer, EVENT.retry, call.id);
    return true;
  }
}

export function releaseRetrySlot(call: Call): void {
  if (call.holdsRetry && call.cluster !== null) {
    call.cluster.retries--;
    call.holdsRetry = false;
  }
}
