// What the user is told about a call of an ambient pod: how its connections are taken to behave, and which policies nothing on its way reads.

import type { Clusters } from '../clusters/clusters.js';
import type { Service } from '../registry/service.js';
import type { Workload } from '../registry/workload.js';
import { waypointServices } from '../routes/ambient-route.js';
import type { VirtualServices } from '../routes/virtual-service.js';
import type { Findings } from '../terms/findings.js';

const HINT = 'give the Service a waypoint (label istio.io/use-waypoint)';

export function noteAmbientCall(
  caller: Workload,
  service: Service,
  waypoint: Workload | null,
  parts: { readonly virtualServices: VirtualServices; readonly clusters: Clusters; readonly findings: Findings },
): void {
  const { virtualServices, clusters, findings } = parts;
  findings.approximated(
    caller.resource,
    '',
    caller.position,
    'its connections keep to the pod that a ztunnel has drawn for them: of HTTP/1.1 it is taken to open one wherever none is free, of HTTP/2 and gRPC to have a single one to each service',
  );
  const owner = virtualServices.ownerFor(service.host, caller.namespace);
  if (
    owner !== null &&
    (waypoint === null || waypointServices(service, virtualServices, waypoint.namespace).length === 0)
  ) {
    const { name, namespace, source } = owner.resource;
    findings.warning(
      'policy-without-waypoint',
      source.at([]),
      `VirtualService ${namespace}/${name} has no effect on the calls of ambient pods to ${service.resource}`,
      waypoint === null
        ? `a ztunnel reads no HTTP: ${HINT}`
        : `the waypoint reads VirtualServices of namespaces ${[...new Set([service.namespace, waypoint.namespace])].join(' and ')} only`,
    );
  }
  const rule = waypoint === null ? clusters.ruleFor(service, caller) : null;
  if (rule === null) return;
  findings.warning(
    'policy-without-waypoint',
    rule.resource.source.at([]),
    `DestinationRule ${rule.namespace}/${rule.resource.name} has no effect on the calls of ambient pods to ${service.resource}`,
    `a ztunnel draws an endpoint for each connection: ${HINT}`,
  );
}
