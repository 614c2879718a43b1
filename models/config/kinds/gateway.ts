// Istio's Gateway (istio api: networking/v1alpha3/gateway.proto; istio: pkg/config/validation/gateway.go, validation.go
// ValidateGateway, validateTLSOptions).

import { isDnsLabel } from '../names.js';
import type { Place } from '../place.js';
import { bool, string, stringMap, strings, uint32, word } from '../scalars.js';
import {
  approximated,
  checked,
  defaulted,
  inert,
  listOf,
  mapped,
  object,
  optional,
  required,
  type Schema,
} from '../schema.js';
import type { StringMap } from './common.js';
import { PROTO, protoWith } from './istio-fields.js';
import { checkHost, isHttpProtocol, isIstioProtocol, isTlsProtocol, PROTOCOLS_HINT } from './istio-rules.js';
import type { PodTemplate } from './pod-template.js';

export interface GatewaySpec {
  /** Labels of the gateway's pods, in any namespace. */
  readonly selector: StringMap;
  readonly servers: readonly GatewayServer[];
  /** The Deployment that Istio makes for a Gateway of the Gateway API; null for Istio's own Gateways. */
  readonly deployment: ManagedDeployment | null;
  /** It stands for the gateway of another controller than Istio's. Absent: it does not. */
  readonly foreign?: true;
}

export interface ManagedDeployment {
  readonly namespace: string;
  readonly name: string;
  readonly replicas: number;
  readonly template: PodTemplate;
}

export interface GatewayServer {
  readonly name: string;
  readonly port: { readonly number: number; readonly protocol: string; readonly name: string };
  /** `[namespace/]host`. */
  readonly hosts: readonly string[];
  readonly tls: GatewayTls | null;
}

export interface GatewayTls {
  readonly httpsRedirect: boolean;
  readonly mode: 'PASSTHROUGH' | 'SIMPLE' | 'MUTUAL' | 'OPTIONAL_MUTUAL' | 'ISTIO_MUTUAL' | 'AUTO_PASSTHROUGH';
}

type ServerPort = GatewayServer['port'];

const port: Schema<ServerPort> = checked(
  object<ServerPort>(
    'a server port',
    {
      number: defaulted('number', uint32, 0),
      protocol: defaulted('protocol', string, ''),
      name: defaulted('name', string, ''),
    },
    protoWith(inert('targetPort')),
  ),
  (found, place) => {
    if (found.number < 1 || found.number > 65535)
      place.child('number').rejectedByIstio(`${found.number} is not a port`, 'use 1 to 65535');
    if (!isIstioProtocol(found.protocol))
      place.child('protocol').rejectedByIstio(`"${found.protocol}" is not a protocol`, PROTOCOLS_HINT);
    if (found.name === '') place.rejectedByIstio('the port needs a name', 'add name');
  },
);

/** TLS that a proxy ends with certificates of its own. */
export interface WrittenServerTls extends GatewayTls {
  readonly serverCertificate: string;
  readonly privateKey: string;
  readonly caCertificates: string;
  readonly credentialName: string;
  readonly credentialNames: readonly string[];
}

export const serverTls: Schema<WrittenServerTls> = object<WrittenServerTls>(
  'server TLS settings',
  {
    httpsRedirect: defaulted('httpsRedirect', bool, false),
    mode: defaulted(
      'mode',
      word(['PASSTHROUGH', 'SIMPLE', 'MUTUAL', 'OPTIONAL_MUTUAL', 'ISTIO_MUTUAL', 'AUTO_PASSTHROUGH']),
      'PASSTHROUGH',
    ),
    serverCertificate: defaulted('serverCertificate', string, ''),
    privateKey: defaulted('privateKey', string, ''),
    caCertificates: defaulted('caCertificates', string, ''),
    credentialName: defaulted('credentialName', string, ''),
    credentialNames: defaulted('credentialNames', strings, []),
  },
  protoWith(
    inert(
      'caCertCredentialName',
      'caCrl',
      'cipherSuites',
      'insecureSkipVerify',
      'maxProtocolVersion',
      'minProtocolVersion',
      'subjectAltNames',
      'tlsCertificates',
      'verifyCertificateHash',
      'verifyCertificateSpki',
    ),
  ),
);

interface WrittenServer extends Omit<GatewayServer, 'tls'> {
  readonly tls: WrittenServerTls | null;
}

const server: Schema<GatewayServer> = mapped(
  object<WrittenServer>(
    'a server',
    {
      name: defaulted('name', string, ''),
      port: required('port', port),
      hosts: defaulted('hosts', strings, []),
      tls: optional('tls', serverTls, approximated('TLS costs round trips; certificates and versions are not checked')),
    },
    protoWith(inert('bind', 'defaultEndpoint')),
  ),
  (written, place) => {
    checkServer(written, place);
    const settings = written.tls === null ? null : { httpsRedirect: written.tls.httpsRedirect, mode: written.tls.mode };
    return { ...written, tls: settings };
  },
);

function checkServer(found: WrittenServer, place: Place): void {
  if (found.hosts.length === 0) place.rejectedByIstio('the server needs a host', 'add hosts, e.g. ["*"]');
  found.hosts.forEach((host, index) => {
    checkServerHost(host, place.down('hosts', index));
  });
  const secured = isTlsProtocol(found.port.protocol);
  if (found.tls === null) {
    if (secured) place.rejectedByIstio(`a server of protocol ${found.port.protocol} needs tls`, 'add tls: {mode: …}');
    return;
  }
  const at = place.child('tls');
  const { mode, caCertificates, privateKey, serverCertificate } = found.tls;
  if (!secured) {
    const passes = mode === 'PASSTHROUGH' || mode === 'AUTO_PASSTHROUGH';
    const plain = passes && caCertificates + privateKey + serverCertificate === '';
    if (!isHttpProtocol(found.port.protocol) || !plain) {
      at.rejectedByIstio(
        `a server of protocol ${found.port.protocol} cannot have certificates`,
        'use protocol HTTPS or TLS, or httpsRedirect alone',
      );
    }
  }
  checkCertificates(found.tls, at);
}

function checkServerHost(host: string, place: Place): void {
  const slash = host.indexOf('/');
  const namespace = slash < 0 ? '*' : host.slice(0, slash);
  if (!['*', '.', '~'].includes(namespace) && !isDnsLabel(namespace)) {
    place.rejectedByIstio(`"${namespace}" is not a namespace`, 'use a namespace, "." or "*"');
  }
  checkHost(host.slice(slash + 1), place);
}

export function checkCertificates(settings: WrittenServerTls, place: Place): void {
  const { mode, serverCertificate, privateKey, caCertificates, credentialName, credentialNames } = settings;
  const byName = credentialName !== '' || credentialNames.length > 0;
  const byPath = serverCertificate + privateKey + caCertificates !== '';
  if (mode === 'ISTIO_MUTUAL') {
    if (byName || byPath)
      place.rejectedByIstio("ISTIO_MUTUAL uses the mesh's own certificates", 'delete the certificates');
    return;
  }
  if (byName && serverCertificate !== '' && privateKey !== '') {
    place.rejectedByIstio('credentialName excludes certificates by path', 'keep one of the two');
  }
  if (byName || !['SIMPLE', 'MUTUAL', 'OPTIONAL_MUTUAL'].includes(mode)) return;
  if (mode !== 'SIMPLE' && caCertificates === '')
    place.rejectedByIstio(`${mode} needs caCertificates`, 'add caCertificates or credentialName');
  if (serverCertificate === '' || privateKey === '') {
    place.rejectedByIstio(`${mode} needs a certificate`, 'add credentialName, or serverCertificate and privateKey');
  }
}

type WrittenSpec = Omit<GatewaySpec, 'deployment' | 'foreign'>;

export const gateway: Schema<GatewaySpec> = mapped(
  object<WrittenSpec>(
    'a Gateway',
    { selector: defaulted('selector', stringMap, {}), servers: defaulted('servers', listOf('servers', server), []) },
    PROTO,
  ),
  (spec, place) => {
    if (spec.servers.length === 0) place.rejectedByIstio('the Gateway has no server', 'add servers');
    const names = spec.servers.map((found) => found.port.name);
    names.forEach((name, index) => {
      if (names.indexOf(name) === index) return;
      place.down('servers', index, 'port', 'name').rejectedByIstio(`two ports have the name "${name}"`, 'rename one');
    });
    return { ...spec, deployment: null };
  },
);
