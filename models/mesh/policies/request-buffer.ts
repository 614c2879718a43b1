// What a router keeps of a request so that it can send it again. A body that is larger is neither retried nor hedged, and before Envoy 1.33, which
// streams copies beside the request, not mirrored either (envoy: source/common/router/router.cc, Filter::decodeData, retry_or_shadow_abandoned;
// changelogs/1.33.0.yaml, envoy.reloadable_features.streaming_shadow). Time-outs hold as before.
import type { EnvoyPlan } from '../../plan/contract/envoy-plan.js';
import type { RoutePlan } from '../../plan/contract/plan.js';

const KIB = 1024;
/** per_connection_buffer_limit_bytes of a listener, which HTTP/1.1 streams have (envoy: api/envoy/config/listener/v3/listener.proto). */
const HTTP1_BYTES = 1024 * KIB;
/** Streams of HTTP/2 have their window (envoy: source/common/http/http2/codec_impl.cc, per_stream_buffer_limit_). */
const HTTP2_BYTES = 256 * 1024 * KIB;
const HTTP2_SAFE_BYTES = 16 * 1024 * KIB;
/** linkerd2-proxy: linkerd/app/outbound/src/http/retry.rs, ReplayBody. */
const LINKERD_BYTES = 64 * KIB;

/** The route as it is for bodies of so many bytes; `retries`: whether tries may be made again. */
export interface BufferedRoute {
  readonly route: RoutePlan;
  readonly retries: boolean;
}

/** @param http2 whether requests come over HTTP/2 */
export function bufferedRoute(route: RoutePlan, bytes: number, http2: boolean, envoy: EnvoyPlan): BufferedRoute {
  const { retry, action } = route;
  if (bytes <= bufferBytes(route, http2, envoy)) return { route, retries: retry !== null };
  return {
    route: {
      ...route,
      // A hedged try that takes too long goes on alone.
      retry: retry?.hedgeOnPerTryTimeout ? { ...retry, perTryTimeoutNs: 0 } : retry,
      action: action.kind === 'forward' && !envoy.streamsMirrors ? { ...action, mirrors: [] } : action,
    },
    retries: false,
  };
}

function bufferBytes({ retry }: RoutePlan, http2: boolean, { boundsHttp2Buffers }: EnvoyPlan): number {
  if (retry?.linkerd) return LINKERD_BYTES;
  if (!http2) return HTTP1_BYTES;
  return boundsHttp2Buffers ? HTTP2_SAFE_BYTES : HTTP2_BYTES;
}
