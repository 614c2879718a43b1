// How long the body of an answer takes past a fault filter with a response rate limit: a bucket of bytes that holds 50 ms' worth when the
// request meets the filter, fills continuously up to a second's worth, and is asked when the body comes and every 50 ms from then on.
// envoy: source/extensions/filters/http/common/stream_rate_limiter.cc, source/common/common/token_bucket_impl.cc.

const NS_PER_S = 1_000_000_000;
const TICK_NS = 50_000_000;
const TICKS_PER_S = 20;

/**
 * From the arrival of the whole body to its last byte, nanoseconds.
 * @param sinceNs time since the request met the filter
 */
export function paceNs(bodyBytes: number, kibPerSecond: number, sinceNs: number): number {
  const bytesPerSecond = kibPerSecond * 1024;
  const bytesPerTick = bytesPerSecond / TICKS_PER_S;
  const filled = bytesPerTick + (bytesPerSecond * sinceNs) / NS_PER_S;
  const atOnce = filled < bytesPerSecond ? filled : bytesPerSecond;
  return bodyBytes <= atOnce ? 0 : Math.ceil((bodyBytes - atOnce) / bytesPerTick) * TICK_NS;
}
