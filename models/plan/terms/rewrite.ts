// What a route makes of a request before it goes to a destination: path, authority and headers.
// istio: pilot/pkg/networking/core/route/route.go (ApplyRewrite...); envoy: source/common/router/config_impl.cc
// (finalizeRequestHeaders, regex_rewrite).
import type { HttpMatch, HttpRewrite, HttpRoute, HttpRouteDestination } from '../../config/kinds/virtual-service.js';
import { regex } from './match.js';
import { applyHeaderOperations, type RequestClass, splitPath } from './request-class.js';

/** The class that arrives at a destination of a route: route first, then destination; `rewrite.authority` has the last word. */
export function forwardedRequest(
  route: HttpRoute,
  match: HttpMatch | null,
  destination: HttpRouteDestination | null,
  { claims: _, ...request }: RequestClass,
): RequestClass {
  let forwarded = applyHeaderOperations(request, route.headers.request);
  if (destination !== null) forwarded = applyHeaderOperations(forwarded, destination.headers.request);
  return route.rewrite === null ? forwarded : rewritten(route.rewrite, match, forwarded);
}

function rewritten(rewrite: HttpRewrite, match: HttpMatch | null, request: RequestClass): RequestClass {
  const authority = rewrite.authority === '' ? request.authority : rewrite.authority;
  if (rewrite.uriRegexRewrite !== null) {
    const { match: pattern, rewrite: substitution } = rewrite.uriRegexRewrite;
    return { ...request, authority, path: replaceAll(pattern, substitution, request.path) };
  }
  if (rewrite.uri === '') return { ...request, authority };
  const { path } = splitPath(rewrittenUri(rewrite.uri, match, request.path));
  return { ...request, authority, path };
}

/** The matched prefix is replaced; the whole path where the match is exact or a regular expression. */
function rewrittenUri(uri: string, match: HttpMatch | null, path: string): string {
  switch (match?.uri?.kind) {
    case 'exact':
    case 'regex':
      return uri;
    case 'prefix':
      return uri + path.slice(match.uri.value.length);
    case 'path-prefix':
      return (uri === '/' ? '' : uri) + path.slice(match.uri.value.length) || '/';
    case 'present':
    case undefined:
      return uri + path.slice(1);
  }
}

/** RE2's GlobalReplace: `\1` in the substitution is the first group, `\0` all of the match. */
function replaceAll(pattern: string, substitution: string, path: string): string {
  const expression = regex(pattern);
  if (expression === null) return path;
  const matcher = expression.matcher(path);
  let result = '';
  let from = 0;
  while (matcher.find()) {
    const groups = matcher.groupCount();
    result += path.slice(from, matcher.start());
    result += substitution.replace(/\\(\d|\\)/g, (_, reference: string) => {
      if (reference === '\\') return '\\';
      return Number(reference) <= groups ? (matcher.group(Number(reference)) ?? '') : '';
    });
    from = matcher.end();
  }
  return result + path.slice(from);
}
