// Whether Linkerd's proxy of a server lets a request in: Servers, the policies that name them or their namespace, the default of the pods.
// linkerd: policy-controller/k8s/index/src/inbound; linkerd2-proxy: linkerd/app/inbound/src/policy; linkerd.io: reference/authorization-policy.
import { matchesLabels } from '../../config/kinds/label-selector.js';
import { INBOUND_POLICIES, type InboundPolicy, type TargetReference } from '../../config/kinds/linkerd/policy.js';
import type { ResourceSet } from '../../config/load.js';
import { isInside } from '../filters/address.js';
import type { FilterPool } from '../filters/filter-pool.js';
import { serviceAccountOf } from '../filters/identity.js';
import type { Workload } from '../workloads.js';

const DEFAULT_POLICY: InboundPolicy = 'all-unauthenticated';
const FORBIDDEN = 403;
const GROUP = 'policy.linkerd.io';

/** Who asks; `authenticated`: through mutual TLS between proxies of Linkerd's. */
export interface LinkerdPeer {
  readonly workload: Workload;
  readonly authenticated: boolean;
}

export class LinkerdAuthorization {
  constructor(
    private readonly resources: ResourceSet,
    private readonly pool: FilterPool,
  ) {}

  /** The filters of a server's proxy: none, or one that refuses. */
  filters(server: Workload, peer: LinkerdPeer, port: number): readonly number[] | null {
    if (this.allows(server, peer, port)) return null;
    const refusal = { kind: 'rbac', cpuNs: 0, latencyNs: 0, status: FORBIDDEN } as const;
    return [this.pool.number(`linkerd ${server.namespace}/${server.name} ${port}`, refusal)];
  }

  private allows(server: Workload, peer: LinkerdPeer, port: number): boolean {
    const own = this.serverOf(server, port);
    if (own === undefined) return admits(defaultOf(server), peer);
    const policies = this.resources.linkerdPolicies.filter(({ namespace, spec: { targetRef } }) => {
      if (namespace !== server.namespace) return false;
      if (targetRef.kind === 'Namespace') return targetRef.name === namespace;
      return targetRef.group === GROUP && targetRef.kind === 'Server' && targetRef.name === own.name;
    });
    return (
      policies.some(({ namespace, spec }) =>
        spec.requiredAuthenticationRefs.every((ref) => this.holds(ref, namespace, peer)),
      ) || admits(own.spec.accessPolicy, peer)
    );
  }

  /** The first that selects the pods and the port; the cluster would refuse a second. */
  private serverOf(
    { namespace, labels, pod }: Workload,
    port: number,
  ): ResourceSet['linkerdServers'][number] | undefined {
    const named = pod?.containers
      .flatMap(({ ports }) => ports)
      .find(({ containerPort }) => containerPort === port)?.name;
    return this.resources.linkerdServers.find(
      ({ namespace: of, spec }) =>
        of === namespace &&
        spec.podSelector !== null &&
        matchesLabels(spec.podSelector, labels) &&
        (spec.port === port || spec.port === named),
    );
  }

  private holds(ref: TargetReference, owner: string, peer: LinkerdPeer): boolean {
    const namespace = ref.namespace ?? owner;
    const is = (object: { readonly name: string; readonly namespace: string }): boolean =>
      object.name === ref.name && object.namespace === namespace;
    switch (ref.kind) {
      case 'ServiceAccount':
        return isAccount(peer, namespace, ref.name);
      case 'MeshTLSAuthentication': {
        const found = this.resources.meshTlsAuthentications.find(is);
        if (found === undefined) return false;
        const { identities, identityRefs } = found.spec;
        return (
          identities.some((identity) => isIdentity(peer, identity)) ||
          identityRefs.some(({ kind, name, namespace: in_ }) =>
            kind === 'Namespace'
              ? peer.authenticated && peer.workload.namespace === name
              : isAccount(peer, in_ ?? found.namespace, name),
          )
        );
      }
      case 'NetworkAuthentication': {
        const found = this.resources.networkAuthentications.find(is);
        const address = { kind: peer.workload.kind === 'client' ? 'outside' : 'pod' } as const;
        return (found?.spec.networks ?? []).some(
          ({ cidr, except }) => isInside(address, cidr) && !except.some((block) => isInside(address, block)),
        );
      }
      default:
        return false;
    }
  }
}

function isAccount({ workload, authenticated }: LinkerdPeer, namespace: string, name: string): boolean {
  return authenticated && workload.namespace === namespace && serviceAccountOf(workload) === name;
}

/** Identities are DNS names: `account.namespace.serviceaccount.identity.linkerd.cluster.local`. */
function isIdentity({ workload, authenticated }: LinkerdPeer, identity: string): boolean {
  if (!authenticated) return false;
  if (identity === '*') return true;
  const own = `${serviceAccountOf(workload)}.${workload.namespace}.serviceaccount.identity.linkerd.cluster.local`;
  return identity.startsWith('*.') ? own.endsWith(identity.slice(1)) : own === identity;
}

/** A pod's own `default-inbound-policy`; a word that Linkerd does not know is as none. */
function defaultOf({ linkerd }: Workload): InboundPolicy {
  return INBOUND_POLICIES.find((policy) => policy === linkerd?.['default-inbound-policy']) ?? DEFAULT_POLICY;
}

/** `audit` lets all in. Clients outside of the cluster have none of its addresses. */
function admits(policy: InboundPolicy, { workload, authenticated }: LinkerdPeer): boolean {
  switch (policy) {
    case 'all-unauthenticated':
    case 'audit':
      return true;
    case 'all-authenticated':
    case 'cluster-authenticated':
      return authenticated;
    case 'cluster-unauthenticated':
      return workload.kind !== 'client';
    case 'deny':
      return false;
  }
}
