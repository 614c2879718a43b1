// How a gateway's proxy routes a request: the VirtualServices bound to it, merged per host, catch-all routes last.
// istio: pilot/pkg/networking/core/gateway.go (buildGatewayHTTPRouteConfig), pilot/pkg/networking/core/route/route.go (SortVHostRoutes).

import { finder, listIndex } from '../../list-index.js';
import type { Gateways, Server } from '../registry/gateways.js';
import type { Workload } from '../registry/workload.js';
import { compareSpecificity, hostCovers, narrowerHost } from '../terms/host.js';
import { authorityHost, type RequestClass } from '../terms/request-class.js';
import { opaqueRoute } from './opaque-route.js';
import { notFound, type RouteContext, respond, routeDecision } from './route-action.js';
import type { RouteDecision } from './route-decision.js';
import type { TraceEvent } from './trace.js';
import {
  type Candidate,
  candidatesFor,
  isCatchAllCandidate,
  type ProxyView,
  selectRoute,
  type VirtualService,
  type VirtualServices,
} from './virtual-service.js';

/** The route of a request that has come in at `context.listenerPort` of a gateway. No server or no match: 404 NR. */
export function gatewayRoute(
  workload: Workload,
  request: RequestClass,
  gateways: Gateways,
  virtualServices: VirtualServices,
  context: RouteContext,
): RouteDecision {
  const servers = gateways.serversOf(workload, context.listenerPort);
  const host = authorityHost(request.authority);
  const written = servers[0]?.gateway.source.field(['spec', 'servers']) ?? null;
  const opaque = opaqueOf(servers).find((server) => serves(server, host));
  const redirecting = redirectingOf(servers).find((server) => serves(server, host));
  context.trace?.push({ kind: 'servers', servers, taken: takenBy(opaque, redirecting) });
  if (opaque !== undefined) return opaqueAtGateway(opaque, host, request, workload, virtualServices, context);
  if (redirecting !== undefined) {
    return respond('https-redirect', 301, '', redirecting.gateway.source.field(['spec', 'servers']));
  }
  const view = viewOf(servers, workload, context);
  const candidates = routesFor(host, servers, virtualServices, view, context.trace);
  const selected = selectRoute(candidates, request, context.findings);
  context.trace?.push({ kind: 'routes', view, candidates, selected });
  return selected === null ? notFound(written) : routeDecision(selected, request, context);
}

function takenBy(
  opaque: Server | undefined,
  redirecting: Server | undefined,
): { server: Server; how: 'opaque' | 'redirect' } | null {
  if (opaque !== undefined) return { server: opaque, how: 'opaque' };
  return redirecting === undefined ? null : { server: redirecting, how: 'redirect' };
}

function viewOf(servers: readonly Server[], workload: Workload, context: RouteContext): ProxyView {
  return {
    namespace: context.namespace,
    labels: workload.labels,
    gateways: gatewaysOf(servers),
    port: context.listenerPort,
  };
}

const gatewaysOf = listIndex<Server, readonly string[]>((servers) => [
  ...new Set(servers.map(({ gatewayName }) => gatewayName)),
]);

const byGateway = finder<Server>(({ gatewayName }) => [gatewayName]);

const opaqueOf = listIndex<Server, readonly Server[]>((servers) => servers.filter(isOpaque));

const redirectingOf = listIndex<Server, readonly Server[]>((servers) =>
  servers.filter(({ server }) => server.tls?.httpsRedirect === true),
);

function serves(server: Server, host: string): boolean {
  return server.hosts.some((candidate) => hostCovers(candidate.host, host));
}

/** Whether the server for a request leaves TLS to whom it sends to: then it does not see who calls. */
export function passesTlsOn(servers: readonly Server[], { authority }: RequestClass): boolean {
  const found = opaqueOf(servers).find((server) => serves(server, authorityHost(authority)));
  return found?.server.tls?.mode.endsWith('PASSTHROUGH') === true;
}

/** TLS that is passed through, and everything that is no HTTP. */
function isOpaque({ server }: Server): boolean {
  switch (server.port.protocol.toUpperCase()) {
    case 'HTTP':
    case 'HTTP2':
    case 'GRPC':
    case 'GRPC-WEB':
      return false;
    case 'HTTPS':
      return server.tls?.mode === 'PASSTHROUGH' || server.tls?.mode === 'AUTO_PASSTHROUGH';
    default:
      return true;
  }
}

function opaqueAtGateway(
  server: Server,
  host: string,
  request: RequestClass,
  workload: Workload,
  virtualServices: VirtualServices,
  context: RouteContext,
): RouteDecision {
  const view = viewOf([server], workload, context);
  for (const virtualService of virtualServices.boundTo(server.gatewayName, context.namespace)) {
    const decision = opaqueRoute(virtualService, host, request, view, context);
    if (decision !== null) return decision;
  }
  return notFound(server.gateway.source.field(['spec', 'servers']));
}

/** The routes of the virtual host that answers to `host`: those of all VirtualServices with just this host on these servers. */
function routesFor(
  host: string,
  servers: readonly Server[],
  virtualServices: VirtualServices,
  view: ProxyView,
  trace?: TraceEvent[],
): Candidate[] {
  const hosts = new Map<string, { readonly virtualServices: VirtualService[]; readonly routes: Candidate[] }>();
  const attached = new Set<string>();
  for (const server of byGateway(servers, ...virtualServices.gatewaysFor(host))) {
    for (const virtualService of virtualServices.covering(host, server.gatewayName, view.namespace)) {
      for (const domain of sharedHosts(server, virtualService.hosts, virtualService.resource.namespace)) {
        const key = `${virtualService.resource.namespace}/${virtualService.resource.name} ${domain}`;
        if (attached.has(key)) continue;
        attached.add(key);
        const merged = hosts.get(domain) ?? { virtualServices: [], routes: [] };
        merged.virtualServices.push(virtualService);
        merged.routes.push(...candidatesFor(virtualService, view));
        hosts.set(domain, merged);
      }
    }
  }
  const domain = [...hosts.keys()].filter((candidate) => hostCovers(candidate, host)).sort(compareSpecificity)[0];
  const { routes, virtualServices: owners } =
    domain === undefined ? { routes: [], virtualServices: [] } : hosts.get(domain)!;
  trace?.push({ kind: 'gateway-host', host, domain: domain ?? null, virtualServices: owners });
  return [
    ...routes.filter((candidate) => !isCatchAllCandidate(candidate)),
    ...routes.filter((candidate) => isCatchAllCandidate(candidate)),
  ];
}

/** Whether a VirtualService with these hosts attaches to a server at all. */
export function attaches(server: Server, hosts: readonly string[], namespace: string): boolean {
  return sharedHosts(server, hosts, namespace).length > 0;
}

function sharedHosts(server: Server, hosts: readonly string[], namespace: string): string[] {
  const shared = new Set<string>();
  for (const own of server.hosts) {
    if (own.namespace !== null && own.namespace !== namespace) continue;
    for (const host of hosts) {
      const narrower = narrowerHost(own.host, host);
      if (narrower !== null) shared.add(narrower);
    }
  }
  return [...shared];
}
