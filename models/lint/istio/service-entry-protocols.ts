// ST1177: ServiceEntries that disagree about the protocol of a host's port.
import { scopesOf } from '../hosts.js';
import type { LintObject } from '../object.js';
import { listAt, numberAt, textAt, textsAt } from '../plain-access.js';
import type { Rule } from '../rule.js';

interface Claim {
  readonly entry: LintObject;
  readonly protocol: string;
}

export const serviceEntryProtocols: Rule = {
  code: 'ST1177',
  alias: 'IST0177',
  name: 'ConflictingServiceEntryProtocol',
  title: 'two ServiceEntries with different protocols for one port',
  severity: 'warning',
  why: 'The proxy can have one listener for a host and port; which protocol it speaks is a matter of age.',
  help: 'use one protocol, or export each to its own namespaces',
  source: 'istio: pkg/config/analysis/analyzers/serviceentry/conflictingserviceentries.go',
  check(mesh, report) {
    const claims = new Map<string, Claim[]>();
    for (const entry of mesh.serviceEntries) {
      if (mesh.isRefused(entry)) continue;
      for (const scope of scopesOf(textsAt(entry.value, 'spec', 'exportTo'), entry.namespace)) {
        for (const host of textsAt(entry.value, 'spec', 'hosts')) {
          for (const port of listAt(entry.value, 'spec', 'ports')) {
            const key = `${scope} ${host}:${numberAt(port, 'number') ?? 0}`;
            const protocol = (textAt(port, 'protocol') ?? '').toUpperCase();
            claims.set(key, [...(claims.get(key) ?? []), { entry, protocol }]);
          }
        }
      }
    }
    const reported = new Set<LintObject>();
    for (const [key, own] of claims) {
      const hostAndPort = key.slice(key.indexOf(' ') + 1);
      const all = key.startsWith('* ') ? own : [...own, ...(claims.get(`* ${hostAndPort}`) ?? [])];
      const protocols = [...new Set(all.map(({ protocol }) => protocol))].sort();
      if (protocols.length < 2) continue;
      const names = [...new Set(all.map(({ entry }) => entry.fullName))].sort();
      if (names.length < 2) continue;
      for (const { entry } of all) {
        if (reported.has(entry)) continue;
        reported.add(entry);
        report(
          entry,
          ['spec', 'ports'],
          `${names.join(', ')} give ${hostAndPort} the protocols ${protocols.map((protocol) => protocol || '(none)').join(', ')}`,
        );
      }
    }
  },
};
