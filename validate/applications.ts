// What is mutated: the examples with their scenarios, and the published applications of the collection beside the checkout, where there is one.
import { readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { PlainValue } from '../models/config/document.js';
import { parseDocuments } from '../models/config/parse.js';
import { gather } from '../scenarios/gather.js';
import { isCorpusThere, layOut, readApps } from '../test/corpus/init-apps.js';

export interface Application {
  readonly name: string;
  readonly documents: readonly PlainValue[];
}

/** An example is a folder that holds YAML itself: those of the incidents lie deeper. */
const DEPTH = 3;

/** @param root of the checkout */
export function applications(root: string): readonly Application[] {
  const examples = foldersIn(join(root, 'examples'), DEPTH).map((folder) => ({
    name: relative(root, folder),
    documents: documentsOf(join(folder, '*.yaml')),
  }));
  return [...examples, ...published()].filter(({ documents }) => documents.length > 0);
}

function foldersIn(folder: string, depth: number): readonly string[] {
  if (depth === 0) return [folder];
  const inner = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('seatrial-out'))
    .map(({ name }) => join(folder, name))
    .sort();
  return [folder, ...inner.flatMap((path) => foldersIn(path, depth - 1))];
}

function published(): readonly Application[] {
  if (!isCorpusThere) return [];
  return readApps()
    .filter(({ topologies }) => topologies === undefined)
    .map((app) => {
      const directory = layOut(app);
      try {
        return { name: app.name, documents: documentsOf(directory) };
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    });
}

/** Names of files are lost: a scenario reads all that lies beside it. */
function documentsOf(path: string): readonly PlainValue[] {
  const values = gather([path]).texts.flatMap((text) => [...parseDocuments(text)].map(({ value }) => value));
  return values.filter((value) => value !== null).map(withoutMesh);
}

function withoutMesh(value: PlainValue): PlainValue {
  const { kind, spec } = value as { kind?: PlainValue; spec?: PlainValue };
  if (kind !== 'Scenario' || typeof spec !== 'object' || spec === null) return value;
  return { ...(value as object), spec: { ...(spec as object), mesh: '.' } } as PlainValue;
}
