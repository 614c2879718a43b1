// What one proxy process keeps for one filter: a gauge of faults, buckets, a controller, the histories of its workers
// (envoy: envoy threading model: only admission control's history belongs to a worker).
import type { Calendar } from '../../../sim/calendar.js';
import type { Sfc32 } from '../../../sim/random/sfc32.js';
import { TokenBucket } from '../../../sim/stations/token-bucket.js';
import type { AdaptiveConcurrencyPlan, AdmissionControlPlan, TokenBucketPlan } from '../../plan/filter-plan.js';
import { AdmissionHistory } from './admission-control.js';
import { GradientController } from './gradient-controller.js';

const NS_PER_SECOND = 1e9;

export class FilterState {
  /** Requests under a fault now, and how many may be. */
  activeFaults = 0;
  readonly maxActiveFaults: number;
  /** Buckets of a local rate limit: the default one (null: never refuses) and those of its descriptors by number. */
  readonly bucket: TokenBucket | null;
  readonly descriptors: readonly TokenBucket[];
  readonly controller: GradientController | null;
  private readonly histories: (AdmissionHistory | null)[] = [];

  constructor(parts: {
    readonly maxActiveFaults: number;
    readonly bucket: TokenBucketPlan | null;
    readonly descriptors: readonly TokenBucketPlan[];
    readonly controller: GradientController | null;
  }) {
    this.maxActiveFaults = parts.maxActiveFaults;
    this.bucket = parts.bucket === null ? null : tokenBucket(parts.bucket);
    this.descriptors = parts.descriptors.map(tokenBucket);
    this.controller = parts.controller;
  }

  /** The history of a worker thread. */
  history(worker: number, plan: AdmissionControlPlan): AdmissionHistory {
    while (this.histories.length <= worker) this.histories.push(null);
    let history = this.histories[worker];
    if (history === null) {
      history = new AdmissionHistory(plan.samplingWindowNs);
      this.histories[worker] = history;
    }
    return history;
  }
}

function tokenBucket(plan: TokenBucketPlan): TokenBucket {
  return new TokenBucket(plan.maxTokens, (plan.tokensPerFill * NS_PER_SECOND) / plan.fillIntervalNs);
}

/** Makes the controllers of a run and passes their timers on. */
export class Controllers {
  private readonly all: GradientController[] = [];

  constructor(
    private readonly calendar: Calendar,
    private readonly event: number,
  ) {}

  make(plan: AdaptiveConcurrencyPlan, stream: Sfc32): GradientController {
    const controller = new GradientController(plan, this.calendar, stream, this.event, 2 * this.all.length);
    this.all.push(controller);
    return controller;
  }

  fire(ref: number): void {
    this.all[ref >>> 1].fire(ref);
  }
}
