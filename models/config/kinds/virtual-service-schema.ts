// How a VirtualService is read, and what Istio refuses (istio: pkg/config/validation/validation.go ValidateVirtualService; istio
// api: networking/v1alpha3/virtual_service.proto).
import { hostsOverlap, hostWithin } from '../names.js';
import type { Place } from '../place.js';
import { int32, strings } from '../scalars.js';
import { approximated, checked, defaulted, listOf, object, required, type Schema } from '../schema.js';
import { destination, PROTO } from './istio-fields.js';
import { checkExportTo, checkHostOrIp, checkWeights } from './istio-rules.js';
import type { KindContext } from './kind.js';
import type { RouteDestination, TcpRoute, TlsRoute, VirtualServiceSpec } from './virtual-service.js';
import { tcpMatch, tlsMatch } from './virtual-service-match.js';
import { httpRoute } from './virtual-service-route.js';

const routeDestination: Schema<RouteDestination> = object<RouteDestination>(
  'a route destination',
  { destination: required('destination', destination), weight: defaulted('weight', int32, 0) },
  PROTO,
);

const route: Schema<readonly RouteDestination[]> = checked(
  listOf('route destinations', routeDestination),
  (destinations, place) => {
    if (destinations.length === 0) place.rejectedByIstio('the route has no destination', 'add one');
    const weights = destinations.map(({ weight }) => weight);
    checkWeights(weights, place);
  },
);

const tcpRoute: Schema<TcpRoute> = object<TcpRoute>(
  'a TCP route',
  { match: defaulted('match', listOf('TCP matches', tcpMatch), []), route: required('route', route) },
  PROTO,
);

const tlsRoute: Schema<TlsRoute> = object<TlsRoute>(
  'a TLS route',
  { match: defaulted('match', listOf('TLS matches', tlsMatch), []), route: required('route', route) },
  PROTO,
);

const OPAQUE = approximated('connections are simulated as requests: the destination is chosen for each request');

const fields = object<VirtualServiceSpec>(
  'a VirtualService',
  {
    hosts: defaulted('hosts', strings, []),
    gateways: defaulted('gateways', strings, []),
    exportTo: defaulted('exportTo', strings, []),
    http: defaulted('http', listOf('HTTP routes', httpRoute), []),
    tls: defaulted('tls', listOf('TLS routes', tlsRoute), [], OPAQUE),
    tcp: defaulted('tcp', listOf('TCP routes', tcpRoute), [], OPAQUE),
  },
  PROTO,
);

export function virtualServiceSchema(context: KindContext): Schema<VirtualServiceSpec> {
  return checked(fields, (spec, place) => {
    checkHosts(spec, place);
    checkRoutes(spec, place);
    if (spec.exportTo.length > 0) checkExportTo(spec.exportTo, context.namespace, place.child('exportTo'));
  });
}

function checkHosts(spec: VirtualServiceSpec, place: Place): void {
  const meshBound = spec.gateways.length === 0 || spec.gateways.includes('mesh');
  spec.hosts.forEach((host, index) => {
    const at = place.down('hosts', index);
    if (host === '*' && meshBound)
      at.rejectedByIstio('the host * is for gateways only', 'name the hosts, or list gateways without mesh');
    else checkHostOrIp(host, at);
    const earlier = spec.hosts.slice(0, index).find((other) => hostsOverlap(other, host));
    if (earlier !== undefined) at.rejectedByIstio(`"${host}" and "${earlier}" overlap`, 'keep the wider one');
  });
  if (spec.hosts.length > 0) return;
  for (const field of ['gateways', 'tls', 'tcp'] as const) {
    if (spec[field].length === 0) continue;
    place
      .child(field)
      .rejectedByIstio(
        `a VirtualService without hosts (a delegate) cannot have ${field}`,
        `add hosts, or delete ${field}`,
      );
  }
}

function checkRoutes(spec: VirtualServiceSpec, place: Place): void {
  if (spec.http.length + spec.tls.length + spec.tcp.length === 0) {
    place.rejectedByIstio('there is no route', 'add http, tls or tcp');
  }
  spec.http.forEach(({ delegate }, index) => {
    if (delegate === null || spec.hosts.length > 0) return;
    place
      .down('http', index, 'delegate')
      .rejectedByIstio('a delegate cannot delegate', 'add hosts, or delete delegate');
  });
  spec.tls.forEach(({ match }, index) => {
    const at = place.down('tls', index);
    if (match.length === 0) at.rejectedByIstio('a TLS route needs a match', 'add match with sniHosts');
    match.forEach(({ sniHosts }, matchIndex) => {
      checkSniHosts(sniHosts, spec.hosts, at.down('match', matchIndex));
    });
  });
}

function checkSniHosts(sniHosts: readonly string[], hosts: readonly string[], place: Place): void {
  if (sniHosts.length === 0) place.rejectedByIstio('a TLS match needs sniHosts', 'add sniHosts');
  sniHosts.forEach((sni, index) => {
    if (hosts.some((host) => hostWithin(sni, host))) return;
    place
      .down('sniHosts', index)
      .rejectedByIstio(
        `"${sni}" is not one of the hosts of the VirtualService`,
        `add it to hosts: ${hosts.join(', ')}`,
      );
  });
}
