// What explanations say of ambient mode: HBONE, and waypoints that callers go past.
// istio: architecture/ambient/ztunnel.md, pilot/pkg/networking/core/cluster_waypoint.go, pkg/config/constants (ingress-use-waypoint).

import type { MeshParts } from '../graph/mesh-parts.js';
import type { Workload } from '../registry/workload.js';
import type { Dial } from '../routes/dial.js';
import type { Target } from '../routes/route-decision.js';
import type { RouteTrace } from '../routes/trace.js';
import { isHttp } from '../terms/protocol.js';
import { speaksHbone } from '../tls/cluster-tls.js';
import { eventOf, servicePlace } from './events.js';
import type { DestinationView, Listener, VirtualHost } from './explanation.js';

/** As models/mesh/hbone.ts has it: Envoys where the server is ambient, ztunnels and waypoints wherever it has a proxy. */
export function isByHbone(caller: Workload, server: Workload): boolean {
  if (speaksHbone(server)) return speaksHbone(caller) || caller.hasSidecar || caller.kind === 'gateway';
  return speaksHbone(caller) && server.hasSidecar && server.kind === 'app';
}

/** The ztunnel of a caller in ambient mode takes what the caller dials. */
export function ztunnelListener({ listenerPort }: RouteTrace, dial: Dial & { kind: 'service' }): Listener {
  return {
    port: listenerPort,
    protocol: 'HBONE',
    decidedBy: `the pods of the caller are in ambient mode: a ztunnel takes the connection to ${dial.service.resource}`,
    place: servicePlace(dial),
  };
}

/** A waypoint serves the Services that ask for it; null: the proxy is none. */
export function waypointListener(trace: RouteTrace): Listener | null {
  const event = eventOf(trace, 'waypoint');
  if (event === null) return null;
  const { service } = event;
  const port = service.ports.find(({ number }) => number === trace.listenerPort);
  return {
    port: trace.listenerPort,
    protocol: port === undefined || isHttp(port.protocol) ? 'HTTP' : 'TCP',
    decidedBy: `HBONE connections to port ${trace.listenerPort} of ${service.resource}`,
    place: { resource: service.resource, position: service.position },
  };
}

export function waypointHost(trace: RouteTrace): VirtualHost | null {
  const event = eventOf(trace, 'waypoint');
  if (event === null) return null;
  const { service, virtualServices } = event;
  return {
    name: `${service.host}:${trace.listenerPort}`,
    why: 'the address that was dialed counts, not the Host header',
    place: { resource: service.resource, position: service.position },
    virtualServices: virtualServices.map(({ resource }) => ({
      resource: `${resource.kind} ${resource.namespace}/${resource.name}`,
      position: resource.source.at([]),
    })),
    passedOver: [],
  };
}

/** The waypoint of the target's service that the caller goes past, and why; null: there is none, or the caller goes through it. */
export function passedWaypoint(
  { service, waypoint: through }: Target,
  caller: Workload,
  { waypoints }: MeshParts,
): DestinationView['waypointPassed'] {
  if (service === null || through !== undefined || caller.kind === 'waypoint') return null;
  const waypoint = waypoints.of(service);
  if (waypoint === null) return null;
  const place = { resource: waypoint.resource, position: waypoint.position };
  if (caller.kind !== 'gateway') {
    const why = caller.hasSidecar
      ? 'a sidecar goes straight to the pods'
      : 'only callers in ambient mode are sent there by their ztunnel';
    return { ...place, why };
  }
  if (waypoints.atIngress(service) !== null) return null;
  return {
    ...place,
    why: 'a gateway goes there only where the Service or its namespace has the label istio.io/ingress-use-waypoint: "true"',
  };
}
