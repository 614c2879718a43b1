// Back-off as Envoy's control plane clients and DNS clusters do it (envoy: source/common/common/backoff_strategy.cc,
// JitteredExponentialBackOffStrategy).
import { MS_NS } from './time.js';

/** Intervals that double; each wait is uniform below the interval, in whole milliseconds. */
export class JitteredBackoff {
  private intervalMs: number;

  /** @param baseMs the first interval, >= 1 @param maxMs the longest, >= baseMs */
  constructor(
    private readonly baseMs: number,
    private readonly maxMs: number,
  ) {
    this.intervalMs = baseMs;
  }

  /** The next wait. @param u uniform in (0, 1) */
  nextNs(u: number): number {
    const { intervalMs, maxMs } = this;
    this.intervalMs = intervalMs < Math.floor(maxMs / 2) ? 2 * intervalMs : maxMs;
    return Math.floor(u * intervalMs) * MS_NS;
  }

  /** After a success. */
  reset(): void {
    this.intervalMs = this.baseMs;
  }
}
