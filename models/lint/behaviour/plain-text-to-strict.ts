// ST2403: a DestinationRule that sends plain text to servers that take mTLS only.
import { dig, textAt } from '../plain-access.js';
import type { Rule } from '../rule.js';
import { mtlsOf } from './mutual-tls.js';
import { allPolicies, podsOf } from './policies.js';

export const plainTextToStrict: Rule = {
  code: 'ST2403',
  name: 'PlainTextToStrict',
  title: 'plain text to a server that takes mTLS only',
  severity: 'error',
  why: 'A tls block switches automatic mTLS off. With DISABLE (or without a mode) the proxy speaks plain text, and a STRICT server resets it: 503 UC for every request.',
  help: 'delete the tls block, or set mode: ISTIO_MUTUAL',
  source: 'istio: pilot/pkg/networking/core/cluster_tls.go; pilot/pkg/security/authn/policy_applier.go',
  check(mesh, report) {
    for (const { rule, value, path, subset } of allPolicies(mesh)) {
      const tls = dig(value, 'tls');
      if (tls === undefined || tls === null || (textAt(tls, 'mode') ?? 'DISABLE') !== 'DISABLE') continue;
      const server = podsOf(mesh, rule, subset).find(
        (pod) => mesh.isInMesh(pod) && mtlsOf(mesh, pod.namespace, pod.labels).mode === 'STRICT',
      );
      if (server !== undefined)
        report(rule, [...path, 'tls'], `${server.object.name} is STRICT and this rule sends it plain text: 503 UC`);
    }
  },
};
