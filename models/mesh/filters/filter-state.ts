// What one proxy process keeps for one filter: a gauge of faults, buckets, a controller, the histories of its workers
// (envoy: envoy threading model: only admission control's history belongs to a worker).
import type { Calendar } from '../../../sim/calendar.js';
import type { Sfc32 } from '../../../sim/random/sfc32.js';
import { TokenBucket } from '../../../sim/stations/token-bucket.js';
import type { EnvoyPlan } from '../../plan/contract/envoy-plan.js';
import type {
  AdaptiveConcurrencyPlan,
  AdmissionControlPlan,
  TokenBucketPlan,
} from '../../plan/contract/filter-plan.js';
import { AdmissionHistory } from './admission-control.js';
import { GradientController } from './gradient-controller.js';
import { StepBucket } from './step-bucket.js';

const NS_PER_SECOND = 1e9;

/** Either kind of bucket. */
export type Bucket = Pick<TokenBucket, 'take'>;

export class FilterState {
  /** Requests under a fault now, and how many may be. */
  activeFaults = 0;
  readonly maxActiveFaults: number;
  /** Buckets of a local rate limit: the default one (null: never refuses) and those of its descriptors by number. */
  readonly bucket: Bucket | null;
  readonly descriptors: readonly Bucket[];
  readonly controller: GradientController | null;
  private readonly histories: (AdmissionHistory | null)[] = [];
  private readonly envoy: EnvoyPlan;

  constructor(parts: {
    readonly maxActiveFaults: number;
    readonly bucket: TokenBucketPlan | null;
    readonly descriptors: readonly TokenBucketPlan[];
    readonly controller: GradientController | null;
    readonly envoy: EnvoyPlan;
    /** Where the fills of its buckets stand in their interval, 0..1, where they come in steps. */
    readonly phase?: number;
  }) {
    this.maxActiveFaults = parts.maxActiveFaults;
    const bucketOf = (plan: TokenBucketPlan): Bucket =>
      parts.envoy.refillsContinuously ? tokenBucket(plan) : new StepBucket(plan, parts.phase ?? 0);
    this.envoy = parts.envoy;
    this.bucket = parts.bucket === null ? null : bucketOf(parts.bucket);
    this.descriptors = parts.descriptors.map(bucketOf);
    this.controller = parts.controller;
  }

  /** The history of a worker thread. */
  history(worker: number, plan: AdmissionControlPlan): AdmissionHistory {
    while (this.histories.length <= worker) this.histories.push(null);
    let history = this.histories[worker];
    if (history === null) {
      history = new AdmissionHistory(plan.samplingWindowNs, this.envoy.averagesOverWindow);
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
