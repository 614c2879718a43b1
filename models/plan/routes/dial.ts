// What a name that somebody dials leads to: a service of the mesh, a gateway, or a host that only a VirtualService knows.
// kubernetes: DNS for Services and Pods (search list); istio: pilot/pkg/networking/core/httproute.go (vhost domains).
import { editDistance } from '../../../sim/nearest.js';
import type { SourcePosition } from '../../config/diagnostic.js';
import type { GatewayEntry, Gateways } from '../registry/gateways.js';
import type { OutsideHosts } from '../registry/outside-hosts.js';
import type { Registry } from '../registry/registry.js';
import type { PortInfo, Service } from '../registry/service.js';
import type { Findings } from '../terms/findings.js';
import { hostCovers, parseDialTarget, schemePort } from '../terms/host.js';
import { nearestNames, suggestion } from '../terms/nearest.js';
import { isHttp, type PortProtocol } from '../terms/protocol.js';
import { MESH, type VirtualServices } from './virtual-service.js';

interface Dialed {
  readonly host: string;
  readonly port: number;
  readonly scheme: 'http' | 'https';
  /** Host header as an HTTP client sends it. */
  readonly authority: string;
  /** The scheme or the port says that it is gRPC. */
  readonly grpc: boolean;
}

export type Dial = Dialed &
  (
    | { readonly kind: 'service'; readonly service: Service; readonly portInfo: PortInfo }
    | { readonly kind: 'gateway'; readonly entry: GatewayEntry }
    | { readonly kind: 'virtual' }
  );

export interface Dialer {
  /** null: outside of the mesh. */
  readonly namespace: string | null;
  readonly hasSidecar: boolean;
  /** Its proxy lets nothing out that the registry does not know. */
  readonly blocksUnknown?: boolean;
}

const DEFAULT_PORT = 80;

export class Directory {
  constructor(
    private readonly registry: Registry,
    private readonly gateways: Gateways,
    private readonly virtualServices: VirtualServices,
    private readonly outside: OutsideHosts,
    private readonly findings: Findings,
  ) {}

  /** Resolves `to`; null, and an error at `at`, where it leads nowhere. */
  resolve(to: string, at: SourcePosition, dialer: Dialer): Dial | null {
    const parsed = parseDialTarget(to);
    if (parsed === null) {
      this.findings.error(
        'wrong-target',
        at,
        `"${to}" is neither a URL nor a host`,
        'write e.g. http://shop.example.com, catalog, catalog.shop:8080',
      );
      return null;
    }
    const { host } = parsed;
    const scheme = parsed.scheme === 'https' || parsed.scheme === 'wss' ? 'https' : 'http';
    const asked = parsed.port ?? schemePort(parsed.scheme);
    const dialed = (port: number, grpc: boolean): Dialed => ({
      host,
      port,
      scheme,
      authority: port === (scheme === 'https' ? 443 : 80) ? host : `${host}:${port}`,
      grpc: grpc || parsed.scheme === 'grpc',
    });
    const services = this.servicesOf(host, dialer);
    const way = this.wayIn(host, asked ?? DEFAULT_PORT, dialer);
    if (way !== null && 'entry' in way && this.prefersGateway(services, way, dialer)) {
      return { ...dialed(asked ?? DEFAULT_PORT, false), kind: 'gateway', entry: way.entry };
    }
    if (services.length > 1) return this.ambiguous(host, services, at);
    const service = services[0];
    if (service !== undefined) {
      const portInfo = choosePort(service, asked);
      if (portInfo === null) {
        if (service.source !== 'entry' || asked === null || dialer.namespace === null)
          return this.noPort(service, asked, at);
        return this.outsidePort(dialed(asked, false), service, protocolOf(parsed.scheme), at, dialer);
      }
      return { ...dialed(portInfo.number, portInfo.protocol === 'grpc'), kind: 'service', service, portInfo };
    }
    if (dialer.hasSidecar && this.isVirtualHost(host, dialer.namespace ?? '')) {
      return { ...dialed(asked ?? DEFAULT_PORT, false), kind: 'virtual' };
    }
    if (way !== null && 'entry' in way) {
      return { ...dialed(asked ?? DEFAULT_PORT, false), kind: 'gateway', entry: way.entry };
    }
    if (way !== null && dialer.blocksUnknown !== true)
      return this.wrongGatewayPort(host, asked ?? DEFAULT_PORT, way.ports, at);
    if (dialer.namespace !== null && this.outside.canBe(host)) {
      return this.outsideRegistry(dialed(asked ?? DEFAULT_PORT, false), protocolOf(parsed.scheme), at, dialer);
    }
    return this.unknown(host, at);
  }

  /** Names of the internet lead calls of the mesh out of the cluster and to its gateways too; that one of these takes any name says nothing of one. */
  private wayIn(host: string, port: number, dialer: Dialer): ReturnType<Gateways['entryFor']> {
    if (dialer.namespace !== null && !this.gateways.servesByName(host)) return null;
    const way = this.gateways.entryFor(host, port);
    return way === null || dialer.namespace === null || way.exactHost ? way : null;
  }

  private servicesOf(host: string, dialer: Dialer): readonly Service[] {
    if (dialer.namespace === null && !host.includes('.')) return this.registry.byShortName(host);
    const namespace = dialer.namespace ?? '';
    const service = this.registry.byName(host, namespace) ?? this.registry.byDns(host, namespace);
    return service === null ? [] : [service];
  }

  /** From outside, a gateway that serves the very name, with a VirtualService behind it, comes before a service of the name. */
  private prefersGateway(
    services: readonly Service[],
    way: { readonly entry: GatewayEntry; readonly exactHost: boolean },
    dialer: Dialer,
  ): boolean {
    if (services.length === 0) return dialer.namespace === null;
    if (dialer.namespace !== null || !way.exactHost) return false;
    return this.virtualServices.all.some(
      ({ gateways, hosts }) =>
        gateways.includes(way.entry.gatewayName) && hosts.some((pattern) => hostCovers(pattern, way.entry.host)),
    );
  }

  private isVirtualHost(host: string, namespace: string): boolean {
    return this.virtualServices.covering(host, MESH, namespace).some(({ hosts }) => hosts.includes(host));
  }

  private ambiguous(host: string, services: readonly Service[], at: SourcePosition): null {
    const names = services.map((service) => `${service.name}.${service.namespace}`);
    this.findings.error(
      'ambiguous-host',
      at,
      `${host} means several services: ${names.join(', ')}`,
      `write one of them with its namespace, e.g. ${names[0]}, or say where the traffic comes from`,
    );
    return null;
  }

  private noPort(service: Service, asked: number | null, at: SourcePosition): null {
    const ports = service.ports.map((port) => `${port.number}${port.name === '' ? '' : ` (${port.name})`}`);
    this.findings.error(
      'port-not-found',
      at,
      asked === null ? `${service.resource} has no port for requests` : `${service.resource} has no port ${asked}`,
      ports.length === 0 ? 'it has no ports at all' : `its ports are ${ports.join(', ')}`,
    );
    return null;
  }

  private wrongGatewayPort(host: string, port: number, ports: readonly number[], at: SourcePosition): null {
    this.findings.error(
      'port-not-found',
      at,
      `no gateway serves ${host} on port ${port}`,
      `its servers are on port ${ports.join(', ')}`,
    );
    return null;
  }

  /** With a proxy, what becomes of the call is the proxy's to say; without one, the call goes out. */
  private outsideRegistry(dialed: Dialed, protocol: PortProtocol, at: SourcePosition, dialer: Dialer): Dial {
    const { host, port } = dialed;
    const known = this.registry.knownNames().filter((name) => name.includes('.'));
    const near = nearestNames(host, known, 1).filter((name) => isSlip(host, name));
    const meant = near.length === 0 ? '' : `; did you mean ${near[0]}?`;
    if (dialer.blocksUnknown === true) {
      this.findings.warning(
        'host-outside-registry',
        at,
        `${host} is not in the registry, and the proxy lets out what is (outboundTrafficPolicy REGISTRY_ONLY): it is refused`,
        `add a ServiceEntry for the host, or correct its name${meant}`,
      );
      return { ...dialed, kind: 'virtual' };
    }
    this.findings.warning(
      'host-outside-registry',
      at,
      dialer.hasSidecar
        ? `${host} is not in the registry: the proxy passes connections to it on as they are (outboundTrafficPolicy ALLOW_ANY), without policies`
        : `nothing in the YAML answers to ${host}: the name is taken for that of a host outside of the cluster`,
      `${dialer.hasSidecar ? 'add a ServiceEntry for the host, or correct its name' : 'correct the name where it is wrong'}${meant}`,
    );
    const service = this.outside.service(host, port, dialed.grpc ? 'grpc' : protocol, at);
    return { ...dialed, kind: 'service', service, portInfo: service.ports[0] };
  }

  /** A port that no ServiceEntry of the host has: to a proxy a host like those that the registry does not have. */
  private outsidePort(
    dialed: Dialed,
    service: Service,
    protocol: PortProtocol,
    at: SourcePosition,
    { blocksUnknown, hasSidecar }: Dialer,
  ): Dial {
    const { host, port } = dialed;
    const becomes =
      blocksUnknown === true
        ? 'the proxy refuses it (outboundTrafficPolicy REGISTRY_ONLY)'
        : hasSidecar
          ? 'the proxy passes connections to it on as they are (outboundTrafficPolicy ALLOW_ANY), without policies'
          : 'connections go there all the same';
    this.findings.warning(
      'port-outside-registry',
      at,
      `${service.resource} has no port ${port}: ${becomes}`,
      `its ports are ${service.ports.map(({ number }) => number).join(', ')}; add the port, or correct the number`,
    );
    if (blocksUnknown === true) return { ...dialed, kind: 'virtual' };
    const there = this.outside.port(service, host, port, dialed.grpc ? 'grpc' : protocol);
    return { ...dialed, kind: 'service', service: there, portInfo: there.ports[0] };
  }

  private unknown(host: string, at: SourcePosition): null {
    const gatewayHosts = this.gateways.servers.flatMap(({ hosts }) => hosts.map((candidate) => candidate.host));
    this.findings.error(
      'host-not-found',
      at,
      `nothing in the YAML answers to ${host}: no Service, no ServiceEntry, no Gateway of Istio`,
      suggestion(host, [...this.registry.knownNames(), ...gatewayHosts]),
    );
    return null;
  }
}

/** What a scheme says of the bytes of a connection; those of no web are told from HTTP. */
function protocolOf(scheme: string | null): PortProtocol {
  switch (scheme) {
    case null:
    case 'http':
    case 'ws':
      return 'http';
    case 'grpc':
      return 'grpc';
    case 'https':
    case 'wss':
      return 'tls';
    default:
      return 'tcp';
  }
}

/** Whether a name of the internet is another one written wrongly, and not another name. */
function isSlip(host: string, name: string): boolean {
  return editDistance(host, name) <= 2;
}

/** The port that is asked for; else 80, the only one, or the first that speaks HTTP. */
function choosePort(service: Service, asked: number | null): PortInfo | null {
  if (asked !== null) return service.ports.find((port) => port.number === asked) ?? null;
  return (
    service.ports.find((port) => port.number === DEFAULT_PORT) ??
    service.ports.find((port) => isHttp(port.protocol)) ??
    service.ports.find((port) => port.protocol !== 'udp') ??
    null
  );
}
