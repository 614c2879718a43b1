// ST2410: the identity of the caller asked for at a gateway, whose callers have none.
import type { LintMesh } from '../mesh.js';
import type { LintObject } from '../object.js';
import { dig, listAt, textAt } from '../plain-access.js';
import type { Rule } from '../rule.js';
import { firstField, policiesWith, rulesOf, selectedGateways, sourcesOf, targetedGateways } from './authorization.js';

const NEGATED: readonly string[] = ['notPrincipals', 'notNamespaces', 'notServiceAccounts'];
const WANTED: readonly string[] = ['principals', 'namespaces', 'serviceAccounts'];
const MUTUAL: readonly string[] = ['MUTUAL', 'ISTIO_MUTUAL', 'OPTIONAL_MUTUAL'];

export const identityAtGateway: Rule = {
  code: 'ST2410',
  name: 'IdentityAtGateway',
  title: 'callers told apart by mTLS identity at a gateway without mTLS',
  severity: 'warning',
  why: 'A server without mutual TLS sees no certificate: neither clients from outside show one nor sidecars that send to an egress gateway in plain text. principals and namespaces match none of them, notPrincipals and notNamespaces match all: a DENY closes the gateway for everybody or for nobody, an ALLOW likewise.',
  help: 'use ipBlocks, remoteIpBlocks or requestPrincipals at gateways, or servers with mode MUTUAL (ISTIO_MUTUAL at egress gateways)',
  source:
    'istio: pilot/pkg/security/authz/model/generator.go (srcPrincipalGenerator); envoy: source/extensions/filters/common/rbac/matchers.cc (AuthenticatedMatcher)',
  check(mesh, report) {
    for (const action of ['ALLOW', 'DENY'] as const) {
      for (const policy of policiesWith(mesh, action)) {
        const gateway = plainGateway(mesh, policy);
        if (gateway === null) continue;
        for (const { value, path } of rulesOf(policy).flatMap(sourcesOf)) {
          const negated = firstField(value, NEGATED);
          const field = negated ?? firstField(value, WANTED);
          if (field === null) continue;
          const matches = negated === null ? 'nobody matches' : 'everybody matches';
          report(policy, [...path, field], `callers of ${gateway.title} have no mTLS identity: ${matches}`);
        }
      }
    }
  },
};

/** A gateway of the policy; null where there is none, or one of them asks for certificates. */
function plainGateway(mesh: LintMesh, policy: LintObject): LintObject | null {
  const gateways = [...selectedGateways(mesh, policy), ...targetedGateways(mesh, policy)];
  const asks = gateways.some(
    (gateway) =>
      listAt(gateway.value, 'spec', 'servers').some((server) => MUTUAL.includes(textAt(server, 'tls', 'mode') ?? '')) ||
      dig(gateway.value, 'spec', 'tls') !== undefined ||
      listAt(gateway.value, 'spec', 'listeners').some(
        (listener) =>
          dig(listener, 'tls', 'frontendValidation') !== undefined || textAt(listener, 'protocol') === 'HBONE',
      ),
  );
  return asks ? null : (gateways[0] ?? null);
}
