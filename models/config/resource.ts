// A typed Kubernetes or Istio object together with where each of its fields stands in the text it came from.
import type { SourcePosition } from './diagnostic.js';

/** A named text: a file's content, or `-` for standard input. The caller reads it; models/ never touches files. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

export type FieldPath = readonly (string | number)[];

/** Where an object came from. */
export interface ResourceSource {
  readonly file: string;
  /** Position of the field at `path` (of the nearest ancestor that exists, if the field is absent). */
  at(path: FieldPath): SourcePosition;
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
