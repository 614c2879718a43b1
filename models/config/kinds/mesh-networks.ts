// The networks of a mesh and the gateways into them (istio api: mesh/v1alpha1/network.proto; istio: pkg/config/mesh/mesh.go ParseMeshNetworks,
// pkg/config/validation/agent/validation.go ValidateMeshNetworks): the key `meshNetworks` of the ConfigMap `istio`, and of Helm's values.
import { portNumber, string } from '../scalars.js';
import { checked, defaulted, inert, listOf, mapOf, mapped, object, type Schema } from '../schema.js';
import { PROTO, protoWith } from './istio-fields.js';

export interface MeshNetwork {
  /** Clusters whose pods are on it. */
  readonly registries: readonly string[];
  /** Blocks of addresses that are on it. */
  readonly blocks: readonly string[];
  readonly gateways: readonly NetworkGateway[];
}

/** One of address and Service. */
export interface NetworkGateway {
  /** '' where a Service is named. */
  readonly address: string;
  /** FQDN of a Service; '' where there is an address. */
  readonly service: string;
  readonly port: number;
}

/** By the name of the network. */
export type MeshNetworks = Readonly<Record<string, MeshNetwork>>;

interface WrittenEndpoint {
  readonly fromRegistry: string;
  readonly fromCidr: string;
}

const endpoint: Schema<WrittenEndpoint> = checked(
  object<WrittenEndpoint>(
    'endpoints of a network',
    { fromRegistry: defaulted('fromRegistry', string, ''), fromCidr: defaulted('fromCidr', string, '') },
    PROTO,
  ),
  ({ fromRegistry, fromCidr }, place) => {
    if ((fromRegistry === '') === (fromCidr === ''))
      place.rejectedByIstio('either a registry or a block of addresses is wanted', 'give fromRegistry or fromCidr');
  },
);

const gateway: Schema<NetworkGateway> = checked(
  object<NetworkGateway>(
    'a gateway of a network',
    {
      address: defaulted('address', string, ''),
      service: defaulted('registryServiceName', string, ''),
      port: defaulted('port', portNumber, 0),
    },
    protoWith(inert('locality')),
  ),
  ({ address, service, port }, place) => {
    if ((address === '') === (service === ''))
      place.rejectedByIstio('either an address or a Service is wanted', 'give address or registryServiceName');
    if (port === 0) place.rejectedByIstio('the gateway has no port', 'add port: 15443');
  },
);

interface WrittenNetwork {
  readonly endpoints: readonly WrittenEndpoint[];
  readonly gateways: readonly NetworkGateway[];
}

const network: Schema<MeshNetwork> = mapped(
  object<WrittenNetwork>(
    'a network',
    {
      endpoints: defaulted('endpoints', listOf('endpoints', endpoint), []),
      gateways: defaulted('gateways', listOf('gateways', gateway), []),
    },
    PROTO,
  ),
  ({ endpoints, gateways }) => ({
    registries: endpoints.map(({ fromRegistry }) => fromRegistry).filter((name) => name !== ''),
    blocks: endpoints.map(({ fromCidr }) => fromCidr).filter((block) => block !== ''),
    gateways,
  }),
);

/** The networks themselves, as Helm's values have them. */
export const networksByName: Schema<MeshNetworks> = mapOf('networks', network);

/** `networks:` in front of them, as the ConfigMap has it. */
export const meshNetworks: Schema<MeshNetworks> = mapped(
  object<{ networks: MeshNetworks }>(
    'networks of a mesh',
    { networks: defaulted('networks', networksByName, {}) },
    PROTO,
  ),
  ({ networks }) => networks,
);
