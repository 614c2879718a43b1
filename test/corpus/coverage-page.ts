// docs/coverage.md: the counts as tables.
import type { Count, Coverage, KindName } from './coverage-count.js';
import { emptyCoverage } from './coverage-count.js';

/** Kinds and how many documents of each a census of 119 public repositories found. */
export type Census = ReadonlyMap<KindName, number>;

/** The groups that a run must understand: Kubernetes' workloads, services and autoscaling, Istio, the Gateway API. */
export const GROUPS = [
  '',
  'apps',
  'autoscaling',
  'discovery.k8s.io',
  'extensions.istio.io',
  'gateway.networking.k8s.io',
  'networking.istio.io',
  'networking.k8s.io',
  'policy',
  'security.istio.io',
  'telemetry.istio.io',
];

/** `| group | kind | documents | …` of the first table of the census. */
export function readCensus(text: string): Census {
  const rows = [...text.matchAll(/^\| ([a-z0-9.-]+) \| (\w+) \| (\d+) \| \d+ \|/gm)];
  return new Map(rows.map(([, group, kind, count]) => [`${group === 'core' ? '' : group}/${kind}`, Number(count)]));
}

function groupOf(kind: KindName): string {
  return kind.split('/')[0]!;
}

export interface Weighted {
  readonly fields: number;
  readonly notModelled: number;
  /** 0..1 */
  readonly honoured: number;
}

/** Fields of the groups as if each kind were as frequent as in the census. */
export function weighted({ byKind }: Count, census: Census, groups: readonly string[] = GROUPS): Weighted {
  let fields = 0;
  let notModelled = 0;
  for (const [kind, documents] of census) {
    const found = byKind.get(kind);
    if (found === undefined || !groups.includes(groupOf(kind))) continue;
    const taken = found.documents - found.refused;
    if (taken === 0) continue;
    fields += (documents * fieldsOf(found)) / taken;
    notModelled += (documents * found.notModelled) / taken;
  }
  return { fields, notModelled, honoured: 1 - notModelled / fields };
}

/** Fields of all documents of the groups, each as often as it was found. */
export function counted({ byKind }: Count, groups: readonly string[] = GROUPS): Weighted {
  let fields = 0;
  let notModelled = 0;
  for (const [kind, found] of byKind) {
    if (!kind.includes('/') || !groups.includes(groupOf(kind))) continue;
    fields += fieldsOf(found);
    notModelled += found.notModelled;
  }
  return { fields, notModelled, honoured: 1 - notModelled / fields };
}

export function fieldsOf({ modelled, approximated, withoutPart, notModelled }: Coverage): number {
  return modelled + approximated + withoutPart + notModelled;
}

export function totalOf(coverages: Iterable<Coverage>): Coverage {
  const total = emptyCoverage();
  for (const coverage of coverages)
    for (const name of Object.keys(total) as (keyof Coverage)[]) total[name] += coverage[name];
  return total;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function row(name: string, coverage: Coverage): string {
  const { documents, read, refused, modelled, approximated, withoutPart, notModelled } = coverage;
  const fields = fieldsOf(coverage);
  const honoured = fields === 0 ? '' : percent(1 - notModelled / fields);
  return `| ${[name, documents, read, refused, modelled, approximated, withoutPart, notModelled, honoured].join(' | ')} |`;
}

const HEAD = [
  'documents',
  'of kinds that are read',
  'refused',
  'fields modelled',
  'approximated',
  'of kinds without a part in requests',
  'not modelled',
  'honoured',
];

function table(first: string, rows: readonly string[]): string[] {
  return [`| ${[first, ...HEAD].join(' | ')} |`, `| --- |${' --: |'.repeat(HEAD.length)}`, ...rows];
}

const MAX_NAMED = 60;

export function coveragePage(byFolder: ReadonlyMap<string, Count>, whole: Count, census: Census): string {
  const sum = weighted(whole, census);
  const raw = counted(whole);
  const named = [...whole.notModelled]
    .filter(([name]) => GROUPS.includes(groupOf(name)))
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const beside = [...census].filter(([kind]) => !GROUPS.includes(groupOf(kind)));
  const groups = new Map<string, number>();
  for (const [kind, documents] of beside) groups.set(groupOf(kind), (groups.get(groupOf(kind)) ?? 0) + documents);
  return [
    '# How much of real YAML is honoured',
    '',
    'Counted over 39 public collections of manifests: every field (each key of each map, at any depth) of every document, by what',
    'the fidelity list says when it is loaded. Written by `UPDATE_DOCS=1 npx vitest run test/corpus/coverage.test.ts`.',
    '',
    '*Modelled* includes fields without any effect on requests (an image, a volume). A field of a document, or of an element of a list, that is left out as',
    'a whole is *not modelled*, unless its kind takes no part in requests. What the cluster drops (fields that a kind does not have) or does not serve (datagrams at',
    'a gateway of Istio), and a run likewise, counts as modelled, or as without a part. Documents that the cluster refuses are left out of the counts of fields. What a',
    'run adds once it knows how objects are used (a route to nowhere, a policy that selects nothing) is in its own fidelity list. Documents that are no objects of',
    'Kubernetes (rules of Prometheus, configurations of Envoy) are not counted.',
    '',
    `Weighted by how often each kind occurs in 119 public repositories, of the fields of the groups that a run must understand`,
    `(${GROUPS.map((group) => (group === '' ? 'core' : group)).join(', ')}), **${percent(sum.honoured)}** are honoured:`,
    'modelled, approximated, or of kinds without a part in requests.',
    `Of all fields of these groups as often as they were found, ${raw.fields} of them, it is **${percent(raw.honoured)}**.`,
    '',
    '## By collection',
    '',
    ...table(
      'collection',
      [...byFolder].map(([folder, { byKind }]) => row(folder, totalOf(byKind.values()))),
    ),
    row('**all**', totalOf(whole.byKind.values())),
    '',
    '## By kind',
    '',
    'The groups that a run must understand.',
    '',
    ...table(
      'kind',
      [...whole.byKind]
        .filter(([kind]) => kind.includes('/') && GROUPS.includes(groupOf(kind)))
        .sort(([a, x], [b, y]) => fieldsOf(y) - fieldsOf(x) || (a < b ? -1 : 1))
        .map(([kind, coverage]) => row(kind.replace(/^\//, ''), coverage)),
    ),
    '',
    '## What is not modelled in these groups',
    '',
    'How often, most frequent first; a field stands for all that is below it.',
    '',
    '| field | times |',
    '| --- | --: |',
    ...named.slice(0, MAX_NAMED).map(([name, times]) => `| \`${name.replace(/^\//, '')}\` | ${times} |`),
    ...(named.length > MAX_NAMED
      ? [`| ${named.length - MAX_NAMED} more, each at most ${named[MAX_NAMED]![1]} times | |`]
      : []),
    '',
    '## Other groups',
    '',
    'Documents of the census whose groups are not in the figure above.',
    '',
    [...groups]
      .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      .map(([group, documents]) => `${group} ${documents}`)
      .join(', '),
    '',
  ].join('\n');
}
