// What the proxy of a caller, a gateway or a waypoint does with a request: its route, and the filters before it.
import type { SourcePosition } from '../../config/diagnostic.js';
import type { ClientView } from '../clusters/clusters.js';
import { settledRoute, withoutTaken } from '../filters/on-the-way.js';
import { NO_TIMERS, type StreamTimers } from '../filters/route-merge.js';
import type { SettledRoute } from '../filters/route-settings.js';
import { linkerdRoute } from '../linkerd/route.js';
import type { Service } from '../registry/service.js';
import type { Workload } from '../registry/workload.js';
import { waypointRoute, ztunnelRoute } from '../routes/ambient-route.js';
import type { Dial } from '../routes/dial.js';
import { gatewayRoute, passesTlsOn } from '../routes/gateway-route.js';
import type { RouteContext } from '../routes/route-action.js';
import type { RouteDecision } from '../routes/route-decision.js';
import { directRoute, sidecarRoute } from '../routes/sidecar-route.js';
import type { RouteTrace } from '../routes/trace.js';
import { isHttp } from '../terms/protocol.js';
import type { RequestClass } from '../terms/request-class.js';
import { noteAmbientCall } from './ambient-findings.js';
import { noteMissingProxy, noteService } from './graph-notes.js';
import type { FilterNumbers, Peer } from './http-filters.js';
import { noteLinkerdCall } from './linkerd-notes.js';
import type { MeshParts } from './mesh-parts.js';

/** A request about to be made, and how the report calls it. */
export interface Sending {
  readonly caller: Workload;
  readonly fromName: string;
  readonly dial: Dial;
  readonly request: RequestClass;
  readonly label: string;
  readonly at: SourcePosition;
}

interface RouteProxy {
  readonly filters: FilterNumbers;
  readonly port: number;
  readonly route: SettledRoute;
  readonly trustsHeaders: boolean;
}

export interface Decided {
  readonly decision: RouteDecision;
  readonly filters: FilterNumbers;
  readonly timers: StreamTimers;
}

/** `site` is the number that the site of the request will have, for those who ask how its route came to be. */
export class Decisions {
  constructor(private readonly parts: MeshParts) {}

  /** @param waypoint that the call of an ambient pod goes through */
  ofCaller(sending: Sending, waypoint: Workload | null, site: number): Decided {
    const { caller, dial, request } = sending;
    const trace = this.parts.trace?.begin(site, caller, request, dial, dial.port);
    const decision = this.route(sending, waypoint, trace);
    if (trace !== undefined) trace.decision = decision;
    if (caller.kind === 'client' || !caller.hasSidecar) return { decision, filters: null, timers: NO_TIMERS };
    if (readsNoHttp(dial)) {
      const merged = this.parts.filters.mergedTcp(caller, decision, dial.port, this.parts.registry);
      return { decision: merged, filters: null, timers: NO_TIMERS };
    }
    const { port } = dial;
    const settled = settledRoute(decision, request, port);
    const filters = this.parts.filters.outbound(caller, request, port, settled);
    return this.merged(caller, request, decision, { filters, port, route: settled, trustsHeaders: true });
  }

  /** What EnvoyFilters make of a route. */
  private merged(caller: Workload, request: RequestClass, decision: RouteDecision, proxy: RouteProxy): Decided {
    const { filters, release } = this.parts;
    return { ...filters.merged(caller, decision, { ...proxy, request, release }), filters: proxy.filters };
  }

  private route(
    { caller, dial, request, at }: Sending,
    waypoint: Workload | null,
    trace: RouteTrace | undefined,
  ): RouteDecision {
    if (caller.ambient === true) {
      if (dial.kind === 'service') noteAmbientCall(caller, dial.service, waypoint, this.parts);
      return ztunnelRoute(dial, request, waypoint);
    }
    if (caller.linkerd !== undefined) {
      noteLinkerdCall(caller, dial, this.parts);
      return linkerdRoute(dial, request, caller, this.parts, this.context(caller, dial.port, false, trace));
    }
    if (caller.kind === 'client' || !caller.hasSidecar) {
      noteMissingProxy(caller, at, this.parts.findings);
      return directRoute(dial, request);
    }
    noteService(dial, this.parts.findings);
    const context = this.context(caller, dial.port, true, trace);
    return sidecarRoute(dial, request, caller.labels, this.parts.virtualServices, context);
  }

  /** @param peer who of the mesh asks the gateway, where its policies tell callers apart */
  ofGateway(workload: Workload, peer: Peer | null, request: RequestClass, port: number, site: number): Decided {
    const { gateways, virtualServices, filters } = this.parts;
    const claims = filters.claims(workload, request);
    const known = claims === null ? request : { ...request, claims };
    const trace = this.parts.trace?.begin(site, workload, known, null, port);
    const routed = gatewayRoute(workload, known, gateways, virtualServices, this.context(workload, port, false, trace));
    if (trace !== undefined) trace.decision = routed;
    const route = settledRoute(routed, request, port);
    const podPort = gateways.targetPort(workload, port) ?? port;
    const isSeen = peer === null || !passesTlsOn(gateways.serversOf(workload, port), request);
    const seen = isSeen ? peer : { ...peer, mutualTls: false };
    const arrived = { peer: seen, serverPort: port, podPort, opaque: routed.opaque === true };
    const own = filters.gateway(workload, arrived, request, route);
    const proxy = { filters: own.filters, port, route, trustsHeaders: false };
    return this.merged(workload, request, withoutTaken(routed, request, own.request), proxy);
  }

  /** @param peer who asks the waypoint of the service */
  ofWaypoint(
    workload: Workload,
    service: Service,
    peer: Peer | null,
    request: RequestClass,
    port: number,
    site: number,
  ): Decided {
    const trace = this.parts.trace?.begin(site, workload, request, null, port);
    const context = this.context(workload, port, false, trace);
    const routed = waypointRoute(service, port, request, this.parts.virtualServices, context);
    if (trace !== undefined) trace.decision = routed;
    const settled = settledRoute(routed, request, port);
    const own = this.parts.filters.waypoint(workload, service, peer, request, port, settled);
    return { decision: withoutTaken(routed, request, own.request), filters: own.filters, timers: NO_TIMERS };
  }

  /** Whose DestinationRules hold for a proxy. */
  clientView(caller: Workload): ClientView {
    const { waypoints } = this.parts;
    if (caller.kind !== 'waypoint') return clientView(caller);
    return { ...clientView(caller), serves: (service) => waypoints.of(service) === caller };
  }

  private context(
    caller: Workload,
    listenerPort: number,
    trustsHeaders: boolean,
    trace: RouteTrace | undefined,
  ): RouteContext {
    const { registry, release, findings, clusters, mesh, scopes } = this.parts;
    const client = this.clientView(caller);
    return {
      registry,
      release,
      findings,
      namespace: caller.namespace,
      dnsCapture: this.parts.dns.of(caller),
      listenerPort,
      trustsHeaders,
      mesh,
      scope: scopes.of(caller),
      isSticky: (target) => clusters.isSticky(target, client),
      trace: trace?.events,
    };
  }
}

function readsNoHttp(dial: Dial): boolean {
  return dial.kind === 'service' && !isHttp(dial.portInfo.protocol);
}

export function clientView(caller: Workload): ClientView {
  return { namespace: caller.namespace, labels: caller.labels, workload: caller };
}
