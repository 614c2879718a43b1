// A typed Kubernetes or Istio object together with where each of its fields stands in the text it came from.
import type { SourcePosition } from './diagnostic.js';

/** A named text: a file's content, or `-` for standard input. The caller reads it; models/ never touches files. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

export type FieldPath = readonly (string | number)[];

/** A field as its writer knows it. */
export interface WrittenField {
  /** `Kind namespace/name` of the object that has it: of what is made of several objects, the one that the field is from. */
  readonly object: string;
  /** Its place in that object. */
  readonly path: FieldPath;
  /** As a text; '' for a map or a list, null where there is no such field or it is empty. */
  readonly value: string | null;
  /** That of the nearest ancestor that exists, where there is no such field. */
  readonly position: SourcePosition;
}

/** Where an object came from. */
export interface ResourceSource {
  readonly file: string;
  /** Position of the field at `path` (of the nearest ancestor that exists, if the field is absent). */
  at(path: FieldPath): SourcePosition;
  /** The field at `path`, also inside a string that holds a document of its own (the settings in a ConfigMap). */
  field(path: FieldPath): WrittenField;
}

/** The source of what is made of other objects: `find` says which field of these one of its own fields is. */
export function derivedSource(source: ResourceSource, find: (path: FieldPath) => WrittenField): ResourceSource {
  return { ...source, at: (path) => find(path).position, field: find };
}

export interface Owner {
  readonly kind: string;
  readonly name: string;
}

/** An object of the cluster. `spec` is the checked, typed content of the kind (see models/config/kinds). */
export interface Resource<Kind extends string = string, Spec = unknown> {
  readonly kind: Kind;
  readonly apiVersion: string;
  readonly name: string;
  /** `default` where the manifest gives none and the kind is namespaced. */
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** The object whose controller made this one (`metadata.ownerReferences`), or null. */
  readonly owner: Owner | null;
  /** `metadata.creationTimestamp` in milliseconds since the epoch, or null. */
  readonly createdAtMs: number | null;
  readonly spec: Spec;
  readonly source: ResourceSource;
}
