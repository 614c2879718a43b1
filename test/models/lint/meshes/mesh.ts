// A mesh that looks like a real one, what the linter says of it, and what it says after one change.
export interface Mesh {
  readonly what: string;
  /** Why the findings of the mesh as it stands are right. */
  readonly why: string;
  readonly yaml: string;
  readonly says: readonly string[];
  /** A text of the YAML, and what stands there then. */
  readonly change: readonly [from: string, to: string];
  readonly changed: readonly string[];
  /** Why these are right. */
  readonly because: string;
}
