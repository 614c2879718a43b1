// Delegation: a route of a root VirtualService that takes its rules from another VirtualService.
// istio: pilot/pkg/model/virtualservice.go (mergeVirtualServicesIfNeeded, mergeHTTPRoutes, mergeHTTPMatchRequest).
import type { StringMatch } from '../config/kinds/string-match.js';
import type { HttpMatch, HttpRoute, RoutingKind, VirtualServiceSpec } from '../config/kinds/virtual-service.js';
import type { FieldPath, Resource } from '../config/resource.js';
import type { Findings } from './findings.js';
import { isVisible } from './visibility.js';

export type VirtualServiceResource = Resource<RoutingKind, VirtualServiceSpec>;

/** A route with the place of its text: that of the delegate where it comes from one. */
export interface PlacedRoute {
  readonly route: HttpRoute;
  readonly owner: VirtualServiceResource;
  readonly path: FieldPath;
  /** The route of the root that hands over to a delegate, where the route comes from one. */
  readonly root?: { readonly route: HttpRoute; readonly path: FieldPath };
}

/** The routes of a root, those of its delegates in their place. A route whose delegate is missing is left out, as in Istio. */
export function withDelegates(
  root: VirtualServiceResource,
  all: readonly VirtualServiceResource[],
  findings: Findings,
): PlacedRoute[] {
  return root.spec.http.flatMap((route, index): PlacedRoute[] => {
    const path = ['spec', 'http', index];
    if (route.delegate === null) return [{ route, owner: root, path }];
    const namespace = route.delegate.namespace || root.namespace;
    const delegate = findDelegate(route.delegate.name, namespace, root.namespace, all);
    if (delegate === null) {
      findings.warning(
        'delegate-not-found',
        root.source.at([...path, 'delegate']),
        `no delegate VirtualService ${namespace}/${route.delegate.name} is visible here; Istio leaves the route out`,
        'a delegate has no hosts and is exported to the namespace of the root',
      );
      return [];
    }
    return delegate.spec.http.flatMap((own, ownIndex) => {
      const merged = mergeRoutes(route, own);
      return merged === null
        ? []
        : [{ route: merged, owner: delegate, path: ['spec', 'http', ownIndex], root: { route, path } }];
    });
  });
}

function findDelegate(
  name: string,
  namespace: string,
  rootNamespace: string,
  all: readonly VirtualServiceResource[],
): VirtualServiceResource | null {
  const found = all.find((candidate) => candidate.name === name && candidate.namespace === namespace);
  if (found === undefined || found.spec.hosts.length > 0) return null;
  return isVisible(found.spec.exportTo, found.namespace, rootNamespace) ? found : null;
}

/** The delegate's rule with the root's matches ANDed to its own; null where no pair of them can hold together. */
function mergeRoutes(root: HttpRoute, own: HttpRoute): HttpRoute | null {
  const match = mergeMatches(root.match, own.match);
  if (match === null) return null;
  return {
    ...own,
    name: [root.name, own.name].filter((name) => name !== '').join('-'),
    match,
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

function mergeMatches(root: readonly HttpMatch[], own: readonly HttpMatch[]): readonly HttpMatch[] | null {
  if (root.length === 0) return own;
  if (own.length === 0) return root;
  const merged: HttpMatch[] = [];
  for (const ownMatch of own) {
    for (const rootMatch of root) {
      const both = mergeMatch(rootMatch, ownMatch);
      if (both === null) return null;
      merged.push(both);
    }
  }
  return merged;
}

function mergeMatch(root: HttpMatch, own: HttpMatch): HttpMatch | null {
  if (conflicts(root, own)) return null;
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

function conflicts(root: HttpMatch, own: HttpMatch): boolean {
  if (root.uri !== null && own.uri !== null && root.ignoreUriCase !== own.ignoreUriCase) return true;
  if (root.port !== null && own.port !== null && root.port !== own.port) return true;
  if (root.sourceNamespace !== '' && own.sourceNamespace !== '' && root.sourceNamespace !== own.sourceNamespace) {
    return true;
  }
  if (root.gateways.length > 0 && !own.gateways.every((name) => root.gateways.includes(name))) return true;
  const fields: readonly ['uri', 'scheme', 'method', 'authority'] = ['uri', 'scheme', 'method', 'authority'];
  if (fields.some((field) => stringsConflict(root[field], own[field]))) return true;
  return (['headers', 'withoutHeaders', 'queryParams'] as const).some((field) =>
    Object.entries(own[field]).some(([key, matcher]) => stringsConflict(root[field][key] ?? null, matcher)),
  );
}

/** The root's matcher must contain the delegate's; two regular expressions are never compared. */
function stringsConflict(root: StringMatch | null, own: StringMatch | null): boolean {
  if (root === null || own === null || root.kind === 'present') return false;
  if (own.kind === 'present' || root.kind === 'regex' || own.kind === 'regex') return true;
  if (root.kind === 'prefix') return !own.value.startsWith(root.value);
  return own.kind === 'prefix' || own.value !== root.value;
}
