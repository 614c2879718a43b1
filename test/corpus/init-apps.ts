// The published applications of the corpus as a user would have them in a directory of their own, and what their documentation says about
// who calls whom.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMap, parseAllDocuments } from 'yaml';
import { gather } from '../../scenarios/gather/gather.js';

/** Beside the checkout, seen from here and from where this file is compiled to. */
const CANDIDATES = ['../../../shared/corpus', '../../../../shared/corpus'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);
export const CORPUS = CANDIDATES.find((path) => existsSync(path)) ?? CANDIDATES[0]!;
export const isCorpusThere = existsSync(join(CORPUS, 'apps.json'));

export interface App {
  readonly name: string;
  readonly folder: string;
  readonly manifests: readonly string[];
  readonly mesh: readonly string[];
  /** Namespaces that files without one are applied to. */
  readonly namespaces?: Readonly<Record<string, string>>;
  readonly edges: readonly (readonly [from: string, to: string, protocol: string])[];
  readonly edgesFrom: string;
  readonly topologies?: readonly KnownTopology[];
}

/** Applications whose exercises lie in a folder of their own: who has the application has these too. */
const EXERCISES: Readonly<Record<string, readonly string[]>> = { 'istio-tutorial': ['istiofiles/*.yaml'] };

/** Mesh configuration of other exercises: it puts other workloads in the place of the application's own, or has blanks to fill in. */
const OTHER_EXERCISES: Readonly<Record<string, RegExp>> = { emojivoto: /training/, sentences: /03-ingress-traffic/ };

/** Files that the application's README applies to a namespace, where the corpus does not say which. */
const NAMESPACES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  travels: {
    'travels-v2.yaml': 'travel-agency',
    'travels-v3.yaml': 'travel-agency',
    'mysql-v2.yaml': 'travel-agency',
    'mysql-v3.yaml': 'travel-agency',
  },
};

export function readApps(): readonly App[] {
  return JSON.parse(readFileSync(join(CORPUS, 'apps.json'), 'utf8')) as App[];
}

/** A file of isotope's: the call graph itself. */
export interface KnownTopology {
  readonly file: string;
  readonly services: number;
  readonly calls: number;
  readonly entry: readonly string[];
}

export function readTopologies(): readonly KnownTopology[] {
  return readApps().flatMap((app) => app.topologies ?? []);
}

export function topologyPath(file: string): string {
  return join(CORPUS, 'istio-tools/isotope/example-topologies', file);
}

/** Copies the application's manifests and mesh configuration to a directory of its own; its path. */
export function layOut(app: App): string {
  const mesh = app.mesh.filter((pattern) => OTHER_EXERCISES[app.name]?.test(pattern) !== true);
  // What stands behind a pattern is a remark; in the directory lie `.yml` files as well.
  const patterns = [...app.manifests, ...mesh, ...(EXERCISES[app.name] ?? [])].map((text) =>
    text.split(' ')[0]!.replace(/\*\.yaml$/, '*.{yaml,yml}'),
  );
  const { texts } = gather(patterns.map((pattern) => join(CORPUS, app.folder, pattern)));
  const directory = mkdtempSync(join(tmpdir(), 'seatrial-init-'));
  mkdirSync(directory, { recursive: true });
  const namespaces: Readonly<Record<string, string>> = { ...app.namespaces, ...NAMESPACES[app.name] };
  texts.forEach(({ name, text }, i) => {
    const file = name.split('/').at(-1)!;
    const namespace = namespaces[file];
    const content = namespace === undefined ? text : inNamespace(text, namespace);
    writeFileSync(join(directory, `${String(i).padStart(2, '0')}-${file}`), content);
  });
  return directory;
}

/** As `kubectl apply -n NAMESPACE` would have it. */
function inNamespace(text: string, namespace: string): string {
  return parseAllDocuments(text)
    .filter(({ contents }) => isMap(contents))
    .map((document) => {
      if (!document.hasIn(['metadata', 'namespace'])) document.setIn(['metadata', 'namespace'], namespace);
      return document.toString();
    })
    .join('---\n');
}
