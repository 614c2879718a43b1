// YAML nodes → plain data as Kubernetes reads it (sigs.k8s.io/yaml: every key a string, the last of two equal keys wins, merge
// keys), together with the offset of every key and value. Aliases share their value; how much they stand for is bounded, so
// that a small file cannot unfold into a huge one.

import type { Node, ParsedNode, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { setEntry } from '../../sim/lookup.js';
import { ALIAS_NODES_MAX, STRING_LENGTH_MAX } from '../bounds.js';
import type { PlainMap, PlainValue } from './document.js';
import { isAlias, isMap, isScalar, isSeq } from './yaml.js';

/** Offsets of a container's children, two each (key, value), in the order of `Object.keys`. */
export type ChildOffsets = Map<object, readonly number[]>;

export interface PlainProblem {
  readonly code: 'yaml-syntax' | 'yaml-alias-limit' | 'string-too-long' | 'duplicate-key';
  readonly offset: number;
  readonly message: string;
  readonly hint: string;
}

export interface PlainDocument {
  readonly value: PlainValue;
  readonly rootOffset: number;
  readonly offsets: ChildOffsets;
  /** Offsets of the values that are literal blocks (`|`), whose lines are those of the file, and the columns before their text. */
  readonly blocks: ReadonlyMap<number, number>;
  /** `duplicate-key` leaves the value usable, the others do not. */
  readonly problems: readonly PlainProblem[];
}

interface Child {
  value: PlainValue;
  keyOffset: number;
  valueOffset: number;
}

/** The plain value of a document's root node; nesting must have been bounded before. */
export function toPlain(root: ParsedNode | null, source: string): PlainDocument {
  if (root === null) return { value: null, rootOffset: 0, offsets: new Map(), blocks: new Map(), problems: [] };
  const converter = new Converter(source);
  const value = converter.convert(root);
  const { offsets, blocks, problems } = converter;
  return { value, rootOffset: offsetOf(root, 0), offsets, blocks, problems };
}

class Converter {
  readonly offsets: ChildOffsets = new Map();
  readonly blocks = new Map<number, number>();
  readonly problems: PlainProblem[] = [];
  private readonly anchors = new Map<string, { value: PlainValue; size: number } | 'open'>();
  private readonly sizes = new Map<object, number>();
  private aliasNodes = 0;

  constructor(private readonly source: string) {}

  convert(node: Node | null): PlainValue {
    if (node === null) return null;
    if (isAlias(node)) return this.alias(node.source, offsetOf(node, 0));
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.anchors.set(anchor, 'open');
    const value = this.convertOwn(node);
    if (anchor !== undefined) this.anchors.set(anchor, { value, size: this.sizeOf(value) });
    return value;
  }

  private convertOwn(node: Node): PlainValue {
    if (isMap(node)) return this.map(node);
    if (isSeq(node)) return this.list(node);
    if (isScalar(node) && node.type === 'BLOCK_LITERAL') this.rememberBlock(node);
    const value = isScalar(node) ? scalarValue(node) : null;
    if (typeof value === 'string' && value.length > STRING_LENGTH_MAX) this.tooLong(value.length, offsetOf(node, 0));
    return value;
  }

  private tooLong(length: number, offset: number): void {
    const message = `a string of ${length} characters, more than ${STRING_LENGTH_MAX}`;
    this.problems.push({
      code: 'string-too-long',
      offset,
      message,
      hint: 'Kubernetes stores no object of this size: leave the field out',
    });
  }

  /** Its first line with a text in it shows what is indent and what is text. */
  private rememberBlock({ range, value }: Scalar): void {
    if (range == null) return;
    const written = /\n([ \t]*)[^\s]/.exec(this.source.slice(range[0], range[1]));
    const read = /^(?:\s*\n)?([ \t]*)[^\s]/.exec(String(value));
    this.blocks.set(range[0], Math.max(0, (written?.[1]?.length ?? 0) - (read?.[1]?.length ?? 0)));
  }

  private alias(name: string, offset: number): PlainValue {
    const anchored = this.anchors.get(name);
    if (anchored === undefined || anchored === 'open') {
      const message =
        anchored === 'open' ? `the alias *${name} contains itself` : `no anchor &${name} before this alias`;
      const hint = 'put a string that begins with * in quotes, or set the anchor first';
      this.problems.push({ code: 'yaml-syntax', offset, message, hint });
      return null;
    }
    this.aliasNodes += anchored.size;
    if (this.aliasNodes <= ALIAS_NODES_MAX) return anchored.value;
    if (!this.problems.some((problem) => problem.code === 'yaml-alias-limit')) {
      const message = `aliases stand for more than ${ALIAS_NODES_MAX} values`;
      this.problems.push({
        code: 'yaml-alias-limit',
        offset,
        message,
        hint: 'write the values out, or split the document',
      });
    }
    return null;
  }

  private list(node: YAMLSeq): PlainValue {
    const list: PlainValue[] = [];
    const offsets: number[] = [];
    let size = 1;
    for (const item of node.items as Node[]) {
      const value = this.convert(item);
      const offset = offsetOf(item, offsetOf(node, 0));
      list.push(value);
      offsets.push(offset, offset);
      size += this.sizeOf(value);
    }
    this.remember(list, offsets, size);
    return list;
  }

  private map(node: YAMLMap): PlainMap {
    const children = new Map<string, Child>();
    const merges: { value: PlainValue; offset: number }[] = [];
    for (const pair of node.items as { key: Node; value: Node | null }[]) {
      const keyOffset = offsetOf(pair.key, offsetOf(node, 0));
      if (isScalar(pair.key) && typeof pair.key.value === 'symbol') {
        merges.push({ value: this.convert(pair.value), offset: keyOffset });
        continue;
      }
      const key = this.key(pair.key, keyOffset);
      if (key === null) continue;
      if (children.has(key)) this.duplicate(key, keyOffset);
      const value = this.convert(pair.value);
      children.set(key, { value, keyOffset, valueOffset: offsetOf(pair.value, keyOffset) });
    }
    for (const merge of merges) this.merge(children, merge.value, merge.offset);
    return this.build(children);
  }

  private build(children: ReadonlyMap<string, Child>): PlainMap {
    const map: Record<string, PlainValue> = {};
    let size = 1;
    for (const [key, child] of children) {
      setEntry(map, key, child.value);
      size += this.sizeOf(child.value);
    }
    const offsets: number[] = [];
    for (const key of Object.keys(map)) {
      const child = children.get(key)!;
      offsets.push(child.keyOffset, child.valueOffset);
    }
    this.remember(map, offsets, size);
    return map;
  }

  private key(node: Node, offset: number): string | null {
    const value = isAlias(node) ? this.alias(node.source, offset) : this.convert(node);
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    const message = `found ${value === null ? 'nothing' : 'a list or a map'} where the name of a field should stand`;
    this.problems.push({
      code: 'yaml-syntax',
      offset,
      message,
      hint: 'put the name, or a value that begins with {, in quotes',
    });
    return null;
  }

  private duplicate(key: string, offset: number): void {
    const message = `the field "${key}" is given twice; the last one counts`;
    this.problems.push({ code: 'duplicate-key', offset, message, hint: 'delete one of the two' });
  }

  private merge(children: Map<string, Child>, source: PlainValue, offset: number): void {
    if (source === null) return;
    if (Array.isArray(source)) {
      for (const item of source as readonly PlainValue[]) this.merge(children, item, offset);
    } else if (typeof source === 'object') {
      for (const [key, value] of Object.entries(source)) {
        if (!children.has(key)) children.set(key, { value, keyOffset: offset, valueOffset: offset });
      }
    } else {
      const message = 'a merge key << needs a map or a list of maps';
      this.problems.push({ code: 'yaml-syntax', offset, message, hint: 'let << refer to an anchor of a map' });
    }
  }

  private remember(container: object, offsets: readonly number[], size: number): void {
    this.offsets.set(container, offsets);
    this.sizes.set(container, size);
  }

  private sizeOf(value: PlainValue): number {
    return typeof value === 'object' && value !== null ? (this.sizes.get(value) ?? 1) : 1;
  }
}

function scalarValue(node: Scalar): PlainValue {
  const value = node.value;
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
    return value;
  return typeof value === 'symbol' ? '<<' : String(value);
}

function offsetOf(node: Node | null, otherwise: number): number {
  return node?.range?.[0] ?? otherwise;
}
