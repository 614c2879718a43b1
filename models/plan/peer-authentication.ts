// The mTLS mode of a server: the policies of mesh, namespace, workload and port, the oldest of each level, joined.
// istio: pilot/pkg/security/authn/policy_applier.go (ComposePeerAuthentication), pilot/pkg/model/authentication.go
// (GetNamespaceMutualTLSMode).
import { lookup } from '../../sim/lookup.js';
import type { PeerAuthenticationSpec, WrittenMtlsMode } from '../config/kinds/peer-authentication.js';
import type { ResourceSet } from '../config/load.js';
import type { Resource } from '../config/resource.js';
import type { SidecarScopes } from './sidecar-scope.js';
import { selects } from './visibility.js';
import type { Workload } from './workload.js';

export type MtlsMode = Exclude<WrittenMtlsMode, 'UNSET'>;

/** `OWN_TLS`: mTLS of the mesh is off, and its sidecar ends TLS of its own (`tls` of a Sidecar's ingress). */
export type PortMode = MtlsMode | 'OWN_TLS';

type Policy = Resource<'PeerAuthentication', PeerAuthenticationSpec>;

export class PeerAuthentications {
  private readonly policies: readonly Policy[];
  private readonly ofNamespaces = new Map<string, MtlsMode>();

  constructor(
    { peerAuthentications }: Pick<ResourceSet, 'peerAuthentications'>,
    private readonly rootNamespace: string,
    private readonly scopes: SidecarScopes,
  ) {
    this.policies = peerAuthentications;
  }

  /** What holds for a namespace as a whole. */
  ofNamespace(namespace: string): MtlsMode {
    const known = this.ofNamespaces.get(namespace);
    if (known !== undefined) return known;
    const mesh = resolved(this.wide(this.rootNamespace), 'PERMISSIVE');
    const mode = resolved(this.wide(namespace), mesh);
    this.ofNamespaces.set(namespace, mode);
    return mode;
  }

  /** What a port of a workload's pods asks for; null: a port that is not known. Istio: listener_inbound.go (tlsSettings). */
  of(workload: Workload, port: number | null): PortMode {
    const mode = this.written(workload, port);
    return mode === 'DISABLE' && this.scopes.of(workload).endsTls(port) ? 'OWN_TLS' : mode;
  }

  private written(workload: Workload, port: number | null): MtlsMode {
    const inherited = this.ofNamespace(workload.namespace);
    const own = this.policyOf(workload);
    if (own === null) return inherited;
    const mode = resolved(own, inherited);
    const ofPort = port === null ? undefined : lookup(own.spec.portModes, String(port));
    return ofPort === undefined || ofPort === 'UNSET' ? mode : ofPort;
  }

  /** Selectors in the root namespace are ignored, even for its own workloads. */
  private policyOf({ namespace, labels }: Workload): Policy | null {
    if (namespace === this.rootNamespace) return null;
    const found = this.policies.find(
      (policy) =>
        policy.namespace === namespace && policy.spec.selector !== null && selects(policy.spec.selector, labels),
    );
    return found ?? null;
  }

  private wide(namespace: string): Policy | null {
    return this.policies.find((policy) => policy.namespace === namespace && policy.spec.selector === null) ?? null;
  }
}

function resolved(policy: Policy | null, inherited: MtlsMode): MtlsMode {
  return policy === null || policy.spec.mode === 'UNSET' ? inherited : policy.spec.mode;
}
