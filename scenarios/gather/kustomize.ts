// Kustomizations and how they hang together. One that only lists the files beside it changes nothing: its files are read as they are. One that patches, takes
// in components, or is one of several that share a base has to be rendered.
// kustomize: api/types/kustomization.go; api/konfig/general.go (RecognizedKustomizationFileNames).
import { posix } from 'node:path';
import { fieldOf, isPlainMap, type PlainValue } from '../../models/config/document.js';
import { parseDocuments } from '../../models/config/parse.js';
import { directoryOf, type Listing, nameOf, shown, type Tree } from './tree.js';

const FILE_NAMES: readonly string[] = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** With one of these, the files as they stand are not what runs: parts, and others' values. */
const CHANGING = [
  'patches',
  'patchesStrategicMerge',
  'patchesJson6902',
  'components',
  'replacements',
  'vars',
  'transformers',
  'generators',
  'helmCharts',
  'helmChartInflationGenerator',
] as const;

/** These change or add what can be named; the files as they stand are still a mesh. */
const ADDING = [
  'namespace',
  'namePrefix',
  'nameSuffix',
  'images',
  'replicas',
  'labels',
  'commonLabels',
  'configMapGenerator',
  'secretGenerator',
] as const;

interface Kustomization {
  readonly file: string;
  readonly directory: string;
  readonly isComponent: boolean;
  /** Fields of CHANGING that it has. */
  readonly changing: readonly string[];
  readonly adding: readonly string[];
  /** Directories that it takes in, of those that are in the listing or not. */
  readonly directories: readonly string[];
}

export function kustomizeTrees(listing: Listing): Tree[] {
  const all = listing.files.filter((file) => FILE_NAMES.includes(nameOf(file))).flatMap((file) => read(file, listing));
  const here = new Set(all.map(({ directory }) => directory));
  return componentsOf(all).flatMap((members) => treeOf(members, here));
}

function read(file: string, { textOf }: Listing): Kustomization[] {
  const [document] = parseDocuments({ name: file, text: textOf(file) ?? '' });
  const value = document?.value ?? null;
  if (!isPlainMap(value)) return [];
  // Flux has objects of that name in files of that name.
  const apiVersion = fieldOf(value, 'apiVersion');
  if (typeof apiVersion === 'string' && !apiVersion.startsWith('kustomize.config.k8s.io/')) return [];
  const directory = directoryOf(file);
  const references = ['resources', 'bases', 'components'].flatMap((field) => textsOf(fieldOf(value, field)));
  const remote = references.filter((reference) => isRemote(reference));
  return [
    {
      file,
      directory,
      isComponent: fieldOf(value, 'kind') === 'Component',
      changing: CHANGING.filter((field) => isThere(fieldOf(value, field))),
      adding: [
        ...ADDING.filter((field) => isThere(fieldOf(value, field))),
        ...(remote.length > 0 ? ['remote resources'] : []),
      ],
      directories: references
        .filter((reference) => !isRemote(reference) && !/\.(ya?ml|json)$/i.test(reference))
        .map((reference) => posix.join(directory, reference).replace(/\/+$/, '').replace(/^\.$/, '')),
    },
  ];
}

function isThere(value: PlainValue | undefined): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isPlainMap(value ?? null)) return Object.keys(value as object).length > 0;
  return value !== undefined && value !== null && value !== '';
}

function textsOf(value: PlainValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function isRemote(reference: string): boolean {
  return /^[a-z+]+:\/\/|^git@|^github\.com\/|[?&]ref=/.test(reference);
}

/** Kustomizations that hang together by the directories that they take in. */
function componentsOf(all: readonly Kustomization[]): Kustomization[][] {
  const byDirectory = new Map(all.map((own) => [own.directory, own]));
  const groups = new Map<Kustomization, Set<Kustomization>>(all.map((own) => [own, new Set([own])]));
  for (const own of all) {
    for (const directory of own.directories) {
      const other = byDirectory.get(directory);
      const [mine, theirs] = [groups.get(own)!, other === undefined ? undefined : groups.get(other)!];
      if (theirs === undefined || theirs === mine) continue;
      for (const member of theirs) {
        mine.add(member);
        groups.set(member, mine);
      }
    }
  }
  return [...new Set(groups.values())].map((group) => [...group]);
}

function treeOf(members: readonly Kustomization[], here: ReadonlySet<string>): Tree[] {
  const taken = new Set(members.flatMap(({ directories }) => directories));
  const tops = members
    .filter(({ directory, isComponent }) => !taken.has(directory) && !isComponent)
    .sort((a, b) => (a.directory < b.directory ? -1 : 1));
  const changing = [...new Set(members.flatMap((member) => member.changing))];
  const first = tops[0] ?? members[0]!;
  const commands = tops.map(({ directory }) => `kubectl kustomize ${shown(directory)}`);
  const common = { file: first.file, commands, advice: 'name a kustomization that takes in this component' };
  const isIncomplete = [...taken].some((directory) => !here.has(directory));
  if (changing.length > 0 || tops.length > 1 || isIncomplete) {
    const reasons = [
      ...(isIncomplete ? ['with others that lie elsewhere'] : []),
      ...(tops.length > 1 ? [`${tops.length} overlays of one base`] : []),
      ...(changing.length > 0 ? [changing.join(', ')] : []),
    ];
    const why = `its files are parts of what runs (${reasons.join('; ')})`;
    return [{ ...common, what: 'a Kustomize tree', why, folders: members.map(({ directory }) => directory) }];
  }
  const adding = [...new Set(members.flatMap((member) => member.adding))];
  if (adding.length === 0) return [];
  const why = `its files are read as they are, without ${adding.join(', ')}`;
  return [{ ...common, what: 'a kustomization', why, folders: [] }];
}
