// Gateway and GatewayClass of the Gateway API (gateway-api: apis/v1/gateway_types.go, gatewayclass_types.go).
import type { Place } from '../../place.js';
import { portNumber, string, word } from '../../scalars.js';
import {
  approximated,
  checked,
  defaulted,
  inert,
  listed,
  listOf,
  mapped,
  notModelled,
  object,
  optional,
  required,
  type Schema,
} from '../../schema.js';
import type { LabelSelector } from '../common.js';
import { type KindDefinition, specKind } from '../kind.js';
import { labelSelector, NO_REQUIREMENTS } from '../label-selector.js';
import { GATEWAY_GROUP, oneHostname } from './fields.js';

export interface KubernetesGatewaySpec {
  readonly gatewayClassName: string;
  readonly listeners: readonly Listener[];
}

export interface Listener {
  readonly name: string;
  /** '' = all hosts. */
  readonly hostname: string;
  readonly port: number;
  readonly protocol: string;
  readonly tls: { readonly mode: 'Terminate' | 'Passthrough' } | null;
  readonly allowedRoutes: AllowedRoutes;
}

export interface AllowedRoutes {
  readonly from: 'All' | 'Same' | 'Selector' | 'None';
  /** Of `Selector`. */
  readonly selector: LabelSelector;
  /** Empty: those of the protocol. */
  readonly kinds: readonly { readonly group: string; readonly kind: string }[];
}

interface Namespaces {
  readonly from: AllowedRoutes['from'];
  readonly selector: LabelSelector;
}

interface WrittenAllowed {
  readonly namespaces: Namespaces;
  readonly kinds: AllowedRoutes['kinds'];
}

const SAME: Namespaces = { from: 'Same', selector: NO_REQUIREMENTS };

const allowed = object<WrittenAllowed>('allowed routes', {
  namespaces: defaulted(
    'namespaces',
    object<Namespaces>('allowed namespaces', {
      from: defaulted('from', word(['All', 'Same', 'Selector', 'None']), 'Same'),
      selector: defaulted('selector', labelSelector, NO_REQUIREMENTS),
    }),
    SAME,
  ),
  kinds: defaulted(
    'kinds',
    listOf(
      'kinds of routes',
      object<{ group: string; kind: string }>('a kind of route', {
        group: defaulted('group', string, GATEWAY_GROUP),
        kind: required('kind', string),
      }),
    ),
    [],
  ),
});

interface WrittenListener extends Omit<Listener, 'allowedRoutes'> {
  readonly allowedRoutes: WrittenAllowed;
}

/** The specification's, and Istio's for waypoints. */
const PROTOCOLS = ['HTTP', 'HTTPS', 'TLS', 'TCP', 'UDP', 'HBONE'];

const listener = checked(
  object<WrittenListener>('a listener', {
    name: required('name', string),
    hostname: defaulted('hostname', oneHostname, ''),
    port: required('port', portNumber),
    protocol: required('protocol', string),
    tls: optional(
      'tls',
      object<NonNullable<Listener['tls']>>(
        'TLS settings',
        { mode: defaulted('mode', word(['Terminate', 'Passthrough']), 'Terminate') },
        { others: inert('certificateRefs', 'frontendValidation', 'options') },
      ),
      approximated('TLS costs round trips; certificates and versions are not checked'),
    ),
    allowedRoutes: defaulted('allowedRoutes', allowed, { namespaces: SAME, kinds: [] }),
  }),
  checkListener,
);

function checkListener({ protocol, tls }: WrittenListener, place: Place): void {
  if (!PROTOCOLS.includes(protocol) && !protocol.includes('/'))
    place
      .child('protocol')
      .rejectedByKubernetes(`"${protocol}" is not a protocol`, `use one of ${PROTOCOLS.join(', ')}`);
  if (protocol === 'UDP') place.notModelled('datagrams are not simulated');
  if (protocol === 'HTTP' && tls !== null)
    place.child('tls').rejectedByKubernetes('a listener of protocol HTTP has no tls', 'use protocol HTTPS');
}

interface WrittenSpec {
  readonly gatewayClassName: string;
  readonly listeners: readonly WrittenListener[];
}

const written = object<WrittenSpec>(
  'a Gateway',
  {
    gatewayClassName: required('gatewayClassName', string),
    listeners: defaulted('listeners', listOf('listeners', listener), []),
  },
  {
    others: {
      ...inert('addresses'),
      infrastructure: listed(notModelled('the gateway is taken to be one replica as Istio installs it')),
      allowedListeners: listed(notModelled('sets of listeners are left out')),
      backendTLS: listed(notModelled('TLS to backends is as the mesh has it')),
      tls: listed(notModelled('TLS to backends is as the mesh has it')),
      defaultScope: listed(notModelled('default gateways are not known')),
    },
  },
);

const spec: Schema<KubernetesGatewaySpec> = mapped(written, (read, place) => {
  const names = read.listeners.map(({ name }) => name);
  names.forEach((name, index) => {
    if (names.indexOf(name) !== index)
      place.down('listeners', index, 'name').rejectedByKubernetes(`two listeners are called "${name}"`, 'rename one');
  });
  return {
    gatewayClassName: read.gatewayClassName,
    listeners: read.listeners.map(({ allowedRoutes: { namespaces, kinds }, ...rest }) => ({
      ...rest,
      allowedRoutes: { ...namespaces, kinds },
    })),
  };
});

const VERSIONS = ['v1', 'v1beta1', 'v1alpha2'].map((version) => `${GATEWAY_GROUP}/${version}`);

export const kubernetesGatewayKind = specKind('Gateway', VERSIONS, () => spec);

export interface GatewayClassSpec {
  readonly controllerName: string;
}

const classSpec = object<GatewayClassSpec>(
  'a GatewayClass',
  { controllerName: required('controllerName', string) },
  {
    others: {
      ...inert('description'),
      parametersRef: listed(notModelled("the controller's own settings of this class are not read")),
    },
  },
);

export const gatewayClassKind: KindDefinition<'GatewayClass', GatewayClassSpec> = {
  ...specKind('GatewayClass', VERSIONS, (): Schema<GatewayClassSpec> => classSpec),
  namespaced: false,
};
