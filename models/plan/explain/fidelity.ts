// The fidelity entries that concern one way through the mesh: those of the objects that were met on it, and of policies that select its pods. What
// pods are made of (probes, memory, requests of CPU) does not change the way.
import type { FidelityEntry } from '../../config/diagnostic.js';
import type { Explanation, Hop } from './explanation.js';

/** Kinds that act on proxies by namespace and labels, without being named by anything. */
const SELECTING_KINDS: readonly string[] = [
  'AuthorizationPolicy',
  'EnvoyFilter',
  'PeerAuthentication',
  'ProxyConfig',
  'RequestAuthentication',
  'Sidecar',
  'Telemetry',
  'TrafficExtension',
  'WasmPlugin',
];
const ROOT = 'istio-system';
const POD_PATH = /^spec\.(template\.spec\.)?(initC|c)ontainers\[/;

export function fidelityOf(hops: readonly Hop[], all: readonly FidelityEntry[]): Explanation['fidelity'] {
  const objects = new Set(hops.flatMap(objectsOf));
  const namespaces = new Set([ROOT, ...hops.flatMap(namespacesOf)]);
  const taken = new Set(
    hops.flatMap(({ rules }) => rules.filter(({ verdict }) => verdict === 'chosen').map(placeOfRule)),
  );
  const other = new Set(
    hops.flatMap(({ rules }) => rules.filter(({ verdict }) => verdict !== 'chosen').map(placeOfRule)),
  );
  const seen = new Set<string>();
  return all.filter((entry) => {
    const key = JSON.stringify(entry);
    if (seen.has(key) || POD_PATH.test(entry.path) || !concerns(entry, objects, namespaces)) return false;
    seen.add(key);
    const route = routeOf(entry);
    return route === null || taken.has(route) || !other.has(route);
  });
}

function concerns({ resource }: FidelityEntry, objects: ReadonlySet<string>, namespaces: ReadonlySet<string>): boolean {
  if (objects.has(resource)) return true;
  const [kind, name] = resource.split(' ');
  if (kind === 'Namespace') return namespaces.has(name ?? '');
  return SELECTING_KINDS.includes(kind ?? '') && namespaces.has((name ?? '').split('/')[0] ?? '');
}

function objectsOf({ proxy, listener, virtualHost, rules, route }: Hop): string[] {
  const places = [
    proxy.place,
    listener.place,
    virtualHost?.place ?? null,
    ...(virtualHost?.virtualServices ?? []),
    ...rules.filter(({ verdict }) => verdict === 'chosen').flatMap(({ place, root }) => [place, root]),
    route.place,
    ...[...route.destinations, ...route.mirrors].flatMap(({ service, rules: policies, endpoints }) => [
      service,
      ...policies,
      ...endpoints.map(({ place }) => place),
    ]),
  ];
  return places.flatMap((place) => (place === null ? [] : [place.resource]));
}

function namespacesOf({ proxy, route }: Hop): string[] {
  const names = [
    proxy.workload,
    ...route.destinations.flatMap(({ endpoints }) => endpoints.map(({ workload }) => workload)),
  ];
  return names.map((name) => name.slice(name.indexOf('.') + 1));
}

function placeOfRule({ place, name }: Hop['rules'][number]): string {
  return `${place.resource} ${name}`;
}

/** The route of a VirtualService that an entry is about (`spec.http[2].corsPolicy`), as rules without a name are called; null: none. */
function routeOf({ resource, path }: FidelityEntry): string | null {
  const index = /^spec\.http\[(\d+)\]/.exec(path)?.[1];
  return index === undefined ? null : `${resource} ${resource.split(' ')[1]}#${index}`;
}
