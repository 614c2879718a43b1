// What is mutated: the examples with their scenarios, and the published applications of the collection beside the checkout, where there is one.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { PlainValue } from '../models/config/document.js';
import { parseDocuments } from '../models/config/parse.js';
import { gather } from '../scenarios/gather/gather.js';
import { isCorpusThere, layOut, readApps } from '../test/corpus/init-apps.js';

export interface Application {
  readonly name: string;
  readonly documents: readonly PlainValue[];
}

/** Examples lie at most so deep. */
const DEPTH = 3;
const SCENARIO_FILE = 'scenario.yaml';

/** @param root of the checkout */
export function applications(root: string): readonly Application[] {
  return [...examplesOf(root), ...published()].filter(({ documents }) => documents.length > 0);
}

export function examplesOf(root: string): readonly Application[] {
  return foldersIn(join(root, 'examples'), DEPTH)
    .filter(isApplication)
    .map((folder) => ({ name: relative(root, folder), documents: documentsOf(...pathsOf(folder)) }));
}

function foldersIn(folder: string, depth: number): readonly string[] {
  return depth === 0 ? [folder] : [folder, ...innerOf(folder).flatMap((inner) => foldersIn(inner, depth - 1))];
}

function innerOf(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('seatrial-out'))
    .map(({ name }) => join(folder, name))
    .sort();
}

function isApplication(folder: string): boolean {
  return existsSync(join(folder, SCENARIO_FILE));
}

/** The folder's own YAML, and that of its folders, but not of variants with scenarios of their own. */
function pathsOf(folder: string): readonly string[] {
  return [join(folder, '*.yaml'), ...innerOf(folder).filter((inner) => !isApplication(inner))];
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
function documentsOf(...paths: readonly string[]): readonly PlainValue[] {
  const values = gather(paths).texts.flatMap((text) => [...parseDocuments(text)].map(({ value }) => value));
  return values.filter((value) => value !== null).map(withoutMesh);
}

function withoutMesh(value: PlainValue): PlainValue {
  const { kind, spec } = value as { kind?: PlainValue; spec?: PlainValue };
  if (kind !== 'Scenario' || typeof spec !== 'object' || spec === null) return value;
  return { ...(value as object), spec: { ...(spec as object), mesh: '.' } } as PlainValue;
}
