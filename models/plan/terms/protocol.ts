// Which protocol Istio takes a port to speak.
// istio: pkg/config/kube/conversion.go (ConvertProtocol), pkg/config/protocol/instance.go (Parse).

/** `http`: HTTP/1.1; `auto`: sniffed; `tls`: TLS that the proxy does not end (HTTPS); `tcp`: opaque. */
export type PortProtocol = 'http' | 'http2' | 'grpc' | 'auto' | 'tcp' | 'tls' | 'udp';

/** Ports of protocols in which the server speaks first: TCP where nothing is declared. */
const SERVER_FIRST_PORTS: readonly number[] = [25, 53, 3306, 27017];

/** Protocol of a port of a Kubernetes Service. `transport` is the layer-4 protocol. */
export function servicePortProtocol(
  name: string,
  appProtocol: string | null,
  port: number,
  transport: 'TCP' | 'UDP' | 'SCTP',
): PortProtocol {
  if (transport === 'UDP') return 'udp';
  const declared =
    appProtocol !== null ? parseAppProtocol(appProtocol) : (parseProtocol(name) ?? parseProtocol(firstWord(name)));
  return declared ?? (SERVER_FIRST_PORTS.includes(port) ? 'tcp' : 'auto');
}

/** Protocol of a port of a ServiceEntry (`HTTP`, `GRPC`, …; '' = sniffed). */
export function entryPortProtocol(protocol: string, port: number): PortProtocol {
  return parseProtocol(protocol) ?? (SERVER_FIRST_PORTS.includes(port) ? 'tcp' : 'auto');
}

/** Whether the proxy reads HTTP on such a port. */
export function isHttp(protocol: PortProtocol): boolean {
  switch (protocol) {
    case 'http':
    case 'http2':
    case 'grpc':
    case 'auto':
      return true;
    case 'tcp':
    case 'tls':
    case 'udp':
      return false;
  }
}

function firstWord(name: string): string {
  return name.split('-')[0]!;
}

function parseAppProtocol(appProtocol: string): PortProtocol | null {
  switch (appProtocol.toLowerCase()) {
    case 'kubernetes.io/h2c':
      return 'http2';
    case 'kubernetes.io/ws':
      return 'http';
    case 'kubernetes.io/wss':
      return 'tls';
    default:
      return parseProtocol(appProtocol);
  }
}

function parseProtocol(text: string): PortProtocol | null {
  switch (text.toLowerCase()) {
    case 'http':
      return 'http';
    case 'http2':
      return 'http2';
    case 'grpc':
    case 'grpc-web':
      return 'grpc';
    case 'https':
    case 'tls':
      return 'tls';
    case 'tcp':
    case 'mongo':
    case 'redis':
    case 'mysql':
      return 'tcp';
    case 'udp':
      return 'udp';
    default:
      return null;
  }
}
