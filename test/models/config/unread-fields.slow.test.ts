// No field of a mesh kind is read by nobody and listed by nobody: each field that published YAML has is changed in a world in which it can act, and
// something must change with it (plan, findings of the linter, diagnostics, fidelity list), or the fidelity list must have the field, or the field
// must stand in one of two tables: of those that act on nothing a run shows, and of those for which no such world is at hand.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Document, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';
import { ACTS_ELSEWHERE } from './acts-elsewhere.js';
import { ACTS_ON_NOTHING } from './acts-on-nothing.js';
import { OWN_INPUTS } from './field-inputs.js';
import { type Picture, pictureOf } from './field-picture.js';
import { worldOf } from './field-world.js';

const ROOTS = ['../shared/seed-yaml', '../shared/corpus', '../../shared/seed-yaml', '../../shared/corpus'];
const MAX_BYTES = 60_000;
/** In how many files, the smallest first, a field may show that it acts. */
const TRIES = 5;
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

/** A field that nobody knows is told, with its name; one that is not simulated is listed. */
function isTold({ told, listed }: Picture, path: Path): boolean {
  const own = written(path);
  return (
    path.some((part) => part !== 'spec' && told.includes(String(part))) ||
    listed.some((one) => one !== '' && (own === one || own.startsWith(`${one}.`) || own.startsWith(`${one}[`)))
  );
}

/** Which fields of mesh kinds, as `Kind path`, have acted or been told so far, and how often each has been tried in vain. */
class Fields {
  readonly acting = new Set<string>();
  readonly tried = new Map<string, number>();

  look(text: string): void {
    const documents = [...parseAllDocuments(text)].filter((document) => 'contents' in document) as Document[];
    if (documents.some(({ errors }) => errors.length > 0)) return;
    const open = this.openIn(documents);
    if (open.size === 0) return;
    const whole = (): string => documents.map((document) => document.toString({ directives: false })).join('---\n');
    const world = worldOf(whole());
    const before = pictureOf(whole(), world);
    if (before.isRefused || !before.hasPlan) return;
    for (const [key, { document, path }] of open) {
      this.tried.set(key, (this.tried.get(key) ?? 0) + 1);
      const old = document.getIn(path);
      document.setIn(path, changed(old));
      if (isTold(before, path) || pictureOf(whole(), world).sum !== before.sum) this.acting.add(key);
      document.setIn(path, old);
    }
  }

  private openIn(documents: readonly Document[]): Map<string, { readonly document: Document; readonly path: Path }> {
    const open = new Map<string, { readonly document: Document; readonly path: Path }>();
    for (const document of documents) {
      if (!isMap(document.contents)) continue;
      if (!MESH_GROUPS.includes(String(document.get('apiVersion')).split('/')[0]!)) continue;
      for (const path of leaves(document.get('spec'), ['spec'])) {
        const key = `${document.get('kind')} ${written(path).replace(/\[\d+\]/g, '[]')}`;
        if (open.has(key) || this.acting.has(key) || (this.tried.get(key) ?? 0) >= TRIES) continue;
        open.set(key, { document, path });
      }
    }
    return open;
  }

  /** Fields that have done nothing and stand in no table. */
  silent(): string[] {
    const known = [...ACTS_ON_NOTHING, ...ACTS_ELSEWHERE];
    return [...this.tried.keys()]
      .filter((key) => !this.acting.has(key) && !known.some(({ fields }) => fields.test(key)))
      .sort();
  }
}

test('the tests that are named in the second table are there', () => {
  for (const { test: file } of ACTS_ELSEWHERE) expect(existsSync(file), file).toBe(true);
});

test('fields of inputs of our own act, are told, or are known', () => {
  const fields = new Fields();
  for (const text of OWN_INPUTS) fields.look(text);
  expect(fields.acting.size).toBeGreaterThan(70);
  expect(fields.silent()).toEqual([]);
});

const roots = ROOTS.filter((folder) => existsSync(folder));
const reason = roots.length > 0 ? '' : ' (skipped: ../shared is not there)';

describe.skipIf(roots.length === 0)(`fields of published YAML${reason}`, () => {
  test('act, are told, or are known', () => {
    const bySize = roots
      .flatMap(filesIn)
      .map((file) => ({ file, size: statSync(file).size }))
      .sort((a, b) => a.size - b.size || (a.file < b.file ? -1 : 1));
    const fields = new Fields();
    for (const { file } of bySize) {
      const text = readFileSync(file, 'utf8');
      if (text.includes('istio.io/')) fields.look(text);
    }
    expect(fields.acting.size).toBeGreaterThan(350);
    expect(fields.silent()).toEqual([]);
  });
});
