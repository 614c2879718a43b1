// The two routes of ambient mode: a ztunnel knows addresses alone, a waypoint routes the requests of the services that it serves.
// ztunnel: src/proxy/outbound.rs (build_request); istio: pilot/pkg/networking/core/listener_waypoint.go
// (buildWaypointInboundHTTPRouteConfig, waypointInboundRoute).

import type { Service } from '../registry/service.js';
import type { Workload } from '../registry/workload.js';
import { hostCovers } from '../terms/host.js';
import { isHttp } from '../terms/protocol.js';
import type { RequestClass } from '../terms/request-class.js';
import type { Dial } from './dial.js';
import { opaqueRoute } from './opaque-route.js';
import { defaultRoute, notFound, type RouteContext, routeDecision } from './route-action.js';
import type { RouteDecision, Target } from './route-decision.js';
import { bareRoute, dialedTarget, directRoute } from './sidecar-route.js';
import {
  type Candidate,
  candidatesFor,
  MESH,
  type ProxyView,
  selectRoute,
  type VirtualService,
  type VirtualServices,
} from './virtual-service.js';

/** What a ztunnel does with a connection to what was dialed: to the waypoint of the service, or to one of its pods. */
export function ztunnelRoute(dial: Dial, request: RequestClass, waypoint: Workload | null): RouteDecision {
  if (dial.kind !== 'service') return directRoute(dial, request);
  const target = dialedTarget(dial, request, 'ztunnel');
  return waypoint === null ? bareRoute('ztunnel', target) : bareRoute('waypoint', { ...target, waypoint });
}

/**
 * The route at a waypoint. It goes by the address that was dialed: the Host header does not matter. VirtualServices count in the namespace of the
 * service and in that of the waypoint, one after the other.
 */
export function waypointRoute(
  service: Service,
  port: number,
  request: RequestClass,
  virtualServices: VirtualServices,
  context: RouteContext,
): RouteDecision {
  const view: ProxyView = { namespace: context.namespace, labels: {}, gateways: [MESH], port };
  const target: Target = {
    service,
    host: service.host,
    port,
    subset: '',
    weight: 1,
    request,
    position: null,
    via: 'mesh',
    missingStatus: 503,
    entry: null,
  };
  const bound = waypointServices(service, virtualServices, context.namespace);
  context.trace?.push({ kind: 'waypoint', service, virtualServices: bound });
  const info = service.ports.find((candidate) => candidate.number === port);
  if (info !== undefined && !isHttp(info.protocol)) {
    for (const virtualService of bound) {
      const routed = opaqueRoute(virtualService, service.host, request, view, context);
      if (routed !== null) return routed;
    }
    return bareRoute('tcp', target);
  }
  const routes = bound.flatMap((virtualService) => candidatesFor(virtualService, view)).filter(isForWaypoints);
  const selected = routes.length === 0 ? null : selectRoute(routes, request, context.findings);
  context.trace?.push({ kind: 'routes', view, candidates: routes, selected });
  if (routes.length === 0) return defaultRoute('default', target, context);
  return selected === null
    ? notFound(routes[0]!.owner.source.field(['spec', 'http']))
    : routeDecision(selected, request, context);
}

/** The VirtualServices that a waypoint in `namespace` reads for a service, in their order. */
export function waypointServices(
  service: Service,
  virtualServices: VirtualServices,
  namespace: string,
): VirtualService[] {
  return virtualServices
    .boundTo(MESH, namespace)
    .filter(
      ({ resource, hosts }) =>
        (resource.namespace === service.namespace || resource.namespace === namespace) &&
        hosts.some((pattern) => hostCovers(pattern, service.host)),
    );
}

/** A waypoint serves all callers: match blocks that ask for labels of one are skipped. */
function isForWaypoints({ match }: Candidate): boolean {
  return match === null || Object.keys(match.sourceLabels).length === 0;
}
