// Routes and matches of a VirtualService that never apply (istio: pkg/config/validation/validation.go analyzeUnreachableHTTPRules and its
// sisters for TCP and TLS).
import { lookup } from '../../../sim/lookup.js';
import type { PlainMap, PlainValue } from '../../config/document.js';
import { isPlainMap } from '../../config/document.js';
import type { FieldPath } from '../../config/resource.js';
import type { LintObject } from '../object.js';
import { dig, listAt, mapAt, numberAt, textAt } from '../plain-access.js';

export interface DeadRoute {
  readonly kind: 'unreachable' | 'ineffective';
  readonly path: FieldPath;
  readonly message: string;
}

/** A match by prefix, as Istio compares them: E = exact, P = prefix. */
interface PrefixMatch {
  readonly path: FieldPath;
  readonly route: string;
  readonly match: string;
  readonly prefix: string;
  readonly port: number;
  readonly method: string;
  readonly authority: string;
  readonly maps: readonly Readonly<Record<string, string>>[];
}

export function deadRoutes(object: LintObject): DeadRoute[] {
  return (['http', 'tcp', 'tls'] as const).flatMap((protocol) => deadIn(object, protocol));
}

function deadIn(object: LintObject, protocol: 'http' | 'tcp' | 'tls'): DeadRoute[] {
  const routes = listAt(object.value, 'spec', protocol);
  const dead: DeadRoute[] = [];
  const seen = new Map<string, number>();
  const prefixes: PrefixMatch[] = [];
  let hasCatchAll = false;
  routes.forEach((route, index) => {
    const path = ['spec', protocol, index];
    const matches = listAt(route, 'match');
    if (matches.length === 0) {
      if (hasCatchAll) dead.push(unreachable(path, route, index, 'only the last route can be without a match'));
      hasCatchAll = true;
      return;
    }
    let duplicates = 0;
    matches.forEach((match, at) => {
      if (hasCatchAll) {
        dead.push(unreachable(path, route, index, 'a route without a match stands before it'));
        return;
      }
      const key = canonical(match);
      const earlier = seen.get(key);
      if (earlier !== undefined) {
        duplicates += 1;
        const message = `match ${nameOf(match, at)} is taken by the route ${nameOf(routes[earlier]!, earlier)}`;
        dead.push({ kind: 'ineffective', path: [...path, 'match', at], message });
        return;
      }
      seen.set(key, index);
      const prefix = protocol === 'http' ? prefixMatch(route, index, match, at) : null;
      if (prefix !== null) prefixes.push(prefix);
    });
    if (duplicates === matches.length)
      dead.push(unreachable(path, route, index, 'routes before it take all of its matches'));
  });
  return [...dead, ...covered(prefixes)];
}

function unreachable(path: FieldPath, route: PlainValue, index: number, reason: string): DeadRoute {
  return { kind: 'unreachable', path, message: `the route ${nameOf(route, index)} is never used: ${reason}` };
}

function nameOf(value: PlainValue, index: number): string {
  const name = textAt(value, 'name');
  return name === null || name === '' ? `#${index}` : `"${name}"`;
}

/** A match without its name, with its keys in order. */
function canonical(match: PlainValue): string {
  return JSON.stringify(isPlainMap(match) ? sorted(match, 'name') : match);
}

function sorted(map: PlainMap, without: string): readonly (readonly [string, unknown])[] {
  return Object.entries(map)
    .filter(([key]) => key !== without)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => [key, isPlainMap(item) ? sorted(item, '') : item] as const);
}

function prefixMatch(route: PlainValue, index: number, match: PlainValue, at: number): PrefixMatch | null {
  const prefix = textAt(match, 'uri', 'prefix') ?? '';
  if (prefix === '') return null;
  return {
    path: ['spec', 'http', index, 'match', at],
    route: nameOf(route, index),
    match: nameOf(match, at),
    prefix,
    port: numberAt(match, 'port') ?? 0,
    method: comparable(dig(match, 'method')) || 'EGET',
    authority: comparable(dig(match, 'authority')),
    maps: ['headers', 'queryParams', 'withoutHeaders'].map((field) =>
      Object.fromEntries(Object.entries(mapAt(match, field) ?? {}).map(([key, value]) => [key, comparable(value)])),
    ),
  };
}

function comparable(match: PlainValue | undefined): string {
  const exact = textAt(match, 'exact') ?? '';
  const prefix = textAt(match, 'prefix') ?? '';
  return exact !== '' ? `E${exact}` : prefix !== '' ? `P${prefix}` : '';
}

function covered(prefixes: readonly PrefixMatch[]): DeadRoute[] {
  return prefixes.flatMap((earlier, index) =>
    prefixes
      .slice(index + 1)
      .filter((later) => later.prefix !== earlier.prefix && covers(earlier, later))
      .map(
        (later): DeadRoute => ({
          kind: 'ineffective',
          path: later.path,
          message: `match ${later.match} of the prefix ${later.prefix} is taken by the prefix ${earlier.prefix} of the route ${earlier.route}`,
        }),
      ),
  );
}

function covers(a: PrefixMatch, b: PrefixMatch): boolean {
  return (
    b.prefix.startsWith(a.prefix) &&
    a.port === b.port &&
    a.method.startsWith(b.method) &&
    a.authority.startsWith(b.authority) &&
    a.maps.every((map, index) => mapCovers(map, b.maps[index]!))
  );
}

function mapCovers(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const entries = Object.entries(a);
  return (
    entries.length === Object.keys(b).length &&
    entries.every(([key, value]) => {
      const other = lookup(b, key);
      return other !== undefined && value.startsWith(other);
    })
  );
}
