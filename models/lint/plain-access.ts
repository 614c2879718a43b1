// Reading the plain value of an object whose kind has no reader of its own: every accessor gives null or nothing where the YAML holds
// something else, because a shape that is wrong has been complained about elsewhere.
import { lookup } from '../../sim/lookup.js';
import { isPlainMap, type PlainMap, type PlainValue } from '../config/document.js';
import { parseDuration } from '../config/duration.js';
import type { FieldPath } from '../config/resource.js';

/** What stands at a path below `value`, or undefined. */
export function dig(value: PlainValue | undefined, ...path: FieldPath): PlainValue | undefined {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = lookup(found as PlainMap, String(step));
  }
  return found;
}

export function textAt(value: PlainValue | undefined, ...path: FieldPath): string | null {
  const found = dig(value, ...path);
  return typeof found === 'string' ? found : null;
}

export function numberAt(value: PlainValue | undefined, ...path: FieldPath): number | null {
  const found = dig(value, ...path);
  return typeof found === 'number' ? found : null;
}

/** The elements of a list; none where there is no list. */
export function listAt(value: PlainValue | undefined, ...path: FieldPath): readonly PlainValue[] {
  const found = dig(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function textsAt(value: PlainValue | undefined, ...path: FieldPath): readonly string[] {
  return listAt(value, ...path).filter((item) => typeof item === 'string');
}

export function mapAt(value: PlainValue | undefined, ...path: FieldPath): PlainMap | null {
  const found = dig(value, ...path);
  return isPlainMap(found) ? found : null;
}

/** A map of texts such as labels; values that are no texts are written as one. */
export function textMapAt(value: PlainValue | undefined, ...path: FieldPath): Readonly<Record<string, string>> {
  const entries = Object.entries(mapAt(value, ...path) ?? {}).filter(([, item]) => typeof item !== 'object');
  return Object.fromEntries(entries.map(([key, item]) => [key, String(item)]));
}

/** A Go duration in nanoseconds, or null. */
export function durationNsAt(value: PlainValue | undefined, ...path: FieldPath): number | null {
  const text = textAt(value, ...path);
  return text === null ? null : parseDuration(text);
}

/** `a=1,b=2`, sorted by key, as Kubernetes prints a selector. */
export function selectorText(selector: Readonly<Record<string, string>>): string {
  return Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');
}
