// ST2404: TLS of the application's kind to servers of the mesh.
import { textAt } from '../plain-access.js';
import type { Rule } from '../rule.js';
import { allPolicies, podsOf } from './policies.js';

export const foreignTlsInside: Rule = {
  code: 'ST2404',
  name: 'ForeignTlsInside',
  title: 'TLS that the sidecar of the server does not speak',
  severity: 'warning',
  why: 'SIMPLE and MUTUAL are for servers outside the mesh. To a pod with a sidecar they take the place of automatic mTLS: the sidecar passes the handshake on to the application, or resets it, and the identity of the caller is gone.',
  help: 'use ISTIO_MUTUAL or no tls block for hosts of the mesh',
  source: 'istio: pilot/pkg/networking/core/cluster_tls.go',
  check(mesh, report) {
    for (const { rule, value, path, subset } of allPolicies(mesh)) {
      const mode = textAt(value, 'tls', 'mode');
      if (mode !== 'SIMPLE' && mode !== 'MUTUAL') continue;
      const server = podsOf(mesh, rule, subset).find((pod) => mesh.isInMesh(pod));
      if (server !== undefined)
        report(
          rule,
          [...path, 'tls', 'mode'],
          `${server.object.name} has a sidecar, and ${mode} is not what it speaks`,
        );
    }
  },
};
