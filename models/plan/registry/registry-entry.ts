// The hosts of a ServiceEntry as the registry has them; what is not a pod of the mesh becomes an `external` workload.
// istio: pilot/pkg/serviceregistry/serviceentry/conversion.go (convertServices, convertResolution).
import type { ServiceEntryEndpoint, ServiceEntrySpec } from '../../config/kinds/service-entry.js';
import type { Resource } from '../../config/resource.js';
import type { LocalityPlan } from '../contract/plan.js';
import { isWildcard } from '../terms/host.js';
import { entryPortProtocol } from '../terms/protocol.js';
import type { EntryHost } from './entry-merge.js';
import type { PortInfo, Service } from './service.js';
import { versionOf, type Workload, type Workloads } from './workload.js';
import { hasProxy, placeOf } from './workload-entries.js';

type Entry = Resource<'ServiceEntry', ServiceEntrySpec>;

/** One service a host, with the ports of the entries that are merged into it. Endpoints of equal labels and weight are the pods of one external workload. */
export function entryServices(resource: Entry, hosts: readonly EntryHost[], workloads: Workloads): Service[] {
  if (hosts.length === 0) return [];
  const { spec, namespace, name } = resource;
  const label = `ServiceEntry ${namespace}/${name}`;
  const listed = spec.endpoints.length > 0 ? listedEndpoints(resource, workloads) : null;
  const selected = spec.workloadSelector === null ? null : workloads.endpointsOf(spec.workloadSelector, namespace);
  return hosts.map(({ host, more }) => ({
    host,
    name: host,
    namespace,
    source: 'entry',
    external: spec.location === 'MESH_EXTERNAL',
    discovery: spec.resolution === 'STATIC' ? 'eds' : spec.resolution === 'NONE' ? 'original-dst' : 'dns',
    ...(spec.resolution === 'DNS_ROUND_ROBIN' ? { logicalDns: true } : {}),
    ports: portsOf([resource, ...more]),
    exportTo: spec.exportTo,
    endpoints: selected ?? listed ?? hostAsEndpoint(host, resource, workloads),
    resource: label,
    position: resource.source.at([]),
    prefersClose: false,
    ...(spec.addresses.length > 0
      ? {}
      : {
          addressless: {
            allocatable: spec.resolution !== 'NONE' && !isWildcard(host),
            createdAtMs: resource.createdAtMs ?? 0,
          },
        }),
  }));
}

/** Of several entries the first that has a number counts. */
function portsOf(entries: readonly Entry[]): PortInfo[] {
  const ports = new Map<number, PortInfo>();
  for (const { number, name, protocol, targetPort } of entries.flatMap(({ spec }) => spec.ports)) {
    if (ports.has(number)) continue;
    ports.set(number, {
      number,
      name,
      protocol: entryPortProtocol(protocol, number),
      target: targetPort ?? number,
    });
  }
  return [...ports.values()];
}

function listedEndpoints(resource: Entry, workloads: Workloads): Service['endpoints'] {
  const groups = new Map<string, ServiceEntryEndpoint[]>();
  for (const endpoint of resource.spec.endpoints) {
    const labels = workloads.networks.ofEndpoint(endpoint);
    const key = JSON.stringify([labels, endpoint.weight, endpoint.serviceAccount]);
    groups.set(key, [...(groups.get(key) ?? []), endpoint]);
  }
  const host = resource.spec.hosts[0] ?? resource.name;
  return [...groups.values()].map((endpoints, index) => {
    const first = endpoints[0]!;
    const version = versionOf(first.labels);
    const suffix = groups.size === 1 ? '' : version === '' ? `#${index + 1}` : `-${version}`;
    return {
      workload: external(
        resource,
        workloads,
        `${host}${suffix}`,
        workloads.networks.ofEndpoint(first),
        endpoints.map(placeOf),
        hasProxy(first),
      ),
      weight: first.weight,
    };
  });
}

/** DNS names are their own endpoint, and so is whatever a client of a ServiceEntry without resolution has resolved. */
function hostAsEndpoint(host: string, resource: Entry, workloads: Workloads): Service['endpoints'] {
  if (resource.spec.resolution === 'STATIC') return [];
  return [{ workload: external(resource, workloads, host, {}, [null]), weight: 1 }];
}

function external(
  resource: Entry,
  workloads: Workloads,
  name: string,
  labels: Readonly<Record<string, string>>,
  places: readonly (LocalityPlan | null)[],
  meshed = false,
): Workload {
  return workloads.add({
    name,
    namespace: resource.namespace,
    kind: 'external',
    labels,
    pod: null,
    hasSidecar: meshed && resource.spec.location === 'MESH_INTERNAL',
    replicas: places.length,
    places,
    version: versionOf(labels),
    resource: `ServiceEntry ${resource.namespace}/${resource.name}`,
    position: resource.source.at([]),
  });
}
