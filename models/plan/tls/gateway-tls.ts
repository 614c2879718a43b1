// What the servers of a gateway make of a connection from a proxy of the mesh: the filter chain that takes its server name, and that chain's TLS.
// istio: pilot/pkg/networking/core/gateway.go (buildGatewayListenerTLSContext, createGatewayHTTPFilterChainOpts, GetSNIHostsForServer),
// pilot/pkg/networking/core/cluster_tls.go (buildUpstreamClusterTLSContext: the server name that a client sends).
import type { ClientTlsSettings } from '../../config/kinds/destination-rule.js';
import type { GatewayServer } from '../../config/kinds/gateway.js';
import { compareSpecificity, hostCovers } from '../terms/host.js';

/** A server with its hosts, the namespaces before them left out. */
interface Listening {
  readonly server: Pick<GatewayServer, 'tls' | 'port'>;
  readonly hosts: readonly { readonly host: string }[];
}

/** What a client speaks: `none` is plain text, as far as its proxy knows. */
export interface GatewayClient {
  readonly mode: 'none' | Exclude<ClientTlsSettings['mode'], 'DISABLE'>;
  /** The server name that it sends; '' in plain text. */
  readonly sni: string;
}

export interface GatewayWelcome {
  readonly reachable: 'yes' | 'reset' | 'tls-failure';
  /** Why a connection is not taken; '' where it is. */
  readonly why: string;
}

const WELCOME: GatewayWelcome = { reachable: 'yes', why: '' };

/** @param servers of one port; none: what comes of that is the route's to say */
export function gatewayWelcome(servers: readonly Listening[], client: GatewayClient): GatewayWelcome {
  if (servers.length === 0) return WELCOME;
  const plain = servers.filter(({ server }) => modeOf(server) === null);
  if (client.mode === 'none') return inPlainText(servers, plain);
  const secured = servers.filter(({ server }) => modeOf(server) !== null);
  if (secured.length === 0) return failing('the server of its Gateway takes plain text alone');
  const found = chainFor(secured, client.sni);
  if (found === null) {
    const hosts = [...new Set(secured.flatMap((each) => each.hosts.map(({ host }) => host)))];
    return failing(
      `the client asks for the server name ${client.sni}, and the servers of its Gateway are for ${hosts.join(', ')}`,
    );
  }
  const mode = modeOf(found.server)!;
  return accepts(mode, client.mode)
    ? WELCOME
    : failing(`the server of its Gateway wants ${mode}, and the client speaks ${client.mode}`);
}

/** The name that a proxy sends: that of the rule, else the cluster's for mutual TLS of the mesh, else the request's host. */
export function serverName(
  tls: ClientTlsSettings,
  cluster: { readonly host: string; readonly port: number; readonly subset: string },
  authority: string,
): string {
  if (tls.sni !== '') return tls.sni;
  return tls.mode === 'ISTIO_MUTUAL' ? `outbound_.${cluster.port}_.${cluster.subset}_.${cluster.host}` : authority;
}

/** TLS of the application goes through a proxy as bytes: only a server that passes TLS on takes it. */
function inPlainText(servers: readonly Listening[], plain: readonly Listening[]): GatewayWelcome {
  if (plain.length > 0 || servers.some(({ server }) => modeOf(server)!.endsWith('PASSTHROUGH'))) return WELCOME;
  return {
    reachable: 'reset',
    why: `the server of its Gateway takes TLS alone (${modeOf(servers[0]!.server)}), and the client speaks plain text`,
  };
}

function failing(why: string): GatewayWelcome {
  return { reachable: 'tls-failure', why };
}

/** null: plain text. Of a server that redirects to HTTPS the mode says nothing. */
function modeOf({ tls, port }: Listening['server']): GatewayServerMode | null {
  return tls !== null && ['HTTPS', 'TLS'].includes(port.protocol.toUpperCase()) ? tls.mode : null;
}

type GatewayServerMode = NonNullable<GatewayServer['tls']>['mode'];

/** The one with the most specific host that covers the name; a server for `*` takes any. */
function chainFor(servers: readonly Listening[], sni: string): Listening | null {
  const matching = servers.flatMap((listening) =>
    listening.hosts
      .filter(({ host }) => host === '*' || hostCovers(host, sni))
      .map(({ host }) => ({ listening, host })),
  );
  return matching.sort((a, b) => compareSpecificity(a.host, b.host))[0]?.listening ?? null;
}

function accepts(server: GatewayServerMode, client: Exclude<GatewayClient['mode'], 'none'>): boolean {
  switch (server) {
    case 'PASSTHROUGH':
    case 'AUTO_PASSTHROUGH':
      return true;
    case 'ISTIO_MUTUAL':
      return client === 'ISTIO_MUTUAL';
    case 'SIMPLE':
    case 'OPTIONAL_MUTUAL':
      return client !== 'ISTIO_MUTUAL';
    case 'MUTUAL':
      return client === 'MUTUAL';
  }
}
