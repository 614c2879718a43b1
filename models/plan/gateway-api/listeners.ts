// Listeners of Gateways of the Gateway API, and of the ListenerSets that they take, as servers of Istio's Gateways.
// istio: pilot/pkg/config/kube/gateway/{gateway_collection,conversion}.go (ListenerSetCollection, buildListener, buildHostnameMatch).

import type { GatewayServer, GatewaySpec, GatewayTls } from '../../config/kinds/gateway.js';
import { GATEWAY_GROUP } from '../../config/kinds/gateway-api/fields.js';
import type { KubernetesGatewaySpec } from '../../config/kinds/gateway-api/kubernetes-gateway.js';
import { type Listener, takesFrom } from '../../config/kinds/gateway-api/listener.js';
import type { ResourceSet } from '../../config/load.js';
import { derivedSource, type Resource } from '../../config/resource.js';
import { finder, identityOf, named, ofName } from '../../list-index.js';
import { networkPortOf } from '../settings/network-label.js';
import type { Findings } from '../terms/findings.js';
import { conflictsWith } from './listener-conflicts.js';
import { managedDeployment } from './managed-deployment.js';

/** A listener, and the Gateway of Istio that it becomes. */
export interface ConvertedListener {
  /** What routes name as their parent. */
  readonly owner: Resource<'Gateway' | 'ListenerSet'>;
  readonly listener: Listener;
  readonly gateway: Resource<'Gateway', GatewaySpec>;
  /** Namespaces whose routes may attach; null = all. */
  readonly namespaces: readonly string[] | null;
}

type GatewayResource = Resource<'Gateway', KubernetesGatewaySpec>;

/** A listener where it is written. */
interface Written {
  readonly owner: Resource<'Gateway' | 'ListenerSet'>;
  readonly listener: Listener;
  readonly index: number;
}

/** In place of a namespace: no route is taken. */
const NO_NAMESPACE = '~';
/** Waypoints have rules of their own: waypoints.ts. */
const WAYPOINT_CLASS = 'istio-waypoint';
const EAST_WEST_CLASS = 'istio-east-west';
const BUILT_IN = ['istio', 'istio-remote'];

export function convertListeners(resources: ResourceSet, findings: Findings): ConvertedListener[] {
  warnOfLostSets(resources, findings);
  return resources.kubernetesGateways.flatMap((owner) => {
    const { gatewayClassName } = owner.spec;
    const at = owner.source.at(['spec', 'gatewayClassName']);
    const resource = `Gateway ${owner.namespace}/${owner.name}`;
    if (gatewayClassName === WAYPOINT_CLASS) return [];
    if (gatewayClassName === EAST_WEST_CLASS) {
      findings.notModelled(
        resource,
        'spec.gatewayClassName',
        at,
        'gateways between networks that speak HBONE are not simulated: those of class istio are',
      );
      return [];
    }
    const foreign = !isIstios(gatewayClassName, resources);
    if (foreign) {
      findings.approximated(
        resource,
        'spec.gatewayClassName',
        at,
        `class ${gatewayClassName} is not Istio's: its gateway is simulated with Istio's defaults`,
      );
    }
    const pods = podsOf(owner, resources, findings);
    return usable([...listenersOf(owner), ...setsOf(owner, resources, findings).flatMap(listenersOf)], findings).map(
      (written) => converted(written, owner, { ...pods, ...(foreign ? { foreign } : {}) }, resources),
    );
  });
}

function listenersOf(
  owner: Resource<'Gateway' | 'ListenerSet', { readonly listeners: readonly Listener[] }>,
): Written[] {
  return owner.spec.listeners.map((listener, index) => ({ owner, listener, index }));
}

const byParent = finder<ResourceSet['listenerSets'][number]>((set) => {
  const parent = parentOf(set);
  return parent === null ? [] : [parent];
});

/** The ListenerSets of a Gateway, oldest first. */
function setsOf(gateway: GatewayResource, resources: ResourceSet, findings: Findings): ResourceSet['listenerSets'] {
  return byParent(resources.listenerSets, identityOf(gateway)).filter((set) => {
    const labels = ofName(resources.namespaces, set.namespace)?.labels ?? {};
    const isTaken = takesFrom(gateway.spec.allowedListeners, gateway.namespace, { name: set.namespace, labels });
    if (!isTaken) {
      findings.warning(
        'listener-set-not-allowed',
        set.source.at(['spec', 'parentRef']),
        `ListenerSet ${set.namespace}/${set.name} is not attached: allowedListeners of Gateway ${gateway.namespace}/${gateway.name} do not take it`,
        'its listeners do not exist; set spec.allowedListeners.namespaces.from of the Gateway (default: None)',
      );
    }
    return isTaken;
  });
}

function parentOf({ namespace, spec: { parentRef } }: ResourceSet['listenerSets'][number]): string | null {
  if (parentRef.group !== GATEWAY_GROUP || parentRef.kind !== 'Gateway') return null;
  return `${parentRef.namespace ?? namespace}/${parentRef.name}`;
}

function warnOfLostSets({ listenerSets, kubernetesGateways }: ResourceSet, findings: Findings): void {
  const known = new Set(kubernetesGateways.map(({ namespace, name }) => `${namespace}/${name}`));
  for (const set of listenerSets) {
    const parent = parentOf(set);
    if (parent !== null && known.has(parent)) continue;
    findings.warning(
      'listener-set-not-attached',
      set.source.at(['spec', 'parentRef']),
      `ListenerSet ${set.namespace}/${set.name} is not attached: there is no such ${set.spec.parentRef.kind}`,
      'its listeners do not exist',
    );
  }
}

/** Those that the proxy gets: the earlier of two that exclude each other, and none that should end TLS without saying how. */
function usable(listeners: readonly Written[], findings: Findings): Written[] {
  const accepted: Written[] = [];
  for (const written of listeners) {
    const { owner, listener, index } = written;
    const prior = accepted.find((other) => conflictsWith(listener, other.listener));
    const needsTls = listener.tls === null && (listener.protocol === 'HTTPS' || listener.protocol === 'TLS');
    if (prior === undefined) accepted.push(written);
    if (prior === undefined && !needsTls) continue;
    findings.warning(
      'listener-not-programmed',
      owner.source.at(['spec', 'listeners', index]),
      `${owner.kind} ${owner.namespace}/${owner.name}: listener ${listener.name} does not exist for the proxy: ${
        prior === undefined
          ? `its protocol is ${listener.protocol}, and it has no tls`
          : `${prior.owner.kind} ${prior.owner.namespace}/${prior.owner.name} has port ${listener.port} with the same host name before it`
      }`,
      prior === undefined ? 'add tls' : 'use another port or host name',
    );
  }
  return accepted.filter(
    ({ listener: { protocol, tls } }) => protocol !== 'UDP' && (tls !== null || !['HTTPS', 'TLS'].includes(protocol)),
  );
}

function converted(
  { owner, listener, index }: Written,
  gateway: GatewayResource,
  pods: Pick<GatewaySpec, 'selector' | 'deployment' | 'foreign'>,
  resources: ResourceSet,
): ConvertedListener {
  const namespaces = namespacesOf(listener, owner.namespace, resources);
  return {
    owner,
    listener,
    namespaces,
    gateway: {
      ...owner,
      kind: 'Gateway',
      apiVersion: 'networking.istio.io/v1',
      name: `${owner.name}-istio-autogenerated-k8s-gateway-${listener.name}`,
      spec: {
        ...pods,
        servers: [serverOf(listener, namespaces, gateway)],
      },
      source: derivedSource(owner.source, () => owner.source.field(['spec', 'listeners', index])),
    },
  };
}

/** Those that Istio makes for the Gateway; or those of the Service that its address names, or of Istio's own installation (extractGatewayServices). */
function podsOf(
  gateway: GatewayResource,
  resources: ResourceSet,
  findings: Findings,
): Pick<GatewaySpec, 'selector' | 'deployment'> {
  const address = gateway.spec.addresses.find(({ type }) => type === 'Hostname');
  if (address === undefined) {
    const deployment = managedDeployment(gateway, resources, findings);
    return { selector: { [`${GATEWAY_GROUP}/gateway-name`]: gateway.name }, deployment };
  }
  const [name = '', namespace = gateway.namespace] = address.value.split('.');
  const service = named(resources.services, namespace, name);
  return { selector: service?.spec.selector ?? { istio: name.replace(/^istio-/, '') }, deployment: null };
}

function isIstios(name: string, { gatewayClasses }: ResourceSet): boolean {
  const found = gatewayClasses.find((candidate) => candidate.name === name);
  return found === undefined ? BUILT_IN.includes(name) : found.spec.controllerName.startsWith('istio.io/');
}

/** Where the Namespaces are not in the YAML, `Selector` finds none. */
function namespacesOf({ allowedRoutes }: Listener, own: string, { namespaces }: ResourceSet): readonly string[] | null {
  switch (allowedRoutes.from) {
    case 'All':
      return null;
    case 'Same':
      return [own];
    case 'None':
      return [];
    case 'Selector':
      return namespaces.filter((namespace) => takesFrom(allowedRoutes, own, namespace)).map(({ name }) => name);
  }
}

function serverOf(listener: Listener, namespaces: readonly string[] | null, gateway: GatewayResource): GatewayServer {
  const host = listener.hostname === '' ? '*' : listener.hostname;
  return {
    name: listener.name,
    port: { number: listener.port, protocol: listener.protocol, name: listener.name },
    hosts: (namespaces === null ? ['*'] : namespaces.length === 0 ? [NO_NAMESPACE] : namespaces).map(
      (namespace) => `${namespace}/${host}`,
    ),
    tls: listener.tls === null ? null : { httpsRedirect: false, mode: tlsMode(listener, gateway) },
  };
}

function tlsMode({ tls, port }: Listener, { spec, labels }: GatewayResource): GatewayTls['mode'] {
  const { clientCertificates } = spec;
  if (tls?.mode === 'Passthrough') return networkPortOf(labels) === port ? 'AUTO_PASSTHROUGH' : 'PASSTHROUGH';
  const own = clientCertificates?.ports.find((settings) => settings.port === port);
  switch (own === undefined ? clientCertificates?.all : own.mode) {
    case 'AllowValidOnly':
      return 'MUTUAL';
    case 'AllowInsecureFallback':
      return 'OPTIONAL_MUTUAL';
    case null:
    case undefined:
      return 'SIMPLE';
  }
}
