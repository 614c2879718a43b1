// HTTP filters made ready for the hot path: a chain is a list of rules, and each returns a verdict on a request: pass, held, answered.
// envoy: source/common/http/filter_manager.cc (filters run in their order on a request, in reverse on its response).
import type { Distribution } from '../../../sim/distributions/index.js';
import type { Draws } from '../../../sim/random/draws.js';
import type { AdmissionControlPlan, SharedLimitPlan } from '../../plan/contract/filter-plan.js';
import type { FilterState } from './filter-state.js';

/** What a rule does. The filters of the plan come down to these. */
export const FILTER = {
  /** Holds some requests for a constant time. */
  delay: 0,
  /** Answers some requests. */
  answer: 1,
  /** Holds every request while another service is asked. */
  ask: 2,
  localRateLimit: 3,
  /** What the rate limit service has answered. */
  sharedLimits: 4,
  admissionControl: 5,
  adaptiveConcurrency: 6,
  /** Holds the body of the answer back. */
  pace: 7,
} as const;

export const VERDICT = { pass: 0, held: 1, answered: 2 } as const;
export type Verdict = (typeof VERDICT)[keyof typeof VERDICT];

/** One rule. All fields are always there, so that every rule has one hidden class. */
export interface FilterRt {
  readonly kind: number;
  /** Index of its filter in the plan; -1: the fault of a route. */
  readonly filter: number;
  /** Requests whose draw is below meet the rule; 1 = all. */
  readonly below: number;
  readonly draws: Draws;
  /** Of those that a bucket refuses, the share that is answered so. */
  readonly enforcedBelow: number;
  readonly enforcedDraws: Draws;
  /** Lane of a constant wait, or the distribution of one. */
  readonly lane: number;
  readonly latency: Distribution | null;
  /** Longest wait, and what follows it: an answer with these, or 0 = the request passes. */
  readonly timeoutNs: number;
  readonly timeoutStatus: number;
  readonly timeoutFlag: number;
  readonly status: number;
  readonly flag: number;
  readonly limits: readonly SharedLimitPlan[];
  readonly admission: AdmissionControlPlan | null;
  /** Descriptor buckets that a request takes from, by their numbers. */
  readonly descriptors: Int32Array;
  /** Whether the default bucket is asked too. */
  readonly asksDefault: boolean;
  /** What each proxy process keeps for it, by pod; null for rules without a memory. */
  readonly states: FilterStates | null;
  /** Hears of the end of the requests that passed it. */
  readonly watchesEnd: boolean;
  /** Pace of the bodies of answers, KiB a second. */
  readonly paceKiBPerSecond: number;
}

/** The states of one filter, by pod: each comes into being on first use. */
export interface FilterStates {
  of(pod: number): FilterState;
}

export interface FilterChainRt {
  readonly rules: readonly FilterRt[];
  /** CPU of the worker that the filters add to a request. */
  readonly cpuNs: number;
  readonly watchesEnd: boolean;
}

/** What a chain keeps in the request (or the attempt) that goes through it. */
export interface FilterStream {
  readonly keyHi: number;
  readonly keyLo: number;
  /** Rules that it has entered: each of them hears of its end. */
  filterAt: number;
  /** It waits at the rule that it has entered last. */
  filterHeld: boolean;
  /** When it passed an adaptive concurrency filter. */
  filterNs: number;
  /** Pace of the body of its answer in KiB a second, and since when the bucket fills; 0 = it is not held back. */
  paceKiBPerSecond: number;
  pacedSinceNs: number;
}
