// A listener of a Gateway or of a ListenerSet (gateway-api: apis/v1/gateway_types.go Listener, listenerset_types.go ListenerEntry).
import type { Place } from '../../place.js';
import { portNumber, string, word } from '../../scalars.js';
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
} from '../../schema.js';
import type { LabelSelector, StringMap } from '../common.js';
import { labelSelector, matchesLabels, NO_REQUIREMENTS } from '../label-selector.js';
import { GATEWAY_GROUP, oneHostname } from './fields.js';

export interface Listener {
  readonly name: string;
  /** '' = all hosts. */
  readonly hostname: string;
  readonly port: number;
  readonly protocol: string;
  readonly tls: { readonly mode: 'Terminate' | 'Passthrough' } | null;
  readonly allowedRoutes: AllowedRoutes;
}

/** Which namespaces something is taken from. */
export interface FromNamespaces {
  readonly from: 'All' | 'Same' | 'Selector' | 'None';
  /** Of `Selector`. */
  readonly selector: LabelSelector;
}

export interface AllowedRoutes extends FromNamespaces {
  /** Empty: those of the protocol. */
  readonly kinds: readonly { readonly group: string; readonly kind: string }[];
}

/** Whether an object of a namespace is taken by one of the namespace `own`; the name of a Namespace is one of its labels. */
export function takesFrom(
  { from, selector }: FromNamespaces,
  own: string,
  { name, labels }: { readonly name: string; readonly labels: StringMap },
): boolean {
  switch (from) {
    case 'All':
      return true;
    case 'Same':
      return name === own;
    case 'None':
      return false;
    case 'Selector':
      return matchesLabels(selector, { 'kubernetes.io/metadata.name': name, ...labels });
  }
}

/** `absent`: what holds where `from` is not given. */
export function fromNamespaces(absent: FromNamespaces['from']): Schema<FromNamespaces> {
  return object<FromNamespaces>('allowed namespaces', {
    from: defaulted('from', word(['All', 'Same', 'Selector', 'None']), absent),
    selector: defaulted('selector', labelSelector, NO_REQUIREMENTS),
  });
}

interface WrittenAllowed {
  readonly namespaces: FromNamespaces;
  readonly kinds: AllowedRoutes['kinds'];
}

const SAME: FromNamespaces = { from: 'Same', selector: NO_REQUIREMENTS };

const allowed = object<WrittenAllowed>('allowed routes', {
  namespaces: defaulted('namespaces', fromNamespaces('Same'), SAME),
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

const listener = mapped(
  checked(
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
  ),
  ({ allowedRoutes: { namespaces, kinds }, ...rest }): Listener => ({
    ...rest,
    allowedRoutes: { ...namespaces, kinds },
  }),
);

function checkListener({ protocol, tls }: WrittenListener, place: Place): void {
  // The published schema has a pattern and no list (gateway-api: config/crd, Gateway); Istio does not accept the listener.
  // Nor one of UDP (istio: pilot/pkg/config/kube/gateway/conversion.go, listenerProtocolToIstio).
  if (!PROTOCOLS.includes(protocol)) {
    place.child('protocol').notModelled('Istio serves no such protocol, and neither does the simulation');
  }
  if (protocol === 'UDP') place.notModelled('Istio serves no datagrams, and neither does the simulation');
  if (protocol === 'HTTP' && tls !== null)
    place.child('tls').rejectedByKubernetes('a listener of protocol HTTP has no tls', 'use protocol HTTPS');
}

/** Of one object: their names differ. */
export const listeners: Schema<readonly Listener[]> = checked(listOf('listeners', listener), (found, place) => {
  const names = found.map(({ name }) => name);
  names.forEach((name, index) => {
    if (names.indexOf(name) !== index)
      place.down(index, 'name').rejectedByKubernetes(`two listeners are called "${name}"`, 'rename one');
  });
});
