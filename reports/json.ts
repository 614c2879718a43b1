// JSON that depends on nothing but what it says.
import { lookup } from '../sim/lookup.js';

/** What JSON.stringify leaves as it is although a terminal or an editor would not show it. */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/**
 * JSON with a field a line, lists of numbers on one line, and a line break at the end; objects and lists of up to `width` characters, their indentation
 * counted, stand on one line too. Fields stand in the order of their names, but `schema` first, so that the bytes do not depend on how an object came to
 * be. Throws a TypeError for what JSON cannot hold (NaN, an infinity, undefined in a list, a function): a result that holds one is a fault of ours.
 */
export function stableJson(value: unknown, width = 0): string {
  return `${write(value, { indent: '', path: '$', width })}\n`;
}

/** Where a value stands. */
interface Place {
  readonly indent: string;
  readonly path: string;
  /** Characters up to which a list or an object stands on one line. */
  readonly width: number;
}

function write(value: unknown, place: Place): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${place.path} is ${value}: not a number that JSON can hold`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return writeList(value, place);
  if (typeof value === 'object') return writeObject(value as Record<string, unknown>, place);
  throw new TypeError(`${place.path} is ${typeof value}: not a value that JSON can hold`);
}

function writeList(list: readonly unknown[], place: Place): string {
  if (list.length === 0) return '[]';
  const { indent, path, width } = place;
  const items = list.map((item, index) => write(item, { indent: `${indent}  `, path: `${path}[${index}]`, width }));
  const isFlat = list.every((item) => item === null || typeof item === 'number');
  return isFlat || fits(items, place)
    ? `[${items.join(', ')}]`
    : `[\n${indent}  ${items.join(`,\n${indent}  `)}\n${indent}]`;
}

function writeObject(object: Record<string, unknown>, place: Place): string {
  const { indent, path, width } = place;
  const names = Object.keys(object).filter((name) => lookup(object, name) !== undefined);
  if (names.length === 0) return '{}';
  names.sort((a, b) => (a === 'schema' ? -1 : b === 'schema' ? 1 : a < b ? -1 : 1));
  const fields = names.map(
    (name) =>
      `${quote(name)}: ${write(lookup(object, name), { indent: `${indent}  `, path: `${path}.${name}`, width })}`,
  );
  return fits(fields, place)
    ? `{ ${fields.join(', ')} }`
    : `{\n${indent}  ${fields.join(`,\n${indent}  `)}\n${indent}}`;
}

/** Whether what a list or an object holds stands on one line. A quoted text holds no line break. */
function fits(parts: readonly string[], { indent, width }: Place): boolean {
  let left = width - indent.length;
  for (const part of parts) {
    left -= part.length + 2;
    if (left < 0 || part.includes('\n')) return false;
  }
  return true;
}

function quote(text: string): string {
  return JSON.stringify(text).replace(UNPRINTABLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
