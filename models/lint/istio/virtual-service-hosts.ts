// ST1109: VirtualServices of the mesh that claim the same host.

import { fqdn, scopesOf } from '../hosts.js';
import type { LintMesh } from '../mesh.js';
import { distinctNames, type LintObject } from '../object.js';
import { textsAt } from '../plain-access.js';
import type { Rule } from '../rule.js';

export const conflictingVirtualServices: Rule = {
  code: 'ST1109',
  alias: 'IST0109',
  name: 'ConflictingMeshGatewayVirtualServiceHosts',
  title: 'two VirtualServices for one host',
  severity: 'error',
  why: 'Inside the mesh they are not merged: the oldest wins, wherever it stands, and the routes of the others never hold.',
  help: 'merge them into one, or let one delegate to the others',
  source: 'istio: pkg/config/analysis/analyzers/virtualservice/conflictingmeshgatewayhosts.go',
  check(mesh, report) {
    const claims = claimsOf(mesh);
    const wild = [...claims].filter(([key]) => key.startsWith('*/'));
    const reported = new Set<LintObject>();
    for (const [key, own] of claims) {
      const slash = key.indexOf('/');
      const host = key.slice(slash + 1);
      const others = key.startsWith('*/')
        ? []
        : wild.filter(([other]) => overlaps(host, other.slice(2))).flatMap(([, found]) => found);
      const all = [...own, ...others];
      const names = [...distinctNames(all)].sort();
      if (names.length < 2) continue;
      for (const object of all) {
        if (reported.has(object)) continue;
        reported.add(object);
        report(object, ['spec', 'hosts'], `${names.join(', ')} all have the host ${host}`);
      }
    }
  },
};

/** VirtualServices of the mesh by scope and host: `*` + `/` + `reviews.default.svc.cluster.local`. */
function claimsOf(mesh: LintMesh): Map<string, LintObject[]> {
  const claims = new Map<string, LintObject[]>();
  for (const object of mesh.virtualServices) {
    if (mesh.isRefused(object)) continue;
    const gateways = textsAt(object.value, 'spec', 'gateways');
    if (gateways.length > 0 && !gateways.includes('mesh')) continue;
    for (const scope of scopesOf(textsAt(object.value, 'spec', 'exportTo'), object.namespace)) {
      for (const host of textsAt(object.value, 'spec', 'hosts')) {
        const key = `${scope}/${fqdn(host, object.namespace)}`;
        claims.set(key, [...(claims.get(key) ?? []), object]);
      }
    }
  }
  return claims;
}

/** host.Name.Matches: wildcards on either side count. */
function overlaps(a: string, b: string): boolean {
  if (a === b) return true;
  if (a.startsWith('*') && b.startsWith('*')) return a.endsWith(b.slice(1)) || b.endsWith(a.slice(1));
  if (a.startsWith('*')) return b.endsWith(a.slice(1));
  return b.startsWith('*') && a.endsWith(b.slice(1));
}
