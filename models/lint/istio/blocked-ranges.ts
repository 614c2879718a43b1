// ST1175: a control plane that fetches keys from wherever a RequestAuthentication says.
import { SECURITY } from '../mesh.js';
import { listAt, textAt } from '../plain-access.js';
import { containersOf } from '../pods.js';
import type { Rule } from '../rule.js';

const NAMES_SHOWN = 5;

export const blockedRanges: Rule = {
  code: 'ST1175',
  alias: 'IST0175',
  name: 'JwksUriFetchUnrestricted',
  title: 'a control plane that fetches keys from any address',
  severity: 'warning',
  why: 'istiod fetches `jwksUri` itself: whoever may write a RequestAuthentication can make it call addresses inside the cluster.',
  help: 'set BLOCKED_CIDRS_IN_JWKS_URIS on istiod',
  source: 'istio: pkg/config/analysis/analyzers/authn/blockedcidrs.go',
  check(mesh, report) {
    const names = mesh.all(SECURITY, 'RequestAuthentication').map(({ fullName }) => fullName);
    if (names.length === 0) return;
    for (const pod of mesh.pods) {
      if (pod.object.kind !== 'Deployment' || pod.object.labels.app !== 'istiod') continue;
      const isSet = containersOf(pod).some((container) =>
        listAt(container, 'env').some(
          (entry) => textAt(entry, 'name') === 'BLOCKED_CIDRS_IN_JWKS_URIS' && (textAt(entry, 'value') ?? '') !== '',
        ),
      );
      if (isSet) continue;
      const more = names.length > NAMES_SHOWN ? `, and ${names.length - NAMES_SHOWN} more` : '';
      report(
        pod.object,
        ['metadata', 'name'],
        `${names.slice(0, NAMES_SHOWN).join(', ')}${more} may name any address for their keys`,
      );
    }
  },
};
