// The retry policy of a route, its tokens resolved for one request class.
// istio: pilot/pkg/networking/core/route/retry/retry.go; envoy: source/common/router/retry_state_impl.cc.
import { lookup } from '../../../sim/lookup.js';
import type { HttpRetry } from '../../config/kinds/virtual-service.js';
import type { RetryPlan } from '../contract/plan.js';
import type { ReleaseDefaults } from '../settings/versions.js';
import type { AskedRetries } from '../terms/retry-headers.js';

const DEFAULT_ATTEMPTS = 2;
const DEFAULT_TOKENS: readonly string[] = ['connect-failure', 'refused-stream', 'unavailable', 'cancelled'];
/** envoy: source/common/router/retry_state_impl.cc, base_interval 25 ms, max_interval ten times the base. */
const DEFAULT_BACKOFF_BASE_NS = 25_000_000;
const BACKOFF_MAX_FACTOR = 10;
const HOST_SELECTION_ATTEMPTS = 5;
/** istio: retry.go, buildPreviousPrioritiesConfig. */
const PRIORITY_UPDATE_FREQUENCY = 2;

/** Codes that a gRPC status stands for (envoy: source/common/grpc/status.cc, grpcToHttpStatus). */
const GRPC_TOKEN_STATUS: Readonly<Record<string, number>> = {
  cancelled: 499,
  'deadline-exceeded': 504,
  internal: 500,
  'resource-exhausted': 429,
  unavailable: 503,
};

/** Numbers that are no registered status stay tokens, which Envoy ignores (go: net/http/status.go). */
const KNOWN_STATUSES: ReadonlySet<number> = new Set([
  ...[100, 101, 102, 103, 200, 201, 202, 203, 204, 205, 206, 207, 208, 226],
  ...[300, 301, 302, 303, 304, 305, 307, 308],
  ...Array.from({ length: 19 }, (_, index) => 400 + index),
  ...[421, 422, 423, 424, 425, 426, 428, 429, 431, 451],
  ...[500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511],
]);

/** Whether a number in `retryOn` is a status; others are words that Envoy ignores. */
export function isKnownStatus(code: number): boolean {
  return KNOWN_STATUSES.has(code);
}

export interface RetryContext {
  readonly release: ReleaseDefaults;
  readonly grpc: boolean;
  /** The route has one destination and that is chosen by a consistent hash: previous hosts are not avoided. */
  readonly stickyDestination: boolean;
  /** Time-out of the whole call; 0 = none. */
  readonly timeoutNs: number;
  /** What the request itself asks for (`x-envoy-retry-on` and its like), where the proxy believes it. */
  readonly asked?: AskedRetries | undefined;
}

/** The policy for `retries` of a route (null: the default policy); null where nothing is ever retried and no try is bounded. */
export function retryPlan(retries: HttpRetry | null, context: RetryContext): RetryPlan | null {
  const route = routePolicy(retries, context);
  const policy = context.asked === undefined ? route : withAsked(route, context.asked);
  if (policy === null) return null;
  const { grpc, timeoutNs } = context;
  return {
    retries: policy.retries,
    statuses: statusesOf(policy.tokens, policy.codes, grpc),
    ...resetsOf(policy.tokens),
    perTryTimeoutNs: perTryTimeoutNs(policy.perTryTimeoutNs, timeoutNs),
    backoffBaseNs: policy.backoffBaseNs,
    backoffMaxNs: policy.backoffBaseNs * BACKOFF_MAX_FACTOR,
    avoidPreviousHosts: policy.avoidPreviousHosts,
    hostSelectionAttempts: policy.hostSelectionAttempts,
    onEnvoyRateLimited: policy.tokens.includes('envoy-ratelimited'),
    perTryIdleTimeoutNs: 0,
    hedgeOnPerTryTimeout: policy.hedges,
    rateLimitedMaxNs: 0,
    ...(policy.remoteLocalities ? { previousPriorities: PRIORITY_UPDATE_FREQUENCY } : {}),
  };
}

/** The policy before it is known which of its words mean anything for a class of requests. */
interface Policy {
  readonly retries: number;
  readonly tokens: readonly string[];
  readonly codes: readonly number[];
  readonly perTryTimeoutNs: number;
  readonly backoffBaseNs: number;
  readonly avoidPreviousHosts: boolean;
  readonly hostSelectionAttempts: number;
  readonly hedges: boolean;
  readonly remoteLocalities: boolean;
}

/** A route without a retry policy, on which a request can still ask for retries (envoy: source/common/router/retry_policy_impl.cc). */
const NO_POLICY: Policy = {
  retries: 1,
  tokens: [],
  codes: [],
  perTryTimeoutNs: 0,
  backoffBaseNs: DEFAULT_BACKOFF_BASE_NS,
  avoidPreviousHosts: false,
  hostSelectionAttempts: 1,
  hedges: false,
  remoteLocalities: false,
};

function routePolicy(retries: HttpRetry | null, { release, stickyDestination }: RetryContext): Policy | null {
  const attempts = retries === null ? DEFAULT_ATTEMPTS : retries.attempts;
  if (attempts <= 0) return null;
  const words = retries?.retryOn ?? [...DEFAULT_TOKENS, ...release.defaultRetryStatuses.map(String)];
  const codes = words.filter((word) => /^\d{3}$/.test(word) && isKnownStatus(Number(word))).map(Number);
  const ignorePrevious = release.retryBackoffFields ? (retries?.retryIgnorePreviousHosts ?? null) : null;
  return {
    retries: attempts,
    tokens: codes.length > 0 ? [...words, 'retriable-status-codes'] : words,
    codes,
    perTryTimeoutNs: retries?.perTryTimeoutNs ?? 0,
    backoffBaseNs: (release.retryBackoffFields ? retries?.backoffNs : null) ?? DEFAULT_BACKOFF_BASE_NS,
    avoidPreviousHosts: ignorePrevious ?? !stickyDestination,
    hostSelectionAttempts: HOST_SELECTION_ATTEMPTS,
    hedges: false,
    remoteLocalities: retries?.retryRemoteLocalities === true,
  };
}

/** The words of the request are added to those of the route; its numbers replace them. */
function withAsked(route: Policy | null, asked: AskedRetries): Policy | null {
  if (route === null && asked.tokens.length === 0 && asked.perTryTimeoutNs === null) return null;
  const policy = route ?? NO_POLICY;
  const tokens = [...policy.tokens, ...asked.tokens];
  return {
    ...policy,
    retries: tokens.length === 0 ? 0 : (asked.maxRetries ?? policy.retries),
    tokens,
    codes: [...policy.codes, ...asked.codes],
    perTryTimeoutNs: asked.perTryTimeoutNs ?? policy.perTryTimeoutNs,
    hedges: asked.hedges,
  };
}

/** Envoy ignores a per-try time-out that is not shorter than the route's. */
function perTryTimeoutNs(perTryNs: number, timeoutNs: number): number {
  return timeoutNs > 0 && perTryNs >= timeoutNs ? 0 : perTryNs;
}

/**
 * Codes that are retried, sorted. A gRPC answer has HTTP status 200, so that only gRPC tokens see its error, which is given here
 * as the HTTP code that it stands for; listed codes mean the HTTP status even then.
 */
function statusesOf(tokens: readonly string[], codes: readonly number[], grpc: boolean): number[] {
  const statuses = new Set<number>();
  for (const token of tokens) {
    for (const status of grpc ? grpcStatusesOf(token, codes) : httpStatusesOf(token, codes)) statuses.add(status);
  }
  return [...statuses].sort((a, b) => a - b);
}

function grpcStatusesOf(token: string, codes: readonly number[]): readonly number[] {
  if (token === 'retriable-status-codes') return codes.filter((code) => code === 200);
  const status = lookup(GRPC_TOKEN_STATUS, token);
  return status === undefined ? [] : [status];
}

function httpStatusesOf(token: string, codes: readonly number[]): readonly number[] {
  switch (token) {
    case '5xx':
      return Array.from({ length: 100 }, (_, index) => 500 + index);
    case 'gateway-error':
      return [502, 503, 504];
    case 'retriable-4xx':
      return [409];
    case 'retriable-status-codes':
      return codes.filter((code) => code < 1000);
    default:
      return [];
  }
}

type Resets = Pick<RetryPlan, 'onConnectFailure' | 'onReset' | 'onResetBeforeRequest' | 'onRefusedStream'>;

/** `retriable-headers` names no headers in Istio, and `http3-post-connect-failure` needs HTTP/3: neither ever holds. */
function resetsOf(tokens: readonly string[]): Resets {
  const onReset = ['5xx', 'gateway-error', 'reset'].some((token) => tokens.includes(token));
  return {
    onConnectFailure: onReset || tokens.includes('connect-failure'),
    onReset,
    onResetBeforeRequest: onReset || tokens.includes('reset-before-request'),
    onRefusedStream: onReset || tokens.includes('refused-stream'),
  };
}
