// Why a match block does not hold, in words: what models/plan/terms/match.ts and virtual-service.ts say fails first, and where that stands.
import { lookup } from '../../../sim/lookup.js';
import type { SourcePosition } from '../../config/diagnostic.js';
import type { StringMatch } from '../../config/kinds/string-match.js';
import type { HttpMatch, HttpRoute } from '../../config/kinds/virtual-service.js';
import type { FieldPath } from '../../config/resource.js';
import type { PlacedRoute, VirtualServiceResource } from '../routes/delegate.js';
import { disqualifyingField, type ProxyView } from '../routes/virtual-service.js';
import { claimNames } from '../terms/claim-match.js';
import { failingField, headerOf, isPresence, parseQuery, samplePath } from '../terms/match.js';
import type { RequestClass } from '../terms/request-class.js';
import type { Rule } from './explanation.js';

export type Failure = NonNullable<Rule['failure']>;

/** The condition of a block that keeps the route from this proxy for good; null where none does. */
export function staticFailure(
  placed: PlacedRoute,
  root: VirtualServiceResource,
  match: HttpMatch,
  view: ProxyView,
): Failure | null {
  const field = disqualifyingField(match, placed.owner.namespace, view);
  if (field === null) return null;
  return {
    field: field.join('.'),
    text: staticText(match, field, view),
    position: matchPosition(placed, root, match, field),
  };
}

/** The first condition of a block that a request does not meet; null where it meets all. */
export function requestFailure(
  placed: PlacedRoute,
  root: VirtualServiceResource,
  match: HttpMatch,
  request: RequestClass,
): Failure | null {
  const field = failingField(match, request);
  if (field === null) return null;
  return {
    field: field.join('.'),
    text: requestText(match, field, request),
    position: matchPosition(placed, root, match, field),
  };
}

function staticText(match: HttpMatch, [field]: FieldPath, view: ProxyView): string {
  switch (field) {
    case 'port':
      return `port ${view.port} is not ${match.port}`;
    case 'gateways':
      return `it is for gateways ${match.gateways.join(', ')}, not for ${view.gateways.join(', ')}`;
    case 'sourceLabels': {
      const [key, wanted] = Object.entries(match.sourceLabels).find(
        ([name, value]) => lookup(view.labels, name) !== value,
      )!;
      const own = lookup(view.labels, key);
      return `the caller's label ${key} is ${own === undefined ? 'missing' : own}${own === undefined ? '' : `, not ${wanted}`}`;
    }
    default:
      return `the caller's namespace ${view.namespace} is not ${match.sourceNamespace}`;
  }
}

function requestText(match: HttpMatch, [field, key]: FieldPath, request: RequestClass): string {
  switch (field) {
    case 'uri':
      return difference('path', samplePath(request.path), match.uri, match.ignoreUriCase);
    case 'method':
      return difference('method', request.method, match.method);
    case 'scheme':
      return difference('scheme', request.scheme, match.scheme);
    case 'authority':
      return difference('authority', request.authority, match.authority);
    case 'headers': {
      const claim = claimNames(String(key));
      if (claim !== null)
        return request.claims === undefined
          ? `no token is believed here, which could have the claim ${claim.join('.')}`
          : `the claim ${claim.join('.')} of the token is not what the match asks for`;
      const name = String(key).toLowerCase();
      return difference(`header ${name}`, headerOf(request, name), lookup(match.headers, String(key)) ?? null);
    }
    case 'withoutHeaders':
      return presence(String(key).toLowerCase(), lookup(match.withoutHeaders, String(key))!, request);
    default: {
      const value = parseQuery(request.query).get(String(key)) ?? null;
      return difference(`query parameter ${String(key)}`, value, lookup(match.queryParams, String(key)) ?? null);
    }
  }
}

function difference(what: string, value: string | null, matcher: StringMatch | null, ignoreCase = false): string {
  if (value === null || matcher === null) return `${what} is missing`;
  const shown = value === '' ? `${what}, which is empty,` : `${what} ${value}`;
  const anyCase = ignoreCase ? ' in any case' : '';
  switch (matcher.kind) {
    case 'exact':
      return `${shown} is not ${matcher.value}${anyCase}`;
    case 'prefix':
      return `${shown} does not begin with ${matcher.value}${anyCase}`;
    case 'path-prefix':
      return `${shown} is not under ${matcher.value}${anyCase}`;
    case 'regex':
      return `${shown} does not match the expression ${matcher.value}`;
    case 'present':
      return `${what} is missing`;
  }
}

function presence(name: string, matcher: StringMatch, request: RequestClass): string {
  if (claimNames(name) !== null) return `the token has the claim of ${name}, which withoutHeaders rules out`;
  const value = headerOf(request, name);
  if (isPresence(matcher) || value === null)
    return value === null
      ? `header ${name} counts as empty, which withoutHeaders names`
      : `header ${name} is there (${value})`;
  return `header ${name} is ${value}, which withoutHeaders rules out`;
}

/** Where a field of a block stands: for the route of a delegate, in the delegate or in the route that hands over to it. */
export function matchPosition(
  placed: PlacedRoute,
  root: VirtualServiceResource,
  match: HttpMatch | null,
  field: FieldPath,
): SourcePosition {
  const { owner, path, route } = placed;
  const index = match === null ? -1 : route.match.indexOf(match);
  if (match === null || index < 0) return owner.source.at(path);
  if (placed.root === undefined) return owner.source.at([...path, 'match', index, ...field]);
  const own = routeAt(owner, path)?.match ?? [];
  const above = placed.root.route.match;
  // Pairs of blocks, those of the root in turn for each of the delegate (models/plan/routes/delegate.ts).
  const perOwn = Math.max(1, above.length);
  const ownIndex = own.length === 0 ? -1 : Math.floor(index / perOwn);
  const aboveIndex = above.length === 0 ? -1 : index % perOwn;
  if (aboveIndex >= 0 && (ownIndex < 0 || !hasField(own[ownIndex]!, field))) {
    return root.source.at([...placed.root.path, 'match', aboveIndex, ...field]);
  }
  return owner.source.at([...path, 'match', ownIndex, ...field]);
}

function routeAt({ spec }: VirtualServiceResource, path: FieldPath): HttpRoute | undefined {
  return spec.http[Number(path[2])];
}

function hasField(match: HttpMatch, [field, key]: FieldPath): boolean {
  switch (field) {
    case 'uri':
    case 'method':
    case 'scheme':
    case 'authority':
    case 'port':
      return match[field] !== null;
    case 'headers':
    case 'withoutHeaders':
    case 'queryParams':
      return Object.hasOwn(match[field], String(key));
    case 'sourceLabels':
      return Object.keys(match.sourceLabels).length > 0;
    case 'gateways':
      return match.gateways.length > 0;
    default:
      return match.sourceNamespace !== '';
  }
}
