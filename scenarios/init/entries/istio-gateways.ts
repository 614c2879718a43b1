// Doors that Gateways open, one for each VirtualService or route of the Gateway API that is bound to one.
// istio: networking/v1/gateway.proto, virtual_service.proto; pilot/pkg/model/gateway.go (which server takes a host).
import type { GatewayServer, GatewaySpec } from '../../../models/config/kinds/gateway.js';
import { GATEWAY_GROUP } from '../../../models/config/kinds/gateway-api/fields.js';
import type { Resource } from '../../../models/config/resource.js';
import { withGatewayApi } from '../../../models/plan/gateway-api/convert.js';
import { withIngresses } from '../../../models/plan/routes/ingress.js';
import { KNOWN_ISTIO_VERSIONS, releaseDefaults } from '../../../models/plan/settings/versions.js';
import { Findings } from '../../../models/plan/terms/findings.js';
import { isWildcard, narrowerHost } from '../../../models/plan/terms/host.js';
import type { LeftOut } from '../evidence.js';
import type { Survey } from '../survey.js';
import type { Service } from '../surveyed.js';
import { directAddress, distinctRequests, type FoundEntries, type FoundEntry, portNamed } from './entry.js';
import { type Routed, routedBy, type VirtualService } from './routed.js';

type Gateway = Resource<'Gateway', GatewaySpec>;
const NEWEST = releaseDefaults(KNOWN_ISTIO_VERSIONS.at(-1)!)!;

export function gatewayEntries(survey: Survey): FoundEntries {
  const resources = withIngresses(withGatewayApi(survey.resources, new Findings(), NEWEST), new Findings());
  const doors = resources.virtualServices.map((virtualService): FoundEntries => {
    const names = virtualService.spec.gateways.filter((name) => name !== 'mesh');
    return names.length === 0
      ? { entries: [], leftOut: [] }
      : doorsOf(virtualService, names, resources.gateways, resources.virtualServices, survey);
  });
  return { entries: doors.flatMap(({ entries }) => entries), leftOut: doors.flatMap(({ leftOut }) => leftOut) };
}

function doorsOf(
  virtualService: VirtualService,
  names: readonly string[],
  gateways: readonly Gateway[],
  all: readonly VirtualService[],
  survey: Survey,
): FoundEntries {
  const { kind, name, source } = virtualService;
  const at = source.at(['spec', 'gateways']);
  const title = `${kind} ${name}`;
  const left = (text: string): LeftOut => ({ text: `${title} ${text}`, at });
  const bound = names.flatMap((own) => gatewayOf(own, virtualService, gateways));
  if (isForTheMesh(virtualService, names, bound, survey))
    return { entries: [], leftOut: [left('is for calls that leave the mesh: nobody comes in by it')] };
  const routed = routedBy(virtualService, names, all, survey);
  const missing = routed.absent.map((host) => left(`leads to ${host}, which is not in the YAML or has no pods there`));
  const leftOut = [...missing, ...routed.leftOut];
  const isEmpty = routed.services.length === 0 && routed.absent.length > 0;
  if (isEmpty) return { entries: [], leftOut };
  const through = throughGateway(virtualService, bound, routed);
  const entries = through === null ? directly(virtualService, names[0]!, routed, gateways) : [through];
  if (entries.length > 0) return { entries, leftOut };
  return {
    entries,
    leftOut: [...leftOut, left(`is bound to ${names.join(', ')}, and no server there takes its hosts`)],
  };
}

function gatewayOf(name: string, { namespace }: VirtualService, gateways: readonly Gateway[]): Gateway[] {
  const [owner, short] = name.includes('/') ? (name.split('/') as [string, string]) : [namespace, name];
  return gateways.filter((gateway) => gateway.name === short && gateway.namespace === owner);
}

/** Bound to egress gateways only, or about hosts outside of the mesh: whoever dials these is a workload of the mesh. */
function isForTheMesh(
  { spec, namespace }: VirtualService,
  names: readonly string[],
  bound: readonly Gateway[],
  survey: Survey,
): boolean {
  const isEgressName = (text: string): boolean => /egress/i.test(text);
  const isEgress = ({ spec: { selector } }: Gateway): boolean => Object.values(selector).some(isEgressName);
  if (bound.length > 0 ? bound.every(isEgress) : names.every(isEgressName)) return true;
  const hosts = spec.hosts.filter((host) => host !== '*');
  return hosts.length > 0 && hosts.every((host) => survey.resolve(host, namespace)?.service.external === true);
}

function throughGateway(
  virtualService: VirtualService,
  gateways: readonly Gateway[],
  { requests, services }: Routed,
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
  const service = services[0] ?? null;
  const { number, protocol } = best.server.port;
  const scheme = /^(HTTPS|TLS)$/i.test(protocol) ? 'https' : 'http';
  const port = number === (scheme === 'https' ? 443 : 80) ? '' : `:${number}`;
  const { at } = virtualService.source;
  return {
    to: `${scheme}://${concreteHost(best.host, service)}${port}`,
    service,
    requests: distinctRequests(requests, service),
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

/** The Gateway is not in the YAML: the services behind are dialed instead; nobody outside of the mesh knows its ServiceEntries. */
function directly(
  virtualService: VirtualService,
  gateway: string,
  { requests, services }: Routed,
  gateways: readonly Gateway[],
): FoundEntry[] {
  const short = gateway.slice(gateway.indexOf('/') + 1);
  if (gateways.some(({ name }) => name === short)) return [];
  const dialable = services.filter(({ source }) => source === 'kubernetes');
  return dialable.flatMap((service): FoundEntry[] => {
    const to = directAddress(service, portNamed(service, portOf(virtualService, service)));
    if (to === null) return [];
    return [
      {
        to,
        service,
        requests: distinctRequests(
          requests.filter((request) => request.service === service),
          service,
        ),
        text: `VirtualService ${virtualService.name}`,
        at: virtualService.source.at(['spec', 'gateways']),
        caveat: `Gateway ${gateway} is not in the YAML: clients dial ${service.name} itself`,
      },
    ];
  });
}

/** The port that the first rule with this destination names. */
function portOf({ spec }: VirtualService, { name }: Service): number | null {
  const destinations = [...spec.http, ...spec.tls, ...spec.tcp].flatMap(({ route }) =>
    route.map(({ destination }) => destination),
  );
  return destinations.find(({ host }) => host === name || host.startsWith(`${name}.`))?.portNumber ?? null;
}
