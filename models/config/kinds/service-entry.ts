// ServiceEntry (istio api: networking/v1alpha3/service_entry.proto, workload_entry.proto; istio: pkg/config/validation/validation.go
// ValidateServiceEntry).
import { domainProblem, isDnsLabel, isIpAddress } from '../names.js';
import type { Place } from '../place.js';
import { integer, portNumber, string, stringMap, strings, uint32, word, zeroIsUnset } from '../scalars.js';
import { checked, defaulted, listOf, mapOf, mapped, object, optional, required, type Schema } from '../schema.js';
import type { StringMap } from './common.js';
import { PROTO } from './istio-fields.js';
import {
  checkExportTo,
  checkHost,
  checkSelector,
  isHttpProtocol,
  isIstioProtocol,
  isTlsProtocol,
  PROTOCOLS_HINT,
} from './istio-rules.js';
import type { KindContext } from './kind.js';

export interface ServiceEntrySpec {
  readonly hosts: readonly string[];
  readonly addresses: readonly string[];
  readonly ports: readonly ServiceEntryPort[];
  readonly location: 'MESH_EXTERNAL' | 'MESH_INTERNAL';
  readonly resolution: 'NONE' | 'STATIC' | 'DNS' | 'DNS_ROUND_ROBIN' | 'DYNAMIC_DNS';
  readonly endpoints: readonly ServiceEntryEndpoint[];
  /** Labels of the WorkloadEntries and pods behind it; null: none. */
  readonly workloadSelector: StringMap | null;
  /** Empty: the mesh's default, `*`. */
  readonly exportTo: readonly string[];
  readonly subjectAltNames: readonly string[];
}

export interface ServiceEntryPort {
  readonly number: number;
  readonly name: string;
  /** Upper case; '' where absent. */
  readonly protocol: string;
  readonly targetPort: number | null;
}

export interface ServiceEntryEndpoint {
  readonly address: string;
  /** Port name → number. */
  readonly ports: Readonly<Record<string, number>>;
  readonly labels: StringMap;
  /** `region/zone/subzone`; '' where absent. */
  readonly locality: string;
  readonly network: string;
  /** 1 where absent or 0. */
  readonly weight: number;
  readonly serviceAccount: string;
}

const protocol = mapped(string, (text, place) => {
  if (text !== '' && !isIstioProtocol(text)) place.rejectedByIstio(`"${text}" is not a protocol`, PROTOCOLS_HINT);
  return text.toUpperCase();
});

const portName = checked(string, (name, place) => {
  if (!isDnsLabel(name)) place.rejectedByIstio(`"${name}" is not a name for a port`, 'use letters, digits and "-"');
});

const port: Schema<ServiceEntryPort> = object<ServiceEntryPort>(
  'a port',
  {
    number: required('number', portNumber),
    name: required('name', portName),
    protocol: defaulted('protocol', protocol, ''),
    targetPort: defaulted('targetPort', zeroIsUnset(integer(0, 65535)), null),
  },
  PROTO,
);

export const endpoint: Schema<ServiceEntryEndpoint> = object<ServiceEntryEndpoint>(
  'an endpoint',
  {
    address: defaulted('address', string, ''),
    ports: defaulted('ports', mapOf('port numbers', portNumber), {}),
    labels: defaulted('labels', stringMap, {}),
    locality: defaulted('locality', string, ''),
    network: defaulted('network', string, ''),
    weight: defaulted(
      'weight',
      mapped(uint32, (weight) => weight || 1),
      1,
    ),
    serviceAccount: defaulted('serviceAccount', string, ''),
  },
  PROTO,
);

const workloadSelector: Schema<StringMap> = mapped(
  object<{ labels: StringMap }>(
    'a workload selector',
    { labels: defaulted('labels', checked(stringMap, checkSelector), {}) },
    PROTO,
  ),
  ({ labels }) => labels,
);

const fields: Schema<ServiceEntrySpec> = object<ServiceEntrySpec>(
  'a ServiceEntry',
  {
    hosts: defaulted('hosts', strings, []),
    addresses: defaulted('addresses', strings, []),
    ports: defaulted('ports', listOf('ports', port), []),
    location: defaulted('location', word(['MESH_EXTERNAL', 'MESH_INTERNAL']), 'MESH_EXTERNAL'),
    resolution: defaulted('resolution', word(['NONE', 'STATIC', 'DNS', 'DNS_ROUND_ROBIN', 'DYNAMIC_DNS']), 'NONE'),
    endpoints: defaulted('endpoints', listOf('endpoints', endpoint), []),
    workloadSelector: optional('workloadSelector', workloadSelector),
    exportTo: defaulted('exportTo', strings, []),
    subjectAltNames: defaulted('subjectAltNames', strings, []),
  },
  PROTO,
);

export function serviceEntrySchema(context: KindContext): Schema<ServiceEntrySpec> {
  return checked(fields, (spec, place) => {
    checkHosts(spec, place);
    checkPorts(spec, place);
    checkEndpoints(spec, place);
    if (spec.exportTo.length > 0) checkExportTo(spec.exportTo, context.namespace, place.child('exportTo'));
  });
}

function checkHosts(spec: ServiceEntrySpec, place: Place): void {
  if (spec.hosts.length === 0) place.rejectedByIstio('a ServiceEntry needs a host', 'add hosts');
  const resolves = spec.resolution === 'DNS' || spec.resolution === 'DNS_ROUND_ROBIN';
  spec.hosts.forEach((host, index) => {
    const at = place.down('hosts', index);
    if (host === '*') at.rejectedByIstio('a ServiceEntry cannot stand for *', 'name the hosts');
    else checkHost(host, at);
    if (resolves && spec.endpoints.length === 0 && host.includes('*')) {
      at.rejectedByIstio(`"${host}" cannot be resolved by DNS`, 'add endpoints, or use resolution NONE');
    }
  });
  const networks = spec.addresses.some((address) => address.includes('/'));
  if (networks && spec.resolution !== 'NONE' && spec.resolution !== 'STATIC') {
    place
      .child('addresses')
      .rejectedByIstio(`address ranges do not go with resolution ${spec.resolution}`, 'use NONE or STATIC');
  }
}

function checkPorts(spec: ServiceEntrySpec, place: Place): void {
  const names = spec.ports.map(({ name }) => name);
  const numbers = spec.ports.map(({ number }) => number);
  spec.ports.forEach(({ name, number, protocol: spoken }, index) => {
    const at = place.down('ports', index);
    if (names.indexOf(name) < index)
      at.child('name').rejectedByIstio(`two ports have the name "${name}"`, 'rename one');
    if (numbers.indexOf(number) < index)
      at.child('number').rejectedByIstio(`port ${number} is given twice`, 'delete one');
    const opaque = !isHttpProtocol(spoken) && !isTlsProtocol(spoken);
    if (spec.resolution !== 'NONE' && spec.hosts.length > 1 && opaque) {
      at.rejectedByIstio(
        'several hosts cannot share a port that is neither HTTP nor TLS',
        'split the ServiceEntry by host',
      );
    }
  });
}

function checkEndpoints(spec: ServiceEntrySpec, place: Place): void {
  const at = place.child('endpoints');
  if (spec.endpoints.length === 0) return;
  if (spec.workloadSelector !== null) at.rejectedByIstio('endpoints exclude workloadSelector', 'keep one of the two');
  if (spec.resolution === 'NONE')
    at.rejectedByIstio('endpoints do not go with resolution NONE', 'use resolution STATIC or DNS');
  if (spec.resolution === 'DNS_ROUND_ROBIN' && spec.endpoints.length > 1) {
    at.rejectedByIstio('DNS_ROUND_ROBIN allows one endpoint', 'use resolution DNS');
  }
  spec.endpoints.forEach((found, index) => {
    checkEndpoint(found, spec, at.child(index));
  });
}

function checkEndpoint(found: ServiceEntryEndpoint, spec: ServiceEntrySpec, place: Place): void {
  const at = place.child('address');
  if (found.address === '') {
    if (found.network === '') at.rejectedByIstio('the endpoint needs an address', 'add address');
  } else if (found.address.startsWith('unix://')) {
    at.notModelled('a Unix socket is simulated as an endpoint on the network');
  } else if (!isIpAddress(found.address)) {
    if (spec.resolution === 'STATIC')
      at.rejectedByIstio(`"${found.address}" is not an IP address`, 'use resolution DNS for names');
    else if (domainProblem(found.address) !== null)
      at.rejectedByIstio(`"${found.address}" is no host name or IP address`, 'correct it');
  }
  for (const name of Object.keys(found.ports)) {
    if (spec.ports.some((known) => known.name === name)) continue;
    place
      .down('ports', name)
      .rejectedByIstio(`the ServiceEntry has no port named "${name}"`, 'use the name of one of its ports');
  }
}
