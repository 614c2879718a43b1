// A token bucket with continuous refill (envoy: source/common/common/token_bucket_impl.h). As there, the state is one time: the
// instant at which the bucket was, or would have been, empty.

const NS_PER_SECOND = 1e9;

/** Starts full. A bucket of less than one token never gives any. */
export class TokenBucket {
  private emptyAtNs: number;

  /**
   * @param maxTokens size of the bucket, >= 0
   * @param tokensPerSecond refill, > 0
   */
  constructor(
    private readonly maxTokens: number,
    private readonly tokensPerSecond: number,
  ) {
    if (!(maxTokens >= 0 && Number.isFinite(maxTokens)))
      throw new RangeError(`maxTokens must be >= 0, got ${maxTokens}`);
    if (!(tokensPerSecond > 0 && Number.isFinite(tokensPerSecond))) {
      throw new RangeError(`tokensPerSecond must be > 0, got ${tokensPerSecond}`);
    }
    this.emptyAtNs = (-maxTokens * NS_PER_SECOND) / tokensPerSecond;
  }

  /** Tokens in the bucket at `nowNs`, a real number in [0, maxTokens]. Times must not go back. */
  tokensAt(nowNs: number): number {
    const refilled = ((nowNs - this.emptyAtNs) * this.tokensPerSecond) / NS_PER_SECOND;
    return Math.min(refilled, this.maxTokens);
  }

  /** Takes one token if there is one at `nowNs`. */
  take(nowNs: number): boolean {
    const tokens = this.tokensAt(nowNs);
    if (tokens < 1) return false;
    this.emptyAtNs = nowNs - ((tokens - 1) * NS_PER_SECOND) / this.tokensPerSecond;
    return true;
  }
}
