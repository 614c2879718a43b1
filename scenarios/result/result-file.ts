// results.json: a result as it stands in a file. What is the same for most members of a list is written once, under `usual`; a part repeats nothing of its
// whole; the latency of good answers stands where it is another than that of all. So the file of a mesh of a thousand services says what sets them apart.

import { lookup } from '../../sim/lookup.js';
import { type Collection, readCollection, type WrittenCollection, writeCollection } from './collections.js';
import { isObject, type Json, type JsonObject } from './likeness.js';
import type { RunResult } from './run-result.js';

export const RESULT_FILE_SCHEMA = 'seatrial.results/2';

/** The lists at the top of a result, and those of its `series`. */
export const COLLECTIONS: readonly Collection[] = [
  { name: 'traffic', parts: 'requests' },
  { name: 'services', parts: 'workloads' },
  { name: 'edges', parts: 'rows' },
  { name: 'clusters', parts: null },
  { name: 'telemetry', parts: null },
  { name: 'fidelity', parts: null },
];
export const SERIES_COLLECTIONS: readonly Collection[] = ['traffic', 'workloads', 'clusters'].map((name) => ({
  name,
  parts: null,
}));

/** A shorter list is written in full: programs that look into results of ordinary meshes find every field where they look. */
const MANY = 100;

/** What `stableJson` writes. */
export function resultFile(result: RunResult): JsonObject {
  const { series, ...rest } = result as unknown as Readonly<Record<string, Json>>;
  const top = writeLists(rest, COLLECTIONS, '');
  const below = writeLists(series as JsonObject, SERIES_COLLECTIONS, 'series.');
  return {
    ...top.lists,
    schema: RESULT_FILE_SCHEMA,
    usual: { ...top.usual, ...below.usual },
    likeWhole: top.likeWhole,
    series: below.lists,
  };
}

/** The fields of a `RunResult`, unchecked. The file has been held against its schema. */
export function resultOfFile(file: JsonObject): JsonObject {
  const { usual, likeWhole, series, ...rest } = file;
  const told: Told = { usual: usual as JsonObject, likeWhole: likeWhole as JsonObject };
  return {
    ...readLists(rest, COLLECTIONS, '', told),
    series: readLists(series as JsonObject, SERIES_COLLECTIONS, 'series.', told),
  };
}

interface Told {
  /** By the path of a list: `edges`, `edges.rows`, `series.clusters`. */
  readonly usual: JsonObject;
  readonly likeWhole: JsonObject;
}

function writeLists(
  object: JsonObject,
  collections: readonly Collection[],
  prefix: string,
): Told & { lists: JsonObject } {
  const written = collections.map((collection) => {
    const members = membersOf(object, collection.name);
    return { ...collection, ...(members.length < MANY ? inFull(members) : writeCollection(members, collection)) };
  });
  const usual = written.flatMap(({ name, parts, usual: own, usualOfParts }): [string, JsonObject][] => [
    [`${prefix}${name}`, own],
    ...(parts === null ? [] : [[`${prefix}${name}.${parts}`, usualOfParts] as [string, JsonObject]]),
  ]);
  const likeWhole = written.flatMap(({ name, parts, likeWhole: fields }): [string, readonly string[]][] =>
    parts === null ? [] : [[`${prefix}${name}.${parts}`, fields]],
  );
  const lists = { ...object, ...Object.fromEntries(written.map(({ name, members }) => [name, members])) };
  return { lists, usual: Object.fromEntries(usual), likeWhole: Object.fromEntries(likeWhole) };
}

function inFull(members: readonly JsonObject[]): WrittenCollection {
  return { members, usual: {}, usualOfParts: {}, likeWhole: [] };
}

function readLists(object: JsonObject, collections: readonly Collection[], prefix: string, told: Told): JsonObject {
  const read = collections.map((collection): [string, Json] => {
    const path = `${prefix}${collection.name}`;
    const pathOfParts = `${path}.${collection.parts}`;
    const written: WrittenCollection = {
      members: membersOf(object, collection.name),
      usual: (lookup(told.usual, path) ?? {}) as JsonObject,
      usualOfParts: (lookup(told.usual, pathOfParts) ?? {}) as JsonObject,
      likeWhole: (lookup(told.likeWhole, pathOfParts) ?? []) as readonly string[],
    };
    return [collection.name, readCollection(written, collection)];
  });
  return { ...object, ...Object.fromEntries(read) };
}

function membersOf(object: JsonObject, name: string): readonly JsonObject[] {
  const list = lookup(object, name);
  return Array.isArray(list) ? list.filter(isObject) : [];
}
