// The destinations that a VirtualService names, each with its place (istio: pkg/config/analysis/analyzers/virtualservice/util.go).
import type { PlainValue } from '../config/document.js';
import type { FieldPath } from '../config/resource.js';
import type { LintObject } from './object.js';
import { dig, listAt, numberAt, textAt } from './plain-access.js';

export interface NamedDestination {
  readonly host: string;
  readonly subset: string;
  /** null where the destination names none. */
  readonly port: number | null;
  readonly weight: number;
  readonly isMirror: boolean;
  /** Of the route, e.g. `spec.http[0]`. */
  readonly routePath: FieldPath;
  /** Of the destination. */
  readonly path: FieldPath;
}

/** All destinations of `tcp`, `tls`, `http` routes and then those of mirrors. */
export function destinationsOf(object: LintObject): NamedDestination[] {
  const found: NamedDestination[] = [];
  for (const protocol of ['tcp', 'tls', 'http'] as const) {
    listAt(object.value, 'spec', protocol).forEach((rule, index) => {
      listAt(rule, 'route').forEach((entry, at) => {
        const routePath = ['spec', protocol, index];
        found.push(named(dig(entry, 'destination'), routePath, [...routePath, 'route', at, 'destination'], entry));
      });
    });
  }
  listAt(object.value, 'spec', 'http').forEach((rule, index) => {
    const routePath = ['spec', 'http', index];
    const mirror = dig(rule, 'mirror');
    if (mirror !== undefined && mirror !== null) found.push(named(mirror, routePath, [...routePath, 'mirror'], null));
    listAt(rule, 'mirrors').forEach((entry, at) => {
      found.push(named(dig(entry, 'destination'), routePath, [...routePath, 'mirrors', at, 'destination'], null));
    });
  });
  return found;
}

function named(
  destination: PlainValue | undefined,
  routePath: FieldPath,
  path: FieldPath,
  entry: PlainValue | null,
): NamedDestination {
  return {
    host: textAt(destination, 'host') ?? '',
    subset: textAt(destination, 'subset') ?? '',
    port: numberAt(destination, 'port', 'number'),
    weight: entry === null ? 0 : (numberAt(entry, 'weight') ?? 0),
    isMirror: entry === null,
    routePath,
    path,
  };
}

/** Every HTTP route of every VirtualService, with its place. */
export function httpRoutes(
  virtualServices: readonly LintObject[],
): { readonly object: LintObject; readonly route: PlainValue; readonly path: FieldPath }[] {
  return virtualServices.flatMap((object) =>
    listAt(object.value, 'spec', 'http').map((route, index) => ({ object, route, path: ['spec', 'http', index] })),
  );
}
