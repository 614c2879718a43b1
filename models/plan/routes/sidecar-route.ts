// How a client's proxy, or kube-proxy where there is none, routes a request that its application has dialed.
// istio: pilot/pkg/networking/core/httproute.go (buildSidecarOutboundHTTPRouteConfig), pilot/pkg/networking/core/listener.go.

import type { Service } from '../registry/service.js';
import { writtenAt } from '../terms/field-source.js';
import { hostCovers, isWildcard } from '../terms/host.js';
import { isHttp } from '../terms/protocol.js';
import { authorityHost, type RequestClass } from '../terms/request-class.js';
import { isVisible } from '../terms/visibility.js';
import type { Dial } from './dial.js';
import { opaqueRoute } from './opaque-route.js';
import {
  defaultRoute,
  destinationTarget,
  notFound,
  type RouteContext,
  respond,
  routeDecision,
} from './route-action.js';
import type { RouteDecision, Target } from './route-decision.js';
import { NO_SITE_SOURCES } from './site-sources.js';
import { listenerOwner } from './tcp-listeners.js';
import {
  candidatesFor,
  MESH,
  type ProxyView,
  selectRoute,
  type VirtualService,
  type VirtualServices,
} from './virtual-service.js';

/** The route of a workload without a proxy of its own: no policies at all. */
export function directRoute(dial: Dial, request: RequestClass): RouteDecision {
  const via = dial.kind === 'gateway' ? 'external' : 'kube-proxy';
  return { ...bareRoute(via, dialedTarget(dial, request, via)), opaque: isOpaque(dial) };
}

function isOpaque(dial: Dial): boolean {
  return dial.kind === 'service' && !isHttp(dial.portInfo.protocol);
}

/** No retries, no time-out, no fault. */
export function bareRoute(name: string, target: Target): RouteDecision {
  return {
    name,
    position: null,
    fault: null,
    timeoutNs: 0,
    retry: null,
    action: { kind: 'forward', targets: [target], mirrors: [] },
  };
}

export function dialedTarget(dial: Dial, request: RequestClass, via: Target['via']): Target {
  return {
    service: dial.kind === 'service' ? dial.service : null,
    host: dial.kind === 'service' ? dial.service.host : dial.host,
    port: dial.port,
    subset: '',
    weight: 1,
    request,
    position: null,
    missingStatus: 503,
    via,
    entry: dial.kind === 'gateway' ? dial.entry : null,
  };
}

/** The route in a sidecar. On HTTP ports the Host header decides, whatever was dialed. */
export function sidecarRoute(
  dial: Dial,
  request: RequestClass,
  labels: Readonly<Record<string, string>>,
  virtualServices: VirtualServices,
  context: RouteContext,
): RouteDecision {
  const view: ProxyView = { namespace: context.namespace, labels, gateways: [MESH], port: dial.port };
  if (dial.kind === 'gateway')
    return context.scope.outbound === 'REGISTRY_ONLY' ? blocked(dial.port, context) : directRoute(dial, request);
  const sees = (service: Service) => context.scope.sees(service.namespace, service.host, dial.port);
  if (dial.kind === 'service' && isOpaque(dial)) {
    const known = dial.service.unregistered !== true && isSeen(dial.service, sees, context);
    const owning = listenerOwner(known ? dial.service : null, dial.port, context);
    if (owning === null) return outside(dial, request, context);
    if (owning !== dial.service) noteTaken(dial, owning, context);
    return opaquePort(dial, owning, request, view, virtualServices, context);
  }
  const host = authorityHost(request.authority);
  const service = context.registry.byName(host, context.namespace, sees);
  const port = service?.ports.find(({ number, protocol }) => number === dial.port && isHttp(protocol));
  context.trace?.push({ kind: 'host', host, service, port: port ?? null });
  if (service === null || port === undefined) return unknownHost(dial, host, request, view, virtualServices, context);
  const target: Target = { ...dialedTarget(dial, request, 'mesh'), service, host: service.host, port: port.number };
  const owning = owner(host, service, virtualServices, context, dial.port);
  context.trace?.push({ kind: 'owner', virtualService: owning });
  const routes = routesOf(owning, view);
  if (routes.length === 0) {
    context.trace?.push({ kind: 'routes', view, candidates: routes, selected: null });
    return defaultRoute('default', target, context);
  }
  const selected = selectRoute(routes, request, context.findings);
  context.trace?.push({ kind: 'routes', view, candidates: routes, selected });
  return selected === null
    ? notFound(routes[0]!.owner.source.field(['spec', 'http']))
    : routeDecision(selected, request, context);
}

function routesOf(virtualService: VirtualService | null, view: ProxyView): ReturnType<typeof candidatesFor> {
  return virtualService === null ? [] : candidatesFor(virtualService, view);
}

/** An alias' own VirtualService counts for its full name only; else that of the service that it stands for. */
function owner(
  host: string,
  service: Service,
  virtualServices: VirtualServices,
  context: RouteContext,
  port: number,
): VirtualService | null {
  const alias = context.registry.aliasOf(host, context.namespace);
  if (alias !== null && alias === host) {
    const own = virtualServices.ownerFor(alias, context.namespace, context.scope, port);
    if (own?.hosts.includes(alias)) return own;
  }
  return virtualServices.ownerFor(
    isWildcard(service.host) ? host : service.host,
    context.namespace,
    context.scope,
    port,
  );
}

/** No HTTP is read: neither retries nor time-outs. */
function opaquePort(
  dial: Dial,
  service: Service,
  request: RequestClass,
  view: ProxyView,
  virtualServices: VirtualServices,
  context: RouteContext,
): RouteDecision {
  context.findings.approximated(
    service.resource,
    'spec.ports',
    service.position,
    `port ${dial.port} is not declared as HTTP: the proxy passes connections on, without retries and time-outs; the application is taken to keep as many as it has calls in flight (its idle ones as the scenario's connections say), and bytes to cost a proxy 0.4 of what HTTP does`,
  );
  const virtualService = virtualServices.ownerFor(service.host, context.namespace, context.scope, dial.port);
  context.trace?.push({ kind: 'owner', virtualService });
  const routed =
    virtualService === null
      ? null
      : opaqueRoute(virtualService, authorityHost(request.authority), request, view, context);
  const target: Target = { ...dialedTarget(dial, request, 'mesh'), service, host: service.host };
  return routed ?? { ...bareRoute('tcp', target), opaque: true };
}

/** The listener for all addresses is another one's. */
function noteTaken(dial: Dial, owning: Service, { findings, trace }: RouteContext): void {
  trace?.push({ kind: 'listener-taken', owner: owning });
  const dialed = dial.kind === 'service' ? dial.service : null;
  findings.warning(
    'listener-taken',
    dialed?.position ?? owning.position,
    `connections to ${dialed?.host ?? dial.host}:${dial.port} go to ${owning.host}: ${owning.resource} has no address, so that its port is open on all of them, and the first takes what no other listener is for`,
    'give the entries addresses, let the proxies capture DNS (ISTIO_META_DNS_CAPTURE), or use ports of their own',
  );
}

/** A host that the registry does not have on this port: perhaps a VirtualService does, else it passes through. */
function unknownHost(
  dial: Dial,
  host: string,
  request: RequestClass,
  view: ProxyView,
  virtualServices: VirtualServices,
  context: RouteContext,
): RouteDecision {
  const virtualService = virtualServices.ownerFor(host, context.namespace, context.scope, dial.port);
  const opens = virtualService !== null && opensHost(virtualService, host, view, context);
  context.trace?.push({ kind: 'owner', virtualService }, { kind: 'unknown-host', host, opens });
  if (virtualService === null || !opens) {
    // Where no listener reads HTTP, one for TCP that is open on all addresses takes the connection.
    const owning = hasHttpListener(dial.port, context) ? null : listenerOwner(null, dial.port, context);
    if (owning === null) return outside(dial, request, context);
    noteTaken(dial, owning, context);
    return opaquePort(dial, owning, request, view, virtualServices, context);
  }
  const candidates = candidatesFor(virtualService, view);
  const selected = selectRoute(candidates, request, context.findings);
  context.trace?.push({ kind: 'routes', view, candidates, selected });
  return selected === null
    ? notFound(virtualService.resource.source.field(['spec', 'http']))
    : routeDecision(selected, request, context);
}

function isSeen(service: Service, sees: (service: Service) => boolean, { namespace }: RouteContext): boolean {
  return isVisible(service.exportTo, service.namespace, namespace) && sees(service);
}

/** What the registry of the proxy does not have: it goes where the client wanted, to the egress proxy, or nowhere. */
function outside(dial: Dial, request: RequestClass, context: RouteContext): RouteDecision {
  const { scope, findings } = context;
  if (scope.outbound === 'REGISTRY_ONLY') return blocked(dial.port, context);
  if (scope.egressProxy !== null && scope.resource !== null) {
    const { namespace, source } = scope.resource;
    const at = source.at(['spec', 'outboundTrafficPolicy', 'egressProxy']);
    return bareRoute('egress-proxy', destinationTarget(scope.egressProxy, namespace, request, at, context, 503));
  }
  if (scope.outbound === 'ALLOW_ANY_DYNAMIC_DNS') {
    findings.approximated(
      'outboundTrafficPolicy',
      'mode',
      null,
      'hosts that are not in the registry are reached where the client wanted to go, not where their name leads',
    );
  }
  if (dial.kind === 'virtual') return notFound(null);
  const passing = bareRoute('PassthroughCluster', dialedTarget(dial, request, 'passthrough'));
  const isHttpThere = dial.kind !== 'service' || dial.service.unregistered !== true || readsHttp(dial, context);
  return isHttpThere ? passing : { ...passing, opaque: true };
}

/** Whether the proxy reads HTTP on a connection that passes through: where other hosts have a listener for HTTP on the port, and the bytes are HTTP. */
function readsHttp(dial: Dial, context: Pick<RouteContext, 'registry' | 'scope' | 'namespace'>): boolean {
  return !isOpaque(dial) && hasHttpListener(dial.port, context);
}

/** A listener for HTTP answers 502; any other connection is closed as soon as it is made (status 0: no answer). */
function blocked(port: number, context: RouteContext): RouteDecision {
  const { scope, mesh } = context;
  const hasListener = hasHttpListener(port, context);
  const own =
    scope.resource === null ? null : writtenAt(scope.resource.source, ['spec', 'outboundTrafficPolicy', 'mode']);
  const sources = { ...NO_SITE_SOURCES, response: own ?? mesh.sources.outbound };
  return { ...(hasListener ? respond('block_all', 502, '', null) : respond('BlackHoleCluster', 0, '', null)), sources };
}

function hasHttpListener(
  port: number,
  { registry, scope, namespace }: Pick<RouteContext, 'registry' | 'scope' | 'namespace'>,
): boolean {
  return registry
    .onPort(port)
    .some(
      (service) =>
        service.ports.some(({ number, protocol }) => number === port && isHttp(protocol)) &&
        isVisible(service.exportTo, service.namespace, namespace) &&
        scope.sees(service.namespace, service.host, port),
    );
}

/** A host outside the registry is served on port 80, and on ports where another host of its VirtualService is a service. */
function opensHost(virtualService: VirtualService, host: string, view: ProxyView, context: RouteContext): boolean {
  const matched = context.registry
    .onPort(view.port)
    .filter(
      (service) =>
        service.ports.some(({ number, protocol }) => number === view.port && isHttp(protocol)) &&
        virtualService.hosts.some((pattern) => pattern !== host && hostCovers(pattern, service.host)),
    );
  return matched.length > 0 || view.port === 80;
}
