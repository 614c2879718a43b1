// A document inside a string of another, as ConfigMaps hold them: its findings stand at the lines of the file.
import type { Diagnostic, SourcePosition } from './diagnostic.js';
import type { PlainValue, RawDocument } from './document.js';
import { parseDocuments } from './parse.js';
import type { Place } from './place.js';
import type { FieldPath } from './resource.js';

/** The first document of the text at a place, and its root; null where it is empty or no YAML (which has been reported). */
export function embedded(text: string, place: Place): { readonly value: PlainValue; readonly place: Place } | null {
  const { document, path } = place.where();
  const at = document.valueAt(path);
  const isBlock = document.isBlock(path);
  const [inner] = parseDocuments({ name: at.file, text });
  if (inner === undefined) return null;
  if (inner.value === null) {
    const problem = inner.diagnostics[0];
    place.rejectedByIstio(
      `the text is not YAML: ${problem?.message ?? 'it is empty'}`,
      problem?.hint ?? 'correct the text',
    );
    return null;
  }
  const outer = new EmbeddedDocument(inner, at, isBlock);
  return { value: inner.value, place: place.inside(outer) };
}

class EmbeddedDocument implements RawDocument {
  readonly file: string;
  readonly value: PlainValue;
  readonly diagnostics: readonly Diagnostic[];

  /**
   * @param start where the string begins
   * @param hasLines its lines follow that one
   */
  constructor(
    private readonly inner: RawDocument,
    private readonly start: SourcePosition,
    private readonly hasLines: boolean,
  ) {
    this.file = inner.file;
    this.value = inner.value;
    this.diagnostics = inner.diagnostics;
  }

  at(path: FieldPath): SourcePosition {
    return this.outside(this.inner.at(path));
  }

  valueAt(path: FieldPath): SourcePosition {
    return this.outside(this.inner.valueAt(path));
  }

  isBlock(path: FieldPath): boolean {
    return this.hasLines && this.inner.isBlock(path);
  }

  /** The indent of a block is not known: its columns count from the indent. */
  private outside({ line, column }: SourcePosition): SourcePosition {
    return this.hasLines ? { file: this.file, line: this.start.line + line, column } : this.start;
  }
}
