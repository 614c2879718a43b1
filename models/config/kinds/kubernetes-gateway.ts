// The Gateway of the Gateway API, as far as a waypoint is one (gateway-api: apis/v1/gateway_types.go; istio:
// pkg/config/constants/constants.go, WaypointGatewayClassName). Gateways of other classes are listed as not modelled.

import { fieldOf } from '../document.js';
import { string, stringMap } from '../scalars.js';
import { defaulted, inert, listed, listOf, notModelled, object, optional, required, type Schema } from '../schema.js';
import type { LabelSelector } from './common.js';
import { type KindDefinition, specKind } from './kind.js';

export const WAYPOINT_CLASS = 'istio-waypoint';

/** What it means that objects of the Gateway API are left out. */
export const GATEWAY_API_LEFT_OUT =
  'the Gateway API is not simulated: its routes are left out, Services are called by default routing';

export interface KubernetesGatewaySpec {
  readonly gatewayClassName: string;
  readonly listeners: readonly GatewayListener[];
}

export interface GatewayListener {
  readonly name: string;
  /** Whose services may use it; null = those of its own namespace. */
  readonly allowedRoutes: AllowedRoutes | null;
}

export interface AllowedRoutes {
  readonly namespaces: AllowedNamespaces | null;
}

export interface AllowedNamespaces {
  /** `Same` where absent. */
  readonly from: string;
  readonly selector: Pick<LabelSelector, 'matchLabels'> | null;
}

const listener: Schema<GatewayListener> = object<GatewayListener>(
  'a listener',
  {
    name: defaulted('name', string, ''),
    allowedRoutes: optional(
      'allowedRoutes',
      object<AllowedRoutes>(
        'allowed routes',
        {
          namespaces: optional(
            'namespaces',
            object<AllowedNamespaces>('allowed namespaces', {
              from: defaulted('from', string, 'Same'),
              selector: optional(
                'selector',
                object<Pick<LabelSelector, 'matchLabels'>>(
                  'a label selector',
                  { matchLabels: defaulted('matchLabels', stringMap, {}) },
                  { others: { matchExpressions: listed(notModelled('every namespace is taken to match')) } },
                ),
              ),
            }),
          ),
        },
        { others: inert('kinds') },
      ),
    ),
  },
  { others: inert('hostname', 'port', 'protocol', 'tls') },
);

const written: KindDefinition<'Gateway', KubernetesGatewaySpec> = specKind(
  'Gateway',
  ['v1', 'v1beta1', 'v1alpha2'].map((version) => `gateway.networking.k8s.io/${version}`),
  () =>
    object<KubernetesGatewaySpec>(
      'a Gateway',
      {
        gatewayClassName: required('gatewayClassName', string),
        listeners: defaulted('listeners', listOf('listeners', listener), []),
      },
      { others: inert('addresses', 'allowedListeners', 'backendTLS', 'defaultScope', 'infrastructure', 'tls') },
    ),
);

export const kubernetesGatewayKind: KindDefinition<'Gateway', KubernetesGatewaySpec> = {
  ...written,
  read(document, context, place) {
    const gatewayClassName = fieldOf(document.spec ?? {}, 'gatewayClassName');
    if (gatewayClassName === WAYPOINT_CLASS) return written.read(document, context, place);
    place.notModelled(GATEWAY_API_LEFT_OUT);
    return { gatewayClassName: typeof gatewayClassName === 'string' ? gatewayClassName : '', listeners: [] };
  },
};
