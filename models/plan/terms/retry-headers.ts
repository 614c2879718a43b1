// What a request asks of the proxy of its caller about time-outs, retries and hedging: headers that Envoy takes from where it trusts them.
// envoy: source/common/router/router.cc (FilterUtility::finalTimeout, finalHedgingParams), retry_state_impl.cc.
import { lookup } from '../../../sim/lookup.js';
import { headerValue, type RequestClass } from './request-class.js';

const NS_PER_MS = 1_000_000;
const MINUTE_NS = 60_000 * NS_PER_MS;

export interface AskedRetries {
  /** Of `x-envoy-retry-on` and `x-envoy-retry-grpc-on`. */
  readonly tokens: readonly string[];
  /** Of `x-envoy-retriable-status-codes`. */
  readonly codes: readonly number[];
  readonly maxRetries: number | null;
  readonly perTryTimeoutNs: number | null;
  readonly hedges: boolean;
}

/** What the request asks for; undefined where it asks for nothing. */
export function askedRetries({ headers }: RequestClass): AskedRetries | undefined {
  const words = (name: string): string[] =>
    (headerValue(headers, name) ?? '')
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '');
  const asked: AskedRetries = {
    tokens: [...words('x-envoy-retry-on'), ...words('x-envoy-retry-grpc-on')],
    codes: words('x-envoy-retriable-status-codes')
      .filter((word) => /^\d{1,9}$/.test(word))
      .map(Number),
    maxRetries: natural(headerValue(headers, 'x-envoy-max-retries')),
    perTryTimeoutNs: milliseconds(headerValue(headers, 'x-envoy-upstream-rq-per-try-timeout-ms')),
    hedges: headerValue(headers, 'x-envoy-hedge-on-per-try-timeout') === 'true',
  };
  const nothing =
    asked.tokens.length + asked.codes.length === 0 &&
    asked.maxRetries === null &&
    asked.perTryTimeoutNs === null &&
    !asked.hedges;
  return nothing ? undefined : asked;
}

/**
 * The time-out of a call: `grpc-timeout` of a gRPC request, bounded by the route's (which Istio installs as max_grpc_timeout too, 0 = no
 * bound); `x-envoy-upstream-rq-timeout-ms` replaces both where it is trusted. 0 = none.
 */
export function callTimeoutNs(routeNs: number, request: RequestClass, trustsHeaders: boolean): number {
  const asked = trustsHeaders ? milliseconds(headerValue(request.headers, 'x-envoy-upstream-rq-timeout-ms')) : null;
  if (asked !== null) return asked;
  if (!request.grpc) return routeNs;
  const grpcNs = grpcTimeoutNs(headerValue(request.headers, 'grpc-timeout'));
  return routeNs > 0 && (grpcNs === 0 || grpcNs > routeNs) ? routeNs : grpcNs;
}

const GRPC_UNITS: Readonly<Record<string, number>> = {
  H: 60 * MINUTE_NS,
  M: MINUTE_NS,
  S: 1000 * NS_PER_MS,
  m: NS_PER_MS,
  u: NS_PER_MS / 1000,
  n: 1,
};

/** `100m` (at most eight digits and a unit) in whole milliseconds, rounded up; 0 where absent or malformed. */
function grpcTimeoutNs(text: string | null): number {
  const match = /^(\d{1,8})([HMSmun])$/.exec(text ?? '');
  if (match === null) return 0;
  return Math.ceil((Number(match[1]) * (lookup(GRPC_UNITS, match[2]!) ?? 0)) / NS_PER_MS) * NS_PER_MS;
}

function milliseconds(text: string | null): number | null {
  const value = natural(text);
  return value === null ? null : value * NS_PER_MS;
}

function natural(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text.trim()) ? Number(text) : null;
}
