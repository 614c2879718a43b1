// Which mTLS mode holds for a pod (istio: pilot/pkg/security/authn/policy_applier.go ComposePeerAuthentication): of the workload, else of
// the namespace, else of the mesh, else PERMISSIVE.
import { selects } from '../../plan/terms/visibility.js';
import { type LintMesh, SECURITY } from '../mesh.js';
import type { LintObject } from '../object.js';
import { mapAt, textAt, textMapAt } from '../plain-access.js';

export type MtlsMode = 'STRICT' | 'PERMISSIVE' | 'DISABLE';

export interface Governed {
  readonly mode: MtlsMode;
  /** The policy that says so; null = the default. */
  readonly policy: LintObject | null;
}

/** The mode for pods of `namespace` with `labels`. */
export function mtlsOf(mesh: LintMesh, namespace: string, labels: Readonly<Record<string, string>>): Governed {
  const root = mesh.setting('rootNamespace') ?? 'istio-system';
  const policies = mesh.all(SECURITY, 'PeerAuthentication');
  const own = (object: LintObject): boolean => hasSelector(object);
  const levels = [
    policies.filter(
      (object) =>
        object.namespace === namespace &&
        namespace !== root &&
        own(object) &&
        selects(textMapAt(object.value, 'spec', 'selector', 'matchLabels'), labels),
    ),
    policies.filter((object) => object.namespace === namespace && !own(object)),
    policies.filter((object) => object.namespace === root && !own(object)),
  ];
  for (const policy of levels.flat()) {
    const mode = textAt(policy.value, 'spec', 'mtls', 'mode');
    if (mode === 'STRICT' || mode === 'PERMISSIVE' || mode === 'DISABLE') return { mode, policy };
  }
  return { mode: 'PERMISSIVE', policy: null };
}

function hasSelector(object: LintObject): boolean {
  const selector = mapAt(object.value, 'spec', 'selector', 'matchLabels');
  return selector !== null && Object.keys(selector).length > 0;
}
