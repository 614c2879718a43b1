// Linkerd's estimate of what a request to an endpoint costs: its latency, jumping up at once to a slower answer and decaying after it, times the
// requests outstanding (tower: tower/src/load/peak_ewma.rs; linkerd2-proxy: linkerd/proxy/balance). Reading it lets it decay too, so a slow endpoint
// is tried again after some time.
import { exp } from '../../sim/math.js';

const INITIAL_NS = 30_000_000;
const DECAY_NS = 10_000_000_000;

/** The estimate after a sample that comes `elapsedNs` after the last change. */
export function peakEwma(estimateNs: number, elapsedNs: number, sampleNs: number): number {
  if (sampleNs > estimateNs) return sampleNs;
  const kept = exp(-elapsedNs / DECAY_NS);
  return estimateNs * kept + sampleNs * (1 - kept);
}

export class PeakEwma {
  /** Requests without an answer. */
  outstanding = 0;
  private estimateNs = INITIAL_NS;
  private changedAtNs: number;

  constructor(nowNs: number) {
    this.changedAtNs = nowNs;
  }

  /** What one more request would cost. */
  cost(nowNs: number): number {
    this.sample(nowNs, 0);
    return this.estimateNs * (this.outstanding + 1);
  }

  /** A request has ended, with or without success, so long after it began. */
  ended(nowNs: number, tookNs: number): void {
    this.outstanding--;
    this.sample(nowNs, tookNs);
  }

  private sample(nowNs: number, sampleNs: number): void {
    this.estimateNs = peakEwma(this.estimateNs, nowNs - this.changedAtNs, sampleNs);
    this.changedAtNs = nowNs;
  }
}
