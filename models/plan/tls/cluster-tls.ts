// How a client secures connections to each endpoint of a cluster, and what the endpoint makes of them.
// istio: pilot/pkg/networking/core/{cluster_tls,cluster_builder}.go, pilot/pkg/xds/endpoints/mtls_checker.go; the server's side:
// pilot/pkg/networking/core/listener_inbound.go, sidecar_simulation_test.go (TestInbound).
import type { ClientTlsSettings } from '../../config/kinds/destination-rule.js';
import { ALL_PORTS } from '../../config/sidecar-template.js';
import type { EndpointTlsPlan } from '../contract/cluster-plan.js';
import type { ServerWelcome } from '../contract/configurations.js';
import type { ClusterPlan } from '../contract/plan.js';
import { takesInbound } from '../registry/interception.js';
import type { PortInfo, Service } from '../registry/service.js';
import type { Workload } from '../registry/workload.js';
import type { Findings } from '../terms/findings.js';
import type { GatewayWelcome } from './gateway-tls.js';
import type { PeerAuthentications, PortMode } from './peer-authentication.js';

// Pods in ambient mode are reached through HBONE, which is mutual TLS of its own whatever stands here (istio: cluster_tls.go,
// applyHBONETransportSocketMatches): they do not count.

export type ClusterTls = Pick<ClusterPlan, 'tls' | 'reachable' | 'skipsProxy' | 'endpointTls'>;

/** A TLS 1.3 handshake takes one round trip after that of TCP. */
const ROUND_TRIPS = 1;
const PLAINTEXT: ClusterPlan['tls'] = { mode: 'none', roundTrips: 0 };
const MUTUAL: ClusterPlan['tls'] = { mode: 'mtls', roundTrips: ROUND_TRIPS };
const ONE_SIDED: ClusterPlan['tls'] = { mode: 'tls', roundTrips: ROUND_TRIPS };

/** What clients of a service know of its servers. */
export interface Servers {
  readonly service: Service;
  readonly port: PortInfo;
  readonly endpoints: Service['endpoints'];
  readonly peers: PeerAuthentications;
  /** What a gateway among the endpoints makes of a client with these settings; null: whose proxy speaks plain text. */
  welcome(gateway: Workload, settings: ClientTlsSettings | null): GatewayWelcome;
  /** `enableAutoMtls` of the mesh. */
  readonly automatic: boolean;
}

/** `tls` of the DestinationRule that counts; null: automatic mTLS wherever the server takes it. */
export function clusterTls(tls: ClientTlsSettings | null, servers: Servers, findings: Findings): ClusterTls {
  const secured = servers.endpoints.map(({ workload }) =>
    reached(wish(tls, workload, servers), workload, servers, tls),
  );
  if (tls === null && isAllOrNothing(servers.service) && secured.some((one) => one.tls.mode === 'none')) {
    return tlsOf(
      servers.endpoints.map(({ workload }) => reached('none', workload, servers)),
      'none',
      servers,
      findings,
    );
  }
  return tlsOf(secured, wish(tls, null, servers), servers, findings);
}

/** Connections of who has no proxy, or whose proxy does not know the host. */
export function plaintext(servers: Servers, findings: Findings): ClusterTls {
  return tlsOf(
    servers.endpoints.map(({ workload }) => reached('none', workload, servers)),
    'none',
    servers,
    findings,
  );
}

/** Endpoints behind addresses that the client has resolved have no settings of their own. */
function isAllOrNothing(service: Service): boolean {
  return service.discovery === 'original-dst';
}

/** What a client speaks to an endpoint; null: to a cluster without any. */
function wish(tls: ClientTlsSettings | null, workload: Workload | null, servers: Servers): ClusterPlan['tls']['mode'] {
  switch (tls?.mode) {
    case undefined:
      return isAutomatic(workload, servers) ? 'mtls' : 'none';
    case 'DISABLE':
      return 'none';
    case 'ISTIO_MUTUAL':
      return 'mtls';
    case 'SIMPLE':
    case 'MUTUAL':
      return 'tls';
  }
}

/** The namespace's mode switches it off for the whole cluster, that of a workload or a port for its endpoints. */
function isAutomatic(workload: Workload | null, { service, port, peers, automatic }: Servers): boolean {
  if (workload === null || !automatic || service.external) return false;
  if (!hasSidecarInbound(workload) || peers.ofNamespace(service.namespace) === 'DISABLE') return false;
  return !['DISABLE', 'OWN_TLS'].includes(peers.of(workload, portOf(workload, port)));
}

function reached(
  mode: ClusterPlan['tls']['mode'],
  workload: Workload,
  servers: Servers,
  settings: ClientTlsSettings | null = null,
): EndpointTlsPlan {
  const { service, port, peers } = servers;
  const way = (tls: ClusterPlan['tls'], reachable: EndpointTlsPlan['reachable']) => ({
    tls,
    reachable,
    skipsProxy: false,
  });
  // HBONE is mutual TLS of its own, whatever stands here.
  if (speaksHbone(workload)) return way(PLAINTEXT, 'yes');
  const tls = mode === 'none' ? PLAINTEXT : mode === 'mtls' ? MUTUAL : ONE_SIDED;
  const said = settings?.servers;
  if (said === 'none-trusted') return way(tls, 'tls-failure');
  if (workload.kind === 'gateway') return way(tls, servers.welcome(workload, settings).reachable);
  const opaque = isOpaque(port) || (said === 'tls-unless-declared' && port.protocol === 'auto');
  const target = portOf(workload, port);
  if (isTaken(workload, target)) return way(tls, atSidecar(mode, peers.of(workload, target), opaque));
  const reachable = atApplication(mode, opaque || service.external || service.source === 'entry');
  return { tls, reachable, skipsProxy: hasSidecarInbound(workload) };
}

/** Mutual TLS with a pod behind a gateway that passes it on, or closes the connection. */
export function throughGateway(passes: boolean): EndpointTlsPlan {
  return { tls: MUTUAL, reachable: passes ? 'yes' : 'tls-failure', skipsProxy: false };
}

/** Whether a pod is reached through HBONE, and reaches others through it. */
export function speaksHbone({ kind, ambient }: Workload): boolean {
  return ambient === true || kind === 'waypoint';
}

/** Which filter chain takes a connection: without one it is closed, and a server that reads HTTP closes TLS that it does not end. */
function atSidecar(mode: ClusterPlan['tls']['mode'], server: PortMode, opaque: boolean): EndpointTlsPlan['reachable'] {
  if (server === 'OWN_TLS') return mode === 'tls' ? 'yes' : mode === 'none' ? 'reset' : 'tls-failure';
  switch (mode) {
    case 'none':
      return server === 'STRICT' ? 'reset' : 'yes';
    case 'mtls':
      return server === 'DISABLE' ? 'tls-failure' : 'yes';
    case 'tls':
      return opaque && server !== 'STRICT' ? 'yes' : 'tls-failure';
  }
}

/** What whoever connects to a port meets at the sidecar of a workload; null: no sidecar takes the connection, or it travels by HBONE. */
export function sidecarWelcome(
  workload: Workload,
  port: PortInfo,
  peers: PeerAuthentications,
): Omit<ServerWelcome, 'workload'> | null {
  const target = portOf(workload, port);
  if (speaksHbone(workload) || workload.kind === 'gateway' || !isTaken(workload, target)) return null;
  const mode = peers.of(workload, target);
  const of = (client: ClusterPlan['tls']['mode']) => atSidecar(client, mode, isOpaque(port));
  return { none: of('none'), mtls: of('mtls'), tls: of('tls') };
}

function atApplication(mode: ClusterPlan['tls']['mode'], speaksTls: boolean): EndpointTlsPlan['reachable'] {
  switch (mode) {
    case 'none':
      return 'yes';
    case 'mtls':
      return 'tls-failure';
    case 'tls':
      return speaksTls ? 'yes' : 'tls-failure';
  }
}

/** Only ports that are declared for it may end TLS in the application. */
function isOpaque({ protocol }: PortInfo): boolean {
  return protocol === 'tls' || protocol === 'tcp';
}

/** Pods and machines with a sidecar; a gateway has a proxy, but takes connections as its Gateway says. */
export function hasSidecarInbound(workload: Workload): boolean {
  return (workload.kind === 'app' || workload.kind === 'external') && workload.hasSidecar;
}

/** Whether the sidecar of a pod, or a machine, takes what comes to one of its ports. */
export function isTaken(workload: Workload, port: number | null): boolean {
  return hasSidecarInbound(workload) && takesInbound(workload.inboundPorts ?? ALL_PORTS, port);
}

/** The port of a workload's pods, or of a machine, behind a port of a Service; null where a name names none. */
export function portOf({ pod, ports: own }: Workload, { name: service, target }: PortInfo): number | null {
  const given = own?.[service];
  if (given !== undefined) return given;
  if (typeof target === 'number') return target;
  const named = (pod?.containers ?? []).flatMap(({ ports }) => ports).find(({ name }) => name === target);
  return named?.containerPort ?? null;
}

function tlsOf(
  secured: readonly EndpointTlsPlan[],
  empty: ClusterPlan['tls']['mode'],
  servers: Servers,
  findings: Findings,
): ClusterTls {
  warn(secured, servers, findings);
  const first = secured[0] ?? {
    tls: empty === 'none' ? PLAINTEXT : empty === 'mtls' ? MUTUAL : ONE_SIDED,
    reachable: 'yes',
    skipsProxy: false,
  };
  const alike = secured.every(
    ({ tls, reachable, skipsProxy }) =>
      tls.mode === first.tls.mode && reachable === first.reachable && skipsProxy === first.skipsProxy,
  );
  return { ...first, endpointTls: alike ? [] : secured };
}

function warn(secured: readonly EndpointTlsPlan[], servers: Servers, findings: Findings): void {
  const { service, port, endpoints, peers } = servers;
  const refused = (index: number) => secured[index]!.reachable === 'reset' && secured[index]!.tls.mode === 'none';
  if (!endpoints.some(({ workload }, index) => refused(index) && workload.kind !== 'gateway')) return;
  if (endpoints.some(({ workload }) => peers.of(workload, portOf(workload, port)) === 'OWN_TLS')) {
    findings.warning(
      'plaintext-to-tls',
      service.position,
      `${service.resource}: a client calls port ${port.number} in plaintext, whose sidecars end TLS (tls of a Sidecar's ingress): its connections are reset`,
      'give its clients a DestinationRule with tls: {mode: SIMPLE}',
    );
    return;
  }
  findings.warning(
    'plaintext-to-strict',
    service.position,
    `${service.resource}: a client without mTLS calls port ${port.number}, whose pods take nothing else (PeerAuthentication STRICT): its connections are reset`,
    'give the client a sidecar, delete the tls block of its DestinationRule, or make the port PERMISSIVE',
  );
}
