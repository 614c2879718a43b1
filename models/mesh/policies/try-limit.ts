// What bounds a call and each of its tries (envoy: source/common/router/router.cc, FilterUtility::finalTimeout).
import type { RoutePlan } from '../../plan/contract/plan.js';

/** What bounds a single try. */
export const TRY_LIMIT = { none: 0, perTry: 1, idle: 2, duration: 3 } as const;

/** A longest duration of streams takes the place of the time-out (envoy: source/common/router/router.cc, FilterUtility::finalTimeout). */
export function timeoutOf(route: RoutePlan): number {
  return route.maxStreamDurationNs > 0 ? 0 : route.timeoutNs;
}

/**
 * Which limit of a try is reached first. Nothing of a response is seen before all of it, so that silence lasts as long as the try. A per-try
 * time-out that is not below the route's is ignored (envoy: source/common/router/router.cc, FilterUtility::finalTimeout).
 */
export function tryLimit(route: RoutePlan, durationNs: number): { kind: number; ns: number; afterSoftNs: number } {
  const { retry } = route;
  const timeoutNs = timeoutOf(route);
  const wanted = retry === null ? 0 : retry.perTryTimeoutNs;
  const limits = [
    { kind: TRY_LIMIT.perTry, ns: timeoutNs > 0 && wanted >= timeoutNs ? 0 : wanted },
    { kind: TRY_LIMIT.idle, ns: retry === null ? 0 : retry.perTryIdleTimeoutNs },
    { kind: TRY_LIMIT.duration, ns: durationNs },
  ].filter(({ ns }) => ns > 0);
  if (limits.length === 0) return { kind: TRY_LIMIT.none, ns: 0, afterSoftNs: 0 };
  const first = limits.reduce((a, b) => (b.ns < a.ns ? b : a));
  return { ...first, afterSoftNs: first.kind === TRY_LIMIT.duration ? 0 : Math.max(0, durationNs - first.ns) };
}
