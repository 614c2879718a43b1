// Waiting before a retry: exponential with full jitter (envoy: source/common/common/backoff_strategy.cc, JitteredExponentialBackOffStrategy).

/**
 * The wait before a retry, in ms: a whole number, uniform in [0, intervalMs - 1].
 * @param u uniform in (0, 1)
 */
export function backoffMs(intervalMs: number, u: number): number {
  return Math.floor(u * intervalMs);
}

/** The interval of the next retry: doubles until it reaches the maximum. */
export function nextIntervalMs(intervalMs: number, maxMs: number): number {
  return intervalMs < Math.floor(maxMs / 2) ? 2 * intervalMs : maxMs;
}

/**
 * The wait before a retry where the response said when to come back, in ms: that interval and up to half of it more (envoy:
 * JitteredLowerBoundBackOffStrategy).
 * @param u uniform in (0, 1)
 */
export function lowerBoundBackoffMs(intervalMs: number, u: number): number {
  return intervalMs + Math.floor(u * Math.floor(intervalMs / 2));
}
