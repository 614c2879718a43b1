// Sidecar (istio api: networking/v1alpha3/sidecar.proto; istio: pkg/config/validation/validation.go ValidateSidecar).
import { isDnsLabel, isIpAddress, wildcardDomainProblem } from '../names.js';
import type { Place } from '../place.js';
import { string, stringMap, strings, uint32, word } from '../scalars.js';
import {
  approximated,
  checked,
  defaulted,
  listed,
  listOf,
  mapped,
  notModelled,
  object,
  optional,
  type Schema,
} from '../schema.js';
import type { StringMap } from './common.js';
import type { ConnectionPoolSettings } from './destination-rule.js';
import { checkCertificates, serverTls, type WrittenServerTls } from './gateway.js';
import { destination, PROTO, protoWith } from './istio-fields.js';
import { checkSelector, isIstioProtocol, isTlsProtocol, PROTOCOLS_HINT } from './istio-rules.js';
import { connectionPool } from './traffic-policy.js';
import type { Destination } from './virtual-service.js';

export interface SidecarSpec {
  /** Labels of the pods that it is for; null: all of the namespace (of the mesh, where it stands in the root namespace). */
  readonly selector: StringMap | null;
  /** Empty: everything. */
  readonly egress: readonly EgressListener[];
  readonly ingress: readonly IngressListener[];
  readonly inboundPool: ConnectionPoolSettings | null;
  /** null: as the mesh says. */
  readonly outbound: SidecarOutbound | null;
}

export interface EgressListener {
  /** null: every port that has no listener of its own. */
  readonly port: number | null;
  /** `namespace/host`, as written. */
  readonly hosts: readonly string[];
}

export interface IngressListener {
  readonly port: number;
  readonly protocol: string;
  readonly pool: ConnectionPoolSettings | null;
  /** The sidecar ends TLS with certificates of its own, where mTLS of the mesh is off. */
  readonly endsTls: boolean;
}

export interface SidecarOutbound {
  /** A policy without a mode is REGISTRY_ONLY: that is the zero of the enumeration. */
  readonly mode: 'REGISTRY_ONLY' | 'ALLOW_ANY';
  readonly egressProxy: Destination | null;
}

interface Port {
  readonly number: number;
  readonly protocol: string;
  readonly name: string;
  readonly targetPort: number;
}

const port: Schema<Port> = object<Port>(
  'a port',
  {
    number: defaulted('number', uint32, 0),
    protocol: defaulted('protocol', string, ''),
    name: defaulted('name', string, ''),
    targetPort: defaulted('targetPort', uint32, 0),
  },
  PROTO,
);

function checkPort({ number, protocol, name, targetPort }: Port, bind: string, place: Place): void {
  if (targetPort > 0) place.child('targetPort').rejectedByIstio('targetPort has no effect here', 'delete it');
  if (name !== '' && !isDnsLabel(name))
    place.child('name').rejectedByIstio(`"${name}" is not a name for a port`, 'use letters, digits and "-"');
  if (!isIstioProtocol(protocol))
    place.child('protocol').rejectedByIstio(`"${protocol}" is not a protocol`, PROTOCOLS_HINT);
  const onSocket = number === 0 && bind.startsWith('unix://');
  if (!onSocket && (number < 1 || number > 65535))
    place.child('number').rejectedByIstio(`${number} is not a port`, 'use 1 to 65535');
}

function checkBind(number: number, bind: string, place: Place): void {
  if (number > 0 && bind !== '' && !isIpAddress(bind))
    place.child('bind').rejectedByIstio(`"${bind}" is not an IP address`, 'correct it, or delete bind');
}

const captureMode = word(['DEFAULT', 'IPTABLES', 'NONE']);
const BIND = approximated(
  'applications are taken to dial the hosts by name: what is bound apart is reached all the same',
);

interface WrittenEgress {
  readonly port: Port | null;
  readonly bind: string;
  readonly captureMode: 'DEFAULT' | 'IPTABLES' | 'NONE';
  readonly hosts: readonly string[];
}

const egressListener: Schema<EgressListener> = mapped(
  object<WrittenEgress>(
    'an egress listener',
    {
      port: optional('port', port),
      bind: defaulted('bind', string, '', BIND),
      captureMode: defaulted('captureMode', captureMode, 'DEFAULT', BIND),
      hosts: defaulted('hosts', strings, []),
    },
    PROTO,
  ),
  (written, place) => {
    if (written.port !== null) {
      checkPort(written.port, written.bind, place.child('port'));
      checkBind(written.port.number, written.bind, place);
    }
    if (written.hosts.length === 0) place.rejectedByIstio('an egress listener needs a host', 'add hosts, e.g. ["./*"]');
    written.hosts.forEach((host, index) => {
      checkEgressHost(host, place.down('hosts', index));
    });
    return { port: written.port?.number ?? null, hosts: written.hosts };
  },
);

function checkEgressHost(text: string, place: Place): void {
  const slash = text.indexOf('/');
  if (slash < 0) {
    place.rejectedByIstio(`"${text}" has no namespace`, `write namespace/host, e.g. ./${text} or */${text}`);
    return;
  }
  const namespace = text.slice(0, slash).replace(/^~(?=.)/, '');
  if (!['*', '.', '~'].includes(namespace) && !isDnsLabel(namespace))
    place.rejectedByIstio(`"${namespace}" is not a namespace`, 'use a namespace, "*", "." or "~"');
  const host = text.slice(slash + 1);
  if (host !== '*' && wildcardDomainProblem(host) !== null)
    place.rejectedByIstio(`"${host}" is not a host`, 'use a full host name, *.suffix or *');
}

interface WrittenIngress {
  readonly port: Port | null;
  readonly bind: string;
  readonly captureMode: 'DEFAULT' | 'IPTABLES' | 'NONE';
  readonly defaultEndpoint: string;
  readonly pool: ConnectionPoolSettings | null;
  readonly tls: WrittenServerTls | null;
}

function checkTls(tls: WrittenServerTls, protocol: string, place: Place): void {
  if (tls.httpsRedirect) place.child('httpsRedirect').rejectedByIstio('a sidecar does not redirect', 'delete it');
  if (tls.credentialName !== '' || tls.credentialNames.length > 0)
    place.rejectedByIstio('a sidecar takes its certificates by path', 'use serverCertificate and privateKey');
  if (tls.mode === 'ISTIO_MUTUAL' || tls.mode === 'AUTO_PASSTHROUGH')
    place.child('mode').rejectedByIstio(`${tls.mode} is no mode of a sidecar`, 'use SIMPLE or MUTUAL');
  if (!isTlsProtocol(protocol))
    place.rejectedByIstio(`a listener of protocol ${protocol} has no tls`, 'use protocol HTTPS or TLS');
  checkCertificates(tls, place);
}

const ingressListener: Schema<IngressListener> = mapped(
  object<WrittenIngress>(
    'an ingress listener',
    {
      port: optional('port', port),
      bind: defaulted('bind', string, ''),
      captureMode: defaulted('captureMode', captureMode, 'DEFAULT'),
      defaultEndpoint: defaulted(
        'defaultEndpoint',
        string,
        '',
        approximated('the application is taken to listen there: requests reach it'),
      ),
      pool: optional('connectionPool', connectionPool),
      tls: optional('tls', serverTls, approximated('TLS costs round trips; certificates and versions are not checked')),
    },
    PROTO,
  ),
  (written, place) => {
    if (written.port === null) place.rejectedByIstio('an ingress listener needs a port', 'add port');
    else {
      checkPort(written.port, written.bind, place.child('port'));
      checkBind(written.port.number, written.bind, place);
    }
    checkEndpoint(written.defaultEndpoint, place.child('defaultEndpoint'));
    const { port: own, pool, tls } = written;
    if (tls !== null) checkTls(tls, own?.protocol ?? '', place.child('tls'));
    const endsTls = tls !== null && tls.mode !== 'PASSTHROUGH';
    return { port: own?.number ?? 0, protocol: own?.protocol ?? '', pool, endsTls };
  },
);

const LOCAL = ['', '127.0.0.1', '0.0.0.0', '[::1]', '[::]'];

function checkEndpoint(text: string, place: Place): void {
  if (text === '' || text.startsWith('unix://')) return;
  const colon = text.lastIndexOf(':');
  const number = Number(text.slice(colon + 1));
  const isPort = colon >= 0 && Number.isInteger(number) && number >= 1 && number <= 65535;
  if (!isPort || !LOCAL.includes(text.slice(0, colon)))
    place.rejectedByIstio(`"${text}" is not an endpoint of the pod`, 'use 127.0.0.1:port, 0.0.0.0:port or unix://path');
}

const outbound: Schema<SidecarOutbound> = mapped(
  object<{ mode: SidecarOutbound['mode'] | null; egressProxy: Destination | null }>(
    'an outbound traffic policy',
    { mode: optional('mode', word(['REGISTRY_ONLY', 'ALLOW_ANY'])), egressProxy: optional('egressProxy', destination) },
    PROTO,
  ),
  ({ mode, egressProxy }, place) => {
    const said = mode ?? 'REGISTRY_ONLY';
    if (egressProxy !== null && said !== 'ALLOW_ANY')
      place.child('egressProxy').rejectedByIstio('an egress proxy needs mode ALLOW_ANY', 'set the mode');
    return { mode: said, egressProxy };
  },
);

const workloadSelector: Schema<StringMap> = mapped(
  object<{ labels: StringMap }>(
    'a workload selector',
    { labels: defaulted('labels', checked(stringMap, checkSelector), {}) },
    PROTO,
  ),
  ({ labels }) => labels,
);

const fields: Schema<SidecarSpec> = object<SidecarSpec>(
  'a Sidecar',
  {
    selector: optional('workloadSelector', workloadSelector),
    egress: defaulted('egress', checked(listOf('egress listeners', egressListener), checkListeners), []),
    ingress: defaulted('ingress', checked(listOf('ingress listeners', ingressListener), checkUnique), []),
    inboundPool: optional('inboundConnectionPool', connectionPool),
    outbound: optional('outboundTrafficPolicy', outbound),
  },
  protoWith({ localhost: listed(notModelled('Istio no longer reads it')) }),
);

export const sidecar: Schema<SidecarSpec> = mapped(fields, (spec, place) => {
  const { egress, ingress, inboundPool } = spec;
  if (egress.length + ingress.length === 0 && inboundPool === null && spec.outbound === null)
    place.rejectedByIstio('the Sidecar says nothing', 'add egress, ingress or outboundTrafficPolicy');
  const selector = spec.selector === null || Object.keys(spec.selector).length === 0 ? null : spec.selector;
  return { ...spec, selector };
});

function checkListeners(listeners: readonly EgressListener[], place: Place): void {
  listeners.forEach(({ port: number }, index) => {
    if (number === null && index < listeners.length - 1)
      place.child(index).rejectedByIstio('the egress listener without a port is not the last', 'move it to the end');
  });
  checkUnique(listeners, place);
}

function checkUnique(listeners: readonly { readonly port: number | null }[], place: Place): void {
  const ports = listeners.map((listener) => listener.port);
  ports.forEach((number, index) => {
    if (number === null || number === 0 || ports.indexOf(number) === index) return;
    place.down(index, 'port').rejectedByIstio(`port ${number} has two listeners`, 'join them');
  });
}
