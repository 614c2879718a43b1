// Whether an attempt is followed by another, and when (envoy: source/common/router/retry_state_impl.cc). A retry holds one of the cluster's
// retry slots from its decision until the next decision, the answer, or the end of the request.
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import type { Draws } from '../../../sim/random/draws.js';
import { endedWell, linkerdBackoffMs, mayRetry } from '../linkerd/linkerd-retries.js';
import { backoffMs, lowerBoundBackoffMs, nextIntervalMs } from '../policies/backoff.js';
import { FLAG } from '../recording/flags.js';
import type { Call } from '../state/call.js';
import { EVENT } from '../state/events.js';
import type { RetryRt } from '../state/runtime.js';
import { retryLimit } from './retry-budget.js';

const NS_PER_MS = 1_000_000;

export class RetryState {
  constructor(
    private readonly calendar: Calendar,
    private readonly draws: Draws,
  ) {}

  /**
   * Decides on a retry after an attempt has failed (`retriable`: in a way that the policy names) and, if there is to be one, arms its
   * back-off. Otherwise false, with URX or UO added to the call's flags where it was the number of retries or of slots that forbade it.
   * @param retryAfterNs when the response asked to come back; 0 = it did not
   */
  later(call: Call, retriable: boolean, retryAfterNs: number): boolean {
    const { cluster } = call;
    const { retry } = call.site;
    if (retry === null || cluster === null) return false;
    if (call.holdsRetry && !retriable) cluster.counters.upstreamRqRetrySuccess++;
    releaseRetrySlot(call);
    if (!retriable) {
      endedWell(call, retry, this.calendar.nowNs);
      return false;
    }
    if (call.retriesLeft === 0) {
      call.flags |= FLAG.URX;
      cluster.counters.upstreamRqRetryLimitExceeded++;
      return false;
    }
    call.retriesLeft--;
    if (cluster.retries >= retryLimit(cluster) || !mayRetry(call, retry, this.calendar.nowNs)) {
      call.flags |= FLAG.UO;
      cluster.counters.upstreamRqRetryOverflow++;
      return false;
    }
    cluster.retries++;
    if (cluster.envoy.countsRetriesAtDecision) cluster.counters.upstreamRqRetry++;
    if (cluster.retries > cluster.counters.peakRetries) cluster.counters.peakRetries = cluster.retries;
    call.holdsRetry = true;
    const waitNs = Math.ceil(this.waitMs(call, retry, retryAfterNs) * NS_PER_MS);
    cluster.counters.backoffNs += waitNs;
    call.backoffTimer = this.calendar.schedule(this.calendar.nowNs + waitNs, PHASE.timer, EVENT.retry, call.id);
    return true;
  }

  /** A response that says when to come back is believed once; the exponential back-off goes on from where it was. */
  private waitMs(call: Call, retry: RetryRt, retryAfterNs: number): number {
    const u = this.draws.uniform(call.keyHi, (call.keyLo + call.attempts) | 0);
    if (retryAfterNs > NS_PER_MS && retryAfterNs <= retry.rateLimitedMaxNs) {
      return lowerBoundBackoffMs(Math.floor(retryAfterNs / NS_PER_MS), u);
    }
    const { linkerd, backoffBaseMs, backoffMaxMs } = retry;
    if (linkerd !== null) {
      return linkerd.budget === null ? linkerdBackoffMs(backoffBaseMs, backoffMaxMs, call.attempts - 1, u) : 0;
    }
    const wait = backoffMs(call.backoffMs, u);
    call.backoffMs = nextIntervalMs(call.backoffMs, retry.backoffMaxMs);
    return wait;
  }
}

export function releaseRetrySlot(call: Call): void {
  if (call.holdsRetry && call.cluster !== null) {
    call.cluster.retries--;
    call.holdsRetry = false;
  }
}
