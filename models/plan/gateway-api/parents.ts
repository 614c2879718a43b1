// What a route of the Gateway API is attached to: listeners of Gateways, or Services and ServiceEntries inside the mesh (GAMMA).
// istio: pilot/pkg/config/kube/gateway/conversion.go (referenceAllowed, extractParentReferenceInfo); gateway-api: geps/gep-1294, gep-1324.
import { GATEWAY_GROUP, type ParentRef } from '../../config/kinds/gateway-api/fields.js';
import type { Listener } from '../../config/kinds/gateway-api/listener.js';
import type { RoutingKind } from '../../config/kinds/virtual-service.js';
import type { ResourceSet } from '../../config/load.js';
import type { Resource } from '../../config/resource.js';
import { finder, identityOf, named } from '../../list-index.js';
import type { Findings } from '../terms/findings.js';
import { narrowerHost, serviceHost } from '../terms/host.js';
import type { ConvertedListener } from './listeners.js';

export type Route = Resource<
  Exclude<RoutingKind, 'VirtualService' | 'Ingress'>,
  { readonly parentRefs: readonly ParentRef[]; readonly hostnames: readonly string[] }
>;

/** One parent as a VirtualService names it. */
export interface Attachment {
  readonly mesh: boolean;
  /** `mesh`, or `namespace/name` of a Gateway. */
  readonly name: string;
  readonly hosts: readonly string[];
  /** Port of the Service, where the reference names one. */
  readonly port: number | null;
  readonly exportTo: readonly string[];
  /** A gateway of another controller. */
  readonly foreign: boolean;
}

/** Parents that do not take the route are warned of: its rules have no effect there. */
export function attachments(
  route: Route,
  listeners: readonly ConvertedListener[],
  resources: ResourceSet,
  findings: Findings,
): Attachment[] {
  return route.spec.parentRefs.flatMap((parent, index) => {
    // A Server of Linkerd's.
    if (parent.group === 'policy.linkerd.io') return [];
    const at = route.source.at(['spec', 'parentRefs', index]);
    const found = attach(route, parent, listeners, resources);
    if (typeof found !== 'string') return found;
    findings.warning(
      'route-not-attached',
      at,
      `${route.kind} ${route.namespace}/${route.name} is not attached to ${parent.kind} ${parent.name}: ${found}`,
      'its rules have no effect there',
    );
    return [];
  });
}

function attach(
  route: Route,
  parent: ParentRef,
  listeners: readonly ConvertedListener[],
  resources: ResourceSet,
): Attachment[] | string {
  const namespace = parent.namespace ?? route.namespace;
  switch (`${parent.group}/${parent.kind}`) {
    case `${GATEWAY_GROUP}/Gateway`:
    case `${GATEWAY_GROUP}/ListenerSet`:
      return toGateway(route, parent, namespace, listeners);
    case '/Service':
    case 'core/Service':
      return toService(route, parent, namespace, resources);
    case 'networking.istio.io/ServiceEntry': {
      const entry = named(resources.serviceEntries, namespace, parent.name);
      if (entry === undefined) return 'there is no such ServiceEntry';
      return inMesh(route, parent, namespace, entry.spec.hosts);
    }
    default:
      return 'Istio takes no routes at a parent of this kind';
  }
}

function toService(
  route: Route,
  parent: ParentRef,
  namespace: string,
  { services }: ResourceSet,
): Attachment[] | string {
  if (named(services, namespace, parent.name) === undefined) return 'there is no such Service';
  return inMesh(route, parent, namespace, [serviceHost(parent.name, namespace)]);
}

/** A route in the namespace of its Service holds for all clients, one elsewhere for the clients of its own namespace. */
function inMesh(route: Route, { port }: ParentRef, namespace: string, hosts: readonly string[]): Attachment[] {
  return [
    { mesh: true, name: 'mesh', hosts, port, exportTo: route.namespace === namespace ? [] : ['.'], foreign: false },
  ];
}

const byOwner = finder<ConvertedListener>(({ owner }) => [ownerWord(owner)]);

function ownerWord({ kind, namespace, name }: Pick<Resource, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${identityOf({ namespace, name })}`;
}

function toGateway(
  route: Route,
  parent: ParentRef,
  namespace: string,
  listeners: readonly ConvertedListener[],
): Attachment[] | string {
  const own = byOwner(listeners, ownerWord({ ...parent, namespace }));
  if (own.length === 0) return `there is no such ${parent.kind} that is simulated`;
  const meant = own.filter(
    ({ listener }) =>
      (parent.sectionName === '' || listener.name === parent.sectionName) &&
      (parent.port === null || listener.port === parent.port),
  );
  if (meant.length === 0) return `the ${parent.kind} has no such listener`;
  const allowed = meant.filter(
    ({ listener, namespaces }) =>
      (namespaces === null || namespaces.includes(route.namespace)) && takesKind(listener, route.kind),
  );
  if (allowed.length === 0) return "the listener's allowedRoutes leave it out";
  const hosts = route.spec.hostnames.length === 0 ? ['*'] : route.spec.hostnames;
  const shared = allowed.flatMap(({ listener, gateway }): Attachment[] => {
    const overlapping = hosts.flatMap((host) => narrowerHost(listener.hostname || '*', host) ?? []);
    if (overlapping.length === 0) return [];
    const name = `${gateway.namespace}/${gateway.name}`;
    return [
      { mesh: false, name, hosts: overlapping, port: null, exportTo: [], foreign: gateway.spec.foreign === true },
    ];
  });
  return shared.length > 0 ? shared : 'no host name of the route is one of the listener';
}

function takesKind({ allowedRoutes, protocol, tls }: Listener, kind: string): boolean {
  if (allowedRoutes.kinds.length > 0) return allowedRoutes.kinds.some((allowed) => allowed.kind === kind);
  switch (protocol) {
    case 'HTTP':
    case 'HTTPS':
      return kind === 'HTTPRoute' || kind === 'GRPCRoute';
    case 'TLS':
      return tls?.mode === 'Passthrough' ? kind === 'TLSRoute' : kind === 'TCPRoute' || kind === 'TLSRoute';
    case 'TCP':
      return kind === 'TCPRoute';
    default:
      return false;
  }
}
