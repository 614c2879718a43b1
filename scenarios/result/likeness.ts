// JSON values that are written as what sets them apart from another: of an object the fields that differ, and nothing of what is equal. The other
// value is at hand when the file is read.

import { lookup, setEntry } from '../../sim/lookup.js';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item: Json, index) => isSame(item, b.at(index)));
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => isSame(lookup(a, name), lookup(b, name)));
}

/** Whether a value can be told as what differs from another: objects have the same fields, and so have the objects in them. */
export function isAlike(value: Json | undefined, other: Json | undefined): boolean {
  if (!isObject(value) || !isObject(other)) return value !== undefined && other !== undefined;
  const names = Object.keys(value);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => isAlike(lookup(value, name), lookup(other, name)))
  );
}

/** What of a value differs from another that it is alike; undefined: nothing. */
export function difference(value: Json, other: Json | undefined): Json | undefined {
  if (!isObject(value) || !isObject(other)) return isSame(value, other) ? undefined : value;
  let fields: Record<string, Json> | undefined;
  for (const [name, field] of Object.entries(value)) {
    const differs = difference(field, lookup(other, name));
    if (differs === undefined) continue;
    fields ??= {};
    setEntry(fields, name, differs);
  }
  return fields;
}

/** The value that differs from another by so much. */
export function withDifference(written: Json | undefined, other: Json | undefined): Json | undefined {
  if (written === undefined) return other;
  if (!isObject(written) || !isObject(other)) return written;
  const fields: Record<string, Json> = { ...other };
  for (const [name, field] of Object.entries(written)) {
    setEntry(fields, name, withDifference(field, lookup(other, name))!);
  }
  return fields;
}

/**
 * What more than half of the objects have, field by field: of a field that is an object the fields of it, of any other its value. Fields that one of the
 * objects lacks are left out, so that every field of the answer stands for one that all have.
 */
export function usualOf(objects: readonly JsonObject[], isAsked: (name: string) => boolean = () => true): JsonObject {
  if (objects.length < 2) return {};
  const names = Object.keys(objects[0]!).filter(isAsked);
  return Object.fromEntries(
    names.flatMap((name): [string, Json][] => {
      const values = objects.map((object) => lookup(object, name));
      if (!values.every((value) => value !== undefined)) return [];
      const usual = usualValue(values);
      return usual === undefined ? [] : [[name, usual]];
    }),
  );
}

function usualValue(values: readonly Json[]): Json | undefined {
  const within = values.filter(isObject);
  if (within.length === 0) return mostOf(values);
  if (!values.every((value) => value === null || isObject(value))) return undefined;
  if (!within.every((value) => sameNames(value, within[0]!))) return undefined;
  const usual = usualOf(within);
  return Object.keys(usual).length === 0 ? undefined : usual;
}

function sameNames(a: JsonObject, b: JsonObject): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name));
}

/** The value of more than half (Boyer and Moore's majority vote). */
function mostOf(values: readonly Json[]): Json | undefined {
  let candidate: Json | undefined;
  let lead = 0;
  for (const value of values) {
    if (lead === 0) candidate = value;
    lead += isSame(value, candidate) ? 1 : -1;
  }
  const found = values.filter((value) => isSame(value, candidate)).length;
  return found * 2 > values.length ? candidate : undefined;
}
