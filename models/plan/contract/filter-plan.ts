// The HTTP filters of a proxy before its router, as plain data: what each does to the requests of one class, already settled where the
// class and the caller decide it (RBAC, tokens), and numbers where the run decides it (buckets, controllers).
// envoy: source/extensions/filters/http/*; istio: pilot/pkg/networking/core/listener_builder.go (their order).
import type { DistributionSpec } from '../../../sim/distributions/spec.js';
import type { Decision } from './decision.js';

/** In a list of filters: the fault filter, which does what `RoutePlan.fault` says. A list without it has it at its head. */
export const ROUTE_FAULT = -1;

/**
 * A filter of `MeshPlan.filters`. Those with state (buckets, controllers, gauges) keep it by proxy process (admission control: by worker
 * thread), whichever routes and classes share the filter.
 */
export type FilterPlan =
  | FaultFilterPlan
  | LocalRateLimitPlan
  | AdmissionControlPlan
  | AdaptiveConcurrencyPlan
  | RateLimitServicePlan
  | ExternalAuthorizationPlan
  | SettledFilterPlan;

interface FilterIdentity {
  /** Unique in the plan: where it acts, and the object that it comes from. Keys its draws. */
  readonly name: string;
}

export interface FaultPlan {
  readonly delayNs: number;
  /** 0..1 */
  readonly delayProbability: number;
  readonly abortStatus: number;
  /** 0..1 */
  readonly abortProbability: number;
}

/** A fault for all routes of a listener. `maxActive`: requests that may be under a fault at once; NO_LIMIT where it is not set. */
export interface FaultFilterPlan extends FilterIdentity, FaultPlan {
  readonly kind: 'fault';
  readonly maxActive: number;
  /** Pace of the bodies of answers in KiB a second, >= 1, and the share of requests (0..1) that it holds for; both 0 = not held back. */
  readonly responseRateKiBPerSecond: number;
  readonly responseRateProbability: number;
}

/** A bucket that starts full and refills continuously by `tokensPerFill` every `fillIntervalNs`. */
export interface TokenBucketPlan {
  readonly maxTokens: number;
  readonly tokensPerFill: number;
  readonly fillIntervalNs: number;
}

/** envoy: source/extensions/filters/http/local_ratelimit/local_ratelimit.cc. */
export interface LocalRateLimitPlan extends FilterIdentity {
  readonly kind: 'local-rate-limit';
  /** The default bucket; null: it never refuses. */
  readonly bucket: TokenBucketPlan | null;
  /** The buckets of the descriptors that requests of this class carry, in ascending order of their rates; by their numbers in the filter. */
  readonly descriptors: readonly (TokenBucketPlan & { readonly number: number })[];
  readonly alwaysConsumeDefault: boolean;
  /** Filters of the same group are one filter in the proxy: they share the buckets and differ in the descriptors of their classes. */
  readonly group: string;
  /** 0..1: requests that are looked at, and of the refused ones those that are answered. */
  readonly enabledProbability: number;
  readonly enforcedProbability: number;
  readonly status: number;
}

/** envoy: source/extensions/filters/http/admission_control/admission_control.cc. */
export interface AdmissionControlPlan extends FilterIdentity {
  readonly kind: 'admission-control';
  readonly samplingWindowNs: number;
  /** 0..1 */
  readonly successThreshold: number;
  /** >= 1 */
  readonly aggression: number;
  readonly rpsThreshold: number;
  /** 0..1 */
  readonly maxRejectionProbability: number;
  /** Statuses from `from` up to, not including, `to` are successes. */
  readonly successStatuses: readonly { readonly from: number; readonly to: number }[];
}

/** envoy: source/extensions/filters/http/adaptive_concurrency/controller/gradient_controller.cc. */
export interface AdaptiveConcurrencyPlan extends FilterIdentity {
  readonly kind: 'adaptive-concurrency';
  /** 0..1 */
  readonly samplePercentile: number;
  readonly updateIntervalNs: number;
  readonly maxConcurrency: number;
  readonly minRttIntervalNs: number;
  readonly minRttRequests: number;
  /** Share of the interval, 0..1. */
  readonly minRttJitter: number;
  readonly minConcurrency: number;
  /** 0.25 = 25 % more than the minimum counts as the minimum. */
  readonly minRttBuffer: number;
  /** A minimum that is given instead of measured; 0 = measured. */
  readonly fixedMinRttNs: number;
}

/** A limit that the rate limit service holds for all proxies together, in fixed windows (envoyproxy/ratelimit: src/limiter/base_limiter.go). */
export interface SharedLimitPlan {
  /** Index of the counter: limits of one number share it. */
  readonly counter: number;
  readonly requestsPerWindow: number;
  readonly windowNs: number;
}

/** A call to a rate limit service. envoy: source/extensions/filters/http/ratelimit/ratelimit.cc. */
export interface RateLimitServicePlan extends FilterIdentity {
  readonly kind: 'rate-limit-service';
  readonly latency: DistributionSpec;
  readonly timeoutNs: number;
  /** What an error or a time-out does: `allow`, or 500. */
  readonly failureMode: 'allow' | 'deny';
  /** Limits of the descriptors that a request of this class sends; all are counted, any that is over refuses. */
  readonly limits: readonly SharedLimitPlan[];
}

/** A call to an authorization service. envoy: source/extensions/filters/http/ext_authz/ext_authz.cc. */
export interface ExternalAuthorizationPlan extends FilterIdentity {
  readonly kind: 'ext-authz';
  readonly latency: DistributionSpec;
  /** 0..1 */
  readonly denyProbability: number;
  readonly denyStatus: number;
}

/** A filter of which the class and the caller decide the outcome: RBAC, JWT, Wasm. */
export interface SettledFilterPlan extends FilterIdentity {
  readonly kind: 'rbac' | 'jwt' | 'wasm';
  /** CPU of the worker on a request; counted with the proxy's own. */
  readonly cpuNs: number;
  /** Wait without CPU. */
  readonly latencyNs: number;
  /** The answer that it gives; 0 = lets the request pass. */
  readonly status: number;
  /** The policy that decides it, and its rule; null: nothing that is written. */
  readonly decidedBy: Decision | null;
}

/** What decides the verdict of a filter; null: nothing that is written, or the run does. */
export function decisionOf(filter: FilterPlan): Decision | null {
  return 'decidedBy' in filter ? filter.decidedBy : null;
}
