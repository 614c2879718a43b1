// The matchers of an HTTP route against a request class; all settled in the plan, none left for the run.
// istio: pilot/pkg/networking/core/route/route.go (TranslateRouteMatch, isCatchAllRoute); envoy: source/common/router/config_impl.cc.
import { RE2JS } from 're2js';
import type { StringMatch } from '../../config/kinds/string-match.js';
import type { HttpMatch } from '../../config/kinds/virtual-service.js';
import type { FieldPath } from '../../config/resource.js';
import { claimNames, matchesClaim } from './claim-match.js';
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
  return failingField(match, request) === null;
}

/** The first matcher of a block that does not hold, as its path within the block; null where all hold. */
export function failingField(match: HttpMatch, request: RequestClass): FieldPath | null {
  if (!matchesUri(match, request.path)) return ['uri'];
  if (!matchesField(match.method, request.method)) return ['method'];
  if (!matchesField(match.scheme, request.scheme)) return ['scheme'];
  if (!matchesField(match.authority, request.authority)) return ['authority'];
  return failingHeader(match, request) ?? failingParameter(match, request.query);
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

function failingHeader(match: HttpMatch, request: RequestClass): FieldPath | null {
  for (const [key, matcher] of Object.entries(match.headers)) {
    const claim = claimNames(key);
    if (claim !== null) {
      if (!matchesClaim(request.claims, claim, matcher, matchesString)) return ['headers', key];
      continue;
    }
    const name = key.toLowerCase();
    if (IGNORED_HEADER_KEYS.includes(name)) continue;
    const value = headerOf(request, name);
    if (value === null || !(isPresence(matcher) || matchesString(matcher, value))) return ['headers', key];
  }
  for (const [key, matcher] of Object.entries(match.withoutHeaders)) {
    const claim = claimNames(key);
    if (claim !== null) {
      if (matchesClaim(request.claims, claim, matcher, matchesString)) return ['withoutHeaders', key];
      continue;
    }
    const name = key.toLowerCase();
    if (IGNORED_HEADER_KEYS.includes(name)) continue;
    const value = headerOf(request, name);
    const isThere = isPresence(matcher) ? value !== null : matchesString(matcher, value ?? '');
    if (isThere) return ['withoutHeaders', key];
  }
  return null;
}

/** `{}` and the regular expression `*` both ask only whether the header is there. */
export function isPresence(matcher: StringMatch): boolean {
  return matcher.kind === 'present' || (matcher.kind === 'regex' && matcher.value === '*');
}

/** A header of a request by its name in lower case; pseudo headers too. */
export function headerOf(request: RequestClass, name: string): string | null {
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

function failingParameter(match: HttpMatch, query: string): FieldPath | null {
  const wanted = Object.entries(match.queryParams);
  if (wanted.length === 0) return null;
  const parameters = parseQuery(query);
  for (const [name, matcher] of wanted) {
    const value = parameters.get(name);
    if (value === undefined || !(isPresence(matcher) || matchesString(matcher, value))) return ['queryParams', name];
  }
  return null;
}

/** The first value of each parameter, undecoded, as Envoy compares them. */
export function parseQuery(query: string): Map<string, string> {
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
