// Gateway and GatewayClass of the Gateway API (gateway-api: apis/v1/gateway_types.go, gatewayclass_types.go; what Istio reads of
// `infrastructure`: istio pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go).
import { portNumber, string, stringMap, word } from '../../scalars.js';
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
import type { StringMap } from '../common.js';
import { type KindDefinition, specKind } from '../kind.js';
import { NO_REQUIREMENTS } from '../label-selector.js';
import { GATEWAY_GROUP } from './fields.js';
import { type FromNamespaces, fromNamespaces, type Listener, listeners } from './listener.js';

export interface KubernetesGatewaySpec {
  readonly gatewayClassName: string;
  readonly listeners: readonly Listener[];
  /** Whose ListenerSets it takes. */
  readonly allowedListeners: FromNamespaces;
  readonly infrastructure: GatewayInfrastructure | null;
  /** Of the type `Hostname`: the Service of pods that are there already, which then serve the Gateway. */
  readonly addresses: readonly { readonly type: string; readonly value: string }[];
  readonly clientCertificates: ClientCertificates | null;
}

/** What the pods that are made for a Gateway get. */
export interface GatewayInfrastructure {
  readonly labels: StringMap;
  readonly annotations: StringMap;
  readonly parametersRef: { readonly group: string; readonly kind: string; readonly name: string } | null;
}

/** Of clients, at the listeners that end TLS: for all ports, and in its place for single ones. */
export interface ClientCertificates {
  readonly all: CertificateMode;
  readonly ports: readonly { readonly port: number; readonly mode: CertificateMode }[];
}

/** null: none is asked for. */
export type CertificateMode = 'AllowValidOnly' | 'AllowInsecureFallback' | null;

const NONE: FromNamespaces = { from: 'None', selector: NO_REQUIREMENTS };

const parameters = checked(
  object<NonNullable<GatewayInfrastructure['parametersRef']>>('a reference to parameters', {
    group: required('group', string),
    kind: required('kind', string),
    name: required('name', string),
  }),
  ({ group, kind }, place) => {
    if (group !== '' || kind !== 'ConfigMap')
      place.notModelled(
        `Istio reads ConfigMaps only; a ${kind} is for another controller, whose settings are not read`,
      );
  },
);

const infrastructure = object<GatewayInfrastructure>('infrastructure', {
  labels: defaulted('labels', stringMap, {}),
  annotations: defaulted('annotations', stringMap, {}),
  parametersRef: optional('parametersRef', parameters),
});

const validation = object<{ mode: NonNullable<CertificateMode> }>(
  'a validation of clients',
  { mode: defaulted('mode', word(['AllowValidOnly', 'AllowInsecureFallback']), 'AllowValidOnly') },
  { others: inert('caCertificateRefs') },
);

const ofPorts = object<{ validation: { mode: NonNullable<CertificateMode> } | null }>('TLS of clients', {
  validation: optional('validation', validation),
});

interface WrittenFrontend {
  readonly default: { readonly validation: { readonly mode: NonNullable<CertificateMode> } | null } | null;
  readonly perPort: readonly {
    readonly port: number;
    readonly tls: { readonly validation: { readonly mode: NonNullable<CertificateMode> } | null };
  }[];
}

const frontend = object<WrittenFrontend>('TLS of the frontend', {
  default: optional('default', ofPorts),
  perPort: defaulted(
    'perPort',
    listOf(
      'ports',
      object<WrittenFrontend['perPort'][number]>('TLS of a port', {
        port: required('port', portNumber),
        tls: required('tls', ofPorts),
      }),
    ),
    [],
  ),
});

interface Written extends Omit<KubernetesGatewaySpec, 'allowedListeners' | 'clientCertificates'> {
  readonly allowedListeners: { readonly namespaces: FromNamespaces };
  readonly tls: { readonly frontend: WrittenFrontend | null } | null;
}

const written = object<Written>(
  'a Gateway',
  {
    gatewayClassName: required('gatewayClassName', string),
    listeners: defaulted('listeners', listeners, []),
    allowedListeners: defaulted(
      'allowedListeners',
      object<Written['allowedListeners']>('allowed listeners', {
        namespaces: defaulted('namespaces', fromNamespaces('None'), NONE),
      }),
      { namespaces: NONE },
    ),
    infrastructure: optional('infrastructure', infrastructure),
    addresses: defaulted(
      'addresses',
      listOf(
        'addresses',
        object<KubernetesGatewaySpec['addresses'][number]>('an address', {
          type: defaulted('type', string, 'IPAddress'),
          value: defaulted('value', string, ''),
        }),
      ),
      [],
    ),
    tls: optional(
      'tls',
      object<NonNullable<Written['tls']>>(
        'TLS settings',
        { frontend: optional('frontend', frontend) },
        // The certificate with which the gateway answers a backend that asks for one; a handshake costs the same.
        { others: inert('backend') },
      ),
      approximated(
        'clients and backends are taken to have the certificates that are asked for; a handshake with both costs what one costs',
      ),
    ),
  },
  {
    others: {
      defaultScope: listed(notModelled('default gateways are not known')),
    },
  },
);

const spec: Schema<KubernetesGatewaySpec> = mapped(written, ({ allowedListeners, tls, ...rest }) => ({
  ...rest,
  allowedListeners: allowedListeners.namespaces,
  clientCertificates: certificates(tls?.frontend ?? null),
}));

function certificates(found: WrittenFrontend | null): ClientCertificates | null {
  if (found === null) return null;
  return {
    all: found.default?.validation?.mode ?? null,
    ports: found.perPort.map(({ port, tls }) => ({ port, mode: tls.validation?.mode ?? null })),
  };
}

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
