// TCPRoutes and TLSRoutes as VirtualServices.
// istio: pilot/pkg/config/kube/gateway/conversion.go (convertTCPRoute, convertTLSRoute), route_collections.go.
import type { StreamRouteSpec } from '../../config/kinds/gateway-api/stream-route.js';
import type { RouteDestination, RoutingKind, VirtualServiceSpec } from '../../config/kinds/virtual-service.js';
import { derivedSource, type Resource } from '../../config/resource.js';
import type { Backends } from './backends.js';
import type { Attachment } from './parents.js';

export function streamVirtualServices(
  route: Resource<'TCPRoute' | 'TLSRoute', StreamRouteSpec>,
  parent: Attachment,
  backends: Backends,
): Resource<RoutingKind, VirtualServiceSpec>[] {
  const { rules, hostnames } = route.spec;
  const destinations = rules.map(({ backendRefs }, index): RouteDestination[] => {
    const at = route.source.at(['spec', 'rules', index, 'backendRefs']);
    const sharing = backendRefs.filter(({ weight }) => weight > 0);
    if (sharing.length === 0) return [{ destination: backends.nowhere(route, at), weight: 0 }];
    return sharing.map((backend) => ({
      destination: backends.destination(backend, route, at),
      weight: backend.weight,
    }));
  });
  const scope = {
    destinationSubnets: [],
    port: parent.port,
    sourceLabels: {},
    sourceNamespace: '',
    gateways: [],
  };
  return parent.hosts.map((host) => {
    const sniHosts = hostnames.length > 0 ? hostnames : [parent.mesh ? host : '*'];
    return {
      ...route,
      spec: {
        hosts: [host],
        gateways: [parent.name],
        exportTo: parent.exportTo,
        http: [],
        tls:
          route.kind === 'TLSRoute' ? destinations.map((own) => ({ match: [{ ...scope, sniHosts }], route: own })) : [],
        tcp: route.kind === 'TCPRoute' ? destinations.map((own) => ({ match: [scope], route: own })) : [],
      },
      source: derivedSource(route.source, ([, , index]) =>
        route.source.field(typeof index === 'number' ? ['spec', 'rules', index] : []),
      ),
    };
  });
}
