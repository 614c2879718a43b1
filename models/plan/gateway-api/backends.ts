// Where a rule sends requests, and whether it may: a reference into another namespace needs a ReferenceGrant there. What is not allowed or
// not known becomes a destination that does not exist, which takes its share of the requests and answers 500.
// istio: pilot/pkg/config/kube/gateway/conversion.go (buildDestination), references_collection.go.
import type { SourcePosition } from '../../config/diagnostic.js';
import { type BackendRef, GATEWAY_GROUP } from '../../config/kinds/gateway-api/fields.js';
import type { ReferenceGrantSpec } from '../../config/kinds/gateway-api/reference-grant.js';
import type { Destination, RoutingKind } from '../../config/kinds/virtual-service.js';
import type { Resource } from '../../config/resource.js';
import type { Findings } from '../terms/findings.js';
import { serviceHost } from '../terms/host.js';

/** A host that nothing has: where a reference leads that is not allowed or of no known kind. */
const NOWHERE = 'not-permitted.invalid';

export type Grants = readonly Resource<'ReferenceGrant', ReferenceGrantSpec>[];

export class Backends {
  /**
   * @param grants null: for routes inside the mesh, which need none
   * @param noneStatus what a rule without backends answers
   */
  constructor(
    private readonly grants: Grants | null,
    private readonly findings: Findings,
    readonly noneStatus: number = 500,
  ) {}

  destination(
    backend: BackendRef,
    route: { readonly kind: RoutingKind; readonly namespace: string; readonly name: string },
    at: SourcePosition,
  ): Destination {
    const namespace = backend.namespace ?? route.namespace;
    const problem = this.allowed(backend, namespace, route)
      ? null
      : `no ReferenceGrant in ${namespace} allows it to use ${backend.kind} ${backend.name}`;
    const host = problem === null ? hostOf(backend, namespace) : null;
    if (host === null) {
      this.findings.warning(
        'backend-not-usable',
        at,
        `${route.kind} ${route.namespace}/${route.name}: ${problem ?? `Istio sends nothing to a ${backend.kind}`}; its share of the requests gets 500`,
        problem === null ? 'use a Service' : `add a ReferenceGrant to ${namespace}`,
      );
    }
    return { host: host ?? NOWHERE, subset: '', portNumber: backend.port };
  }

  /** Where connections go that no backend has a weight for: they are closed (istio: convertTCPRoute, `zero-weight`). */
  nowhere(
    { kind, namespace, name }: { readonly kind: RoutingKind; readonly namespace: string; readonly name: string },
    at: SourcePosition,
  ): Destination {
    this.findings.warning(
      'backend-not-usable',
      at,
      `${kind} ${namespace}/${name}: no backend has a weight above 0; its connections are closed`,
      'give a backend a weight, or delete the rule',
    );
    return { host: NOWHERE, subset: '', portNumber: null };
  }

  private allowed(
    to: BackendRef,
    namespace: string,
    route: { readonly kind: string; readonly namespace: string },
  ): boolean {
    if (this.grants === null || namespace === route.namespace) return true;
    return this.grants.some(
      (grant) =>
        grant.namespace === namespace &&
        grant.spec.from.some(
          (from) => from.group === GATEWAY_GROUP && from.kind === route.kind && from.namespace === route.namespace,
        ) &&
        grant.spec.to.some(
          (target) =>
            target.group === to.group && target.kind === to.kind && (target.name === null || target.name === to.name),
        ),
    );
  }
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
