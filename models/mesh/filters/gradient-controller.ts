// Adaptive concurrency: a limit of outstanding requests that follows the gradient between the least latency and that of the last samples.
// envoy: source/extensions/filters/http/adaptive_concurrency/controller/gradient_controller.cc. Its percentiles come from a histogram with two
// digits; here they are exact.
import type { Calendar } from '../../../sim/calendar.js';
import { sqrt } from '../../../sim/math.js';
import { PHASE } from '../../../sim/phases.js';
import type { Sfc32 } from '../../../sim/random/sfc32.js';
import type { AdaptiveConcurrencyPlan } from '../../plan/contract/filter-plan.js';

const NS_PER_MS = 1_000_000;
const MAX_GRADIENT = 2;
const MIN_GRADIENT = 0.5;
/** So many times in a row at the minimum: the least latency is measured again. */
const MINIMUM_SET_LIMIT = 5;
const NO_TIMER = -1;

type Bounds = Pick<AdaptiveConcurrencyPlan, 'minRttBuffer' | 'minConcurrency' | 'maxConcurrency'>;

/** The limit that follows `limit` when the least latency is `minRtt` and that of the last samples `sampleRtt` (in one unit). */
export function nextLimit(limit: number, minRtt: number, sampleRtt: number, bounds: Bounds): number {
  const raw = (minRtt * (1 + bounds.minRttBuffer)) / sampleRtt;
  const scaled = limit * Math.max(MIN_GRADIENT, Math.min(MAX_GRADIENT, raw));
  const next = Math.trunc(scaled + sqrt(scaled));
  return Math.max(bounds.minConcurrency, Math.min(bounds.maxConcurrency, next));
}

/** The controller of one filter of one proxy process. Its timers fire with the references `ref` (samples) and `ref` + 1 (least latency). */
export class GradientController {
  limit: number;
  outstanding = 0;
  private samples = new Float64Array(64);
  private sampleCount = 0;
  private minRttNs: number;
  private measuring = false;
  private deferredLimit = 0;
  private epochNs = 0;
  private atMinimum = 0;
  private sampleTimer = NO_TIMER;
  private minRttTimer = NO_TIMER;

  /** @param stream for the jitter of the measurements, which no call owns */
  constructor(
    private readonly plan: AdaptiveConcurrencyPlan,
    private readonly calendar: Calendar,
    private readonly stream: Sfc32,
    private readonly event: number,
    private readonly ref: number,
  ) {
    this.limit = plan.minConcurrency;
    this.minRttNs = plan.fixedMinRttNs;
    if (plan.fixedMinRttNs === 0) this.measure();
    this.armSamples();
  }

  /** Whether one more request may go on. */
  admits(): boolean {
    if (this.outstanding >= this.limit) return false;
    this.outstanding++;
    return true;
  }

  /** A request that was admitted has been answered. */
  completed(startedNs: number): void {
    this.outstanding--;
    if (startedNs < this.epochNs) return;
    this.add(this.calendar.nowNs - startedNs);
    if (this.measuring && this.sampleCount >= this.plan.minRttRequests) this.measured();
  }

  /** A request that was admitted was reset. */
  cancelled(): void {
    this.outstanding--;
  }

  /** One of its timers has fired. */
  fire(ref: number): void {
    if (ref === this.ref) {
      this.sampleTimer = NO_TIMER;
      if (this.measuring) return;
      this.update();
      this.armSamples();
    } else {
      this.minRttTimer = NO_TIMER;
      this.measure();
    }
  }

  private measure(): void {
    if (this.measuring) return;
    this.deferredLimit = this.limit;
    this.measuring = true;
    this.set(this.plan.minConcurrency);
    this.sampleCount = 0;
    this.epochNs = this.calendar.nowNs;
  }

  private measured(): void {
    this.minRttNs = this.percentile();
    this.set(this.deferredLimit);
    this.measuring = false;
    const { minRttIntervalNs, minRttJitter } = this.plan;
    const rangeMs = Math.ceil((minRttIntervalNs * minRttJitter) / NS_PER_MS);
    const jitterNs = rangeMs > 0 ? this.stream.integer(rangeMs) * NS_PER_MS : 0;
    this.armMinRtt(minRttIntervalNs + jitterNs);
    this.armSamples();
  }

  private update(): void {
    if (this.sampleCount === 0) return;
    this.set(nextLimit(this.limit, this.minRttNs, Math.max(1, this.percentile()), this.plan));
  }

  private set(limit: number): void {
    const { minConcurrency, fixedMinRttNs } = this.plan;
    const stays = !this.measuring && this.limit === minConcurrency && limit === minConcurrency;
    this.atMinimum = stays ? this.atMinimum + 1 : 0;
    this.limit = limit;
    if (this.atMinimum >= MINIMUM_SET_LIMIT && fixedMinRttNs === 0) this.armMinRtt(0);
  }

  private armSamples(): void {
    if (this.sampleTimer !== NO_TIMER) this.calendar.cancel(this.sampleTimer);
    const atNs = this.calendar.nowNs + this.plan.updateIntervalNs;
    this.sampleTimer = this.calendar.schedule(atNs, PHASE.timer, this.event, this.ref);
  }

  private armMinRtt(delayNs: number): void {
    if (this.minRttTimer !== NO_TIMER) this.calendar.cancel(this.minRttTimer);
    this.minRttTimer = this.calendar.schedule(this.calendar.nowNs + delayNs, PHASE.timer, this.event, this.ref + 1);
  }

  private add(latencyNs: number): void {
    if (this.sampleCount === this.samples.length) {
      const larger = new Float64Array(2 * this.samples.length);
      larger.set(this.samples);
      this.samples = larger;
    }
    this.samples[this.sampleCount++] = latencyNs;
  }

  /** Of the samples, which are forgotten. */
  private percentile(): number {
    const sorted = this.samples.subarray(0, this.sampleCount).sort();
    const rank = Math.ceil(this.plan.samplePercentile * this.sampleCount);
    this.sampleCount = 0;
    return sorted[Math.max(0, rank - 1)];
  }
}
