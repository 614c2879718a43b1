// A token bucket that a timer fills, as local rate limits had before Envoy 1.31 (envoy: source/extensions/filters/common/local_ratelimit/
// local_ratelimit_impl.cc of 1.30: onFillTimer). Each time the interval is over, all workers together get `tokensPerFill` more.
import type { TokenBucketPlan } from '../../plan/contract/filter-plan.js';

export class StepBucket {
  /** When the timer fired first. */
  private readonly firstNs: number;
  private tokens: number;
  /** Fills that are in `tokens`. */
  private fills = 0;

  /** @param phase 0..1: how much of an interval had passed at time 0 */
  constructor(
    private readonly plan: TokenBucketPlan,
    phase: number,
  ) {
    this.firstNs = (1 - phase) * plan.fillIntervalNs;
    this.tokens = plan.maxTokens;
  }

  /** Takes one token if there is one at `nowNs`. Times must not go back. */
  take(nowNs: number): boolean {
    const { maxTokens, tokensPerFill, fillIntervalNs } = this.plan;
    const fills = Math.max(0, Math.floor((nowNs - this.firstNs) / fillIntervalNs) + 1);
    this.tokens = Math.min(maxTokens, this.tokens + (fills - this.fills) * tokensPerFill);
    this.fills = fills;
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }
}
