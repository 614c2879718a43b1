// Requests that a match block takes, and whether a rule takes a request: by the plan's own matchers.
// istio: networking/v1/virtual_service.proto (HTTPMatchRequest).
import type { StringMatch } from '../../../models/config/kinds/string-match.js';
import type { HttpMatch } from '../../../models/config/kinds/virtual-service.js';
import { matchesRequest } from '../../../models/plan/terms/match.js';
import { normalHeaders, splitPath } from '../../../models/plan/terms/request-class.js';
import type { EntryRequest } from './entry.js';
import { sampleOf } from './sample-text.js';

export type Asked = Pick<EntryRequest, 'method' | 'path' | 'headers'>;

/** Last part of a path that no rule is likely to name. */
const OTHER = 'other';

/** What a request may look like that the match takes, the simplest first; empty where that cannot be told. null takes everything. */
export function samplesOf(match: HttpMatch | null): readonly Asked[] {
  if (match === null) return pathsOf(null).map((path) => ({ method: 'GET', path, headers: {} }));
  if (match.authority?.kind === 'regex') return [];
  const method = match.method === null || match.method.kind === 'present' ? 'GET' : sampleOf(match.method);
  const headers = valuesOf(match.headers);
  const parameters = valuesOf(match.queryParams);
  if (method === null || headers === null || parameters === null) return [];
  const query = parameters.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
  return pathsOf(match.uri)
    .map((path) => ({ method, path: query === '' ? path : `${path}?${query}`, headers: Object.fromEntries(headers) }))
    .filter((asked) => takes({ ...match, authority: null, scheme: null }, asked));
}

/** Whether a regular expression says which requests a match takes. */
export function hasExpression({ uri, method, headers, queryParams }: HttpMatch): boolean {
  return [uri, method, ...Object.values(headers), ...Object.values(queryParams)].some((own) => own?.kind === 'regex');
}

/** Whether a rule takes a request, whoever sends it and to whatever host; a rule without matches takes all. */
export function asksFor(matches: readonly HttpMatch[], asked: Asked): boolean {
  return matches.length === 0 || matches.some((match) => isForAll(match) && takes(match, asked));
}

function isForAll({ authority, scheme, port, sourceLabels, sourceNamespace }: HttpMatch): boolean {
  const isOpen = authority === null && scheme === null && port === null;
  return isOpen && sourceNamespace === '' && Object.keys(sourceLabels).length === 0;
}

function takes(match: HttpMatch, { method, path, headers }: Asked): boolean {
  const request = { ...splitPath(path), method, headers: normalHeaders(headers), grpc: false };
  return matchesRequest(match, { ...request, scheme: 'http', authority: '' });
}

function pathsOf(uri: StringMatch | null): readonly string[] {
  if (uri === null || uri.kind === 'present') return ['/', `/${OTHER}`];
  const path = sampleOf(uri, (text) => text.startsWith('/'));
  if (path === null) return [];
  return uri.kind === 'exact' ? [path] : [path, `${path.replace(/\/$/, '')}/${OTHER}`];
}

/** A value for each name; null where none is found. */
function valuesOf(matchers: HttpMatch['headers']): readonly (readonly [string, string])[] | null {
  const values = Object.entries(matchers).map(([name, matcher]) => [name, sampleOf(matcher)] as const);
  return values.every((pair): pair is readonly [string, string] => pair[1] !== null) ? values : null;
}
