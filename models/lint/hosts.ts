// Which host a name stands for, as `istioctl analyze` finds it (istio: pkg/config/analysis/analyzers/util/hosts.go, service_lookup.go).
import { editDistance } from '../../sim/nearest.js';
import { nearestNames } from '../plan/terms/nearest.js';
import type { LintObject } from './object.js';
import { listAt, numberAt, textsAt } from './plain-access.js';

const EVERYWHERE = '*';
/** Each compares a name with all that there are: a thousand wrong names of a thousand hosts would take seconds. */
const SUGGESTIONS_MAX = 100;
const FQDN = /^(.+)\.(.+)\.svc\.cluster\.local$/;

/** A Service or ServiceEntry that a host leads to. */
export interface HostOwner {
  readonly object: LintObject;
  readonly ports: readonly number[];
}

export class HostTable {
  private readonly owners = new Map<string, HostOwner>();
  private readonly wildcards: { readonly scope: string; readonly suffix: string; readonly owner: HostOwner }[] = [];

  private asked = 0;

  constructor(services: readonly LintObject[], entries: readonly LintObject[]) {
    for (const object of entries) {
      const owner = { object, ports: portsOf(object, 'number') };
      for (const host of textsAt(object.value, 'spec', 'hosts')) {
        const exportTo = textsAt(object.value, 'spec', 'exportTo');
        for (const scope of scopesOf(exportTo, object.namespace)) this.add(scope, fqdn(host, object.namespace), owner);
      }
    }
    for (const object of services) {
      const owner = { object, ports: portsOf(object, 'port') };
      const exportTo = (object.annotations['networking.istio.io/exportTo'] ?? '').split(',').map((word) => word.trim());
      const scopes = scopesOf(exportTo[0] === '' ? [] : exportTo, object.namespace);
      for (const scope of scopes) this.add(scope, fqdn(object.name, object.namespace), owner);
    }
  }

  /** Whether anything is known at all: a lone VirtualService cannot be held against an empty cluster. */
  get isEmpty(): boolean {
    return this.owners.size === 0 && this.wildcards.length === 0;
  }

  /** What a host leads to for an object of `namespace` that is exported to `exportTo`; null where nothing answers. */
  find(host: string, namespace: string, exportTo: readonly string[]): HostOwner | null {
    const name = fqdn(host, namespace);
    const scopes = exportTo.length === 0 ? [namespace] : exportTo.map((entry) => (entry === '.' ? namespace : entry));
    for (const scope of [EVERYWHERE, ...scopes]) {
      const owner = this.owners.get(`${scope}/${name}`);
      if (owner !== undefined) return owner;
    }
    const bare = host.startsWith('*') ? host.slice(1) : host;
    const wild = this.wildcards.find(
      ({ scope, suffix }) => (scope === EVERYWHERE || scope === namespace) && bare.endsWith(suffix),
    );
    return wild?.owner ?? null;
  }

  /** A name like `host` that is there, as an object of `namespace` writes it; null where none differs by less than a third of its first label. */
  nearest(host: string, namespace: string): string | null {
    this.asked += 1;
    if (this.asked > SUGGESTIONS_MAX) return null;
    const own = `.${namespace}.svc.cluster.local`;
    const names = [...this.owners.keys()].map((key) => {
      const name = key.slice(key.indexOf('/') + 1);
      return name.endsWith(own) && !host.includes('.') ? name.slice(0, -own.length) : name;
    });
    const [first] = nearestNames(host, names, 1);
    return first !== undefined && 3 * editDistance(first, host) <= host.split('.')[0]!.length ? first : null;
  }

  private add(scope: string, host: string, owner: HostOwner): void {
    this.owners.set(`${scope}/${host}`, owner);
    if (host.startsWith('*')) this.wildcards.push({ scope, suffix: host.slice(1), owner });
  }
}

/** Name and namespace that a host means: `reviews`, or `reviews.shop.svc.cluster.local`. */
export function nameOfHost(host: string, namespace: string): string {
  const parts = FQDN.exec(host);
  return parts === null ? `${namespace}/${host}` : `${parts[2]}/${parts[1]}`;
}

/** The namespace of the Service that a host means; null where the host is no name of a Service. */
export function namespaceOfHost(host: string, namespace: string): string | null {
  return FQDN.exec(fqdn(host, namespace))?.[2] ?? null;
}

/** A short name is one of its namespace; names with dots and wildcards stand for themselves. */
export function fqdn(host: string, namespace: string): string {
  return host.startsWith('*') || host.includes('.') ? host : `${host}.${namespace}.svc.cluster.local`;
}

/** The namespaces that see an object; `*` = all. */
export function scopesOf(exportTo: readonly string[], namespace: string): readonly string[] {
  if (exportTo.length === 0 || exportTo.includes(EVERYWHERE)) return [EVERYWHERE];
  return [...new Set(exportTo.map((entry) => (entry === '.' ? namespace : entry)))];
}

function portsOf(object: LintObject, field: string): number[] {
  return listAt(object.value, 'spec', 'ports').map((port) => numberAt(port, field) ?? 0);
}
