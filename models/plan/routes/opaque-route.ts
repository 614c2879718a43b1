// Ports on which a proxy reads no HTTP: routes by TLS server name or TCP port, no retries, time-outs or faults.
// istio: pilot/pkg/networking/core/{tls,networkfilter}.go; envoy: source/common/tcp_proxy/tcp_proxy.cc.
import type { RouteDestination } from '../../config/kinds/virtual-service.js';
import { wholeAt } from '../terms/field-source.js';
import { hostCovers } from '../terms/host.js';
import type { RequestClass } from '../terms/request-class.js';
import { selects } from '../terms/visibility.js';
import { destinationTarget, type RouteContext } from './route-action.js';
import type { RouteDecision } from './route-decision.js';
import { NO_SITE_SOURCES } from './site-sources.js';
import { gatewayNames, type ProxyView, type VirtualService } from './virtual-service.js';

interface StaticMatch {
  readonly port: number | null;
  readonly sourceLabels: Readonly<Record<string, string>>;
  readonly sourceNamespace: string;
  readonly gateways: readonly string[];
}

/** The decision of the `tls` and `tcp` rules of a VirtualService for a connection to `host`; null where none applies. */
export function opaqueRoute(
  virtualService: VirtualService,
  host: string,
  request: RequestClass,
  view: ProxyView,
  context: RouteContext,
): RouteDecision | null {
  const { spec, namespace } = virtualService.resource;
  const holds = (match: StaticMatch): boolean => matchesStatically(match, namespace, view);
  for (const [index, route] of spec.tls.entries()) {
    const matched = route.match.some(
      (match) => holds(match) && match.sniHosts.some((pattern) => hostCovers(pattern, host)),
    );
    if (matched) return decision(virtualService, 'tls', index, route.route, request, context);
  }
  for (const [index, route] of spec.tcp.entries()) {
    const matched = route.match.length === 0 || route.match.some(holds);
    if (matched) return decision(virtualService, 'tcp', index, route.route, request, context);
  }
  context.trace?.push({ kind: 'opaque-rules', virtualService, rule: null });
  return null;
}

/** All of them must hold, unlike in HTTP rules. */
function matchesStatically(match: StaticMatch, namespace: string, view: ProxyView): boolean {
  if (match.port !== null && match.port !== view.port) return false;
  if (match.gateways.length > 0) {
    const names = gatewayNames(match.gateways, namespace);
    if (!names.some((name) => view.gateways.includes(name))) return false;
  }
  if (match.sourceNamespace !== '' && match.sourceNamespace !== view.namespace) return false;
  return selects(match.sourceLabels, view.labels);
}

function decision(
  virtualService: VirtualService,
  kind: 'tls' | 'tcp',
  index: number,
  routes: readonly RouteDestination[],
  request: RequestClass,
  context: RouteContext,
): RouteDecision {
  const { resource } = virtualService;
  context.trace?.push({ kind: 'opaque-rules', virtualService, rule: { kind, index } });
  const targets = routes
    .map((route, place) => ({
      ...destinationTarget(
        route.destination,
        resource.namespace,
        request,
        resource.source.at(['spec', kind, index, 'route', place, 'destination']),
        context,
        503,
      ),
      weight: routes.length === 1 ? 1 : route.weight,
    }))
    .filter((target) => target.weight > 0);
  return {
    name: `${resource.namespace}/${resource.name}#${kind}${index}`,
    position: resource.source.at(['spec', kind, index]),
    fault: null,
    timeoutNs: 0,
    retry: null,
    action: { kind: 'forward', targets, mirrors: [] },
    opaque: true,
    sources: { ...NO_SITE_SOURCES, route: wholeAt(resource.source, ['spec', kind, index]) },
  };
}
