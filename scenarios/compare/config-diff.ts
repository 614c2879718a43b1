// What changed in the configuration: objects that came, went or differ, field by field, with the place of each in both worlds. What the API
// server writes by itself is passed over. Lists are compared by index, or by `name` where every element has one (as strategic merge
// patches do; kubernetes: staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go).

import { isPlainMap, type PlainMap, type PlainValue } from '../../models/config/document.js';
import { formatPath } from '../../models/config/place.js';
import type { FieldPath } from '../../models/config/resource.js';
import { lookup } from '../../sim/lookup.js';
import type { FieldChange, ResourceChange } from '../result/diff-result.js';
import type { ConfigObject } from './objects.js';

/** Written by the API server or by kubectl, never by people. */
const SERVER_METADATA = new Set(['managedFields', 'resourceVersion', 'uid', 'generation', 'selfLink']);
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const HIDDEN = '(hidden)';

/** Sorted by group, kind, namespace, name. Both maps are by identity, see `configObjects`. */
export function diffConfig(
  base: ReadonlyMap<string, ConfigObject>,
  candidate: ReadonlyMap<string, ConfigObject>,
): ResourceChange[] {
  const changes: ResourceChange[] = [];
  for (const [key, object] of base) {
    const other = candidate.get(key);
    const fields = other === undefined ? [] : diffObjects(object, other);
    if (other === undefined)
      changes.push({ ...headOf(object), change: 'removed', base: object.at([]), candidate: null });
    else if (fields.length > 0) {
      changes.push({ ...headOf(object), change: 'changed', base: object.at([]), candidate: other.at([]), fields });
    }
  }
  for (const [key, object] of candidate) {
    if (!base.has(key)) changes.push({ ...headOf(object), change: 'added', base: null, candidate: object.at([]) });
  }
  return changes.sort(byIdentity);
}

function headOf({ group, kind, namespace, name }: ConfigObject): Omit<ResourceChange, 'change' | 'base' | 'candidate'> {
  return { group, kind, namespace, name, fields: [] };
}

function byIdentity(a: ResourceChange, b: ResourceChange): number {
  return (
    compare(a.group, b.group) || compare(a.kind, b.kind) || compare(a.namespace, b.namespace) || compare(a.name, b.name)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The fields in which two objects differ; the values of a Secret are hidden. */
export function diffObjects(base: ConfigObject, candidate: ConfigObject): FieldChange[] {
  const differences = diffValues(withoutNoise(base.value, candidate.value), withoutNoise(candidate.value, base.value));
  const isSecret = base.kind === 'Secret' && base.group === '';
  return differences.map((found) => ({
    change: found.base === null ? 'added' : found.candidate === null ? 'removed' : 'changed',
    path: found.path,
    base: isSecret && found.base !== null ? HIDDEN : found.base,
    candidate: isSecret && found.candidate !== null ? HIDDEN : found.candidate,
    basePosition: base.at(found.basePath),
    candidatePosition: candidate.at(found.candidatePath),
  }));
}

export interface ValueDifference {
  readonly path: string;
  readonly basePath: FieldPath;
  readonly candidatePath: FieldPath;
  /** null where it is not there. */
  readonly base: PlainValue;
  readonly candidate: PlainValue;
}

/** Deep differences of two values; a null counts as absent, the order of a map's keys does not. */
export function diffValues(base: PlainValue, candidate: PlainValue): ValueDifference[] {
  const found: ValueDifference[] = [];
  walk({ path: '', basePath: [], candidatePath: [], base, candidate }, found);
  return found;
}

function walk(place: ValueDifference, found: ValueDifference[]): void {
  const { base, candidate } = place;
  if (Array.isArray(base) && Array.isArray(candidate)) walkLists(place, base, candidate, found);
  else if (isPlainMap(base) && isPlainMap(candidate)) {
    for (const key of new Set([...Object.keys(base), ...Object.keys(candidate)])) {
      walk(child(place, key, key, formatPath([key]), own(base, key), own(candidate, key)), found);
    }
  } else if (base !== candidate) found.push(place);
}

function walkLists(
  place: ValueDifference,
  base: readonly PlainValue[],
  candidate: readonly PlainValue[],
  found: ValueDifference[],
): void {
  const baseNames = namesOf(base);
  const candidateNames = namesOf(candidate);
  if (baseNames === null || candidateNames === null) {
    for (let i = 0; i < Math.max(base.length, candidate.length); i++) {
      walk(child(place, i, i, `[${i}]`, base[i] ?? null, candidate[i] ?? null), found);
    }
    return;
  }
  const kept = baseNames.filter((name) => candidateNames.includes(name));
  const moved = candidateNames.filter((name) => baseNames.includes(name));
  if (kept.some((name, i) => moved[i] !== name)) found.push({ ...place, base: baseNames, candidate: candidateNames });
  for (const name of new Set([...baseNames, ...candidateNames])) {
    const i = baseNames.indexOf(name);
    const j = candidateNames.indexOf(name);
    walk(child(place, i, j, `[name=${name}]`, base[i] ?? null, candidate[j] ?? null), found);
  }
}

/** The names of a list's elements, where every element is a map with a name of its own. */
function namesOf(list: readonly PlainValue[]): string[] | null {
  const names: string[] = [];
  for (const element of list) {
    const name = isPlainMap(element) ? own(element, 'name') : null;
    if (typeof name !== 'string') return null;
    names.push(name);
  }
  return new Set(names).size === names.length ? names : null;
}

/** A step down; an index of −1 is an element that is not there: its place is the list. */
function child(
  { path, basePath, candidatePath }: ValueDifference,
  baseStep: string | number,
  candidateStep: string | number,
  step: string,
  base: PlainValue,
  candidate: PlainValue,
): ValueDifference {
  return {
    path: path === '' || step.startsWith('[') ? `${path}${step}` : `${path}.${step}`,
    basePath: baseStep === -1 ? basePath : [...basePath, baseStep],
    candidatePath: candidateStep === -1 ? candidatePath : [...candidatePath, candidateStep],
    base,
    candidate,
  };
}

function own(map: PlainMap, key: string): PlainValue {
  return lookup(map, key) ?? null;
}

/** Without what the server wrote; a creation time counts only where both worlds have one. */
function withoutNoise(value: PlainMap, other: PlainMap): PlainMap {
  const metadata = own(value, 'metadata');
  const otherMetadata = own(other, 'metadata');
  const isTimed = isPlainMap(otherMetadata) && own(otherMetadata, 'creationTimestamp') !== null;
  const clean = without(value, (key) => key === 'status');
  if (!isPlainMap(metadata)) return clean;
  const cleanMetadata = without(
    metadata,
    (key) => SERVER_METADATA.has(key) || (key === 'creationTimestamp' && !isTimed),
  );
  const annotations = own(metadata, 'annotations');
  if (!isPlainMap(annotations)) return { ...clean, metadata: cleanMetadata };
  const written = without(annotations, (key) => key === LAST_APPLIED);
  const isEmpty = Object.keys(written).length === 0;
  return { ...clean, metadata: { ...cleanMetadata, annotations: isEmpty ? null : written } };
}

function without(map: PlainMap, isNoise: (key: string) => boolean): PlainMap {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !isNoise(key)));
}
