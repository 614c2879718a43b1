// ST2413: certificate authorities of a BackendTLSPolicy in what Istio does not read.
import { GATEWAY_API } from '../mesh.js';
import { listAt, textAt } from '../plain-access.js';
import type { Rule } from '../rule.js';

export const unreadAuthorities: Rule = {
  code: 'ST2413',
  name: 'UnreadAuthorities',
  title: 'certificate authorities that Istio does not read',
  severity: 'warning',
  why: 'A BackendTLSPolicy may name its certificate authorities in an object of any kind. Istio reads ConfigMaps (key ca.crt); with any other reference its proxies trust nothing, and every connection to the backend fails (503 UF).',
  help: 'put the certificates into a ConfigMap under the key ca.crt, and name that',
  source: 'istio: pilot/pkg/config/kube/gateway/backend_policies.go (getBackendTLSCredentialName)',
  check(mesh, report) {
    for (const policy of mesh.all(GATEWAY_API, 'BackendTLSPolicy')) {
      const [reference] = listAt(policy.value, 'spec', 'validation', 'caCertificateRefs');
      if (reference === undefined || mesh.isRefused(policy)) continue;
      const [group, kind, name] = ['group', 'kind', 'name'].map((field) => textAt(reference, field) ?? '');
      if (group === '' && kind === 'ConfigMap') continue;
      report(
        policy,
        ['spec', 'validation', 'caCertificateRefs', 0],
        `the authorities are in the ${kind} ${name}, and Istio reads ConfigMaps alone`,
      );
    }
  },
};
