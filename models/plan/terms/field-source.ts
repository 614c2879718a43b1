// From fields of objects to sources: what a report prints of who wrote something.
import { formatPath } from '../../config/place.js';
import type { FieldPath, ResourceSource, WrittenField } from '../../config/resource.js';
import type { FieldSource, FilterSource } from '../contract/sources.js';

type Written = Pick<ResourceSource, 'field'>;

/** A field that is written, or null. @param field what it is called, where its path does not say it well */
export function writtenAt(source: Written, path: FieldPath, field?: string): FieldSource | null {
  const found = source.field(path);
  return found.value === null ? null : sourceOf(found, field);
}

/** The first of these fields that is written, or null. */
export function firstWritten(source: Written, paths: readonly FieldPath[]): FieldSource | null {
  for (const path of paths) {
    const found = writtenAt(source, path);
    if (found !== null) return found;
  }
  return null;
}

/** An object, or a part of it, that acts as a whole. */
export function wholeAt(source: Written, path: FieldPath = []): FieldSource {
  return { ...sourceOf(source.field(path)), value: '' };
}

/** @param detail what of it decides, e.g. `DENY rule 2` */
export function filterSource(source: FieldSource, reason: FilterSource['reason'], detail: string): FilterSource {
  return { ...source, reason, detail };
}

function sourceOf({ object, path, value, position }: WrittenField, field: string = shortField(path)): FieldSource {
  return { object, field, value: value ?? '', position };
}

const CONTAINERS: readonly string[] = ['containers', 'initContainers'];
/** Steps that lead to what everybody calls by its last steps. */
const UNSAID: readonly string[] = ['spec', 'trafficPolicy', 'data', 'mesh', 'values', 'template', 'metadata'];

/** `limits.cpu` for a field of a container, the name of an annotation, else the path without the steps that go without saying. */
export function shortField(path: FieldPath): string {
  const annotation = path.lastIndexOf('annotations');
  if (annotation >= 0 && annotation + 1 < path.length) {
    const [name, ...inside] = path.slice(annotation + 1);
    return [String(name), formatPath(inside)].filter((part) => part !== '').join(' ');
  }
  const resources = path.lastIndexOf('resources');
  if (resources >= 0 && CONTAINERS.some((list) => path.includes(list))) return formatPath(path.slice(resources + 1));
  let first = 0;
  while (first < path.length - 1 && UNSAID.includes(String(path[first]))) first += 1;
  return formatPath(path.slice(first));
}
