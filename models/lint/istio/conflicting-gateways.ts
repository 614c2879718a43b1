// ST1145: two Gateways that claim the same hosts on the same port of the same pods (istio: pkg/config/analysis/analyzers/gateway/
// conflictinggateway.go; pilot/pkg/model/gateway.go CheckDuplicates).
import { selects } from '../../plan/terms/visibility.js';
import type { LintMesh } from '../mesh.js';
import type { LintObject } from '../object.js';
import { listAt, numberAt, selectorText, textAt, textsAt } from '../plain-access.js';
import type { Rule } from '../rule.js';
import { gatewaySelector } from './gateway-pods.js';

interface Claim {
  readonly gateway: LintObject;
  readonly selector: Readonly<Record<string, string>>;
  readonly selectorText: string;
  readonly port: number;
  readonly bind: string;
  readonly hosts: readonly string[];
  readonly index: number;
}

export const conflictingGateways: Rule = {
  code: 'ST1145',
  alias: 'IST0145',
  name: 'ConflictingGateways',
  title: 'two Gateways with the same hosts on one port',
  severity: 'error',
  why: 'One of them wins, by age; what is bound to the other is not served.',
  help: 'put the hosts into one Gateway, or give each its own',
  source: 'istio: pkg/config/analysis/analyzers/gateway/conflictinggateway.go',
  check(mesh, report) {
    const claims = mesh.gateways.flatMap(claimsOf);
    const byPort = new Map<number, Claim[]>();
    for (const claim of claims) byPort.set(claim.port, [...(byPort.get(claim.port) ?? []), claim]);
    for (const claim of claims) {
      const others = new Set<string>();
      for (const other of latestPerGateway(byPort.get(claim.port) ?? [])) {
        if (other.gateway.fullName === claim.gateway.fullName) continue;
        if (sameHosts(claim, other) && samePods(mesh, claim, other)) others.add(other.gateway.fullName);
      }
      if (others.size === 0) continue;
      report(
        claim.gateway,
        ['spec', 'servers', claim.index, 'hosts'],
        `${[...others].sort().join(', ')} ${others.size === 1 ? 'has' : 'have'} the port ${claim.port} with the hosts ${claim.hosts.join(', ')} too`,
      );
    }
  },
};

function claimsOf(gateway: LintObject): Claim[] {
  const selector = gatewaySelector(gateway);
  return listAt(gateway.value, 'spec', 'servers').map((server, index) => ({
    gateway,
    selector,
    selectorText: selectorText(selector),
    port: numberAt(server, 'port', 'number') ?? 0,
    bind: textAt(server, 'bind') ?? '',
    hosts: textsAt(server, 'hosts'),
    index,
  }));
}

/** Of several servers of one Gateway on a port the last is remembered. */
function latestPerGateway(claims: readonly Claim[]): Claim[] {
  return [...new Map(claims.map((claim) => [claim.gateway.fullName, claim])).values()];
}

function sameHosts(a: Claim, b: Claim): boolean {
  return a.bind === b.bind && a.hosts.some((host) => b.hosts.includes(host));
}

function samePods(mesh: LintMesh, a: Claim, b: Claim): boolean {
  if (a.selectorText === b.selectorText) return true;
  if (!a.selectorText.includes(b.selectorText) && !b.selectorText.includes(a.selectorText)) return false;
  return mesh.selected(a.selector, null).some((pod) => selects(b.selector, pod.labels));
}
