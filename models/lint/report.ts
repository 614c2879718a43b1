// Where rules put what they find.
import type { SourcePosition } from '../config/diagnostic.js';
import type { FieldPath } from '../config/resource.js';
import type { LintObject } from './object.js';

/** Where a finding stands: a field of an object, or a place that the plan kept. */
export interface Report {
  (object: LintObject, path: FieldPath, message: string, help?: string): void;
  at(position: SourcePosition | null, message: string, help?: string): void;
  /** A place inside the value of a field, or a field of a document without a kind. */
  inside(field: NamedField, position: SourcePosition, message: string, help?: string): void;
}

export interface NamedField {
  /** As of `LintFinding`. */
  readonly resource: string;
  readonly path: FieldPath;
}
