// Host names: how Istio expands short ones and how wildcards cover others.
// istio: pilot/pkg/model/config.go (ResolveShortnameToFQDN), pkg/config/host/name.go (Matches, SubsetOf, MoreSpecific).

export const CLUSTER_DOMAIN = 'cluster.local';

/** Host name of a Kubernetes Service: `reviews.default.svc.cluster.local`. */
export function serviceHost(name: string, namespace: string): string {
  return `${name}.${namespace}.svc.${CLUSTER_DOMAIN}`;
}

/**
 * A host in a VirtualService or DestinationRule of `namespace`: a name without any dot is the Service of that name in the
 * namespace; everything else (also `reviews.prod`) is taken literally.
 */
export function expandHost(host: string, namespace: string): string {
  if (host.includes('.') || host.includes('*') || host.includes(':')) return host;
  return serviceHost(host, namespace);
}

export function isWildcard(host: string): boolean {
  return host.startsWith('*');
}

/** Whether `pattern` (exact, `*.suffix` or `*`) covers `host`, which may be a wildcard itself. */
export function hostCovers(pattern: string, host: string): boolean {
  if (pattern === host) return true;
  if (!isWildcard(pattern)) return false;
  const suffix = pattern.slice(1);
  const tail = isWildcard(host) ? host.slice(1) : host;
  return tail.length >= suffix.length && tail.endsWith(suffix) && (isWildcard(host) || tail.length > suffix.length);
}

/** The narrower of two hosts that overlap, or null where they have nothing in common. */
export function narrowerHost(a: string, b: string): string | null {
  if (hostCovers(a, b)) return b;
  if (hostCovers(b, a)) return a;
  return null;
}

/** Order by how much a host says: exact first, then longer wildcards before shorter ones. Negative: `a` is more specific. */
export function compareSpecificity(a: string, b: string): number {
  const wildA = isWildcard(a);
  const wildB = isWildcard(b);
  if (wildA !== wildB) return wildA ? 1 : -1;
  return wildA ? b.length - a.length : 0;
}

/** What a client dials. */
export interface DialTarget {
  readonly scheme: string | null;
  readonly host: string;
  readonly port: number | null;
  /** Path of the URL, '' where it has none. */
  readonly path: string;
}

/** Reads `catalog`, `catalog.shop:8080`, `http://catalog/items`; null where it is none of these. */
export function parseDialTarget(text: string): DialTarget | null {
  const match = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):\/\/)?(\[[0-9a-fA-F:]+\]|[^/:?#\s]+)(?::(\d{1,5}))?([/?][^#\s]*)?$/.exec(
    text.trim(),
  );
  if (match === null) return null;
  const port = match[3] === undefined ? null : Number(match[3]);
  if (port !== null && (port < 1 || port > 65535)) return null;
  const rest = match[4] ?? '';
  return {
    scheme: match[1]?.toLowerCase() ?? null,
    host: match[2]!.toLowerCase().replace(/\.$/, ''),
    port,
    path: rest.startsWith('?') ? `/${rest}` : rest,
  };
}

/** The port that a scheme means when none is given; null where the scheme means none. */
export function schemePort(scheme: string | null): number | null {
  switch (scheme) {
    case 'http':
    case 'ws':
      return 80;
    case 'https':
    case 'wss':
      return 443;
    default:
      return null;
  }
}
