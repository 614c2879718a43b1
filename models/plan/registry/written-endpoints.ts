// Endpoints that somebody writes for a Service without a selector (kubernetes: pkg/controller/endpointslicemirroring; istio:
// pilot/pkg/serviceregistry/kube/controller/endpointslice.go): addresses outside of the YAML, as the pods of one external workload.
import type { EndpointAddress, EndpointsSpec } from '../../config/kinds/endpoints.js';
import type { ServiceSpec } from '../../config/kinds/service.js';
import type { ResourceSet } from '../../config/load.js';
import type { Resource } from '../../config/resource.js';
import { finder, identityOf } from '../../list-index.js';
import type { Findings } from '../terms/findings.js';
import type { Service } from './service.js';
import type { Workloads } from './workload.js';

type Written = Resource<string, EndpointsSpec>;

const byService = finder<Written>(({ namespace, spec }) => [identityOf({ namespace, name: spec.service })]);

/** null: nobody wrote any. Slices count before Endpoints, which the cluster copies into slices. */
export function writtenEndpoints(
  resources: Pick<ResourceSet, 'endpoints' | 'endpointSlices'>,
  service: Resource<'Service', ServiceSpec>,
  workloads: Workloads,
  findings: Findings,
): Service['endpoints'] | null {
  const slices = byService(resources.endpointSlices, identityOf(service));
  const objects = slices.length > 0 ? slices : byService(resources.endpoints, identityOf(service));
  const first = objects[0];
  if (first === undefined) return null;
  sayMissingPorts(objects, service, findings);
  const byAddress = new Map<string, EndpointAddress>();
  for (const { spec } of objects) for (const address of spec.addresses) byAddress.set(address.address, address);
  const ready = [...byAddress.values()].filter((address) => address.ready);
  if (ready.length === 0) return [];
  const workload = workloads.add({
    name: service.name,
    namespace: service.namespace,
    kind: 'external',
    labels: {},
    pod: null,
    hasSidecar: false,
    replicas: ready.length,
    places: ready.map(({ zone }) => (zone === '' ? null : { region: '', zone })),
    version: '',
    resource: `${first.kind} ${first.namespace}/${first.name}`,
    position: first.source.at([]),
  });
  return [{ workload, weight: 1 }];
}

/** A port of the Service that no endpoint has: Kubernetes finds nobody behind it. */
function sayMissingPorts(
  objects: readonly Written[],
  { name, namespace, spec, source }: Resource<'Service', ServiceSpec>,
  findings: Findings,
): void {
  const names = objects.flatMap(({ spec: written }) => written.ports.map((port) => port.name));
  if (names.length === 0) return;
  spec.ports.forEach((port, index) => {
    if (names.includes(port.name)) return;
    findings.approximated(
      `Service ${namespace}/${name}`,
      `spec.ports[${index}].name`,
      source.at(['spec', 'ports', index]),
      'its endpoints have no port of this name: nobody would be found behind it; they answer here nevertheless',
    );
  });
}
