// A document inside a string of another, as ConfigMaps hold them: its findings stand at the lines of the file.
import type { Diagnostic, SourcePosition } from './diagnostic.js';
import type { PlainValue, RawDocument } from './document.js';
import { parseDocuments } from './parse.js';
import type { Place } from './place.js';
import type { FieldPath } from './resource.js';

/** The first document of the text at a place, and its root; null where it is empty or no YAML (which has been reported). */
export function embedded(text: string, place: Place): { readonly value: PlainValue; readonly place: Place } | null {
  const { document, path } = place.where();
  const inner = embeddedDocument(text, document, path);
  if (inner === null) return null;
  if (inner.value === null) {
    const problem = inner.diagnostics[0];
    place.rejectedByIstio(
      `the text is not YAML: ${problem?.message ?? 'it is empty'}`,
      problem?.hint ?? 'correct the text',
    );
    return null;
  }
  return { value: inner.value, place: place.inside(inner) };
}

/** The first document of the text at a path; null where it is empty. */
export function embeddedDocument(text: string, document: RawDocument, path: FieldPath): RawDocument | null {
  const at = document.valueAt(path);
  const [inner] = parseDocuments({ name: at.file, text });
  return inner === undefined ? null : new EmbeddedDocument(inner, at, document.blockIndent(path));
}

/** Where a place of the text at `path` stands in the file; where the value begins, if its lines are not those of the file. */
export function positionInText(document: RawDocument, path: FieldPath, text: string, offset: number): SourcePosition {
  const before = text.slice(0, offset).split('\n');
  const column = (before.at(-1)?.length ?? 0) + 1;
  return positionInside(document.valueAt(path), document.blockIndent(path), before.length, column);
}

/**
 * Where a line and column (from 1) of a text inside a document stand in the file.
 * @param start where the value begins
 * @param indent of the block that it is; null where it is something else, and the start is all that is known
 */
function positionInside(start: SourcePosition, indent: number | null, line: number, column: number): SourcePosition {
  return indent === null ? start : { file: start.file, line: start.line + line, column: indent + column };
}

class EmbeddedDocument implements RawDocument {
  readonly file: string;
  readonly value: PlainValue;
  readonly diagnostics: readonly Diagnostic[];

  /**
   * @param start where the string begins
   * @param indent the columns before its lines, which follow that one; null where they are not lines of the file
   */
  constructor(
    private readonly inner: RawDocument,
    private readonly start: SourcePosition,
    private readonly indent: number | null,
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

  blockIndent(path: FieldPath): number | null {
    const own = this.inner.blockIndent(path);
    return own === null || this.indent === null ? null : own + this.indent;
  }

  private outside({ line, column }: SourcePosition): SourcePosition {
    return positionInside(this.start, this.indent, line, column);
  }
}
