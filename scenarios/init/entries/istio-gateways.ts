// Doors that Gateways open, one for each VirtualService or route of the Gateway API that is bound to one.
// istio: networking/v1/gateway.proto, virtual_service.proto; pilot/pkg/model/gateway.go (which server takes a host).
import type { GatewayServer, GatewaySpec } from '../../../models/config/kinds/gateway.js';
import { GATEWAY_GROUP } from '../../../models/config/kinds/gateway-api/fields.js';
import type { HttpMatch, RoutingKind, VirtualServiceSpec } from '../../../models/config/kinds/virtual-service.js';
import type { Resource } from '../../../models/config/resource.js';
import { Findings } from '../../../models/plan/findings.js';
import { withGatewayApi } from '../../../models/plan/gateway-api/convert.js';
import { isWildcard, narrowerHost } from '../../../models/plan/host.js';
import { withIngresses } from '../../../models/plan/ingress.js';
import type { LeftOut } from '../evidence.js';
import type { Service, Survey } from '../survey.js';
import {
  directAddress,
  distinctRequests,
  type EntryRequest,
  type FoundEntries,
  type FoundEntry,
  portNamed,
} from './entry.js';

type VirtualService = Resource<RoutingKind, VirtualServiceSpec>;
type Gateway = Resource<'Gateway', GatewaySpec>;

export function gatewayEntries(survey: Survey): FoundEntries {
  const resources = withIngresses(withGatewayApi(survey.resources, new Findings()), new Findings());
  const leftOut: LeftOut[] = [];
  const entries = resources.virtualServices.flatMap((virtualService): FoundEntry[] => {
    const names = virtualService.spec.gateways.filter((name) => name !== 'mesh');
    if (names.length === 0) return [];
    const bound = names.flatMap((name) => gatewayOf(name, virtualService, resources.gateways));
    const entry = throughGateway(virtualService, bound, survey) ?? directly(virtualService, names[0]!, survey);
    if (entry !== null) return [entry];
    const text = `VirtualService ${virtualService.name} is bound to ${names.join(', ')}, and no server there takes its hosts`;
    leftOut.push({ text, at: virtualService.source.at(['spec', 'gateways']) });
    return [];
  });
  return { entries, leftOut };
}

function gatewayOf(name: string, { namespace }: VirtualService, gateways: readonly Gateway[]): Gateway[] {
  const [owner, short] = name.includes('/') ? (name.split('/') as [string, string]) : [namespace, name];
  return gateways.filter((gateway) => gateway.name === short && gateway.namespace === owner && !isEgress(gateway));
}

function isEgress({ spec }: Gateway): boolean {
  return Object.values(spec.selector).some((value) => value.includes('egress'));
}

function throughGateway(
  virtualService: VirtualService,
  gateways: readonly Gateway[],
  survey: Survey,
): FoundEntry | null {
  const ways = gateways.flatMap((gateway) =>
    gateway.spec.servers.flatMap((server) => {
      const host = commonHost(server, gateway.namespace, virtualService);
      return host === null ? [] : [{ gateway, server, host }];
    }),
  );
  // Plain HTTP first, so that a report needs no certificate; a server that redirects to HTTPS answers nothing else.
  const best = ways.sort((a, b) => costOf(a.server) - costOf(b.server))[0];
  if (best === undefined) return null;
  const service = firstService(virtualService, survey);
  const { number, protocol } = best.server.port;
  const scheme = /^(HTTPS|TLS)$/i.test(protocol) ? 'https' : 'http';
  const port = number === (scheme === 'https' ? 443 : 80) ? '' : `:${number}`;
  const { at } = virtualService.source;
  return {
    to: `${scheme}://${concreteHost(best.host, service)}${port}`,
    service,
    requests: distinctRequests(requestsOf(virtualService, survey), service),
    text: titleOf(virtualService, best.gateway),
    at: at(['spec', 'hosts']),
    caveat: null,
  };
}

/** A listener of the Gateway API goes by the name of its Gateway; an Ingress is its own. */
function titleOf({ kind, name }: VirtualService, { name: gateway, spec }: Gateway): string {
  if (kind === 'Ingress') return `Ingress ${name}`;
  const title = spec.deployment === null ? gateway : (spec.selector[`${GATEWAY_GROUP}/gateway-name`] ?? gateway);
  return `${kind} ${name} at Gateway ${title}`;
}

function costOf({ tls, port }: GatewayServer): number {
  if (tls?.httpsRedirect === true) return 3;
  if (/^(HTTP|HTTP2|GRPC|GRPC-WEB)$/i.test(port.protocol)) return 0;
  return /^HTTPS$/i.test(port.protocol) ? 1 : 2;
}

function commonHost(
  { hosts }: GatewayServer,
  gatewayNamespace: string,
  { spec, namespace }: VirtualService,
): string | null {
  for (const written of hosts) {
    const slash = written.indexOf('/');
    const owner = slash < 0 ? '*' : written.slice(0, slash) === '.' ? gatewayNamespace : written.slice(0, slash);
    if (owner !== '*' && owner !== namespace) continue;
    for (const host of spec.hosts) {
      const common = narrowerHost(written.slice(slash + 1), host);
      if (common !== null) return common;
    }
  }
  return null;
}

/** A name that a wildcard covers. */
function concreteHost(host: string, service: Service | null): string {
  if (host === '*') return `${service === null || service.source === 'entry' ? 'www' : service.name}.example.com`;
  return isWildcard(host) ? `www${host.slice(1)}` : host;
}

/** The Gateway is not in the YAML: the service behind is dialed instead. */
function directly(virtualService: VirtualService, gateway: string, survey: Survey): FoundEntry | null {
  const service = firstService(virtualService, survey);
  if (service === null || survey.resources.gateways.some(({ name }) => name === gateway)) return null;
  const destination = virtualService.spec.http.flatMap(({ route }) => route)[0]?.destination;
  const to = directAddress(service, portNamed(service, destination?.portNumber ?? null));
  if (to === null) return null;
  return {
    to,
    service,
    requests: distinctRequests(
      requestsOf(virtualService, survey).filter((request) => request.service === service),
      service,
    ),
    text: `VirtualService ${virtualService.name}`,
    at: virtualService.source.at(['spec', 'gateways']),
    caveat: `Gateway ${gateway} is not in the YAML: clients dial ${service.name} itself`,
  };
}

function firstService({ spec, namespace }: VirtualService, survey: Survey): Service | null {
  const hosts = [...spec.http, ...spec.tls, ...spec.tcp].flatMap(({ route }) =>
    route.map(({ destination }) => destination.host),
  );
  for (const host of hosts) {
    const found = survey.resolve(host, namespace);
    if (found !== null) return found.service;
  }
  return null;
}

function requestsOf({ spec, namespace }: VirtualService, survey: Survey): EntryRequest[] {
  return spec.http.flatMap((route): EntryRequest[] => {
    if (route.redirect !== null || route.directResponse !== null) return [];
    const host = route.route[0]?.destination.host;
    const service = host === undefined ? null : (survey.resolve(host, namespace)?.service ?? null);
    if (route.match.length === 0) return [{ method: 'GET', path: '/', headers: {}, service }];
    return route.match.flatMap((match) => requestOf(match, service));
  });
}

/** A request that the match takes; none where only a regular expression says which. */
function requestOf(match: HttpMatch, service: Service | null): EntryRequest[] {
  const { uri, method, headers } = match;
  if (uri?.kind === 'regex' || method?.kind === 'regex') return [];
  const exact = Object.entries(headers).map(([name, value]) => (value.kind === 'exact' ? [name, value.value] : null));
  if (exact.some((header) => header === null)) return [];
  const path = uri === null || uri.kind === 'present' || !uri.value.startsWith('/') ? '/' : uri.value;
  return [
    {
      method: method?.kind === 'exact' ? method.value : 'GET',
      path,
      headers: Object.fromEntries(exact.filter((header): header is [string, string] => header !== null)),
      service,
    },
  ];
}
