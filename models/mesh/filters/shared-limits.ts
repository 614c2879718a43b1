// The counters of a rate limit service, one set for the whole mesh: fixed windows that begin at whole multiples of their length
// (envoyproxy/ratelimit: src/limiter/base_limiter.go, src/redis/fixed_cache_impl.go).
import type { SharedLimitPlan } from '../../plan/contract/filter-plan.js';

export class SharedLimits {
  private readonly window: number[] = [];
  private readonly count: number[] = [];

  /** Counts one request against all limits; false where any of them is over. */
  take(limits: readonly SharedLimitPlan[], nowNs: number): boolean {
    let allowed = true;
    for (let i = 0; i < limits.length; i++) {
      const { counter, requestsPerWindow, windowNs } = limits[i];
      while (this.window.length <= counter) {
        this.window.push(-1);
        this.count.push(0);
      }
      const window = Math.floor(nowNs / windowNs);
      if (this.window[counter] !== window) {
        this.window[counter] = window;
        this.count[counter] = 0;
      }
      this.count[counter]++;
      if (this.count[counter] > requestsPerWindow) allowed = false;
    }
    return allowed;
  }
}
