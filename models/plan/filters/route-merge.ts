// What EnvoyFilters merge into the route that a request takes: time-outs, retries, hedges, and how long a stream may be silent.
// istio: pilot/pkg/networking/core/envoyfilter/rc_patch.go; envoy: source/common/router/config_impl.cc (a virtual host's retry policy holds
// where the route has none), router.cc (FilterUtility::finalTimeout).
import type { EnvoyRetryPolicy } from '../../config/kinds/envoy-route.js';
import type { RetryPlan } from '../contract/plan.js';
import type { SiteSources } from '../contract/sources.js';
import type { OwnedPatch, PatchOf } from '../patches/envoy-patches.js';
import { retryPlan } from '../routes/retry.js';
import type { RouteDecision } from '../routes/route-decision.js';
import { NO_SITE_SOURCES } from '../routes/site-sources.js';
import { protoSource } from '../settings/cluster-sources.js';
import type { ReleaseDefaults } from '../settings/versions.js';
import type { RequestClass } from '../terms/request-class.js';
import { askedRetries, callTimeoutNs } from '../terms/retry-headers.js';
import { isForRoute, type SettledRoute } from './route-settings.js';

/** How long a stream may last and be silent; 0 = as long as it likes, as Istio has it. */
export interface StreamTimers {
  readonly maxStreamDurationNs: number;
  readonly streamIdleTimeoutNs: number;
}

export const NO_TIMERS: StreamTimers = { maxStreamDurationNs: 0, streamIdleTimeoutNs: 0 };

export interface RouteMerge {
  readonly routes: readonly OwnedPatch<PatchOf<'route'>>[];
  readonly managers: readonly OwnedPatch<PatchOf<'connection-manager'>>[];
}

export interface MergeContext {
  readonly port: number;
  readonly route: SettledRoute;
  readonly request: RequestClass;
  readonly release: ReleaseDefaults;
  readonly trustsHeaders: boolean;
}

export function mergedRoute(
  decision: RouteDecision,
  { routes, managers }: RouteMerge,
  context: MergeContext,
): { readonly decision: RouteDecision; readonly timers: StreamTimers } {
  const { port, route, request, trustsHeaders } = context;
  const idle = managers.filter(({ patch }) => patch.port === 0 || patch.port === port).pop();
  const mine = routes.filter(({ patch }) => isForRoute(patch, port, route));
  let streamIdleTimeoutNs = idle?.patch.streamIdleTimeoutNs ?? 0;
  let maxStreamDurationNs = 0;
  let { timeoutNs, retry } = decision;
  let sources = decision.sources ?? NO_SITE_SOURCES;
  const hasOwnRetries = retry !== null;
  for (const owned of [...mine].sort(vhostsFirst)) {
    const { level, settings } = owned.patch;
    if (settings.timeoutNs !== null) timeoutNs = callTimeoutNs(settings.timeoutNs, request, trustsHeaders);
    streamIdleTimeoutNs = settings.idleTimeoutNs ?? streamIdleTimeoutNs;
    maxStreamDurationNs = settings.maxStreamDurationNs ?? maxStreamDurationNs;
    const countsRetries = level === 'route' || !hasOwnRetries;
    sources = patchedSources(sources, owned, countsRetries);
    if (!countsRetries) continue;
    if (settings.retry !== null) retry = mergedRetry(retry, settings.retry, timeoutNs, context);
    if (settings.hedgeOnPerTryTimeout !== null && retry !== null)
      retry = { ...retry, hedgeOnPerTryTimeout: settings.hedgeOnPerTryTimeout };
  }
  const changed = timeoutNs !== decision.timeoutNs || retry !== decision.retry;
  return {
    decision: changed ? { ...decision, timeoutNs, retry, sources } : decision,
    timers: { maxStreamDurationNs, streamIdleTimeoutNs },
  };
}

type RoutePatch = RouteMerge['routes'][number];

function vhostsFirst({ patch: a }: RoutePatch, { patch: b }: RoutePatch): number {
  return Number(a.level === 'route') - Number(b.level === 'route');
}

/** What is written in a patch takes the place of what was there. */
function patchedSources(before: SiteSources, { patch, owner }: RoutePatch, countsRetries: boolean): SiteSources {
  const holder = patch.level === 'route' ? ['route'] : [];
  const at = (...names: readonly string[]) =>
    protoSource(owner.source, ['spec', 'configPatches', patch.index, 'patch', 'value'], [...holder, ...names]);
  return {
    ...before,
    timeout: at('timeout') ?? before.timeout,
    attempts: (countsRetries ? at('retry_policy', 'num_retries') : null) ?? before.attempts,
    perTryTimeout: (countsRetries ? at('retry_policy', 'per_try_timeout') : null) ?? before.perTryTimeout,
  };
}

function mergedRetry(
  before: RetryPlan | null,
  written: EnvoyRetryPolicy,
  timeoutNs: number,
  { request, release, trustsHeaders }: MergeContext,
): RetryPlan | null {
  const words = written.retryOn ?? [];
  // Listed codes hold only beside the word for them.
  const codes = words.includes('retriable-status-codes') ? written.statuses.map(String) : [];
  const fresh = retryPlan(
    {
      attempts: written.retries ?? before?.retries ?? 1,
      perTryTimeoutNs: written.perTryTimeoutNs ?? before?.perTryTimeoutNs ?? null,
      retryOn: [...words, ...codes],
      retryRemoteLocalities: null,
      retryIgnorePreviousHosts: before?.avoidPreviousHosts ?? false,
      backoffNs: written.backoffBaseNs ?? before?.backoffBaseNs ?? null,
    },
    {
      release: { ...release, retryBackoffFields: true },
      grpc: request.grpc,
      stickyDestination: false,
      timeoutNs,
      asked: trustsHeaders ? askedRetries(request) : undefined,
    },
  );
  if (fresh === null) return null;
  const conditions = written.retryOn === null && before !== null ? conditionsOf(before) : conditionsOf(fresh);
  return {
    ...fresh,
    ...conditions,
    backoffMaxNs: written.backoffMaxNs ?? fresh.backoffMaxNs,
    hostSelectionAttempts: written.hostSelectionAttempts ?? before?.hostSelectionAttempts ?? 1,
    perTryIdleTimeoutNs: written.perTryIdleTimeoutNs ?? before?.perTryIdleTimeoutNs ?? 0,
    hedgeOnPerTryTimeout: before?.hedgeOnPerTryTimeout ?? fresh.hedgeOnPerTryTimeout,
  };
}

type Conditions = Pick<
  RetryPlan,
  'statuses' | 'onConnectFailure' | 'onReset' | 'onResetBeforeRequest' | 'onRefusedStream' | 'onEnvoyRateLimited'
>;

function conditionsOf(retry: RetryPlan): Conditions {
  const { statuses, onConnectFailure, onReset, onResetBeforeRequest, onRefusedStream, onEnvoyRateLimited } = retry;
  return { statuses, onConnectFailure, onReset, onResetBeforeRequest, onRefusedStream, onEnvoyRateLimited };
}
