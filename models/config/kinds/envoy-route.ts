// What a patch merges into a route or a virtual host of Envoy, but for its filters. envoy: api/envoy/config/route/v3/
// route_components.proto (RouteAction, RetryPolicy, HedgePolicy).
import type { ProtoReader } from './proto-value.js';

/** null everywhere: the route's own stays. */
export interface EnvoyRouteSettings {
  readonly timeoutNs: number | null;
  readonly idleTimeoutNs: number | null;
  readonly maxStreamDurationNs: number | null;
  readonly retry: EnvoyRetryPolicy | null;
  readonly hedgeOnPerTryTimeout: boolean | null;
}

export interface EnvoyRetryPolicy {
  readonly retryOn: readonly string[] | null;
  readonly retries: number | null;
  readonly perTryTimeoutNs: number | null;
  readonly perTryIdleTimeoutNs: number | null;
  readonly statuses: readonly number[];
  readonly backoffBaseNs: number | null;
  readonly backoffMaxNs: number | null;
  readonly hostSelectionAttempts: number | null;
}

/** `reader` stands at the `route` of an HTTP route, or at a virtual host, which has retries and hedges alone. */
export function readRouteSettings(reader: ProtoReader, level: 'route' | 'vhost'): EnvoyRouteSettings {
  const hedge = reader.message('hedge_policy');
  const ofRoute = level === 'route';
  return {
    timeoutNs: ofRoute ? durationOrNull(reader, 'timeout') : null,
    idleTimeoutNs: ofRoute ? durationOrNull(reader, 'idle_timeout') : null,
    maxStreamDurationNs: ofRoute ? durationOrNull(reader.message('max_stream_duration'), 'max_stream_duration') : null,
    retry: reader.has('retry_policy') ? readRetry(reader.message('retry_policy')) : null,
    hedgeOnPerTryTimeout: hedge.has('hedge_on_per_try_timeout')
      ? hedge.boolean('hedge_on_per_try_timeout', false)
      : null,
  };
}

function durationOrNull(reader: ProtoReader, name: string): number | null {
  return reader.has(name) ? reader.durationNs(name, 0) : null;
}

function numberOrNull(reader: ProtoReader, name: string): number | null {
  return reader.has(name) ? reader.number(name, 0) : null;
}

function readRetry(reader: ProtoReader): EnvoyRetryPolicy {
  const backoff = reader.message('retry_back_off');
  const words = reader
    .text('retry_on')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  return {
    retryOn: words.length === 0 ? null : words,
    retries: numberOrNull(reader, 'num_retries'),
    perTryTimeoutNs: durationOrNull(reader, 'per_try_timeout'),
    perTryIdleTimeoutNs: durationOrNull(reader, 'per_try_idle_timeout'),
    statuses: reader.numbers('retriable_status_codes'),
    backoffBaseNs: durationOrNull(backoff, 'base_interval'),
    backoffMaxNs: durationOrNull(backoff, 'max_interval'),
    hostSelectionAttempts: numberOrNull(reader, 'host_selection_retry_max_attempts'),
  };
}
