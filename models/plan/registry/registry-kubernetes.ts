// A Kubernetes Service as the registry has it.
// istio: pilot/pkg/serviceregistry/kube/conversion.go (ConvertService).
import type { ServiceSpec } from '../../config/kinds/service.js';
import type { Resource } from '../../config/resource.js';
import type { Findings } from '../terms/findings.js';
import { serviceHost } from '../terms/host.js';
import { servicePortProtocol } from '../terms/protocol.js';
import { linkerdService } from './linkerd-service.js';
import { type PortInfo, type Service, serviceNames } from './service.js';
import type { Workload, Workloads } from './workload.js';

const TRAFFIC_DISTRIBUTION = 'networking.istio.io/traffic-distribution';

/**
 * Endpoints are the pods of the namespace that the selector picks. A Service without selector has endpoints that others manage
 * (`written`); where nobody wrote any, one is assumed if the scenario describes the work of the service.
 * @param described names of services in the scenario
 */
export function kubernetesService(
  resource: Resource<'Service', ServiceSpec>,
  workloads: Workloads,
  described: ReadonlySet<string>,
  findings: Findings,
  namespaceAnnotations: Readonly<Record<string, string>> = {},
  written: Service['endpoints'] | null = null,
): Service {
  const { spec, name, namespace } = resource;
  const label = `Service ${namespace}/${name}`;
  const hasSelector = Object.keys(spec.selector).length > 0;
  const host = serviceHost(name, namespace);
  const isDescribed = serviceNames({ name, namespace, host }).some((own) => described.has(own));
  const selected = hasSelector
    ? workloads.endpointsOf(spec.selector, namespace)
    : isDescribed && written === null
      ? [{ workload: assumedEndpoint(resource, workloads, findings), weight: 1 }]
      : [];
  return {
    host,
    name,
    namespace,
    source: 'kubernetes',
    external: false,
    discovery: spec.headless ? 'original-dst' : 'eds',
    ports: spec.ports.map(
      (port): PortInfo => ({
        number: port.port,
        name: port.name,
        protocol: servicePortProtocol(port.name, port.appProtocol, port.port, port.protocol),
        target: port.targetPort,
      }),
    ),
    exportTo: exportAnnotation(resource.annotations['networking.istio.io/exportTo']),
    endpoints: written ?? selected,
    resource: label,
    position: resource.source.at([]),
    prefersClose: prefersClose(resource, namespaceAnnotations),
    ...(spec.sessionAffinity === 'ClientIP' ? { keepsClients: true as const } : {}),
    ...linkerdService(resource, namespaceAnnotations),
  };
}

/** istio: the field, else the annotation of the Service, else that of its namespace. */
function prefersClose(
  { spec, annotations }: Resource<'Service', ServiceSpec>,
  ofNamespace: Readonly<Record<string, string>>,
): boolean {
  const wish = spec.trafficDistribution ?? annotations[TRAFFIC_DISTRIBUTION] ?? ofNamespace[TRAFFIC_DISTRIBUTION] ?? '';
  return wish.startsWith('Prefer');
}

function assumedEndpoint(
  resource: Resource<'Service', ServiceSpec>,
  workloads: Workloads,
  findings: Findings,
): Workload {
  const label = `Service ${resource.namespace}/${resource.name}`;
  findings.approximated(
    label,
    'spec.selector',
    resource.source.at(['spec']),
    'there is no selector: what stands behind the Service runs outside of the YAML and behaves as the scenario says',
  );
  return workloads.addOutside({
    name: resource.name,
    namespace: resource.namespace,
    kind: 'external',
    resource: label,
    position: resource.source.at([]),
  });
}

function exportAnnotation(text: string | undefined): string[] {
  if (text === undefined) return [];
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
