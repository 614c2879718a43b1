// ST2704: routes of one VirtualService that another one for the same host and gateway takes over.
import type { PlainValue } from '../../config/document.js';
import { isPlainMap } from '../../config/document.js';
import type { FieldPath } from '../../config/resource.js';
import type { LintMesh } from '../mesh.js';
import type { LintObject } from '../object.js';
import { listAt, textAt, textsAt } from '../plain-access.js';
import { httpRoutes } from '../routes.js';
import type { Rule } from '../rule.js';

export const shadowedAcross: Rule = {
  code: 'ST2704',
  name: 'ShadowedAcross',
  title: 'a route that another VirtualService of the host takes over',
  severity: 'warning',
  why: 'At a gateway the VirtualServices of one host are joined: the routes of the oldest come first, whatever is more specific, and only routes for everything go to the end. Which is older differs between clusters, and changes when one is made anew.',
  help: 'put the routes of the host into one VirtualService, or let one delegate to the others',
  source: 'istio: pilot/pkg/networking/core/gateway.go (buildGatewayHTTPRouteConfig), route/route.go (SortVHostRoutes)',
  check(mesh, report) {
    const told = new Set<string>();
    for (const claims of groups(mesh)) {
      const byPrefix = new Map<string, Claim[]>();
      for (const claim of claims) {
        if (claim.hasMore || claim.isExact) continue;
        byPrefix.set(claim.uri, [...(byPrefix.get(claim.uri) ?? []), claim]);
      }
      for (const claim of claims) {
        const taker = takerOf(claim, byPrefix);
        const key = `${claim.object.fullName} ${claim.path.join('.')}`;
        if (taker === null || told.has(key)) continue;
        told.add(key);
        const what = claim.uri === '/' ? 'what no other route takes' : claim.uri;
        const how = taker.uri === '/' ? 'its route for everything' : `its prefix ${taker.uri}`;
        report(
          claim.object,
          claim.path,
          `where VirtualService ${taker.object.fullName} is the older one, ${how} takes ${what}`,
        );
      }
    }
  },
};

interface Claim {
  readonly object: LintObject;
  readonly path: FieldPath;
  /** '/' for everything. */
  readonly uri: string;
  readonly isExact: boolean;
  /** It asks for more than a path. */
  readonly hasMore: boolean;
  /** In the order of the input. */
  readonly order: number;
}

/** What the VirtualServices of each host of each gateway match, where there are two or more. */
function groups(mesh: LintMesh): Claim[][] {
  const found = new Map<string, { readonly objects: Set<string>; readonly claims: Claim[] }>();
  mesh.virtualServices.forEach((object, order) => {
    const claims = httpRoutes([object]).flatMap(({ route, path }) => claimsOf(object, route, path, order));
    const gateways = textsAt(object.value, 'spec', 'gateways').filter((name) => name !== 'mesh');
    for (const gateway of gateways.map((name) => (name.includes('/') ? name : `${object.namespace}/${name}`))) {
      for (const host of textsAt(object.value, 'spec', 'hosts')) {
        const key = `${gateway} ${host}`;
        const group = found.get(key) ?? { objects: new Set<string>(), claims: [] };
        group.objects.add(object.fullName);
        group.claims.push(...claims);
        found.set(key, group);
      }
    }
  });
  return [...found.values()].filter(({ objects }) => objects.size > 1).map(({ claims }) => claims);
}

function claimsOf(object: LintObject, route: PlainValue, path: FieldPath, order: number): Claim[] {
  const matches = listAt(route, 'match');
  if (matches.length === 0) return [{ object, path, uri: '/', isExact: false, hasMore: false, order }];
  return matches.flatMap((match, index): Claim[] => {
    const uri = textAt(match, 'uri', 'exact') ?? textAt(match, 'uri', 'prefix');
    if (uri === null || uri === '') return [];
    const isExact = textAt(match, 'uri', 'exact') !== null;
    const fields = isPlainMap(match) ? Object.keys(match).filter((field) => field !== 'uri' && field !== 'name') : [];
    return [{ object, path: [...path, 'match', index], uri, isExact, hasMore: fields.length > 0, order }];
  });
}

/** A claim of another VirtualService that takes all of this one; a claim for everything yields to all others but its like. */
function takerOf(claim: Claim, byPrefix: ReadonlyMap<string, readonly Claim[]>): Claim | null {
  const isCatchAll = claim.uri === '/' && !claim.isExact;
  const lengths = isCatchAll ? [1] : Array.from({ length: claim.uri.length - 1 }, (_, index) => index + 2);
  if (isCatchAll && claim.hasMore) return null;
  for (const length of lengths) {
    const taker = (byPrefix.get(claim.uri.slice(0, length)) ?? []).find(
      ({ object, uri, order }) =>
        object.fullName !== claim.object.fullName &&
        (uri !== claim.uri || claim.isExact || order < claim.order) &&
        isOlderPerhaps(object, claim.object),
    );
    if (taker !== undefined) return taker;
  }
  return null;
}

/** Not where both say when they were made, and it was later. */
function isOlderPerhaps(a: LintObject, b: LintObject): boolean {
  const [madeA, madeB] = [a, b].map(({ value }) => textAt(value, 'metadata', 'creationTimestamp'));
  return madeA === null || madeB === null || madeA === undefined || madeB === undefined || madeA <= madeB;
}
