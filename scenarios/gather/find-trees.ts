// Folders that are no manifests yet: Kustomize trees, Helm charts, Jsonnet, Terraform. Their files are parts, not what runs; read as they stand, all
// overlays, patches and templates would count as if they ran at once. Such folders are left out, and the command that renders them is named.
// kustomize: api/konfig/general.go (names of the file), api/types/kustomization.go (fields); helm: pkg/chart/loader (Chart.yaml).
import type { Diagnostic } from '../../models/config/diagnostic.js';
import { kustomizeTrees } from './kustomize.js';
import { below, directoryOf, isBelow, type Listing, nameOf, type Rendering, shown, type Tree } from './tree.js';

export interface FoundTrees {
  readonly diagnostics: readonly Diagnostic[];
  isLeftOut(file: string): boolean;
}

const COMMANDS_MAX = 3;

/** Looks for such folders; `isRead` says which files are read where nothing speaks against it. */
export function findTrees(listing: Listing, isRead: (file: string) => boolean, rendering: Rendering): FoundTrees {
  const trees = [...helmCharts(listing), ...kustomizeTrees(listing), ...jsonnet(listing), ...terraform(listing)];
  const folders = [...new Set(trees.flatMap((tree) => tree.folders))];
  const isLeftOut = (file: string): boolean => folders.some((folder) => isBelow(file, folder));
  const isNothingLeft = !listing.files.some((file) => isRead(file) && !isLeftOut(file));
  const outermost = trees.filter(({ what, file }) => !trees.some((other) => other.what === what && holds(other, file)));
  return { isLeftOut, diagnostics: grouped(outermost).map((group) => diagnosticOf(group, isNothingLeft, rendering)) };
}

/** Whether a tree has another's file inside: a chart of charts is said once. */
function holds({ folders, file: own }: Tree, file: string): boolean {
  return own !== file && folders.some((folder) => isBelow(file, folder) && !isBelow(own, directoryOf(file)));
}

function grouped(trees: readonly Tree[]): (readonly [Tree, ...Tree[]])[] {
  const groups = new Map<string, [Tree, ...Tree[]]>();
  for (const tree of trees) {
    const key = `${tree.what} ${tree.folders.length > 0}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [tree]);
    else group.push(tree);
  }
  return [...groups.values()];
}

function diagnosticOf(
  [first, ...others]: readonly [Tree, ...Tree[]],
  isNothingLeft: boolean,
  rendering: Rendering,
): Diagnostic {
  const commands = [...new Set([first, ...others].flatMap((tree) => tree.commands))];
  const left = first.folders.length > 0 ? '; left out' : '';
  const alike = others.length > 0 ? `, and ${others.length} more like that` : '';
  return {
    code: 'needs-rendering',
    severity: isNothingLeft ? 'error' : 'warning',
    position: { file: first.file, line: 1, column: 1 },
    message: `${directoryOf(first.file) || '.'} holds ${first.what}: ${first.why}${alike}${left}`,
    hint: hintOf(commands, first.advice ?? '', rendering),
  };
}

function hintOf(commands: readonly string[], advice: string, { tail, after }: Rendering): string {
  if (commands.length === 0) return advice;
  const more = commands.length > COMMANDS_MAX ? `, and ${commands.length - COMMANDS_MAX} more` : '';
  const shown = commands.slice(0, COMMANDS_MAX).map((command) => `\`${command} ${tail}\``);
  return `render it: ${shown.join(', or ')}${more}${after}`;
}

function helmCharts({ files, textOf }: Listing): Tree[] {
  return files
    .filter((file) => nameOf(file) === 'Chart.yaml' && /^apiVersion:\s*["']?v[12]\b/m.test(textOf(file) ?? ''))
    .map((file) => {
      const folder = directoryOf(file);
      return {
        what: 'a Helm chart',
        file,
        why: 'its templates are no manifests',
        commands: [`helm template ${shown(folder)}`],
        folders: [folder],
      };
    });
}

/** Of Jsonnet and Terraform no file is read: that is said where they are. */
function jsonnet({ files }: Listing): Tree[] {
  const [main, ...others] = files.filter((file) => /\.jsonnet$/.test(file) && !/(^|\/)vendor\//.test(file));
  if (main === undefined) return [];
  const chosen = [main, ...others].find((file) => /^(main|index|app)\./.test(nameOf(file))) ?? main;
  const isTanka = nameOf(chosen) === 'main.jsonnet' && files.includes(below(directoryOf(chosen), 'spec.json'));
  const command = isTanka
    ? `tk show ${shown(directoryOf(chosen))} --dangerous-allow-redirect`
    : `jsonnet -y -J vendor ${shown(chosen)}`;
  return [{ what: 'Jsonnet', file: chosen, why: 'its programs are not run', commands: [command], folders: [] }];
}

function terraform({ files }: Listing): Tree[] {
  const [first] = files.filter((file) => /\.tf(\.json)?$/.test(file));
  if (first === undefined) return [];
  const advice = 'apply it, and save what the cluster runs with `seatrial collect --run`';
  return [{ what: 'Terraform', file: first, why: 'its resources are not read', commands: [], advice, folders: [] }];
}
