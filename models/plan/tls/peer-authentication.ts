// The mTLS mode of a server: the policies of mesh, namespace, workload and port, the oldest of each level, joined.
// istio: pilot/pkg/security/authn/policy_applier.go (ComposePeerAuthentication), pilot/pkg/model/authentication.go
// (GetNamespaceMutualTLSMode).
import { lookup } from '../../../sim/lookup.js';
import type { PeerAuthenticationSpec, WrittenMtlsMode } from '../../config/kinds/peer-authentication.js';
import type { ResourceSet } from '../../config/load.js';
import type { FieldPath, Resource } from '../../config/resource.js';
import type { FieldSource } from '../contract/sources.js';
import type { SidecarScopes } from '../registry/sidecar-scope.js';
import type { Workload } from '../registry/workload.js';
import { writtenAt } from '../terms/field-source.js';
import { firstOfAll, firstSelecting } from '../terms/label-index.js';

export type MtlsMode = Exclude<WrittenMtlsMode, 'UNSET'>;

/** `OWN_TLS`: mTLS of the mesh is off, and its sidecar ends TLS of its own (`tls` of a Sidecar's ingress). */
export type PortMode = MtlsMode | 'OWN_TLS';

type Policy = Resource<'PeerAuthentication', PeerAuthenticationSpec>;

/** A mode, and the policy that sets it; null: nobody does. */
interface Placed {
  readonly mode: MtlsMode;
  readonly policy: Policy | null;
  /** Of the mode in the policy. */
  readonly path: FieldPath;
}

const UNWRITTEN: Placed = { mode: 'PERMISSIVE', policy: null, path: [] };

export class PeerAuthentications {
  private readonly policies: readonly Policy[];
  private readonly ofNamespaces = new Map<string, Placed>();

  constructor(
    { peerAuthentications }: Pick<ResourceSet, 'peerAuthentications'>,
    private readonly rootNamespace: string,
    private readonly scopes: SidecarScopes,
  ) {
    this.policies = peerAuthentications;
  }

  /** What holds for a namespace as a whole. */
  ofNamespace(namespace: string): MtlsMode {
    return this.placedIn(namespace).mode;
  }

  private placedIn(namespace: string): Placed {
    const known = this.ofNamespaces.get(namespace);
    if (known !== undefined) return known;
    const mesh = resolved(this.wide(this.rootNamespace), UNWRITTEN);
    const mode = resolved(this.wide(namespace), mesh);
    this.ofNamespaces.set(namespace, mode);
    return mode;
  }

  /** What a port of a workload's pods asks for; null: a port that is not known. Istio: listener_inbound.go (tlsSettings). */
  of(workload: Workload, port: number | null): PortMode {
    const { mode } = this.placed(workload, port);
    return mode === 'DISABLE' && this.scopes.of(workload).endsTls(port) ? 'OWN_TLS' : mode;
  }

  /** Who says what a port asks for; null: nobody. */
  sourceOf(workload: Workload, port: number | null): FieldSource | null {
    const { policy, path } = this.placed(workload, port);
    return policy === null ? null : writtenAt(policy.source, path);
  }

  private placed(workload: Workload, port: number | null): Placed {
    const inherited = this.placedIn(workload.namespace);
    const own = this.policyOf(workload);
    if (own === null) return inherited;
    const placed = resolved(own, inherited);
    const ofPort = port === null ? undefined : lookup(own.spec.portModes, String(port));
    return ofPort === undefined || ofPort === 'UNSET'
      ? placed
      : { mode: ofPort, policy: own, path: ['spec', 'portLevelMtls', String(port), 'mode'] };
  }

  /** Selectors in the root namespace are ignored, even for its own workloads. */
  private policyOf({ namespace, labels }: Workload): Policy | null {
    if (namespace === this.rootNamespace) return null;
    return firstSelecting(this.policies, namespace, labels) ?? null;
  }

  private wide(namespace: string): Policy | null {
    return firstOfAll(this.policies, namespace) ?? null;
  }
}

function resolved(policy: Policy | null, inherited: Placed): Placed {
  if (policy === null || policy.spec.mode === 'UNSET') return inherited;
  return { mode: policy.spec.mode, policy, path: ['spec', 'mtls', 'mode'] };
}
