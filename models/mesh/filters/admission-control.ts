// Admission control: a worker refuses a growing share of requests as its recent success rate falls.
// envoy: source/extensions/filters/http/admission_control/admission_control.cc, thread_local_controller.{h,cc}.
import { powReal } from '../../../sim/math.js';
import type { AdmissionControlPlan } from '../../plan/contract/filter-plan.js';

const SECOND_NS = 1_000_000_000;
const ACCURACY = 10_000;

type Curve = Pick<AdmissionControlPlan, 'successThreshold' | 'aggression' | 'maxRejectionProbability'>;

/** Probability that the next request is refused after `requests` with `successes` in the window. */
export function rejectionProbability(requests: number, successes: number, curve: Curve): number {
  const excess = (requests - successes / curve.successThreshold) / (requests + 1);
  if (!(excess > 0)) return 0;
  const probability = curve.aggression === 1 ? excess : powReal(excess, 1 / curve.aggression);
  return Math.min(probability, curve.maxRejectionProbability);
}

/** The history of one worker: counts by second over the sampling window. */
export class AdmissionHistory {
  requests = 0;
  successes = 0;
  private readonly overWindow: boolean;
  private readonly startNs: Float64Array;
  private readonly countOf: Int32Array;
  private readonly successOf: Int32Array;
  private head = 0;
  private size = 0;

  /** @param overWindow averages are over the whole window; else over the age of the oldest sample, as before Envoy 1.31 */
  constructor(
    private readonly windowNs: number,
    overWindow = true,
  ) {
    this.overWindow = overWindow;
    const slots = Math.ceil(windowNs / SECOND_NS) + 1;
    this.startNs = new Float64Array(slots);
    this.countOf = new Int32Array(slots);
    this.successOf = new Int32Array(slots);
  }

  record(nowNs: number, success: boolean): void {
    this.turn(nowNs);
    const newest = (this.head + this.size - 1) % this.startNs.length;
    this.countOf[newest]++;
    this.requests++;
    if (!success) return;
    this.successOf[newest]++;
    this.successes++;
  }

  /** Whole requests a second over the window, or over the age of the history in whole seconds and at least one. */
  averageRps(nowNs: number): number {
    this.turn(nowNs);
    if (this.requests === 0) return 0;
    const sinceNs = this.overWindow ? this.windowNs : nowNs - this.startNs[this.head];
    return Math.floor(this.requests / Math.max(1, Math.floor(sinceNs / SECOND_NS)));
  }

  /** Whether a request that comes now is refused; `u` is its draw, uniform in (0, 1). */
  rejects(nowNs: number, u: number, plan: AdmissionControlPlan): boolean {
    if (this.averageRps(nowNs) < plan.rpsThreshold) return false;
    return ACCURACY * rejectionProbability(this.requests, this.successes, plan) > Math.floor(u * ACCURACY);
  }

  /** Forgets what is older than the window, and begins a new second where the last one is over. */
  private turn(nowNs: number): void {
    const slots = this.startNs.length;
    while (this.size > 0 && nowNs - this.startNs[this.head] >= this.windowNs) {
      this.requests -= this.countOf[this.head];
      this.successes -= this.successOf[this.head];
      this.head = (this.head + 1) % slots;
      this.size--;
    }
    const newest = (this.head + this.size - 1 + slots) % slots;
    if (this.size > 0 && nowNs - this.startNs[newest] < SECOND_NS) return;
    const next = (this.head + this.size) % slots;
    this.startNs[next] = nowNs;
    this.countOf[next] = 0;
    this.successOf[next] = 0;
    this.size++;
  }
}

/** Whether a response counts as a success. */
export function isSuccess(plan: AdmissionControlPlan, status: number): boolean {
  for (let i = 0; i < plan.successStatuses.length; i++) {
    const range = plan.successStatuses[i];
    if (status >= range.from && status < range.to) return true;
  }
  return false;
}
