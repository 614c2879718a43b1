// How much of real YAML the simulation honours: every field of every document, by what the fidelity list of loading says about it.
import { isPlainMap, type PlainValue, type RawDocument } from '../../models/config/document.js';
import { loadResources } from '../../models/config/load.js';
import { parseDocuments } from '../../models/config/parse.js';
import type { FieldPath, NamedText } from '../../models/config/resource.js';

export interface Coverage {
  documents: number;
  /** Of a kind that is read; the rest is left out as a whole. */
  read: number;
  /** The cluster refuses them (tests of validation, mostly): their fields are not counted. */
  refused: number;
  modelled: number;
  approximated: number;
  /** Of kinds that take no part in requests (Secrets, roles, volumes …). */
  withoutPart: number;
  notModelled: number;
}

/** `group/kind` (`/Service`), or `?` for documents without a kind. */
export type KindName = string;

export interface Count {
  readonly byKind: ReadonlyMap<KindName, Coverage>;
  /** `group/kind field`: how often it is not modelled. Fields below one that is listed are not listed again. */
  readonly notModelled: ReadonlyMap<string, number>;
}

export function emptyCoverage(): Coverage {
  return { documents: 0, read: 0, refused: 0, modelled: 0, approximated: 0, withoutPart: 0, notModelled: 0 };
}

type Status = 'modelled' | 'approximated' | 'withoutPart' | 'notModelled';

/** The cluster drops a field or serves no such thing, and so it is in a run: nothing is missing from the run. */
function isDroppedByAll(meaning: string): boolean {
  return meaning.includes('so does the simulation') || meaning.includes('neither does the simulation');
}

/** What every object has, and what the cluster writes. */
const HEADER = ['apiVersion', 'kind', 'metadata', 'status'];

export function countFields(texts: readonly NamedText[]): Count {
  const byKind = new Map<KindName, Coverage>();
  const notModelled = new Map<string, number>();
  for (const text of texts) {
    const listed = listedIn(text);
    for (const document of parseDocuments(text)) {
      if (listed.foreign.has(document.at([]).line)) continue;
      for (const { prefix, value } of objectsOf(document)) {
        const kind = kindOf(value);
        const coverage = byKind.get(kind) ?? emptyCoverage();
        byKind.set(kind, coverage);
        countObject(document, prefix, value, listed, coverage, (field) => {
          const name = `${kind} ${field}`;
          notModelled.set(name, (notModelled.get(name) ?? 0) + 1);
        });
      }
    }
  }
  return { byKind, notModelled };
}

interface Listed {
  /** Place of a document that is left out or refused → what that means. */
  readonly whole: ReadonlyMap<string, string>;
  readonly fields: ReadonlyMap<string, Status>;
  /** Elements of lists: one that begins with a field has the place of that field. */
  readonly elements: ReadonlyMap<string, Status>;
  /** Lines of documents that are no objects of Kubernetes (rules of Prometheus, configurations of Envoy …): they are not counted. */
  readonly foreign: ReadonlySet<number>;
}

function listedIn(text: NamedText): Listed {
  const whole = new Map<string, string>();
  const fields = new Map<string, Status>();
  const elements = new Map<string, Status>();
  const { fidelity, diagnostics } = loadResources([text]);
  const foreign = new Set(
    diagnostics.flatMap(({ code, position }) =>
      code === 'not-a-manifest' && position !== null ? [position.line] : [],
    ),
  );
  for (const { path, position, status, meaning } of fidelity) {
    const place = `${position?.line}:${position?.column}`;
    const statuses = path.endsWith(']') ? elements : fields;
    if (path === '') whole.set(place, meaning);
    else if (status === 'not-modelled') statuses.set(place, isDroppedByAll(meaning) ? 'modelled' : 'notModelled');
    else if (!statuses.has(place)) statuses.set(place, 'approximated');
  }
  return { whole, fields, elements, foreign };
}

interface FoundObject {
  readonly prefix: FieldPath;
  readonly value: { readonly [key: string]: PlainValue };
}

function objectsOf(document: RawDocument): FoundObject[] {
  const { value } = document;
  if (!isPlainMap(value)) return [];
  const { kind, items } = value;
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return [{ prefix: [], value }];
  return items.flatMap((item: PlainValue, index) =>
    isPlainMap(item) ? [{ prefix: ['items', index], value: item }] : [],
  );
}

function kindOf({ apiVersion, kind }: FoundObject['value']): KindName {
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return '?';
  return `${apiVersion.includes('/') ? apiVersion.split('/')[0] : ''}/${kind}`;
}

function countObject(
  document: RawDocument,
  prefix: FieldPath,
  value: FoundObject['value'],
  { whole, fields, elements }: Listed,
  coverage: Coverage,
  name: (field: string) => void,
): void {
  const placeOf = (path: FieldPath) => {
    const { line, column } = document.at(path);
    return `${line}:${column}`;
  };
  coverage.documents += 1;
  const meaning = whole.get(placeOf(prefix));
  if (meaning?.includes('the cluster would refuse it')) {
    coverage.refused += 1;
    return;
  }
  const withoutPart = meaning !== undefined && (meaning.includes('no effect on the answer') || isDroppedByAll(meaning));
  if (meaning === undefined) coverage.read += 1;
  const walk = (container: PlainValue, path: FieldPath, field: string, above: Status): void => {
    if (Array.isArray(container)) {
      container.forEach((item: PlainValue, index) => {
        const own = elements.get(placeOf([...path, index]));
        if (own === 'notModelled' && above !== 'notModelled') name(`${field}[]`);
        walk(item, [...path, index], `${field}[]`, own ?? above);
      });
      return;
    }
    if (!isPlainMap(container)) return;
    for (const key of Object.keys(container)) {
      if (path.length === prefix.length && HEADER.includes(key)) continue;
      const at = [...path, key];
      const own = fields.get(placeOf(at));
      const status = own ?? above;
      const fieldName = field === '' ? key : `${field}.${key}`;
      coverage[status] += 1;
      if (own === 'notModelled' && above !== 'notModelled') name(fieldName);
      walk(container[key]!, at, fieldName, status);
    }
  };
  if (meaning !== undefined && !withoutPart) name('(the whole)');
  walk(value, prefix, '', meaning === undefined ? 'modelled' : withoutPart ? 'withoutPart' : 'notModelled');
}
