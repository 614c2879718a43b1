// Where a rule sends requests, and whether it may: a reference into another namespace needs a ReferenceGrant there. What is not allowed or
// not known becomes a destination that does not exist, which takes its share of the requests and answers 500.
// istio: pilot/pkg/config/kube/gateway/conversion.go (buildDestination), references_collection.go.
import { type BackendRef, GATEWAY_GROUP } from '../../config/kinds/gateway-api/fields.js';
import type { ReferenceGrantSpec } from '../../config/kinds/gateway-api/reference-grant.js';
import type { Destination, RoutingKind } from '../../config/kinds/virtual-service.js';
import type { Resource } from '../../config/resource.js';
import { serviceHost } from '../host.js';

/** A host that nothing has. */
const NOWHERE = 'not-permitted.invalid';

export class ReferenceGrants {
  constructor(private readonly grants: readonly Resource<'ReferenceGrant', ReferenceGrantSpec>[]) {}

  /** Whether routes of `kind` in `namespace` may refer to an object elsewhere. */
  allow(kind: string, namespace: string, to: BackendRef & { readonly namespace: string }): boolean {
    return this.grants.some(
      (grant) =>
        grant.namespace === to.namespace &&
        grant.spec.from.some(
          (from) => from.group === GATEWAY_GROUP && from.kind === kind && from.namespace === namespace,
        ) &&
        grant.spec.to.some(
          (target) =>
            target.group === to.group && target.kind === to.kind && (target.name === null || target.name === to.name),
        ),
    );
  }
}

/** @param grants null: routes inside the mesh need none */
export function destinationOf(
  backend: BackendRef,
  route: { readonly kind: RoutingKind; readonly namespace: string },
  grants: ReferenceGrants | null,
): Destination {
  const namespace = backend.namespace ?? route.namespace;
  const foreign = namespace !== route.namespace;
  const allowed = !foreign || grants === null || grants.allow(route.kind, route.namespace, { ...backend, namespace });
  const host = allowed ? hostOf(backend, namespace) : null;
  return { host: host ?? NOWHERE, subset: '', portNumber: backend.port };
}

function hostOf({ group, kind, name }: BackendRef, namespace: string): string | null {
  switch (`${group}/${kind}`) {
    case '/Service':
    case 'multicluster.x-k8s.io/ServiceImport':
      return serviceHost(name, namespace);
    case 'networking.istio.io/Hostname':
      return name;
    default:
      return null;
  }
}
