// One YAML document as plain data, with the place of every field.

import type { LineCounter } from 'yaml';
import { lookup } from '../../sim/lookup.js';
import type { Diagnostic, SourcePosition } from './diagnostic.js';
import type { ChildOffsets } from './plain.js';
import type { FieldPath } from './resource.js';

/** What YAML (read as JSON, like Kubernetes does) can hold. */
export type PlainValue = null | boolean | number | string | readonly PlainValue[] | PlainMap;
export interface PlainMap {
  readonly [key: string]: PlainValue;
}

/** One document of a text. Where `diagnostics` holds an error, `value` is null. */
export interface RawDocument {
  readonly file: string;
  readonly value: PlainValue;
  readonly diagnostics: readonly Diagnostic[];
  /** Position of the key of a map field, of a list's element, of the document for `[]`; of the nearest ancestor that exists. */
  at(path: FieldPath): SourcePosition;
  /** Position of the value of the field at `path`; of the nearest ancestor that exists. */
  valueAt(path: FieldPath): SourcePosition;
  /**
   * The columns before the text where the value at `path` is a literal block, whose lines are those of the file from the next one on; null
   * where it is something else.
   */
  blockIndent(path: FieldPath): number | null;
}

/** Whether a value is a map (and not a list or null). */
export function isPlainMap(value: PlainValue | undefined): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of an own field, or undefined. */
export function fieldOf(value: PlainValue | undefined, name: string): PlainValue | undefined {
  return isPlainMap(value) ? lookup(value, name) : undefined;
}

/** A document of a text whose line starts are known. Keeps offsets only, neither the text nor its syntax tree. */
export class TextDocument implements RawDocument {
  private readonly indexes = new Map<object, ReadonlyMap<string, number>>();

  constructor(
    readonly file: string,
    readonly value: PlainValue,
    readonly diagnostics: readonly Diagnostic[],
    private readonly rootOffset: number,
    private readonly offsets: ChildOffsets,
    private readonly lines: LineCounter,
    private readonly blocks: ReadonlyMap<number, number> = new Map(),
  ) {}

  at(path: FieldPath): SourcePosition {
    return this.position(this.find(path).keyOffset);
  }

  valueAt(path: FieldPath): SourcePosition {
    return this.position(this.find(path).valueOffset);
  }

  blockIndent(path: FieldPath): number | null {
    return this.blocks.get(this.find(path).valueOffset) ?? null;
  }

  private position(offset: number): SourcePosition {
    return positionIn(this.file, this.lines, offset);
  }

  /** Place of a field among the own keys of its container; built when first asked for. */
  private indexIn(container: readonly PlainValue[] | PlainMap, step: string | number): number | undefined {
    if (Array.isArray(container)) {
      const index = Number(step);
      return Number.isInteger(index) && index >= 0 && index < container.length ? index : undefined;
    }
    let index = this.indexes.get(container);
    if (index === undefined) {
      index = new Map(Object.keys(container).map((key, position) => [key, position]));
      this.indexes.set(container, index);
    }
    return index.get(String(step));
  }

  private find(path: FieldPath): { keyOffset: number; valueOffset: number } {
    let value = this.value;
    let found = { keyOffset: this.rootOffset, valueOffset: this.rootOffset };
    for (const step of path) {
      if (typeof value !== 'object' || value === null) break;
      const index = this.indexIn(value, step);
      if (index === undefined) break;
      const offsets = this.offsets.get(value)!;
      found = { keyOffset: offsets[2 * index]!, valueOffset: offsets[2 * index + 1]! };
      value = Array.isArray(value) ? value[Number(step)]! : lookup(value as PlainMap, String(step))!;
    }
    return found;
  }
}

/** Line and column (from 1) of an offset. */
export function positionIn(file: string, lines: LineCounter, offset: number): SourcePosition {
  const { line, col } = lines.linePos(offset);
  return { file, line: Math.max(1, line), column: Math.max(1, col) };
}
