// A field of an object as it was written: its text and its place, also where it stands in a document inside a string.
import { isPlainMap, type PlainValue, type RawDocument } from './document.js';
import { embeddedDocument } from './embedded.js';
import type { FieldPath, WrittenField } from './resource.js';

/** @param prefix where the object begins in the document */
export function writtenField(object: string, document: RawDocument, prefix: FieldPath, path: FieldPath): WrittenField {
  const found = find(document, prefix, path);
  return { object, path, value: textOf(found.value), position: found.position };
}

type Found = Pick<WrittenField, 'position'> & { readonly value: PlainValue | undefined };

function find(document: RawDocument, prefix: FieldPath, path: FieldPath): Found {
  const whole = [...prefix, ...path];
  let value: PlainValue | undefined = document.value;
  for (const [index, step] of whole.entries()) {
    if (typeof value === 'string' && index > prefix.length) {
      const inner = embeddedDocument(value, document, whole.slice(0, index));
      if (inner !== null) return find(inner, [], whole.slice(index));
    }
    value = stepInto(value, step);
  }
  return { value, position: document.at(whole) };
}

function stepInto(value: PlainValue | undefined, step: string | number): PlainValue | undefined {
  if (Array.isArray(value)) return (value as readonly PlainValue[])[Number(step)];
  return isPlainMap(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

/** An empty field is as good as none. */
function textOf(value: PlainValue | undefined): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? '' : String(value);
}
