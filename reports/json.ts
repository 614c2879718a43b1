// results.json: the same result gives the same bytes, and the hash of the bytes is the run's fingerprint.

import { createHash } from 'node:crypto';
import { lookup } from '../sim/lookup.js';

/** What JSON.stringify leaves as it is although a terminal or an editor would not show it. */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/**
 * JSON with a field a line, lists of numbers on one line, and a line break at the end. Fields stand in the order of their names,
 * but `schema` first, so that the bytes do not depend on how an object came to be. Throws a TypeError for what JSON cannot hold
 * (NaN, an infinity, undefined in a list, a function): a result that holds one is a fault of ours.
 */
export function stableJson(value: unknown): string {
  return `${write(value, '', '$')}\n`;
}

/** SHA-256 in hexadecimal. */
export function fingerprint(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function write(value: unknown, indent: string, path: string): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${path} is ${value}: not a number that JSON can hold`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return writeList(value, indent, path);
  if (typeof value === 'object') return writeObject(value as Record<string, unknown>, indent, path);
  throw new TypeError(`${path} is ${typeof value}: not a value that JSON can hold`);
}

function writeList(list: readonly unknown[], indent: string, path: string): string {
  if (list.length === 0) return '[]';
  const items = list.map((item, index) => write(item, `${indent}  `, `${path}[${index}]`));
  const isFlat = list.every((item) => item === null || typeof item === 'number');
  return isFlat ? `[${items.join(', ')}]` : `[\n${indent}  ${items.join(`,\n${indent}  `)}\n${indent}]`;
}

function writeObject(object: Record<string, unknown>, indent: string, path: string): string {
  const names = Object.keys(object).filter((name) => lookup(object, name) !== undefined);
  if (names.length === 0) return '{}';
  names.sort((a, b) => (a === 'schema' ? -1 : b === 'schema' ? 1 : a < b ? -1 : 1));
  const fields = names.map(
    (name) => `${quote(name)}: ${write(lookup(object, name), `${indent}  `, `${path}.${name}`)}`,
  );
  return `{\n${indent}  ${fields.join(`,\n${indent}  `)}\n${indent}}`;
}

function quote(text: string): string {
  return JSON.stringify(text).replace(UNPRINTABLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
