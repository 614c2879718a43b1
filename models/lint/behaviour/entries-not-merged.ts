// ST2706: ServiceEntries of one host, of which one is left out.
import type { LintObject } from '../object.js';
import { listAt, numberAt, selectorText, textAt, textMapAt, textsAt } from '../plain-access.js';
import type { Rule } from '../rule.js';

export const entriesNotMerged: Rule = {
  code: 'ST2706',
  name: 'EntriesNotMerged',
  title: 'a ServiceEntry whose ports are not added to those of its host',
  severity: 'warning',
  why: 'ServiceEntries of one host in one namespace become one service where they are alike: resolution, labels, workloadSelector and exportTo have to be the same. Of those that differ the oldest counts, and the ports of the others are in no sidecar.',
  help: 'make them alike, or write one ServiceEntry with all ports',
  source: 'istio: pilot/pkg/model/sidecar.go (appendSidecarServices, canMergeServices)',
  check(mesh, report) {
    const first = new Map<string, LintObject>();
    for (const entry of mesh.serviceEntries) {
      if (mesh.isRefused(entry)) continue;
      for (const host of textsAt(entry.value, 'spec', 'hosts')) {
        const key = `${entry.namespace}/${host}`;
        const known = first.get(key);
        if (known === undefined) first.set(key, entry);
        if (known === undefined || known.fullName === entry.fullName) continue;
        const difference = differenceOf(known, entry);
        const lost = portsOf(entry).filter((port) => !portsOf(known).includes(port));
        if (difference === null || lost.length === 0) continue;
        const ports = `${lost.length === 1 ? 'the port' : 'the ports'} ${lost.join(', ')}`;
        report(
          entry,
          ['spec', 'hosts'],
          `${ports} of ${host} may be lost: ${known.title} has the host too, and its ${difference} differs; the older one counts`,
        );
      }
    }
  },
};

function portsOf(entry: LintObject): number[] {
  return listAt(entry.value, 'spec', 'ports').map((port) => numberAt(port, 'number') ?? 0);
}

function differenceOf(a: LintObject, b: LintObject): string | null {
  const differs = (of: (entry: LintObject) => string): boolean => of(a) !== of(b);
  if (differs(({ value }) => textAt(value, 'spec', 'resolution') ?? 'NONE')) return 'resolution';
  if (differs(({ labels }) => selectorText(labels))) return 'set of labels';
  if (differs(({ value }) => selectorText(textMapAt(value, 'spec', 'workloadSelector', 'labels'))))
    return 'workloadSelector';
  return differs(({ value }) => [...textsAt(value, 'spec', 'exportTo')].sort().join(',')) ? 'exportTo' : null;
}
