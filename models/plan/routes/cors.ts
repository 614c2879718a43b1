// CORS: a proxy answers the preflights of the origins that a route allows, before they go anywhere.
// envoy: source/extensions/filters/http/cors/cors_filter.cc (decodeHeaders); istio: pilot/pkg/networking/core/route/route.go (TranslateCORSPolicy).
import type { CorsPolicy } from '../../config/kinds/cors-policy.js';
import { matchesString } from '../terms/match.js';
import { headerValue, isPreflight, type RequestClass } from '../terms/request-class.js';

/** Name of the route that answers them. */
export const CORS_PREFLIGHT = 'cors-preflight';

/** Whether a policy has the proxy answer a request itself, with 200. */
export function answersPreflight(policy: CorsPolicy | null, request: RequestClass): boolean {
  if (policy === null || !isPreflight(request)) return false;
  const origin = headerValue(request.headers, 'origin') ?? '';
  return policy.unmatchedPreflights === 'IGNORE' || policy.allowOrigins.some((allowed) => allows(allowed, origin));
}

/** A matcher that takes the text `*` takes every origin. */
function allows(matcher: CorsPolicy['allowOrigins'][number], origin: string): boolean {
  return matchesString(matcher, '*') || matchesString(matcher, origin);
}
