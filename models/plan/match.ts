// The matchers of an HTTP route against a request class; all settled in the plan, none left for the run.
// istio: pilot/pkg/networking/core/route/route.go (TranslateRouteMatch, isCatchAllRoute); envoy: source/common/router/config_impl.cc.
import { RE2JS } from 're2js';
import type { StringMatch } from '../config/kinds/string-match.js';
import type { HttpMatch } from '../config/kinds/virtual-service.js';
import { headerValue, type RequestClass } from './request-class.js';

const compiled = new Map<string, RE2JS | null>();

/** A pattern in RE2's syntax, compiled once; null where it is none. */
export function regex(pattern: string): RE2JS | null {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  let result: RE2JS | null = null;
  try {
    result = RE2JS.compile(pattern);
  } catch {
    result = null;
  }
  compiled.set(pattern, result);
  return result;
}

/** RE2 full match; a pattern that does not compile matches nothing. */
export function fullMatch(pattern: string, value: string): boolean {
  return regex(pattern)?.matches(value) ?? false;
}

/** Whether a string that is there matches. `ignoreCase` holds for `exact` and `prefix` only, as in Istio. */
export function matchesString(matcher: StringMatch, value: string, ignoreCase = false): boolean {
  switch (matcher.kind) {
    case 'present':
      return true;
    case 'exact':
      return ignoreCase ? value.toLowerCase() === matcher.value.toLowerCase() : value === matcher.value;
    case 'prefix':
      return ignoreCase ? value.toLowerCase().startsWith(matcher.value.toLowerCase()) : value.startsWith(matcher.value);
    case 'path-prefix':
      return value === matcher.value || value.startsWith(`${matcher.value}/`);
    case 'regex':
      return fullMatch(matcher.value, value);
  }
}

/** Keys of `headers` that Istio ignores, because they have fields of their own. */
const IGNORED_HEADER_KEYS: readonly string[] = ['uri', 'scheme', 'method', 'authority'];

/** Whether all matchers of a block that look at the request hold (the static ones are in virtual-service.ts). */
export function matchesRequest(match: HttpMatch, request: RequestClass): boolean {
  return (
    matchesUri(match, request.path) &&
    matchesField(match.method, request.method) &&
    matchesField(match.scheme, request.scheme) &&
    matchesField(match.authority, request.authority) &&
    matchesHeaders(match, request) &&
    matchesQuery(match, request.query)
  );
}

/** Text that stands for a `{variable}` of a path when a matcher looks at it. */
const SAMPLES: readonly string[] = ['1', 'abc', 'a1-b2'];

/** The path with every `{variable}` replaced by a sample. */
export function samplePath(path: string, sample: string = SAMPLES[0]!): string {
  return path.replace(/\{[^{}/]*\}/g, sample);
}

/** Whether the answer of the `uri` matcher depends on what stands in for the `{variables}` of the path. */
export function dependsOnVariables(match: HttpMatch, path: string): boolean {
  if (match.uri === null || !path.includes('{')) return false;
  const answers = SAMPLES.map((sample) => matchesPath(match, samplePath(path, sample)));
  return answers.some((answer) => answer !== answers[0]);
}

function matchesUri(match: HttpMatch, path: string): boolean {
  return match.uri === null || matchesPath(match, samplePath(path));
}

function matchesPath(match: HttpMatch, path: string): boolean {
  return match.uri === null || matchesString(match.uri, path, match.ignoreUriCase);
}

function matchesField(matcher: StringMatch | null, value: string): boolean {
  return matcher === null || matchesString(matcher, value);
}

function matchesHeaders(match: HttpMatch, request: RequestClass): boolean {
  const present = Object.entries(match.headers).every(([key, matcher]) => {
    const name = key.toLowerCase();
    if (IGNORED_HEADER_KEYS.includes(name)) return true;
    const value = headerOf(request, name);
    return value !== null && (isPresence(matcher) || matchesString(matcher, value));
  });
  if (!present) return false;
  return Object.entries(match.withoutHeaders).every(([key, matcher]) => {
    const name = key.toLowerCase();
    if (IGNORED_HEADER_KEYS.includes(name)) return true;
    const value = headerOf(request, name);
    if (isPresence(matcher)) return value === null;
    return !matchesString(matcher, value ?? '');
  });
}

/** `{}` and the regular expression `*` both ask only whether the header is there. */
function isPresence(matcher: StringMatch): boolean {
  return matcher.kind === 'present' || (matcher.kind === 'regex' && matcher.value === '*');
}

function headerOf(request: RequestClass, name: string): string | null {
  switch (name) {
    case ':authority':
    case 'host':
      return request.authority;
    case ':path':
      return request.query === '' ? request.path : `${request.path}?${request.query}`;
    case ':method':
      return request.method;
    case ':scheme':
      return request.scheme;
    default:
      return headerValue(request.headers, name);
  }
}

function matchesQuery(match: HttpMatch, query: string): boolean {
  const wanted = Object.entries(match.queryParams);
  if (wanted.length === 0) return true;
  const parameters = parseQuery(query);
  return wanted.every(([name, matcher]) => {
    const value = parameters.get(name);
    return value !== undefined && (isPresence(matcher) || matchesString(matcher, value));
  });
}

/** The first value of each parameter, undecoded, as Envoy compares them. */
function parseQuery(query: string): Map<string, string> {
  const parameters = new Map<string, string>();
  if (query === '') return parameters;
  for (const part of query.split('&')) {
    const equals = part.indexOf('=');
    const name = equals < 0 ? part : part.slice(0, equals);
    if (!parameters.has(name)) parameters.set(name, equals < 0 ? '' : part.slice(equals + 1));
  }
  return parameters;
}

/** Whether a block matches every request: nothing but, perhaps, the path prefix `/` or the expression `.*`. */
export function isCatchAll(match: HttpMatch): boolean {
  const anyPath =
    match.uri === null ||
    match.uri.kind === 'present' ||
    (match.uri.kind === 'prefix' && match.uri.value === '/') ||
    (match.uri.kind === 'regex' && match.uri.value === '.*');
  return (
    anyPath &&
    match.method === null &&
    match.scheme === null &&
    match.authority === null &&
    Object.keys(match.headers).length === 0 &&
    Object.keys(match.withoutHeaders).length === 0 &&
    Object.keys(match.queryParams).length === 0
  );
}
