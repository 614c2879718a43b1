// Objects of kinds that models/config does not type (Ingress, HTTPRoute, policies, ConfigMap …), read loosely: plain values with places.
import type { SourcePosition } from '../../models/config/diagnostic.js';
import { fieldOf, isPlainMap, type PlainMap, type PlainValue, type RawDocument } from '../../models/config/document.js';
import type { FieldPath } from '../../models/config/resource.js';

export interface LooseObject {
  /** API group; '' for the core group. */
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  /** `default` where the manifest gives none. */
  readonly namespace: string;
  readonly value: PlainMap;
  /** Position of the field at `path`; of the nearest ancestor that exists. */
  at(path: FieldPath): SourcePosition;
}

/** The objects of all documents, those inside Lists too, in order; what is no object is left out. */
export function looseObjects(documents: readonly RawDocument[]): LooseObject[] {
  return documents.flatMap((document) => objectsIn(document, [], document.value));
}

function objectsIn(document: RawDocument, prefix: FieldPath, value: PlainValue): LooseObject[] {
  const apiVersion = textIn(value, 'apiVersion');
  const kind = textIn(value, 'kind');
  if (!isPlainMap(value) || apiVersion === null || kind === null) return [];
  if (kind.endsWith('List') && Array.isArray(fieldOf(value, 'items'))) {
    return listIn(value, 'items').flatMap((item, i) => objectsIn(document, [...prefix, 'items', i], item));
  }
  const slash = apiVersion.indexOf('/');
  return [
    {
      group: slash < 0 ? '' : apiVersion.slice(0, slash),
      kind,
      name: textIn(value, 'metadata', 'name') ?? '',
      namespace: textIn(value, 'metadata', 'namespace') ?? 'default',
      value,
      at: (path) => document.at([...prefix, ...path]),
    },
  ];
}

/** The value at a path; undefined where it is absent. */
export function dig(value: PlainValue | undefined, ...path: FieldPath): PlainValue | undefined {
  let current = value;
  for (const step of path) {
    if (typeof step === 'number') current = Array.isArray(current) ? current[step] : undefined;
    else current = fieldOf(current, step);
  }
  return current;
}

/** The list at a path; empty where there is none. */
export function listIn(value: PlainValue | undefined, ...path: FieldPath): readonly PlainValue[] {
  const found = dig(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The string at a path; null where there is none or it is empty. */
export function textIn(value: PlainValue | undefined, ...path: FieldPath): string | null {
  const found = dig(value, ...path);
  return typeof found === 'string' && found !== '' ? found : null;
}

/** The number at a path, also where it is written as a string; null where there is none. */
export function numberIn(value: PlainValue | undefined, ...path: FieldPath): number | null {
  const found = dig(value, ...path);
  if (typeof found === 'number') return found;
  return typeof found === 'string' && /^\d+(\.\d+)?$/.test(found) ? Number(found) : null;
}

/** The labels (or any map of scalars) at a path; empty where there are none. */
export function labelsIn(value: PlainValue | undefined, ...path: FieldPath): Readonly<Record<string, string>> {
  const found = dig(value, ...path);
  if (!isPlainMap(found)) return {};
  return Object.fromEntries(
    Object.entries(found).flatMap(([key, label]) =>
      typeof label === 'object' ? [] : [[key, String(label)] as [string, string]],
    ),
  );
}

/** The strings of the list at a path. */
export function textsIn(value: PlainValue | undefined, ...path: FieldPath): readonly string[] {
  return listIn(value, ...path).filter((item): item is string => typeof item === 'string');
}
