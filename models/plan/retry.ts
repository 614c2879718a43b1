// The retry policy of a route, its tokens resolved for one request class.
// istio: pilot/pkg/networking/core/route/retry/retry.go; envoy: source/common/router/retry_state_impl.cc.
import type { HttpRetry } from '../config/kinds/virtual-service.js';
import type { RetryPlan } from './plan.js';
import type { ReleaseDefaults } from './versions.js';

const DEFAULT_ATTEMPTS = 2;
const DEFAULT_TOKENS: readonly string[] = ['connect-failure', 'refused-stream', 'unavailable', 'cancelled'];
/** envoy: source/common/router/retry_state_impl.cc, base_interval 25 ms, max_interval ten times the base. */
const DEFAULT_BACKOFF_BASE_NS = 25_000_000;
const BACKOFF_MAX_FACTOR = 10;
const HOST_SELECTION_ATTEMPTS = 5;

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

export interface RetryContext {
  readonly release: ReleaseDefaults;
  readonly grpc: boolean;
  /** The route has one destination and that is chosen by a consistent hash: previous hosts are not avoided. */
  readonly stickyDestination: boolean;
  /** Time-out of the whole call; 0 = none. */
  readonly timeoutNs: number;
}

/** The policy for `retries` of a route (null: the default policy); null where nothing is ever retried. */
export function retryPlan(retries: HttpRetry | null, context: RetryContext): RetryPlan | null {
  const attempts = retries === null ? DEFAULT_ATTEMPTS : retries.attempts;
  if (attempts <= 0) return null;
  const tokens = retries?.retryOn ?? [...DEFAULT_TOKENS, ...context.release.defaultRetryStatuses.map(String)];
  const baseNs = (context.release.retryBackoffFields ? retries?.backoffNs : null) ?? DEFAULT_BACKOFF_BASE_NS;
  const ignorePrevious = context.release.retryBackoffFields ? (retries?.retryIgnorePreviousHosts ?? null) : null;
  const avoidPreviousHosts = ignorePrevious ?? !context.stickyDestination;
  return {
    retries: attempts,
    statuses: statusesOf(tokens, context.grpc),
    ...resetsOf(tokens),
    perTryTimeoutNs: perTryTimeoutNs(retries, context.timeoutNs),
    backoffBaseNs: baseNs,
    backoffMaxNs: baseNs * BACKOFF_MAX_FACTOR,
    avoidPreviousHosts,
    hostSelectionAttempts: HOST_SELECTION_ATTEMPTS,
  };
}

/** Envoy ignores a per-try time-out that is not shorter than the route's. */
function perTryTimeoutNs(retries: HttpRetry | null, timeoutNs: number): number {
  const perTry = retries?.perTryTimeoutNs ?? 0;
  return timeoutNs > 0 && perTry >= timeoutNs ? 0 : perTry;
}

/**
 * Codes that are retried, sorted. A gRPC answer has HTTP status 200, so that only gRPC tokens see its error, which is given here
 * as the HTTP code that it stands for.
 */
function statusesOf(tokens: readonly string[], grpc: boolean): number[] {
  const statuses = new Set<number>();
  for (const token of tokens) {
    for (const status of grpc ? grpcStatusesOf(token) : httpStatusesOf(token)) statuses.add(status);
  }
  return [...statuses].sort((a, b) => a - b);
}

function grpcStatusesOf(token: string): number[] {
  const status = GRPC_TOKEN_STATUS[token];
  return status === undefined ? [] : [status];
}

function httpStatusesOf(token: string): number[] {
  switch (token) {
    case '5xx':
      return Array.from({ length: 100 }, (_, index) => 500 + index);
    case 'gateway-error':
      return [502, 503, 504];
    case 'retriable-4xx':
      return [409];
    default:
      return /^\d{3}$/.test(token) && KNOWN_STATUSES.has(Number(token)) ? [Number(token)] : [];
  }
}

type Resets = Pick<RetryPlan, 'onConnectFailure' | 'onReset' | 'onResetBeforeRequest' | 'onRefusedStream'>;

function resetsOf(tokens: readonly string[]): Resets {
  const onReset = ['5xx', 'gateway-error', 'reset'].some((token) => tokens.includes(token));
  return {
    onConnectFailure: onReset || tokens.includes('connect-failure'),
    onReset,
    onResetBeforeRequest: onReset || tokens.includes('reset-before-request'),
    onRefusedStream: onReset || tokens.includes('refused-stream'),
  };
}
