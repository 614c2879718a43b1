// Linkerd's estimate of what a request to an endpoint costs: its latency, jumping up at once to a slower answer and decaying after it, times the
// requests outstanding (tower: tower/src/load/peak_ewma.rs; linkerd2-proxy: linkerd/proxy/balance). Reading it lets it decay too, so a slow endpoint
// is tried again after some time. Where the Service asks for it, failures count as slow answers (linkerd2-proxy: linkerd/load-biaser).
import { exp } from '../../../sim/math.js';
import type { FailureBiasPlan } from '../../plan/contract/cluster-plan.js';

const INITIAL_NS = 30_000_000;
const DECAY_NS = 10_000_000_000;
const TOO_MANY_REQUESTS = 429;
const UNAVAILABLE = 503;

/** The estimate after a sample that comes `elapsedNs` after the last change. */
export function peakEwma(estimateNs: number, elapsedNs: number, sampleNs: number): number {
  if (sampleNs > estimateNs) return sampleNs;
  const kept = exp(-elapsedNs / DECAY_NS);
  return estimateNs * kept + sampleNs * (1 - kept);
}

/** Answers that the bias takes for slow ones: UNIMPLEMENTED of gRPC is none of them. */
export function isPenalised({ grpc }: FailureBiasPlan, status: number): boolean {
  return status === TOO_MANY_REQUESTS || (status >= 500 && !(grpc && status === 501));
}

export class PeakEwma {
  /** Requests without an answer. */
  outstanding = 0;
  private estimateNs = INITIAL_NS;
  private changedAtNs: number;

  constructor(
    nowNs: number,
    private readonly bias: FailureBiasPlan | null = null,
  ) {
    this.changedAtNs = nowNs;
  }

  /** What one more request would cost. With a bias, reading changes nothing. */
  cost(nowNs: number): number {
    if (this.bias === null) this.sample(nowNs, 0);
    const estimateNs = this.bias === null ? this.estimateNs : this.decayed(nowNs);
    return estimateNs * (this.outstanding + 1);
  }

  /**
   * A request has ended, with or without success, so long after it began.
   * @param status of the response, 0 = there was none
   * @param retryAfterNs when it asked to come back; 0 = it did not
   */
  ended(nowNs: number, tookNs: number, status = 0, retryAfterNs = 0): void {
    this.outstanding--;
    const { bias } = this;
    if (bias === null || !isPenalised(bias, status)) {
      this.sample(nowNs, tookNs);
      return;
    }
    const asks = status === TOO_MANY_REQUESTS || status === UNAVAILABLE;
    const waitNs = asks ? Math.min(retryAfterNs, bias.maxRetryAfterNs) : 0;
    this.sample(nowNs, Math.max(bias.penaltyNs, waitNs, this.decayed(nowNs)));
  }

  private decayed(nowNs: number): number {
    return peakEwma(this.estimateNs, nowNs - this.changedAtNs, 0);
  }

  private sample(nowNs: number, sampleNs: number): void {
    this.estimateNs = peakEwma(this.estimateNs, nowNs - this.changedAtNs, sampleNs);
    this.changedAtNs = nowNs;
  }
}
