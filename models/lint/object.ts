// An object of the cluster as a rule sees it: kind, name, and its plain value with positions. Kinds that models/config reads and kinds
// that it does not look alike here.

import { groupOf } from '../config/api-group.js';
import type { SourcePosition } from '../config/diagnostic.js';
import { fieldOf, isPlainMap, type PlainMap, type PlainValue, type RawDocument } from '../config/document.js';
import { positionInText } from '../config/embedded.js';
import type { FieldPath } from '../config/resource.js';
import { DEFAULT_NAMESPACE, isNamespaced } from '../config/scope.js';
import { textAt, textMapAt } from './plain-access.js';

export interface LintObject {
  readonly kind: string;
  readonly group: string;
  readonly apiVersion: string;
  readonly name: string;
  /** `default` where the manifest gives none; '' for kinds that have no namespace. */
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly value: PlainMap;
  /** `Gateway shop/edge`, without the namespace where there is none. */
  readonly title: string;
  /** `shop/edge` */
  readonly fullName: string;
  /** Position of the field at `path`, or of its nearest ancestor. */
  at(path: FieldPath): SourcePosition;
  /** Position of a place in the text at `path`. */
  inText(path: FieldPath, text: string, offset: number): SourcePosition;
}

/** What tells an object from another: two texts may hold versions of one. */
export function identityOf({ group, kind, fullName }: LintObject): string {
  return `${group}/${kind} ${fullName}`;
}

/** How many objects by name: two texts may hold versions of one object, which are no conflict among objects. */
export function distinctNames(objects: readonly LintObject[]): readonly string[] {
  return [...new Set(objects.map(({ fullName }) => fullName))];
}

/** Of several versions of one object the last, which is the one that counts. */
export function latestVersions(objects: readonly LintObject[]): readonly LintObject[] {
  return [...new Map(objects.map((object) => [identityOf(object), object])).values()];
}

/** All objects of a document, those in lists one by one; documents without a kind have none. */
export function objectsIn(document: RawDocument): LintObject[] {
  return document.value === null ? [] : unfolded(document, [], document.value, null, null);
}

function unfolded(
  document: RawDocument,
  prefix: FieldPath,
  value: PlainValue,
  impliedVersion: string | null,
  impliedKind: string | null,
): LintObject[] {
  if (!isPlainMap(value)) return [];
  const apiVersion = textAt(value, 'apiVersion') ?? impliedVersion;
  const kind = textAt(value, 'kind') ?? impliedKind;
  if (apiVersion === null || kind === null || apiVersion === '' || kind === '') return [];
  const items = kind.endsWith('List') ? fieldOf(value, 'items') : undefined;
  if (!Array.isArray(items)) return [new PlainObject(document, prefix, value, apiVersion, kind)];
  const isTyped = kind !== 'List';
  return items.flatMap((item: PlainValue, index) =>
    unfolded(
      document,
      [...prefix, 'items', index],
      item,
      isTyped ? apiVersion : null,
      isTyped ? kind.slice(0, -'List'.length) : null,
    ),
  );
}

class PlainObject implements LintObject {
  readonly group: string;
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;

  constructor(
    private readonly document: RawDocument,
    private readonly prefix: FieldPath,
    readonly value: PlainMap,
    readonly apiVersion: string,
    readonly kind: string,
  ) {
    this.group = groupOf(apiVersion);
    this.name = textAt(value, 'metadata', 'name') ?? textAt(value, 'metadata', 'generateName') ?? '';
    const written = textAt(value, 'metadata', 'namespace') ?? '';
    this.namespace = written !== '' ? written : isNamespaced(apiVersion, kind) ? DEFAULT_NAMESPACE : '';
    this.labels = textMapAt(value, 'metadata', 'labels');
    this.annotations = textMapAt(value, 'metadata', 'annotations');
  }

  get fullName(): string {
    return this.namespace === '' ? this.name : `${this.namespace}/${this.name}`;
  }

  get title(): string {
    return `${this.kind} ${this.fullName}`;
  }

  at(path: FieldPath): SourcePosition {
    return this.document.at([...this.prefix, ...path]);
  }

  inText(path: FieldPath, text: string, offset: number): SourcePosition {
    return positionInText(this.document, [...this.prefix, ...path], text, offset);
  }
}
