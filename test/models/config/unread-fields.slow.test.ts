// No field of a mesh kind is read by nobody and listed by nobody: each field that published YAML has is changed, and what the reader makes of the
// document must change with it (the resource, a diagnostic, the fidelity list), or the fidelity list must have the field, or the field
// must stand in the table of those that act on nothing a run shows. Whether a field that is read acts in the plan is for the tests of its effect.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Document, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';
import { loadResources } from '../../../models/config/load.js';
import { ACTS_ON_NOTHING } from './acts-on-nothing.js';

const ROOTS = ['../shared/seed-yaml', '../shared/corpus', '../../shared/seed-yaml', '../../shared/corpus'];
const MAX_BYTES = 200_000;
const MESH_GROUPS = ['networking.istio.io', 'security.istio.io', 'telemetry.istio.io', 'extensions.istio.io'];

type Path = readonly (string | number)[];

function filesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return filesIn(path);
    return /\.ya?ml$/.test(name) && statSync(path).size < MAX_BYTES ? [path] : [];
  });
}

function leaves(node: unknown, path: Path = []): Path[] {
  if (isMap(node)) {
    return node.items.flatMap(({ key, value }) => (isScalar(key) ? leaves(value, [...path, String(key.value)]) : []));
  }
  if (isSeq(node)) return node.items.flatMap((item, index) => leaves(item, [...path, index]));
  return isScalar(node) ? [path] : [];
}

const written = (path: Path): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .slice(1);

function changed(value: unknown): unknown {
  if (typeof value === 'number') return value > 1 ? value - 1 : value + 1;
  if (typeof value === 'boolean') return !value;
  return `${String(value)}x`;
}

interface Understood {
  readonly sum: string;
  readonly listed: readonly string[];
  readonly told: string;
  readonly isRefused: boolean;
}

function understood(text: string): Understood {
  const { diagnostics, ...resources } = loadResources([{ name: 'mesh.yaml', text }]);
  const told = diagnostics.map(({ code, message }) => [code, message]);
  const lists = Object.entries(resources).map(([key, list]) =>
    key === 'fidelity' || !Array.isArray(list) ? [] : list.map((one: { spec?: unknown }) => one.spec ?? null),
  );
  const fidelity = resources.fidelity.map(({ path, meaning }) => [path, meaning]);
  return {
    sum: JSON.stringify([told, lists, fidelity]),
    listed: resources.fidelity.map(({ path }) => path),
    told: diagnostics.map(({ message }) => message).join('\n'),
    isRefused: diagnostics.some(({ severity }) => severity === 'error'),
  };
}

/** Fields that nothing came of, as `Kind path`. */
function unread(document: Document, seen: Set<string>): string[] {
  const kind = String(document.get('kind'));
  const before = understood(document.toString());
  if (before.isRefused) return [];
  const fresh = leaves(document.get('spec'), ['spec']).filter((path) => {
    const key = `${kind} ${written(path).replace(/\[\d+\]/g, '[]')}`;
    return !seen.has(key) && seen.add(key);
  });
  return fresh.flatMap((path) => {
    const own = written(path);
    // A field that nobody knows is told, with its name.
    if (path.some((part) => part !== 'spec' && before.told.includes(String(part)))) return [];
    if (
      before.listed.some(
        (listed) => listed !== '' && (own === listed || own.startsWith(`${listed}.`) || own.startsWith(`${listed}[`)),
      )
    )
      return [];
    const old = document.getIn(path);
    document.setIn(path, changed(old));
    const after = understood(document.toString());
    document.setIn(path, old);
    return after.sum === before.sum ? [`${kind} ${own.replace(/\[\d+\]/g, '[]')}`] : [];
  });
}

const roots = ROOTS.filter((folder) => existsSync(folder));
const reason = roots.length > 0 ? '' : ' (skipped: ../shared is not there)';

describe.skipIf(roots.length === 0)(`fields of mesh kinds${reason}`, () => {
  test('are read, listed, or known to act on nothing', () => {
    const seen = new Set<string>();
    const found: string[] = [];
    for (const file of roots.flatMap(filesIn)) {
      const text = readFileSync(file, 'utf8');
      if (!text.includes('istio.io/')) continue;
      for (const document of parseAllDocuments(text)) {
        if (!('get' in document) || document.errors.length > 0 || !isMap(document.contents)) continue;
        if (!MESH_GROUPS.includes(String(document.get('apiVersion')).split('/')[0]!)) continue;
        found.push(...unread(document, seen));
      }
    }
    expect(seen.size).toBeGreaterThan(300);
    expect(found.filter((field) => !ACTS_ON_NOTHING.some(({ fields }) => fields.test(field)))).toEqual([]);
  });
});
