// Endpoints and EndpointSlice: the addresses behind a Service that no selector finds (kubernetes: staging/src/k8s.io/api/core/v1/types.go
// Endpoints, staging/src/k8s.io/api/discovery/v1/types.go EndpointSlice, pkg/apis/discovery/validation/validation.go).
import { domainProblem, isIpAddress } from '../names.js';
import type { Place } from '../place.js';
import { bool, portNumber, string, stringMap, strings, word } from '../scalars.js';
import { checked, defaulted, inert, listOf, mapped, object, optional, required, type Schema } from '../schema.js';
import type { StringMap } from './common.js';
import { type KindContext, type KindDefinition, objectKind } from './kind.js';
import { transportProtocol } from './service.js';

export interface EndpointsSpec {
  /** Name of the Service in the same namespace; '' = none. */
  readonly service: string;
  readonly addresses: readonly EndpointAddress[];
  /** Empty: all ports of the Service. */
  readonly ports: readonly EndpointPort[];
}

export interface EndpointAddress {
  readonly address: string;
  readonly ready: boolean;
  /** '' where it is not known. */
  readonly zone: string;
}

export interface EndpointPort {
  readonly name: string;
  /** null: any. */
  readonly port: number | null;
}

const SERVICE_LABEL = 'kubernetes.io/service-name';

const port: Schema<EndpointPort> = object<EndpointPort & { readonly protocol: string }>(
  'a port of endpoints',
  {
    name: defaulted('name', string, ''),
    port: optional('port', portNumber),
    protocol: defaulted('protocol', transportProtocol, 'TCP'),
  },
  { others: inert('appProtocol') },
);

const ports = listOf('ports of endpoints', port);

interface Conditions {
  readonly ready: boolean;
}

interface WrittenEndpoint {
  readonly addresses: readonly string[];
  readonly conditions: Conditions;
  readonly zone: string;
  readonly topology: StringMap;
}

const ZONE_LABEL = 'topology.kubernetes.io/zone';

const endpoint: Schema<WrittenEndpoint> = object<WrittenEndpoint>(
  'an endpoint',
  {
    addresses: required('addresses', strings),
    conditions: defaulted(
      'conditions',
      object<Conditions>(
        'conditions',
        { ready: defaulted('ready', bool, true) },
        { others: inert('serving', 'terminating') },
      ),
      { ready: true },
    ),
    zone: defaulted('zone', string, ''),
    topology: defaulted('deprecatedTopology', stringMap, {}),
  },
  // Hints are made from zones, which are followed.
  { others: inert('hints', 'hostname', 'nodeName', 'targetRef') },
);

type AddressType = 'IPv4' | 'IPv6' | 'FQDN';

interface WrittenSlice {
  readonly addressType: AddressType;
  readonly endpoints: readonly WrittenEndpoint[];
  readonly ports: readonly EndpointPort[];
}

function checkAddresses({ addressType, endpoints }: WrittenSlice, place: Place): void {
  endpoints.forEach(({ addresses }, index) => {
    const at = place.down('endpoints', index, 'addresses');
    if (addresses.length === 0) at.rejectedByKubernetes('an endpoint has at least one address', 'add an address');
    addresses.forEach((address, number) => {
      if (!isOfType(address, addressType))
        at.child(number).rejectedByKubernetes(
          `"${address}" is not an address of type ${addressType}`,
          'correct one of the two',
        );
    });
  });
}

function isOfType(address: string, type: AddressType): boolean {
  switch (type) {
    case 'IPv4':
      return isIpAddress(address) && !address.includes(':');
    case 'IPv6':
      return isIpAddress(address) && address.includes(':');
    case 'FQDN':
      return domainProblem(address) === null;
  }
}

const slice = (context: KindContext): Schema<EndpointsSpec> =>
  mapped(
    checked(
      object<WrittenSlice>('an EndpointSlice', {
        addressType: required('addressType', word(['IPv4', 'IPv6', 'FQDN'])),
        endpoints: defaulted('endpoints', listOf('endpoints', endpoint), []),
        ports: defaulted('ports', ports, []),
      }),
      checkAddresses,
    ),
    (written, place) => {
      const service = context.labels[SERVICE_LABEL] ?? '';
      if (service === '')
        place.warn('endpoints-of-nobody', `there is no label ${SERVICE_LABEL}: it belongs to no Service`, 'label it');
      if (written.addressType === 'FQDN')
        place
          .child('addressType')
          .approximated('kube-proxy and Istio leave such endpoints out, as the simulation does');
      // Of several addresses of one endpoint, clients use the first.
      const addresses = written.endpoints.flatMap(({ addresses: [address], conditions, zone, topology }) =>
        address === undefined || written.addressType === 'FQDN'
          ? []
          : [{ address, ready: conditions.ready, zone: zone || (topology[ZONE_LABEL] ?? '') }],
      );
      return { service, addresses, ports: written.ports };
    },
  );

interface WrittenAddress {
  readonly ip: string;
}

interface WrittenSubset {
  readonly addresses: readonly WrittenAddress[];
  readonly notReadyAddresses: readonly WrittenAddress[];
  readonly ports: readonly EndpointPort[];
}

const ip: Schema<string> = checked(string, (text, place) => {
  if (!isIpAddress(text)) place.rejectedByKubernetes(`"${text}" is not an IP address`, 'write e.g. 10.0.0.1');
});

const subsetAddresses = listOf(
  'addresses',
  object<WrittenAddress>(
    'an address',
    { ip: required('ip', ip) },
    { others: inert('hostname', 'nodeName', 'targetRef') },
  ),
);

const endpoints = (context: KindContext): Schema<EndpointsSpec> =>
  mapped(
    object<{ subsets: readonly WrittenSubset[] }>('Endpoints', {
      subsets: defaulted(
        'subsets',
        listOf(
          'subsets',
          object<WrittenSubset>('a subset of endpoints', {
            addresses: defaulted('addresses', subsetAddresses, []),
            notReadyAddresses: defaulted('notReadyAddresses', subsetAddresses, []),
            ports: defaulted('ports', ports, []),
          }),
        ),
        [],
      ),
    }),
    ({ subsets }) => ({
      service: context.name,
      addresses: subsets.flatMap(({ addresses, notReadyAddresses }) => [
        ...addresses.map(({ ip: address }) => ({ address, ready: true, zone: '' })),
        ...notReadyAddresses.map(({ ip: address }) => ({ address, ready: false, zone: '' })),
      ]),
      ports: subsets.flatMap((subset) => subset.ports),
    }),
  );

export const endpointsKind: KindDefinition<'Endpoints', EndpointsSpec> = objectKind('Endpoints', ['v1'], endpoints);
export const endpointSliceKind: KindDefinition<'EndpointSlice', EndpointsSpec> = objectKind(
  'EndpointSlice',
  ['discovery.k8s.io/v1', 'discovery.k8s.io/v1beta1'],
  slice,
);
