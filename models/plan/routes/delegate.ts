// Delegation: a route of a root VirtualService that takes its rules from another VirtualService.
// istio: pilot/pkg/model/virtualservice.go (mergeVirtualServicesIfNeeded, mergeHTTPRoutes, mergeHTTPMatchRequest).
import type { SourcePosition } from '../../config/diagnostic.js';
import type { StringMatch } from '../../config/kinds/string-match.js';
import type { HttpMatch, HttpRoute, RoutingKind, VirtualServiceSpec } from '../../config/kinds/virtual-service.js';
import type { FieldPath, Resource } from '../../config/resource.js';
import { named } from '../../list-index.js';
import type { Findings } from '../terms/findings.js';
import { isVisible } from '../terms/visibility.js';

export type VirtualServiceResource = Resource<RoutingKind, VirtualServiceSpec>;

/** A route with the place of its text: that of the delegate where it comes from one. */
export interface PlacedRoute {
  readonly route: HttpRoute;
  readonly owner: VirtualServiceResource;
  readonly path: FieldPath;
  /** The route of the root that hands over to a delegate, where the route comes from one. */
  readonly root?: { readonly route: HttpRoute; readonly path: FieldPath };
}

/** A route of a root whose delegate is not taken, or a rule of a delegate that contradicts the root: Istio leaves it out. */
export interface DroppedRoute {
  /** Of the root. */
  readonly path: FieldPath;
  /** The rule of the delegate; null: the delegate as a whole. */
  readonly own: { readonly owner: VirtualServiceResource; readonly path: FieldPath; readonly route: HttpRoute } | null;
  /** Field that says so, and why in words. */
  readonly field: string;
  readonly why: string;
  readonly position: SourcePosition;
}

export interface DelegatedRoutes {
  readonly http: readonly PlacedRoute[];
  readonly dropped: readonly DroppedRoute[];
}

/** The routes of a root, those of its delegates in their place. A route whose delegate is missing is left out, as in Istio. */
export function withDelegates(
  root: VirtualServiceResource,
  all: readonly VirtualServiceResource[],
  findings: Findings,
): DelegatedRoutes {
  const dropped: DroppedRoute[] = [];
  const http = root.spec.http.flatMap((route, index): PlacedRoute[] => {
    const path = ['spec', 'http', index];
    if (route.delegate === null) return [{ route, owner: root, path }];
    const namespace = route.delegate.namespace || root.namespace;
    const position = root.source.at([...path, 'delegate']);
    const delegate = findDelegate(route.delegate.name, namespace, root.namespace, all);
    if (typeof delegate === 'string') {
      const why = `delegate ${namespace}/${route.delegate.name} ${delegate}`;
      dropped.push({ path, own: null, field: 'delegate', why, position });
      findings.warning(
        'delegate-not-found',
        position,
        `no delegate VirtualService ${namespace}/${route.delegate.name} is visible here; Istio leaves the route out`,
        'a delegate has no hosts and is exported to the namespace of the root',
      );
      return [];
    }
    return delegate.spec.http.flatMap((own, ownIndex) => {
      const ownPath = ['spec', 'http', ownIndex];
      const field = conflictOf(route.match, own.match);
      if (field === null)
        return [{ route: mergeRoutes(route, own), owner: delegate, path: ownPath, root: { route, path } }];
      const why = `its ${field} contradicts that of the root (${root.namespace}/${root.name}#${index})`;
      dropped.push({
        path,
        own: { owner: delegate, path: ownPath, route: own },
        field,
        why,
        position: delegate.source.at([...ownPath, 'match']),
      });
      return [];
    });
  });
  return { http, dropped };
}

/** The delegate, or why there is none. */
function findDelegate(
  name: string,
  namespace: string,
  rootNamespace: string,
  all: readonly VirtualServiceResource[],
): VirtualServiceResource | string {
  const found = named(all, namespace, name);
  if (found === undefined) return 'is missing';
  if (found.spec.hosts.length > 0) return 'has hosts, which a delegate must not have';
  if (isVisible(found.spec.exportTo, found.namespace, rootNamespace)) return found;
  return `is not exported to the namespace ${rootNamespace} of the root`;
}

/** The delegate's rule with the root's matches ANDed to its own. */
function mergeRoutes(root: HttpRoute, own: HttpRoute): HttpRoute {
  return {
    ...own,
    name: [root.name, own.name].filter((name) => name !== '').join('-'),
    match: mergeMatches(root.match, own.match),
    rewrite: own.rewrite ?? root.rewrite,
    directResponse: own.directResponse ?? root.directResponse,
    timeoutNs: own.timeoutNs ?? root.timeoutNs,
    retries: own.retries ?? root.retries,
    fault: own.fault ?? root.fault,
    cors: own.cors ?? root.cors,
    mirrors: own.mirrors.length > 0 ? own.mirrors : root.mirrors,
    headers: isEmptyHeaders(own) ? root.headers : own.headers,
  };
}

function isEmptyHeaders(route: HttpRoute): boolean {
  const { request, response } = route.headers;
  return [request, response].every(
    (operations) =>
      Object.keys(operations.set).length === 0 &&
      Object.keys(operations.add).length === 0 &&
      operations.remove.length === 0,
  );
}

/** Every pair of a block of the delegate and one of the root. */
function mergeMatches(root: readonly HttpMatch[], own: readonly HttpMatch[]): readonly HttpMatch[] {
  if (root.length === 0) return own;
  if (own.length === 0) return root;
  return own.flatMap((ownMatch) => root.map((rootMatch) => mergeMatch(rootMatch, ownMatch)));
}

/** The field in which a block of the delegate contradicts one of the root; null where all pairs go together. */
function conflictOf(root: readonly HttpMatch[], own: readonly HttpMatch[]): string | null {
  for (const ownMatch of own) {
    for (const rootMatch of root) {
      const field = conflictingField(rootMatch, ownMatch);
      if (field !== null) return field;
    }
  }
  return null;
}

function mergeMatch(root: HttpMatch, own: HttpMatch): HttpMatch {
  return {
    ...own,
    name: [root.name, own.name].filter((name) => name !== '').join('-'),
    uri: own.uri ?? root.uri,
    scheme: own.scheme ?? root.scheme,
    method: own.method ?? root.method,
    authority: own.authority ?? root.authority,
    headers: { ...root.headers, ...own.headers },
    withoutHeaders: { ...root.withoutHeaders, ...own.withoutHeaders },
    queryParams: { ...root.queryParams, ...own.queryParams },
    ignoreUriCase: own.uri === null ? root.ignoreUriCase : own.ignoreUriCase,
    port: own.port ?? root.port,
    sourceLabels: { ...root.sourceLabels, ...own.sourceLabels },
    sourceNamespace: own.sourceNamespace || root.sourceNamespace,
    gateways: own.gateways.length > 0 ? own.gateways : root.gateways,
  };
}

function conflictingField(root: HttpMatch, own: HttpMatch): string | null {
  if (root.uri !== null && own.uri !== null && root.ignoreUriCase !== own.ignoreUriCase) return 'ignoreUriCase';
  if (root.port !== null && own.port !== null && root.port !== own.port) return 'port';
  if (root.sourceNamespace !== '' && own.sourceNamespace !== '' && root.sourceNamespace !== own.sourceNamespace) {
    return 'sourceNamespace';
  }
  if (root.gateways.length > 0 && !own.gateways.every((name) => root.gateways.includes(name))) return 'gateways';
  const fields: readonly ['uri', 'scheme', 'method', 'authority'] = ['uri', 'scheme', 'method', 'authority'];
  const differing = fields.find((field) => stringsConflict(root[field], own[field]));
  if (differing !== undefined) return differing;
  const maps = ['headers', 'withoutHeaders', 'queryParams'] as const;
  return (
    maps.find((field) =>
      Object.entries(own[field]).some(([key, matcher]) => stringsConflict(root[field][key] ?? null, matcher)),
    ) ?? null
  );
}

/** The root's matcher must contain the delegate's; two regular expressions are never compared. */
function stringsConflict(root: StringMatch | null, own: StringMatch | null): boolean {
  if (root === null || own === null || root.kind === 'present') return false;
  if (own.kind === 'present' || root.kind === 'regex' || own.kind === 'regex') return true;
  if (root.kind === 'prefix') return !own.value.startsWith(root.value);
  return own.kind === 'prefix' || own.value !== root.value;
}
