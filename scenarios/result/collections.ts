// The lists of a result that grow with the mesh: a thousand services have a thousand of each, and most of what they say is the same for most. They are
// written as what sets their members apart.

import { lookup, setEntry } from '../../sim/lookup.js';
import { difference, isAlike, isObject, type Json, type JsonObject, usualOf, withDifference } from './likeness.js';

/** A list by its name, and the list in each of its members that divides it into parts (the workloads of a service), which have its fields too. */
export interface Collection {
  readonly name: string;
  readonly parts: string | null;
}

export interface WrittenCollection {
  readonly members: readonly JsonObject[];
  /** What a member has where it does not say. */
  readonly usual: JsonObject;
  readonly usualOfParts: JsonObject;
  /** Fields in which a part is as its whole where it does not say. */
  readonly likeWhole: readonly string[];
}

export function writeCollection(members: readonly JsonObject[], { parts }: Collection): WrittenCollection {
  const folded = members.map((member) => fold(member) as JsonObject);
  const pairs = folded.flatMap((whole) => partsOf(whole, parts).map((part) => ({ whole, part })));
  const likeWhole = Object.keys(pairs[0]?.part ?? {}).filter((name) =>
    pairs.every(({ whole, part }) => isAlike(lookup(part, name), lookup(whole, name))),
  );
  const usualOfParts = usualOf(
    pairs.map(({ part }) => part),
    (name) => !likeWhole.includes(name),
  );
  const usual = usualOf(folded, (name) => name !== parts);
  const written = folded.map((member): JsonObject => {
    const own = changes(without(member, parts), usual);
    if (parts === null) return own;
    const given = { ...usualOfParts, ...only(member, likeWhole) };
    return { ...own, [parts]: partsOf(member, parts).map((part) => changes(part, given)) };
  });
  return { members: written, usual, usualOfParts, likeWhole };
}

export function readCollection(written: WrittenCollection, { parts }: Collection): readonly JsonObject[] {
  const { members, usual, usualOfParts, likeWhole } = written;
  return members.map((member) => {
    const whole = withDifference(without(member, parts), usual) as JsonObject;
    if (parts === null) return unfold(whole) as JsonObject;
    const given = { ...usualOfParts, ...only(whole, likeWhole) };
    const read = partsOf(member, parts).map((part) => withDifference(part, given)!);
    return unfold({ ...whole, [parts]: read }) as JsonObject;
  });
}

/** Where all answers were good, the latency of the good ones is that of all: of `goodLatency` what differs from `latency` stays. */
function fold(value: Json): Json {
  if (!isObject(value)) return everywhere(value, fold);
  const folded = everywhere(value, fold) as JsonObject;
  const { latency, goodLatency, ...rest } = folded;
  if (latency === undefined || goodLatency === undefined) return folded;
  if (!isAlike(goodLatency, latency)) throw new TypeError('latency and goodLatency have other fields');
  const differs = difference(goodLatency, latency);
  return { ...rest, latency, ...(differs === undefined ? {} : { goodLatency: differs }) };
}

function unfold(value: Json): Json {
  if (!isObject(value)) return everywhere(value, unfold);
  const whole = everywhere(value, unfold) as JsonObject;
  const { latency, goodLatency } = whole;
  return latency === undefined ? whole : { ...whole, goodLatency: withDifference(goodLatency, latency)! };
}

/** The value with `change` made in each object below it; itself where nothing has changed, as in the long lists of numbers. */
function everywhere(value: Json, change: (below: Json) => Json): Json {
  if (Array.isArray(value)) return value.some(isObject) ? value.map(change) : value;
  if (!isObject(value)) return value;
  let changed: Record<string, Json> | null = null;
  for (const [name, field] of Object.entries(value)) {
    if (typeof field !== 'object' || field === null) continue;
    const own = change(field);
    if (own === field) continue;
    changed ??= { ...value };
    setEntry(changed, name, own);
  }
  return changed ?? value;
}

function changes(value: JsonObject, usual: JsonObject): JsonObject {
  return (difference(value, usual) ?? {}) as JsonObject;
}

function partsOf(member: JsonObject, parts: string | null): readonly JsonObject[] {
  const list = parts === null ? undefined : lookup(member, parts);
  return Array.isArray(list) ? list.filter(isObject) : [];
}

function without(object: JsonObject, name: string | null): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([field]) => field !== name));
}

function only(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([field]) => names.includes(field)));
}
