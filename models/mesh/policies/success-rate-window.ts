// The share of good responses of an endpoint in the last seconds: counts in ten slices of the window, of which the oldest is dropped whenever its time has
// passed (linkerd2-proxy: linkerd/app/outbound/src/http/breaker/success_rate.rs).
import type { SuccessRateAccrualPlan } from '../../plan/contract/cluster-plan.js';

const SLICES = 10;

export class SuccessRateWindow {
  private readonly sliceNs: number;
  private readonly good = new Float64Array(SLICES);
  private readonly all = new Float64Array(SLICES);
  /** The slice that is being counted, from the beginning of the window on. */
  private slice = 0;
  private startNs: number;

  constructor(
    private readonly plan: SuccessRateAccrualPlan,
    nowNs: number,
  ) {
    this.sliceNs = Math.max(1, Math.floor(plan.windowNs / SLICES));
    this.startNs = nowNs;
  }

  /** Counts a response; whether too few of those in the window are good. */
  isTooLow(isGood: boolean, nowNs: number): boolean {
    this.moveTo(Math.floor((nowNs - this.startNs) / this.sliceNs));
    const now = this.slice % SLICES;
    this.all[now] += 1;
    if (isGood) this.good[now] += 1;
    let good = 0;
    let all = 0;
    for (let i = 0; i < SLICES; i++) {
      good += this.good[i];
      all += this.all[i];
    }
    return all >= this.plan.minRequests && good / all < this.plan.threshold;
  }

  /** The endpoint begins anew. */
  clear(nowNs: number): void {
    this.good.fill(0);
    this.all.fill(0);
    this.slice = 0;
    this.startNs = nowNs;
  }

  private moveTo(slice: number): void {
    for (let next = Math.max(this.slice + 1, slice - SLICES + 1); next <= slice; next++) {
      this.good[next % SLICES] = 0;
      this.all[next % SLICES] = 0;
    }
    this.slice = slice;
  }
}
