// ServiceEntries with one host in one namespace: their ports are those of one service where they are alike, and the later one is left out where they
// are not. istio: pilot/pkg/model/sidecar.go (appendSidecarServices, canMergeServices); the oldest comes first.
import type { ServiceEntrySpec } from '../../config/kinds/service-entry.js';
import type { Resource } from '../../config/resource.js';
import type { Findings } from '../terms/findings.js';

type Entry = Resource<'ServiceEntry', ServiceEntrySpec>;

/** A host of a ServiceEntry, and the entries that add ports to it. */
export interface EntryHost {
  readonly host: string;
  readonly more: readonly Entry[];
}

/** What is left of each entry, in their order: hosts that an earlier one has already are gone. */
export function entryHosts(entries: readonly Entry[], findings: Findings): Map<Entry, EntryHost[]> {
  const first = new Map<string, { readonly entry: Entry; readonly more: Entry[] }>();
  const hosts = new Map<Entry, EntryHost[]>();
  for (const entry of entries) {
    const own: EntryHost[] = [];
    for (const host of entry.spec.hosts) {
      const key = `${entry.namespace} ${host}`;
      const known = first.get(key);
      if (known === undefined) {
        const more: Entry[] = [];
        first.set(key, { entry, more });
        own.push({ host, more });
      } else if (addsPorts(known.entry, known.more, entry)) merge(host, known, entry, findings);
      else if (known.entry === entry) own.push({ host, more: [] });
    }
    hosts.set(entry, own);
  }
  return hosts;
}

/** Entries with ports that are all there already change nothing. */
function addsPorts(first: Entry, more: readonly Entry[], entry: Entry): boolean {
  const known = [first, ...more].flatMap(({ spec }) => spec.ports.map(({ number }) => number));
  return first !== entry && entry.spec.ports.some(({ number }) => !known.includes(number));
}

function merge(
  host: string,
  { entry: first, more }: { readonly entry: Entry; readonly more: Entry[] },
  entry: Entry,
  findings: Findings,
): void {
  const difference = differenceOf(first, entry);
  const label = `ServiceEntry ${entry.namespace}/${entry.name}`;
  if (difference !== null) {
    findings.warning(
      'service-entry-left-out',
      entry.source.at(['spec', 'hosts']),
      `${label} does not count for ${host}: ServiceEntry ${first.namespace}/${first.name} has the host already, and its ${difference} is another one`,
      'ports of one host are merged where resolution, labels, workloadSelector and exportTo are the same: make them so, or write one entry',
    );
    return;
  }
  more.push(entry);
  if (entry.spec.endpoints.length === 0) return;
  findings.approximated(
    label,
    'spec.endpoints',
    entry.source.at(['spec', 'endpoints']),
    `its ports are added to ServiceEntry ${first.namespace}/${first.name}, whose endpoints serve them here`,
  );
}

function differenceOf(a: Entry, b: Entry): string | null {
  if (a.spec.resolution !== b.spec.resolution) return 'resolution';
  if (!isSame(a.labels, b.labels)) return 'set of labels';
  if (!isSame(a.spec.workloadSelector, b.spec.workloadSelector)) return 'workloadSelector';
  return isSame([...a.spec.exportTo].sort(), [...b.spec.exportTo].sort()) ? null : 'exportTo';
}

function isSame(a: object | null, b: object | null): boolean {
  const sorted = (value: object | null): string =>
    JSON.stringify(value === null ? null : Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)));
  return sorted(a) === sorted(b);
}
