// What the retries of Linkerd's proxies have in common, whoever asks for them.
import type { LinkerdRetryPlan, RetryPlan } from '../contract/plan.js';

/** Larger bodies are not kept for a retry. */
export const MAX_REPLAYED_BYTES = 65_536;
/** linkerd2-proxy: linkerd/app/outbound/src/http/logical/policy (retries by annotation; those of profiles come at once). */
const BACKOFF_BASE_NS = 25_000_000;
const BACKOFF_MAX_NS = 250_000_000;

/** What Linkerd's retries have in common: no host is avoided, and of what Envoy retries besides statuses nothing is. */
export function linkerdRetries(retries: number, statuses: readonly number[], linkerd: LinkerdRetryPlan): RetryPlan {
  return {
    retries,
    statuses,
    onConnectFailure: false,
    onReset: false,
    onResetBeforeRequest: false,
    onRefusedStream: false,
    perTryTimeoutNs: 0,
    backoffBaseNs: BACKOFF_BASE_NS,
    backoffMaxNs: BACKOFF_MAX_NS,
    avoidPreviousHosts: false,
    hostSelectionAttempts: 1,
    onEnvoyRateLimited: false,
    perTryIdleTimeoutNs: 0,
    hedgeOnPerTryTimeout: false,
    rateLimitedMaxNs: 0,
    linkerd,
  };
}
