// The Gateway of the Gateway API, as far as a waypoint is one (gateway-api: apis/v1/gateway_types.go; istio:
// pkg/config/constants/constants.go, WaypointGatewayClassName). Gateways of other classes are listed as not modelled.
import { fieldOf } from '../../document.js';
import { string, stringMap, word } from '../../scalars.js';
import { defaulted, inert, listed, listOf, mapped, notModelled, object, required, type Schema } from '../../schema.js';
import type { LabelSelector } from '../common.js';
import { type KindDefinition, specKind } from '../kind.js';

/** What it means that objects of the Gateway API are left out. */
export const GATEWAY_API_LEFT_OUT =
  'the Gateway API is not simulated: its routes are left out, Services are called by default routing';

export interface KubernetesGatewaySpec {
  readonly gatewayClassName: string;
  readonly listeners: readonly Listener[];
}

export interface Listener {
  readonly name: string;
  readonly allowedRoutes: AllowedRoutes;
}

/** Whose routes, and with a waypoint whose services, may use it. */
export interface AllowedRoutes {
  readonly from: 'All' | 'Same' | 'Selector' | 'None';
  /** Of `Selector`. */
  readonly selector: Pick<LabelSelector, 'matchLabels'>;
}

const SAME: AllowedRoutes = { from: 'Same', selector: { matchLabels: {} } };

const namespaces = object<AllowedRoutes>('allowed namespaces', {
  from: defaulted('from', word(['All', 'Same', 'Selector', 'None']), 'Same'),
  selector: defaulted(
    'selector',
    object<AllowedRoutes['selector']>(
      'a label selector',
      { matchLabels: defaulted('matchLabels', stringMap, {}) },
      { others: { matchExpressions: listed(notModelled('every namespace is taken to match')) } },
    ),
    SAME.selector,
  ),
});

const allowedRoutes = object<{ readonly namespaces: AllowedRoutes }>(
  'allowed routes',
  { namespaces: defaulted('namespaces', namespaces, SAME) },
  { others: inert('kinds') },
);

const listener: Schema<Listener> = mapped(
  object<{ readonly name: string; readonly allowedRoutes: { readonly namespaces: AllowedRoutes } }>(
    'a listener',
    { name: required('name', string), allowedRoutes: defaulted('allowedRoutes', allowedRoutes, { namespaces: SAME }) },
    { others: inert('hostname', 'port', 'protocol', 'tls') },
  ),
  (read) => ({ name: read.name, allowedRoutes: read.allowedRoutes.namespaces }),
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
    if (gatewayClassName === 'istio-waypoint') return written.read(document, context, place);
    place.notModelled(GATEWAY_API_LEFT_OUT);
    return { gatewayClassName: typeof gatewayClassName === 'string' ? gatewayClassName : '', listeners: [] };
  },
};
